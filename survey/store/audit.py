"""Acts of the office's people in, a chain of entries out in which none can be changed or left out unseen.

Each entry's SHA-256 covers the entry before (linked time-stamping, Haber and Stornetta 1991); the newest
one's is also kept in a file outside the database, so that a cut end is seen. What respondents do is no act.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Date, Integer, String, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from survey.keys import private_folder
from survey.locks import alone_in
from survey.refusal import Reason
from survey.store.base import Base

NOTHING = "0" * 64
HEAD = "audit.head"
TURN = 0x746F6C71
"""Number of PostgreSQL's lock that whoever appends holds until the commit."""


class Act(Base):
    """One act on data: who did what to what, on which day; never updated or deleted."""

    __tablename__ = "act"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """From 1 on, without a gap."""
    day: Mapped[date] = mapped_column(Date)
    actor: Mapped[str] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[str] = mapped_column(String(64))
    """The entry before, by its SHA-256."""
    seal: Mapped[str] = mapped_column(String(64))
    """SHA-256 of everything else in this row."""

    def sealed(self) -> str:
        """What `seal` has to be."""
        content = [
            self.number,
            self.day.isoformat(),
            self.actor,
            self.what,
            self.subject,
            self.detail,
            self.before,
        ]
        written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """The newest entry."""

    number: int
    seal: str


def record(
    session: Session, *, actor: str, what: str, subject: str, day: date, detail: Mapping[str, Any]
) -> Act:
    """Append an act in the caller's transaction: with what it tells of, or not at all."""
    if session.get_bind().dialect.name == "postgresql":
        # Two at once would both follow the same entry; readers are not held up. Locking the table would take
        # the right to change it, which the role that serves lacks.
        session.execute(select(func.pg_advisory_xact_lock(TURN)))
    last = head(session)
    act = Act(
        number=last.number + 1 if last else 1,
        day=day,
        actor=actor[:80],
        what=what,
        subject=subject[:200],
        detail=dict(detail),
        before=last.seal if last else NOTHING,
    )
    act.seal = act.sealed()
    session.add(act)
    session.flush()
    return act


def has_act(session: Session, actor: str, what: str, day: date, subject: str = "") -> bool:
    """Whether somebody did that on that day; to that, where it is named."""
    query = select(Act.number).where(Act.actor == actor[:80], Act.what == what, Act.day == day)
    if subject:
        query = query.where(Act.subject == subject[:200])
    return session.scalar(query.limit(1)) is not None


def count_acts(session: Session, actor: str, what: str, day: date, subject: str) -> int:
    """How often somebody did that to it on that day."""
    query = select(func.count()).where(
        Act.actor == actor[:80], Act.what == what, Act.day == day, Act.subject == subject[:200]
    )
    return session.scalar(query) or 0


def acts(session: Session) -> Iterator[Act]:
    """Every act, the oldest first."""
    yield from session.scalars(select(Act).order_by(Act.number)).yield_per(1000)


def acts_on(session: Session, subject: str, what: Collection[str]) -> list[Act]:
    """Such acts on it, the newest first."""
    query = select(Act).where(Act.subject == subject, Act.what.in_(what)).order_by(Act.number.desc())
    return list(session.scalars(query))


def latest_detail(session: Session, what: str, subject: str) -> Mapping[str, Any]:
    """What the newest such act on it tells; nothing where there was none."""
    query = select(Act.detail).where(Act.what == what, Act.subject == subject).order_by(Act.number.desc())
    return session.scalars(query.limit(1)).first() or {}


def head(session: Session) -> Head | None:
    """The newest entry; None before the first."""
    last = session.scalar(select(Act).order_by(Act.number.desc()).limit(1))
    return Head(last.number, last.seal) if last else None


def keep_head(
    home: Path, newest: Head | None, *, restored: bool = False, first: bool = False, again: bool = False
) -> None:
    """Write down outside the database which entry is the newest; what is newer there stays.

    So an end that was cut off goes on being seen, and where nothing was written down beside a record nothing
    is: only a `first` act begins it. `restored`: a backup was put back, and the act of it says what was lost,
    or somebody proved the record by an entry noted elsewhere. `again`: the same is written once more, so that
    nobody sees by the time whether it was new.
    """
    if newest is None or (read_head(home) == newest and not again):
        return
    private_folder(home)
    with alone_in(home):
        known = read_head(home)
        begins = known is None and (first or newest.number == 1)
        goes_on = known is not None and known.number < newest.number
        if restored or begins or goes_on or (again and known == newest):
            partial = home / f"{HEAD}.part"
            partial.write_text(f"{newest.number} {newest.seal}\n")
            owner = home.stat()
            if os.geteuid() != owner.st_uid and os.geteuid() == 0:
                os.chown(
                    partial, owner.st_uid, owner.st_gid
                )  # as the owner of the tables types: for who serves
            partial.replace(home / HEAD)


def read_head(home: Path) -> Head | None:
    """What was written down last; None when nothing was, or nothing legible."""
    try:
        number, seal = (home / HEAD).read_text().split()
        return Head(int(number), seal)
    except (FileNotFoundError, ValueError):
        return None


def faults(session: Session, *noted: Head | None) -> list[Reason]:
    """Every place where the chain does not hold: a changed entry, a gap, another order, an end that is gone.

    `noted`: entries known from elsewhere, as the file beside the database or a printed record; None is none.
    """
    known = {each for each in noted if each is not None}
    found: list[Reason] = []
    before, number = NOTHING, 0
    for act in acts(session):
        number += 1
        where = f"act {act.number}"
        if act.number != number:
            found.append(_fault(f"act {number}", where, where))
            number = act.number
        if act.before != before:
            found.append(_fault(f"the entry before sealed as {before[:12]}…", f"{act.before[:12]}…", where))
        if act.sealed() != act.seal:
            found.append(_fault(f"content sealed as {act.seal[:12]}…", f"{act.sealed()[:12]}…", where))
        for each in [each for each in known if each.number == act.number]:
            known.remove(each)
            if act.seal != each.seal:
                found.append(_fault(f"the seal noted, {each.seal[:12]}…", f"{act.seal[:12]}…", where))
        before = act.seal
    for each in sorted(known, key=lambda each: each.number):
        found.append(_fault(f"act {each.number}, as was noted", f"an end at act {number}", "the end"))
    return found


def unnoted(session: Session, home: Path) -> list[Reason]:
    """A record beside which no end is noted: whoever cut it may have taken the note away, too."""
    newest = head(session)
    if newest is None or read_head(home) is not None:
        return []
    hint = (
        "tolqyn audit verify --head NUMBER:SEAL, as an earlier night or verify printed it, proves the record "
        "up to there and notes its end again"
    )
    expected = "the newest act noted beside the database"
    return [Reason(expected, f"no note, and {newest.number} acts", hint, path=str(home / HEAD), rule="audit")]


def _fault(expected: str, found: str, where: str) -> Reason:
    hint = "somebody wrote to the database past Tolqyn, or it was restored: compare with a backup"
    return Reason(expected, found, hint, path=where, rule="audit")


def search(
    session: Session, words: str, *, sort: str, down: bool, offset: int, limit: int
) -> tuple[list[Act], int]:
    """Acts in which every word stands in person, act or subject, and how many there are; the newest first."""
    query = select(Act)
    for word in words.split():
        query = query.where(
            or_(*(column.icontains(word, autoescape=True) for column in (Act.actor, Act.what, Act.subject)))
        )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    named = {
        "number": Act.number,
        "day": Act.day,
        "what": Act.what,
        "subject": Act.subject,
        "actor": Act.actor,
    }
    column = named.get(sort)
    if column is None:
        query = query.order_by(Act.number.desc())
    else:
        query = query.order_by(column.desc() if down else column.asc(), Act.number.desc())
    return list(session.scalars(query.offset(offset).limit(limit))), total

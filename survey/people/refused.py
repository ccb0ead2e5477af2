"""Who was not let in, into the record of acts: what was tried and by whom, never what was typed.

A flood must not fill a record that is never shortened: of one kind of try by one name the first, second,
fourth, eighth, ... of half a day are recorded, each with how many there were. Names nobody has are not told:
somebody may have typed a password there.
"""

import threading
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from survey.config import study_today
from survey.people.codes import Sealer
from survey.store import audit, people, sign_ins

NOBODY, UNKNOWN = "nobody", "an unknown name"
SPAN = 12 * 3600
"""Seconds within which the same try is counted on."""


@dataclass
class Tally:
    """How often each kind was refused, in this process's memory: of a flood few come to the database."""

    _counts: dict[str, tuple[int, int, int]] = field(default_factory=dict, repr=False)
    """Of each kind: since when, how many, how many of them are written down."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def owed(self, kind: str, now: int) -> int:
        """How many to write down with this one: at the first, second, fourth, ... of half a day; else 0."""
        with self._lock:
            since, count, written = self._counts.get(kind, (now, 0, 0))
            if now - since >= SPAN:
                since, count, written = now, 0, 0
            count += 1
            due = count & (count - 1) == 0
            self._counts[kind] = (since, count, count if due else written)
            return count - written if due else 0


def note_failure(session: Session, sealer: Sealer, name: str, stage: str, now: int) -> None:
    """A wrong password, code or passkey."""
    known = people.find_account(session, name)
    subject = known.name if known else UNKNOWN
    note(session, sealer, now, what="user.failed", actor=NOBODY, subject=subject, stage=stage)


def note(
    session: Session,
    sealer: Sealer,
    now: int,
    *,
    what: str,
    actor: str,
    subject: str,
    tries: int = 1,
    **detail: str,
) -> None:
    """Something that was refused, so many times since it was last noted.

    What is left out of the record is written and taken back: how long it takes tells nobody whether the name
    is one that was tried seldom, as an account's, or one of the many that nobody has.
    """
    kind = " ".join(f"{name}:{words}" for name, words in sorted(detail.items()))
    key = sealer.keyed(f"refused:{what}:{actor}:{subject}:{kind}")
    times = sign_ins.count_failure(session, key, now, SPAN, tries)
    with session.begin_nested() as written:
        audit.record(
            session,
            actor=actor,
            what=what,
            subject=subject,
            day=study_today(),
            detail={**detail, "times": times},
        )
        if times.bit_length() == (times - tries).bit_length():
            written.rollback()

"""Interviews in the field: a wave's alias and a ballot in, what is stored of it out, and each page's upsert.

A post costs three statements: `load`, then the upserts of ballot and page in `save_page`, one on PostgreSQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, BindParameter, Dialect, and_, bindparam, func, select
from sqlalchemy.orm import Session

from survey.refusal import Reason, Refused
from survey.store.administration import ALONE, Administration
from survey.store.dialects import gathered, insert_of
from survey.store.engine import Database, Turn, turn_of
from survey.store.field import BALLOT_COLUMNS, WAVE_COLUMNS, AnyWave, FieldBallot, FieldWave
from survey.store.models import Ballot, PageAnswer, Wave
from survey.store.paradata import UNCOUNTED, PageParadata
from survey.store.prepared import Prepared

ENTRY_STATES = ("pilot", "open", "closing")
"""Wave states in which an answer may be stored; the dates decide about new starts."""

Answers = dict[str, Any]
"""Item id -> plain value."""


class NotSaved(Refused):
    """The page was not stored: the wave is closed, or the interview is finished or withdrawn."""


@dataclass(frozen=True)
class StoredPage:
    """The last accepted post of one page."""

    page: int
    answers: Mapping[str, Any]
    """Item id -> plain value."""
    sealed: Mapping[str, str]
    """Item id -> sealed box of its free text."""
    language: str
    seconds: int
    paradata: PageParadata


HOW = tuple(field.name for field in fields(PageParadata))
STORED = (
    PageAnswer.page,
    PageAnswer.answers,
    PageAnswer.sealed,
    PageAnswer.language,
    PageAnswer.seconds,
    *(getattr(PageAnswer, name) for name in HOW),
)
LOAD = (
    # One row whatever the number of pages: a join would decode wave and ballot again with each of them.
    select(
        *WAVE_COLUMNS,
        *BALLOT_COLUMNS,
        select(gathered(*STORED))
        .where(PageAnswer.ballot == Ballot.ballot)
        .correlate(Ballot)
        .scalar_subquery(),
    )
    .select_from(Wave)
    .outerjoin(
        Ballot,
        and_(Ballot.wave == Wave.id, Ballot.ballot == bindparam("ballot"), Ballot.seat == bindparam("seat")),
    )
    .where(Wave.alias == bindparam("alias"))
)


@dataclass(frozen=True)
class Sitting:
    """All that is stored about one interview when a request arrives."""

    wave: FieldWave
    ballot: FieldBallot | None
    pages: Mapping[int, StoredPage]

    @property
    def answers(self) -> Answers:
        """Every stored item, over all pages."""
        return {item: value for _, page in sorted(self.pages.items()) for item, value in page.answers.items()}

    @property
    def sealed(self) -> frozenset[str]:
        """Items whose free text is stored, sealed."""
        return frozenset(item for page in self.pages.values() for item in page.sealed)


def load(store: Session | Database, alias: str, ballot: str | None = None, seat: str = "") -> Sitting | None:
    """Wave, ballot and pages in one statement; None when no wave has the alias.

    A ballot that began in another browser (`seat`) is as one that did not begin.
    """
    values = {"alias": alias, "ballot": ballot or "", "seat": seat}
    if isinstance(store, Database):
        row = store.asked(_load(store.engine.dialect), values)
    else:
        turn = turn_of(store)
        row = _load(turn.dialect).run(turn.connection, values)
    if row is None:
        return None
    wave, begun = row[: len(WAVE_COLUMNS)], row[len(WAVE_COLUMNS) : -1]
    return Sitting(
        FieldWave(*wave),
        FieldBallot(*begun) if begun[0] is not None else None,
        {stored[0]: _page(*stored) for stored in row[-1] or ()},
    )


def _page(
    page: int, answers: Answers, sealed: dict[str, str], language: str, seconds: int, *how: Any
) -> StoredPage:
    return StoredPage(page, answers, sealed, language, seconds, PageParadata(*how))


def answers_of(session: Session, ballot: str) -> Answers:
    """Every stored item of a ballot."""
    rows = session.scalars(select(PageAnswer).where(PageAnswer.ballot == ballot).order_by(PageAnswer.page))
    return {item: value for row in rows for item, value in row.answers.items()}


def save_page(
    session: Session | Turn,
    wave: AnyWave,
    ballot: str,
    page: int,
    answers: Answers,
    *,
    sealed: Mapping[str, str],
    language: str,
    seconds: int,
    day: date,
    batch: int | None = None,
    state: str = "started",
    code_mac: str | None = None,
    paradata: PageParadata = UNCOUNTED,
    trap: bool = False,
    administered: Administration = ALONE,
    cells: str | None = None,
    seat: str = "",
) -> None:
    """Store one page; the same post again changes nothing. Two statements, one on PostgreSQL.

    `answers` and `sealed` are the whole page: a text left blank to be kept is passed again from
    `Sitting.pages`.
    `day` is today in the study's zone; its week is kept from the first page only, and so is the version:
    `wave` as loaded with the page, so that a correction meanwhile does not change what was asked.
    `state`, `code_mac` and `cells` (its quota cells; None leaves them) go into the ballot's row, so the last
    page needs no further statement to finish.
    Raises NotSaved when the wave takes no answers, has begun another stage, or the ballot is finished or
    began in another browser.
    """
    values = {
        "new_ballot": ballot,
        "new_batch": batch,
        "new_state": state,
        "new_language": language,
        "new_code_mac": code_mac,
        "new_week": week_of(wave, day),
        "new_fingerprint": wave.fingerprint,
        "new_trap": trap,
        "new_mode": administered.mode,
        "new_interviewer": administered.interviewer,
        "new_others_present": administered.others_present,
        "new_cells": cells,
        "new_seat": seat,
        "of_wave": wave.id,
        "of_stage": wave.stage,
        "ballot": ballot,
        "page": page,
        "answers": answers,
        "sealed": dict(sealed),
        "language": language,
        "seconds": seconds,
        "self_completed": administered.self_completed,
        **{name: getattr(paradata, name) for name in HOW},
    }
    turn = turn_of(session)
    for statement in _save(turn.dialect):
        if statement.run(turn.connection, values) is None:
            raise NotSaved(
                Reason(
                    expected="a wave in the field and an interview that is not finished",
                    found="a closed wave, or a finished or withdrawn interview",
                    path=f"/s/{wave.alias}/",
                    rule="not_saved",
                )
            )


def week_of(wave: AnyWave, day: date) -> date:
    """Monday of the week kept with a ballot; a synthetic wave keeps to its declared dates."""
    if wave.synthetic:
        day = min(max(day, wave.opens), wave.closes)
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=8)
def _load(dialect: Dialect) -> Prepared:
    return Prepared.of(LOAD, dialect)


@lru_cache(maxsize=8)
def _save(dialect: Dialect) -> tuple[Prepared, ...]:
    """The ballot's upsert and the page's; each gives a row, or the page is not saved."""
    ballot = _ballot_upsert(dialect.name)
    if dialect.name == "sqlite":
        return Prepared.of(ballot, dialect), Prepared.of(_page_upsert(dialect.name), dialect)
    # One round trip, and by itself a transaction.
    return (Prepared.of(_page_upsert(dialect.name, ballot.cte("put")), dialect),)


def _ballot_upsert(dialect: str) -> Any:
    ballot = Ballot.__table__
    columns = {
        "ballot": bindparam("new_ballot", type_=ballot.c.ballot.type),
        "wave": Wave.id,
        "fingerprint": bindparam("new_fingerprint", type_=ballot.c.fingerprint.type),
        "batch": bindparam("new_batch", type_=ballot.c.batch.type),
        "state": bindparam("new_state", type_=ballot.c.state.type),
        "language": bindparam("new_language", type_=ballot.c.language.type),
        "mode": func.coalesce(bindparam("new_mode", type_=ballot.c.mode.type), Wave.mode),
        "code_mac": bindparam("new_code_mac", type_=ballot.c.code_mac.type),
        "week": bindparam("new_week", type_=ballot.c.week.type),
        "trap": bindparam("new_trap", type_=ballot.c.trap.type),
        "interviewer": bindparam("new_interviewer", type_=ballot.c.interviewer.type),
        "others_present": bindparam("new_others_present", type_=ballot.c.others_present.type),
        "cells": bindparam("new_cells", type_=ballot.c.cells.type),
        "seat": bindparam("new_seat", type_=ballot.c.seat.type),
    }
    # One parameter a state: a list would be spelled out at each execution.
    entry: list[BindParameter[str]] = [bindparam(f"entry_{state}", state) for state in ENTRY_STATES]
    # The lock makes a save wait for a close that has begun, and then find the wave closed.
    source = (
        select(*columns.values())
        .where(
            Wave.id == bindparam("of_wave"),
            Wave.stage == bindparam("of_stage"),
            Wave.state.in_(entry),
        )
        .with_for_update(read=True, key_share=True)
    )
    statement = insert_of(dialect, ballot).from_select(list(columns), source)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["ballot"],
        set_={
            "language": new.language,
            "state": new.state,
            "code_mac": func.coalesce(new.code_mac, ballot.c.code_mac),
            "cells": func.coalesce(new.cells, ballot.c.cells),
        },
        where=and_(
            ballot.c.state == "started",
            ballot.c.wave == bindparam("of_wave"),
            ballot.c.seat == new.seat,
        ),
    ).returning(ballot.c.ballot)


def _page_upsert(dialect: str, put: CTE | None = None) -> Any:
    """The page's row; with `put`, only where that gave one."""
    page = PageAnswer.__table__
    columns = {
        name: bindparam(name, type_=page.c[name].type)
        for name in ("ballot", "page", "answers", "sealed", "language", "seconds", "self_completed", *HOW)
    }
    statement = insert_of(dialect, page)
    if put is None:
        statement = statement.values(columns)
    else:
        statement = statement.from_select(list(columns), select(*columns.values()).select_from(put))
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["ballot", "page"],
        set_={
            "answers": new.answers,
            "sealed": new.sealed,
            "language": new.language,
            "seconds": new.seconds,
            "self_completed": new.self_completed,
            **{name: new[name] for name in HOW},
        },
    ).returning(page.c.page)

"""Interviews of a closed wave, as the release reads them: plain rows in the order of their random ids."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.store.models import Answer, Disposition, Interview, Wave

RELEASED_STATES = ("complete", "partial")
"""A break-off, less than half of its questions reached, is counted and not analysed."""


def read_interviews(session: Session, wave: Wave) -> list[Interview]:
    """The interviews a release holds."""
    query = (
        select(Interview)
        .where(Interview.wave == wave.id, Interview.state.in_(RELEASED_STATES))
        .order_by(Interview.id)
    )
    return list(session.scalars(query))


def count_interviews(session: Session, wave: Wave) -> int:
    """How many interviews a release holds."""
    counts = dispositions(session, wave)
    return sum(counts.get(state, 0) for state in RELEASED_STATES)


def read_answers(session: Session, wave: Wave) -> Iterator[tuple[int, str, float]]:
    """Interview id, variable and value of every released answer, in the order of the ids."""
    query = (
        select(Answer.interview, Answer.variable, Answer.value)
        .join(Interview, (Interview.wave == Answer.wave) & (Interview.id == Answer.interview))
        .where(Answer.wave == wave.id, Interview.state.in_(RELEASED_STATES))
        .order_by(Answer.interview)
        .execution_options(yield_per=10_000)
    )
    for row in session.execute(query):
        yield row.interview, row.variable, row.value


def dispositions(session: Session, wave: Wave) -> dict[str, int]:
    """How the wave's interviews ended, by outcome."""
    query = select(Disposition).where(Disposition.wave == wave.id).order_by(Disposition.outcome)
    return {row.outcome: row.count for row in session.scalars(query)}


def breakoff_pages(session: Session, wave: Wave) -> dict[int, int]:
    """Page -> how many unfinished interviews stood there, those not released included."""
    query = (
        select(Interview.breakoff_page, func.count())
        .where(Interview.wave == wave.id, Interview.breakoff_page.is_not(None))
        .group_by(Interview.breakoff_page)
        .order_by(Interview.breakoff_page)
    )
    return {int(row[0]): row[1] for row in session.execute(query) if row[0] is not None}

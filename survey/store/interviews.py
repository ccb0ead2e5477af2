"""Interviews of a closed wave, as the release reads them: plain rows in the order of their random ids."""

from collections.abc import Iterator

from sqlalchemy import select
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


def read_answers(session: Session, wave: Wave) -> Iterator[tuple[int, str, float]]:
    """Interview id, variable and value of every released answer."""
    query = (
        select(Answer.interview, Answer.variable, Answer.value)
        .join(Interview, (Interview.wave == Answer.wave) & (Interview.id == Answer.interview))
        .where(Answer.wave == wave.id, Interview.state.in_(RELEASED_STATES))
        .execution_options(yield_per=10_000)
    )
    for row in session.execute(query):
        yield row.interview, row.variable, row.value


def dispositions(session: Session, wave: Wave) -> dict[str, int]:
    """How the wave's interviews ended, by outcome."""
    query = select(Disposition).where(Disposition.wave == wave.id).order_by(Disposition.outcome)
    return {row.outcome: row.count for row in session.scalars(query)}

"""Contacts that gave no interview: an interviewer and an outcome in, counts out; nothing else is kept.

Final disposition codes for in-person household surveys: AAPOR Standard Definitions, 10th ed., 2023. An
appointment is none: it is counted apart and enters no rate.
"""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey.store.ballots import ENTRY_STATES
from survey.store.dialects import insert
from survey.store.models import Contact, Interviewer, Wave

APPOINTMENT = "appointment"
OUTCOMES = (
    "2.111",
    "2.112",
    "2.23",
    "2.24",
    "2.25",
    "2.32",
    "2.33",
    "2.36",
    "3.17",
    "4.5",
    "4.6",
    "4.7",
    APPOINTMENT,
)
"""In the order in which they are offered."""


class NotCounted(Exception):  # noqa: N818  no error: the form was sent before
    """Another form was counted since this one was shown: a second press, or another tab."""


def count_contact(session: Session, interviewer: Interviewer, outcome: str, seen: int) -> None:
    """One more of these. `seen`: the interviewer's count when the form was shown; a form counts once.

    Raises NotCounted for a form that was counted or is older than the last one, or when the wave is closed.
    """
    # The lock makes a count wait for a close that has begun, and then find the wave closed.
    open_wave = (
        select(Wave.id)
        .where(Wave.id == interviewer.wave, Wave.state.in_(ENTRY_STATES))
        .with_for_update(read=True, key_share=True)
    )
    once = (
        update(Interviewer)
        .where(Interviewer.id == interviewer.id, Interviewer.contacts == seen)
        .values(contacts=seen + 1)
        .returning(Interviewer.id)
        .execution_options(synchronize_session=False)
    )
    if session.scalar(open_wave) is None or session.scalar(once) is None:
        raise NotCounted
    statement = insert(session, Contact).values(interviewer=interviewer.id, outcome=outcome, count=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["interviewer", "outcome"], set_={"count": Contact.count + 1}
        )
    )


def counted(session: Session, interviewer: Interviewer) -> dict[str, int]:
    """One interviewer's contacts by outcome."""
    query = select(Contact.outcome, Contact.count).where(Contact.interviewer == interviewer.id)
    return {row[0]: row[1] for row in session.execute(query.order_by(Contact.outcome))}


def totals(session: Session, wave: Wave) -> dict[str, int]:
    """All interviewers' contacts by outcome."""
    query = (
        select(Contact.outcome, func.sum(Contact.count))
        .join(Interviewer, Interviewer.id == Contact.interviewer)
        .where(Interviewer.wave == wave.id)
        .group_by(Contact.outcome)
        .order_by(Contact.outcome)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}

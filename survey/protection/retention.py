"""What has outlived its purpose in, its deletion and what was deleted out; runs every night by itself."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, String, cast, delete, func, select, update
from sqlalchemy.orm import Session

from survey.refusal import Reason, Refused
from survey.store.models import Ballot, PageAnswer, SealedText, Wave
from survey.store.opening import forget_answers
from survey.store.protection import protection_of
from survey.store.waves import all_waves, hold

PILOT_DAYS = 30
"""After the last day of a pilot that never opened: what was tried is nobody's answer."""


@dataclass(frozen=True)
class Expired:
    """Rows of one wave that are to go, or went."""

    wave: str
    what: str
    """`own words` or `pilot interviews`."""
    rows: int
    since: date
    """The last day on which they were to be kept."""


def expired(session: Session, today: date) -> list[Expired]:
    """Everything that should be gone by now; deletes nothing."""
    return [
        found
        for wave in all_waves(session)
        if not unreadable(wave)
        for found in (_texts(session, wave, today), _pilot(session, wave, today))
        if found
    ]


def retain(session: Session, today: date) -> list[Expired]:
    """Delete it, in the caller's transaction. The same again on the same day finds nothing.

    A wave whose record cannot be read keeps no other from being seen to: `unreadable` names it.
    """
    found = []
    for wave in all_waves(session):
        if unreadable(wave):
            continue
        if words := _texts(session, wave, today):
            session.execute(delete(SealedText).where(SealedText.wave == wave.id))
            session.execute(update(PageAnswer).where(*_worded(wave)).values(sealed={}))
            found.append(words)
        if _pilot(session, wave, today):
            # It may have opened since it was read.
            hold(session, wave, saves=True)
        if pilot := _pilot(session, wave, today):
            forget_answers(session, wave)
            found.append(pilot)
    return found


def unreadable(wave: Wave) -> tuple[Reason, ...]:
    """Why it cannot be told until when a wave's data may be kept."""
    try:
        protection_of(wave.disclosure, tuple(wave.languages))
    except Refused as refused:
        return tuple(replace(each, path=f"{wave.study}/{wave.name}: {each.path}") for each in refused.reasons)
    return ()


def _texts(session: Session, wave: Wave, today: date) -> Expired | None:
    """Sealed words past the day the respondents were told, whether or not anybody closed the wave."""
    last = protection_of(wave.disclosure, tuple(wave.languages)).texts_until(wave.closes)
    if today <= last:
        return None
    closed = select(func.count()).select_from(SealedText).where(SealedText.wave == wave.id)
    asked = select(func.count()).select_from(PageAnswer).where(*_worded(wave))
    rows = (session.scalar(closed) or 0) + (session.scalar(asked) or 0)
    return Expired(f"{wave.study}/{wave.name}", "own words", rows, last) if rows else None


def _worded(wave: Wave) -> tuple[ColumnElement[bool], ...]:
    """Pages of a wave's ballots with sealed words on them."""
    ballots = select(Ballot.ballot).where(Ballot.wave == wave.id)
    return PageAnswer.ballot.in_(ballots), cast(PageAnswer.sealed, String) != "{}"


def _pilot(session: Session, wave: Wave, today: date) -> Expired | None:
    last = wave.closes + timedelta(days=PILOT_DAYS)
    if wave.state != "pilot" or today <= last:
        return None
    rows = session.scalar(select(func.count()).select_from(Ballot).where(Ballot.wave == wave.id)) or 0
    return Expired(f"{wave.study}/{wave.name}", "pilot interviews", rows, last) if rows else None

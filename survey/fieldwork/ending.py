"""A wave whose closing was proposed in, a closed one and the thief's verdict on it out."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from survey.config import Config, study_today
from survey.fieldwork.lifecycle import today_of
from survey.store import audit, closing, renumbering, rewriting, waves
from survey.store.base import CLOSED
from survey.store.conversion import Progress
from survey.store.engine import Database
from survey.store.models import Wave
from survey.thief import (
    Before,
    Verdict,
    attack_own,
    drop_roll,
    keep_roll,
    look_again,
    look_before,
    read_roll,
)


def close_for_good(
    config: Config,
    database: Database,
    name: str,
    *,
    by: str,
    actor: str,
    progress: Progress = lambda done: None,
) -> tuple[Wave, Verdict | None]:
    """Close a wave, clean up, run the thief's attack and keep its result with the wave. Raises Refused.

    `by` is the second person's name, `actor` who the record of acts names. The truth that the attack is
    measured by lives in this call alone. A close that was cut off before its attack ended is taken up again:
    the interviews are shuffled once more and that shuffle is attacked. None: nobody answered, or the wave
    was closed before.
    """
    # Once it is converted nobody can attack it any more: what could stop the way to there is looked at first.
    rewriting.refuse_held(database)
    with database.writing() as session:
        found = waves.hold(session, waves.find_wave(session, name), saves=True)
        was_closed = found.state in CLOSED
        before = look_before(session, found)
        if before.ballots:
            keep_roll(config.keys, found.alias, before.ballots)
        became = closing.close_wave(
            session,
            found,
            by=by,
            two_person=config.two_person,
            today=today_of(found),
            actor=actor,
            progress=progress,
        )
        if not was_closed:
            _note(session, actor, "wave.close", found, interviews=len(became), two_person=config.two_person)
    closing.clean_up(database, config.keys, found)
    if was_closed:
        return _taken_up(config, database, found, actor=actor, progress=progress)
    return (
        _attacked(config, database, found, before, became, actor=actor) if before.ballots else (found, None)
    )


def _taken_up(
    config: Config, database: Database, closed: Wave, *, actor: str, progress: Progress
) -> tuple[Wave, Verdict | None]:
    """The attack that a power cut prevented, on interviews that are shuffled once more."""
    roll = read_roll(config.keys, closed.alias)
    if roll is None or not closing.unattacked(closed):
        drop_roll(config.keys, closed.alias)
        return closed, None
    with database.writing() as session:
        found = waves.hold(session, waves.find_wave(session, closed.alias), saves=True)
        before = look_again(session, found, roll)
        became = renumbering.renumber(session, found, progress)
    closing.clean_up(database, config.keys, found)
    return _attacked(config, database, found, before, became, actor=actor)


def _attacked(
    config: Config, database: Database, closed: Wave, before: Before, became: Mapping[str, int], *, actor: str
) -> tuple[Wave, Verdict]:
    verdict = attack_own(database, before, became)
    with database.writing() as session:
        found = waves.find_wave(session, closed.alias)
        closing.keep_verdict(found, verdict.record())
        again = {"taken_up": True} if verdict.again else {}
        _note(session, actor, "wave.attack", found, held=verdict.held, **again)
    drop_roll(config.keys, closed.alias)
    return found, verdict


def _note(session: Session, actor: str, what: str, wave: Wave, **detail: int) -> None:
    subject = f"{wave.study}/{wave.name}"
    audit.record(session, actor=actor, what=what, subject=subject, day=study_today(), detail=detail)

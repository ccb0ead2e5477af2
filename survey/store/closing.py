"""Closing a wave: ballots become interviews, and whatever could link them to anybody is destroyed."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey import keys
from survey.refusal import Reason, Refused
from survey.store.contacts import totals
from survey.store.conversion import Progress, convert
from survey.store.engine import Database
from survey.store.interviewers import forget_links
from survey.store.models import Ballot, Disposition, Invitation, PageAnswer, Wave
from survey.store.rewriting import rewrite_tables

ATTACKED = "anonymity"
"""Disclosure item: what the thief's attack on the closed database found."""
TWO_PERSONS = {
    # Names are typed, no account stands behind them: nothing more can be said truthfully.
    "en": "Closing was proposed under one name and confirmed under another name.",
    "ru": "Закрытие волны предложено под одним именем и подтверждено под другим.",
    "kk": "Толқынды жабу бір атпен ұсынылып, басқа атпен расталды.",
    "uz": "Toʻlqinni yopish bir nom bilan taklif qilinib, boshqa nom bilan tasdiqlandi.",
}
ONE_PERSON = {
    "en": "The wave was closed by one person; the confirmation by a second person was switched off.",
    "ru": "Волну закрыл один человек; подтверждение вторым человеком было отключено.",
    "kk": "Толқынды бір адам жапты; екінші адамның растауы өшірілген болатын.",
    "uz": "Toʻlqinni bir kishi yopdi; ikkinchi kishining tasdigʻi oʻchirib qoʻyilgan edi.",
}


def propose_close(session: Session, wave: Wave, by: str) -> None:
    """End new starts; a second person may now close. Raises Refused."""
    if wave.state not in ("open", "closing"):
        raise Refused(Reason("an open wave", wave.state, path=f"{wave.study}/{wave.name}", rule="state"))
    wave.state, wave.proposed_by = "closing", by
    session.flush()


def close_wave(
    session: Session,
    wave: Wave,
    *,
    by: str,
    two_person: bool,
    today: date,
    progress: Progress = lambda done: None,
) -> dict[str, int]:
    """Turn ballots into interviews and delete the ballots, in the caller's one transaction. Raises Refused.

    Which ballot became which interview is for the thief's attack alone, and never stored; empty for a wave
    that was closed before.

    What is kept of each ballot: complete, partial (at least half of the questions on its way reached; AAPOR
    Standard Definitions, 10th ed., 2023) and break-off become interviews; screened-out and withdrawn ones
    a count.
    Follow the commit with `clean_up`; both may be repeated after an interruption.
    """
    # Waits for the saves under way on PostgreSQL; those that come later find the wave closed.
    session.refresh(wave, with_for_update=True)
    refuse_alone(wave, by, two_person)
    if wave.state in ("closed", "released"):
        return {}
    converted, became = convert(session, wave, progress)
    counts = {**converted, **totals(session, wave)}
    session.add_all(Disposition(wave=wave.id, outcome=name, count=n) for name, n in sorted(counts.items()))
    mine = select(Ballot.ballot).where(Ballot.wave == wave.id)
    session.execute(delete(PageAnswer).where(PageAnswer.ballot.in_(mine)))
    session.execute(delete(Ballot).where(Ballot.wave == wave.id))
    session.execute(delete(Invitation).where(Invitation.wave == wave.id))
    forget_links(session, wave)
    wave.state = "closed"
    if not wave.synthetic:
        wave.closes = max(wave.opens, min(wave.closes, today))
    wave.disclosure = {**wave.disclosure, "closing": TWO_PERSONS if two_person else ONE_PERSON}
    session.flush()
    return became


def keep_verdict(wave: Wave, words: Mapping[str, str]) -> None:
    """Remember how the thief's attack on the closed wave ended, in the disclosure record."""
    wave.disclosure = {**wave.disclosure, ATTACKED: dict(words)}


def clean_up(database: Database, folder: Path, wave: Wave) -> bool:
    """Destroy a closed wave's key and rewrite the tables; whether there still was a key.

    Nothing happens to a wave that is not closed.
    """
    if wave.state not in ("closed", "released"):
        return False
    had_key = keys.destroy_wave_key(folder, wave.alias)
    rewrite_tables(database)
    return had_key


def refuse_alone(wave: Wave, by: str, two_person: bool) -> None:
    """Raises Refused for a wave that is not in the field, or whose closing needs a second person."""
    if wave.state in ("closed", "released"):
        return
    name = f"{wave.study}/{wave.name}"
    states = ("closing",) if two_person else ("open", "closing")
    if wave.state not in states:
        hint = f"tolqyn wave close {name} --by NAME" if wave.state == "open" else ""
        raise Refused(Reason("a wave whose closing was proposed", wave.state, hint, path=name, rule="state"))
    if two_person and by == wave.proposed_by:
        hint = "let somebody else type it, or set TOLQYN_TWO_PERSON=off (recorded in the disclosure record)"
        raise Refused(
            Reason("a second person", f"{by}, who proposed it", hint, path="--by", rule="two_person")
        )

"""Closing a wave: ballots become interviews, and whatever could link them to anybody is destroyed."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, object_session

from survey import keys
from survey.refusal import Reason, Refused, Said
from survey.store.audit import latest_detail
from survey.store.base import CLOSED
from survey.store.contacts import totals
from survey.store.conversion import Progress, convert
from survey.store.engine import Database
from survey.store.interviewers import forget_links
from survey.store.models import Ballot, Disposition, Invitation, PageAnswer, Wave
from survey.store.rewriting import rewrite_tables
from survey.store.second import by_accounts, refuse_same_hands
from survey.store.waves import hold

CLOSING = "closing"
"""Disclosure item: under how many names the wave was closed."""
ATTACKED = "anonymity"
"""Disclosure item: what the thief's attack on the closed database found."""
TWO_NAMES = {
    # In the terminal no account stands behind a name: nothing more can be said truthfully.
    "en": "Closing was proposed under one name and confirmed under another; names were typed, not proven.",
    "ru": "Закрытие волны предложено под одним именем и подтверждено под другим; имена набраны, не доказаны.",
    "kk": "Толқынды жабу бір атпен ұсынылып, басқа атпен расталды; аттар терілген, дәлелденбеген.",
    "uz": "Toʻlqinni yopish bir nom bilan taklif qilinib, boshqasi bilan tasdiqlandi; nomlar terilgan, "
    "isbotlanmagan.",
}
TWO_ACCOUNTS = {
    "en": "Closing was proposed by one account and confirmed by another, each signed in with two factors.",
    "ru": "Закрытие волны предложено с одной учётной записи и подтверждено с другой; вход в обе — с двумя "
    "факторами.",
    "kk": "Толқынды жабу бір тіркелгіден ұсынылып, басқасынан расталды; екеуіне де екі фактормен кірілді.",
    "uz": "Toʻlqinni yopish bir hisobdan taklif qilinib, boshqasidan tasdiqlandi; ikkalasiga ham ikki omil "
    "bilan kirildi.",
}
ONE_PERSON = {
    "en": "The wave was closed by one person; the confirmation by a second person was switched off.",
    "ru": "Волну закрыл один человек; подтверждение вторым человеком было отключено.",
    "kk": "Толқынды бір адам жапты; екінші адамның растауы өшірілген болатын.",
    "uz": "Toʻlqinni bir kishi yopdi; ikkinchi kishining tasdigʻi oʻchirib qoʻyilgan edi.",
}

NOT_RUN = {
    "en": "The thief's attack on the closed database was not run: the close was interrupted.",
    "ru": "Атака «вора» на закрытую базу данных не проводилась: закрытие волны было прервано.",
    "kk": "Жабылған дерекқорға «ұрының» шабуылы жасалмады: толқынды жабу үзіліп қалды.",
    "uz": "Yopilgan maʼlumotlar bazasiga «oʻgʻri» hujumi qilinmadi: toʻlqinni yopish uzilib qoldi.",
}
"""What the record says until the attack has ended; its result takes the place."""


def propose_close(session: Session, wave: Wave, by: str) -> None:
    """End new starts; a second person may now close. Raises Refused."""
    hold(session, wave)
    if wave.state not in ("open", "closing"):
        raise Refused(
            Reason(Said("an open wave"), wave.state, path=f"{wave.study}/{wave.name}", rule="state")
        )
    wave.state, wave.proposed_by = "closing", by
    session.flush()


def close_wave(
    session: Session,
    wave: Wave,
    *,
    by: str,
    two_person: bool,
    today: date,
    actor: str = "",
    progress: Progress = lambda done: None,
) -> dict[str, int]:
    """Turn ballots into interviews and delete the ballots, in the caller's one transaction. Raises Refused.

    Which ballot became which interview is for the thief's attack alone, and never stored; empty for a wave
    that was closed before. `actor`: who the record of acts names, an account's own name in the console.

    What is kept of each ballot: complete, partial (at least half of the questions on its way reached; AAPOR
    Standard Definitions, 10th ed., 2023) and break-off become interviews; screened-out and withdrawn ones
    a count.
    Follow the commit with `clean_up`; both may be repeated after an interruption.
    """
    hold(session, wave, saves=True)
    refuse_alone(session, wave, by, two_person)
    if wave.state in CLOSED:
        return {}
    names = TWO_ACCOUNTS if by_accounts(session, wave, by, actor) else TWO_NAMES
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
    wave.disclosure = {**wave.disclosure, CLOSING: names if two_person else ONE_PERSON}
    if became:
        wave.disclosure = {**wave.disclosure, ATTACKED: NOT_RUN}
    session.flush()
    return became


def keep_verdict(wave: Wave, words: Mapping[str, str]) -> None:
    """Remember how the thief's attack on the closed wave ended, in the disclosure record."""
    if session := object_session(wave):
        hold(session, wave)
    wave.disclosure = {**wave.disclosure, ATTACKED: dict(words)}


def unattacked(wave: Wave) -> bool:
    """Whether its close was cut off before the attack ended, and no release was built of it meanwhile."""
    return wave.state == "closed" and wave.disclosure.get(ATTACKED) == NOT_RUN


def refuse_unattacked(session: Session, wave: Wave, reason: str = "") -> None:
    """Raises Refused for a closed wave that no attack left whole, unless a reason is given, which is kept."""
    where = f"{wave.study}/{wave.name}"
    held = latest_detail(session, "wave.attack", where).get("held")
    if held is True or wave.state not in CLOSED:
        return
    found = "one that succeeded" if held is False else "none: it was not run"
    if not reason:
        hint = '--despite-attack "WHY" builds it all the same, and the reason stands in the record'
        if unattacked(wave):
            hint = f"tolqyn wave close {where} --confirm takes the close up again   (else {hint})"
        expected = "a thief's attack on the closed wave that failed"
        raise Refused(Reason(expected, found, hint, path=where, rule="attack"))
    words = wave.disclosure.get(ATTACKED, NOT_RUN)
    with_reason = {language: f"{text} {reason}" for language, text in words.items() if reason not in text}
    wave.disclosure = {**wave.disclosure, ATTACKED: {**words, **with_reason}}


def clean_up(database: Database, folder: Path, wave: Wave) -> bool:
    """Destroy a closed wave's key and rewrite the tables; whether there still was a key.

    Nothing happens to a wave that is not closed.
    """
    if wave.state not in CLOSED:
        return False
    had_key = keys.destroy_wave_key(folder, wave.alias)
    rewrite_tables(database)
    return had_key


def left_keys(session: Session, folder: Path) -> list[str]:
    """Closed waves whose keys lie here still, as where the wave was closed on another machine."""
    closed = session.scalars(select(Wave.alias).where(Wave.state.in_(CLOSED)).order_by(Wave.alias))
    return [
        alias
        for alias in closed
        if keys.wave_key_file(folder, alias).exists() or keys.withdrawn_files(folder, alias)
    ]


def withdraw_close(session: Session, wave: Wave, today: date) -> None:
    """Take a proposal back: the wave is open again. Raises Refused once its last day is over."""
    hold(session, wave)
    name = f"{wave.study}/{wave.name}"
    if wave.state != "closing" or not wave.proposed_by:
        found = Said("closing by its date, proposed by nobody") if wave.state == "closing" else wave.state
        raise Refused(Reason(Said("a wave whose closing was proposed"), found, path=name, rule="state"))
    if today > wave.closes and not wave.synthetic:
        hint = f"nobody could begin any more; tolqyn wave close {name} --by NAME --confirm"
        raise Refused(
            Reason(
                Said("a day up to {day}, its last", day=wave.closes),
                Said("{day}", day=today),
                hint,
                name,
                "last_day",
            )
        )
    wave.state, wave.proposed_by = "open", ""
    session.flush()


def refuse_alone(session: Session, wave: Wave, by: str, two_person: bool) -> None:
    """Raises Refused for a wave that is not in the field, or whose closing needs a second person."""
    if wave.state in CLOSED:
        return
    name = f"{wave.study}/{wave.name}"
    states = ("closing",) if two_person else ("open", "closing")
    if wave.state not in states:
        hint = f"tolqyn wave close {name} --by NAME" if wave.state == "open" else ""
        raise Refused(
            Reason(Said("a wave whose closing was proposed"), wave.state, hint, path=name, rule="state")
        )
    if two_person and not wave.proposed_by:
        # The date alone made it closing: nobody has proposed anything yet.
        hint = f"tolqyn wave close {name} --by NAME"
        found = Said("closing by its date, proposed by nobody")
        raise Refused(
            Reason(Said("a closing that somebody proposed"), found, hint, path=name, rule="two_person")
        )
    if two_person and by == wave.proposed_by:
        hint = "let somebody else type it, or set TOLQYN_TWO_PERSON=off (recorded in the disclosure record)"
        raise Refused(
            Reason(Said("a second person"), f"{by}, who proposed it", hint, path="--by", rule="two_person")
        )
    if two_person:
        refuse_same_hands(session, wave, by)

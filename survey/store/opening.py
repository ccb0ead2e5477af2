"""Opening a wave: everything that must be right before the first respondent, and all that is not, at once."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, object_session

from instruments import FRESH_DAYS, Phone, Questionnaire
from survey.i18n import untranslated
from survey.refusal import Reason, Refused, Said
from survey.store import protection
from survey.store.base import UNFIELDED
from survey.store.models import (
    Ballot,
    Batch,
    Contact,
    Interviewer,
    Invitation,
    PageAnswer,
    UsedCode,
    Wave,
)
from survey.store.protection import day_of, record_reasons
from survey.store.rules import WAITS, instrument_reasons
from survey.store.snapshots import Snapshot
from survey.store.versions import begin
from survey.store.waves import hold

REQUIRED = ("strategy", "sponsor", "sampling", "limitations")
"""Items of the AAPOR disclosure code that only people know; the others follow from instrument and data."""
CONSENT = {
    "organisation": "who asks, as respondents read it on the consent page",
    "contact": "how respondents reach who asks, as they read it on the consent page",
}
VERIFIED = protection.VERIFIED
"""Disclosure item: the day on which somebody called every number for this wave."""


def open_wave(session: Session, wave: Wave, questionnaire: Questionnaire, today: date) -> None:
    """Let respondents in (from the opening day on). Raises Refused with every reason.

    What was answered in a pilot is deleted.
    """
    hold(session, wave, saves=True)
    refuse_unready(session, wave, questionnaire, today)
    forget_answers(session, wave)
    wave.state = "open"
    begin(session, wave, wave.opens)


def forget_answers(session: Session, wave: Wave) -> int:
    """Delete all that a pilot brought: answers, contacts, its own codes, the monitor; how many interviews.

    A browser that is in the midst of one knows it no more.

    Follow the commit with `rewriting.rewrite_tables`, so that nothing of it stays in the files either.
    """
    mine = select(Ballot.ballot).where(Ballot.wave == wave.id)
    of_pilot = select(Batch.id).where(Batch.wave == wave.id, Batch.pilot)
    asking = select(Interviewer.id).where(Interviewer.wave == wave.id)
    count = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    for statement in (
        delete(PageAnswer).where(PageAnswer.ballot.in_(mine)),
        delete(Ballot).where(Ballot.wave == wave.id),
        delete(Invitation).where(Invitation.batch.in_(of_pilot)),
        delete(Contact).where(Contact.interviewer.in_(asking)),
        update(Interviewer).where(Interviewer.wave == wave.id).values(contacts=0),
        delete(Batch).where(Batch.id.in_(of_pilot)),
        delete(Snapshot).where(Snapshot.wave == wave.id),
        delete(UsedCode).where(UsedCode.wave == wave.id),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    wave.stage += 1
    return count


def refuse_unready(
    session: Session,
    wave: Wave,
    questionnaire: Questionnaire,
    today: date,
    objections: Iterable[Reason] = (),
) -> None:
    """Raises Refused with every reason why the wave may not open, and the `objections`; writes nothing."""
    reasons = [
        *(
            reason
            for each in opening_reasons(session, wave, questionnaire, today).values()
            for reason in each
        ),
        *objections,
    ]
    if reasons:
        raise Refused(*reasons)


def describe(
    wave: Wave, *, organisation: str = "", contact: str = "", disclosure: Mapping[str, Any] | None = None
) -> None:
    """Fill in who runs the wave and how; what is not given stays."""
    wave.organisation = organisation or wave.organisation
    wave.contact = contact or wave.contact
    # A new mapping: a change inside the old one would not be seen and not be stored.
    wave.disclosure = {**wave.disclosure, **(disclosure or {})}


def opening_reasons(
    session: Session, wave: Wave, questionnaire: Questionnaire, today: date
) -> dict[str, list[Reason]]:
    """Gate -> what it lacks, nothing where it is open; the order is that in which a manager works."""
    asked = instrument_reasons(session, questionnaire, wave.languages)
    return {
        "state": _state(wave, today),
        "questionnaire": [
            *(reason for reason in asked if reason.rule not in WAITS),
            *_gates(wave, questionnaire),
        ],
        "translation": [*(reason for reason in asked if reason.rule in WAITS), *_interface(wave)],
        "organisation": _who_asks(wave),
        "disclosure": _disclosure(wave),
        "protection": _protection(wave),
        "help_lines": _help_lines(wave, questionnaire, today),
    }


def _state(wave: Wave, today: date) -> list[Reason]:
    name = f"{wave.study}/{wave.name}"
    reasons = []
    if wave.state not in UNFIELDED:
        reasons.append(Reason(Said("a wave that is draft or pilot"), wave.state, path=name))
    if not wave.synthetic and wave.closes < today:
        hint = "create the wave again with later dates"
        expected = Said("a closing day on or after {day}", day=today)
        reasons.append(Reason(expected, Said("{day}", day=wave.closes), hint, path=name))
    return reasons


def _who_asks(wave: Wave) -> list[Reason]:
    return [
        Reason(Said(CONSENT[name]), Said("nothing"), f"--{name} …", path=f"--{name}")
        for name in ("organisation", "contact")
        if not getattr(wave, name).strip()
    ]


def _disclosure(wave: Wave) -> list[Reason]:
    reasons = []
    for key in REQUIRED:
        text = wave.disclosure.get(key)
        if isinstance(text, str) and text.strip():
            continue
        texts = text if isinstance(text, Mapping) else {}
        for language in wave.languages:
            if not str(texts.get(language) or "").strip():
                hint = f"add {key}: {{{language}: …}} to the file of --disclosure"
                reasons.append(
                    Reason(
                        Said("a text in {language}", language=language),
                        Said("none"),
                        hint,
                        f"disclosure.{key}",
                        "disclosure",
                    )
                )
    return reasons


def _protection(wave: Wave) -> list[Reason]:
    """What respondents read of their answers' protection."""
    unreadable = record_reasons(wave.disclosure, tuple(wave.languages))
    return [reason for reason in unreadable if not reason.path.endswith(VERIFIED)]


def _interface(wave: Wave) -> list[Reason]:
    """Words of buttons and messages; the instrument's own are checked with the instrument."""
    return [
        Reason(
            Said("the interface's words in {language}", language=language),
            Said("none"),
            f"add them to survey/translations/{language}/LC_MESSAGES/messages.po",
            path=repr(message),
            rule="translation",
        )
        for language in wave.languages
        for message in untranslated(language)
    ]


def _gates(wave: Wave, questionnaire: Questionnaire) -> list[Reason]:
    """Nobody is asked without having agreed, and no child is."""
    if wave.synthetic:
        return []
    reasons = []
    for role, leads_to in (("consent", "refusal"), ("age", "minor")):
        found = [item.id for item in questionnaire.items.values() if item.role == role]
        if len(found) != 1:
            hint = f"write role: {role} and an exit to {leads_to} at the question that asks for it"
            expected = Said("one question with the role {role}", role=role)
            reasons.append(Reason(expected, ", ".join(found) or Said("none"), hint, "items", "role"))
    return reasons


def _help_lines(wave: Wave, questionnaire: Questionnaire, today: date) -> list[Reason]:
    """Every number must have been called: by the instrument's date, or by the wave's, whichever is later."""
    if wave.synthetic:
        return []
    written = wave.disclosure.get(VERIFIED) or ""
    if written and day_of(written) is None:
        hint = f"{VERIFIED}: {today}"
        return [
            Reason(Said("a day as YYYY-MM-DD"), repr(written), hint, f"disclosure.{VERIFIED}", "disclosure")
        ]
    reasons = []
    for phone in questionnaire.phones.values():
        checked = called_on(wave, phone)
        called = day_of(checked)
        if called is None or not 0 <= (today - called).days <= FRESH_DAYS:
            hint = f"call it, then: tolqyn wave phones {wave.study}/{wave.name} --called {phone.id} --by NAME"
            found = Said("called on {day}", day=called) if called else Said("never called")
            if called is not None and called > today:
                hint = f"--phones-verified with the day you called, {today} or before"
                found = Said("{day}, a day still to come", day=called)
            where = f"{phone.id} ({phone.display})"
            reasons.append(
                Reason(
                    Said("a number called in the last {n} days", n=FRESH_DAYS), found, hint, where, "phone"
                )
            )
    return reasons


def called_on(wave: Wave, phone: Phone) -> str:
    """The last day on which somebody called the number, for the instrument or for this wave; may be empty."""
    own = (wave.phones or {}).get(phone.id, {}).get("on", "")
    return max(phone.verified_on, str(wave.disclosure.get(VERIFIED) or ""), own)


def phone_called(wave: Wave, questionnaire: Questionnaire, line: str, by: str, on: date) -> None:
    """Note that somebody called a help line. Raises Refused listing the lines there are."""
    if session := object_session(wave):
        hold(session, wave)
    if line not in questionnaire.phones:
        known = ", ".join(f"{phone.id} ({phone.display})" for phone in questionnaire.phones.values())
        raise Refused(Reason("a help line of the questionnaire", repr(line), known, "--called", "phone"))
    wave.phones = {**(wave.phones or {}), line: {"on": on.isoformat(), "by": by}}
    days = [called_on(wave, phone) for phone in questionnaire.phones.values()]
    if all(days):
        wave.disclosure = {**wave.disclosure, VERIFIED: min(days)}

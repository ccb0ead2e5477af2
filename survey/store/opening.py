"""Opening a wave: everything that must be right before the first respondent, and all that is not, at once."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from instruments import FRESH_DAYS, Questionnaire
from survey.i18n import untranslated
from survey.refusal import Reason, Refused
from survey.store.models import Ballot, Wave
from survey.store.rules import instrument_reasons
from survey.store.versions import begin

REQUIRED = ("strategy", "sponsor", "sampling", "limitations")
"""Items of the AAPOR disclosure code that only people know; the others follow from instrument and data."""
VERIFIED = "help_lines_verified"
"""Disclosure item: the day on which somebody called every number for this wave."""


def open_wave(session: Session, wave: Wave, questionnaire: Questionnaire, today: date) -> None:
    """Let respondents in (from the opening day on). Raises Refused with every reason.

    What was answered in a pilot is deleted.
    """
    refuse_unready(session, wave, questionnaire, today)
    session.execute(delete(Ballot).where(Ballot.wave == wave.id))
    wave.state = "open"
    begin(session, wave, wave.opens)


def refuse_unready(
    session: Session,
    wave: Wave,
    questionnaire: Questionnaire,
    today: date,
    objections: Iterable[Reason] = (),
) -> None:
    """Raises Refused with every reason why the wave may not open, and the `objections`; writes nothing."""
    reasons = [
        *opening_reasons(wave, questionnaire, today),
        *instrument_reasons(session, questionnaire, wave.languages),
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


def opening_reasons(wave: Wave, questionnaire: Questionnaire, today: date) -> list[Reason]:
    """What the wave itself lacks; empty when nothing."""
    return [
        *_state(wave, today),
        *_who_asks(wave),
        *_disclosure(wave),
        *_interface(wave),
        *_help_lines(wave, questionnaire, today),
        *_gates(wave, questionnaire),
    ]


def _state(wave: Wave, today: date) -> list[Reason]:
    name = f"{wave.study}/{wave.name}"
    reasons = []
    if wave.state not in ("draft", "pilot"):
        reasons.append(Reason("a wave that is draft or pilot", wave.state, path=name))
    if not wave.synthetic and wave.closes < today:
        hint = "create the wave again with later dates"
        reasons.append(Reason(f"a closing day on or after {today}", str(wave.closes), hint, path=name))
    return reasons


def _who_asks(wave: Wave) -> list[Reason]:
    return [
        Reason("the words respondents read on the consent page", "nothing", f"--{name} …", path=f"--{name}")
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
                    Reason(f"a text in {language}", "none", hint, f"disclosure.{key}", "disclosure")
                )
    return reasons


def _interface(wave: Wave) -> list[Reason]:
    """Words of buttons and messages; the instrument's own are checked with the instrument."""
    return [
        Reason(
            f"the interface's words in {language}",
            "none",
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
            expected = f"one question with the role {role}"
            reasons.append(Reason(expected, ", ".join(found) or "none", hint, "items", "role"))
    return reasons


def _help_lines(wave: Wave, questionnaire: Questionnaire, today: date) -> list[Reason]:
    """Every number must have been called: by the instrument's date, or by the wave's, whichever is later."""
    if wave.synthetic:
        return []
    written = wave.disclosure.get(VERIFIED) or ""
    if written and _day(written) is None:
        hint = f"{VERIFIED}: {today}"
        return [Reason("a day as YYYY-MM-DD", repr(written), hint, f"disclosure.{VERIFIED}", "disclosure")]
    reasons = []
    for phone in questionnaire.phones.values():
        checked = max(phone.verified_on, str(written))
        called = _day(checked)
        if called is None or not 0 <= (today - called).days <= FRESH_DAYS:
            hint = f"call it, then: tolqyn wave open … --phones-verified {today}"
            found = f"verified {checked or 'never'}"
            where = f"{phone.id} ({phone.display})"
            reasons.append(
                Reason(f"a number verified in the last {FRESH_DAYS} days", found, hint, where, "phone")
            )
    return reasons


def _day(written: object) -> date | None:
    """The day that was written, None for anything else."""
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None

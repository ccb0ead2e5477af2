"""A wave's way from draft to closed: rehearsal, pilot, opening, and a closing that takes two people."""

from flask import Response

from survey.console import here, words
from survey.console.frame import go, message, t
from survey.console.here import Detail
from survey.console.room import room
from survey.console.standing import gates_of, wave_page
from survey.console.visitor import visitor
from survey.console.waves import there
from survey.fieldwork import lifecycle, rehearsals
from survey.fieldwork.ending import close_for_good
from survey.fieldwork.lifecycle import today_of
from survey.people.entering import act
from survey.refusal import Refused
from survey.store import closing, opening, rewriting, second
from survey.store import waves as store
from survey.store.base import UNFIELDED
from survey.store.models import Wave
from survey.store.people import Session


def rehearse(study: str, wave: str) -> Response:
    """Let invented respondents begin, beside the server."""
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
    done = rehearsals.rehearsed_languages(room().config, found.fingerprint)
    waits = found.state in UNFIELDED and not done.issuperset(found.languages)
    if waits and rehearsals.start(room().config, f"{study}/{wave}", found.fingerprint):
        with room().database.writing() as session:
            act(session, visitor().name, "wave.rehearse", f"{study}/{wave}")
    return go("wave", study=study, wave=wave)


def pilot(study: str, wave: str) -> Response:
    """Let testers in."""

    def work(session: Session, found: Wave) -> None:
        lifecycle.start_pilot(session, found, store.questionnaire_of(session, found), today_of(found))

    return here.back_to(
        "wave", study, wave, here.change(study, wave, "wave.pilot", work, _again(study, wave))
    )


def end_pilot(study: str, wave: str) -> Response:
    """A draft again; nothing that testers answered is kept. Its name typed."""

    def work(session: Session, found: Wave) -> Detail:
        return {"interviews": lifecycle.end_pilot(session, found)}

    again = _again(study, wave)
    refused = here.named(study, wave, again) or here.change(study, wave, "wave.pilot.end", work, again)
    if refused is None:
        _forget()
    return here.back_to("wave", study, wave, refused)


def open_wave(study: str, wave: str) -> Response:
    """Let respondents in from the first day on, through the same gates as the command. Its name typed."""
    was: list[str] = []

    def work(session: Session, found: Wave) -> Detail:
        asked = store.questionnaire_of(session, found)
        if shut := [reason for gate in gates_of(session, found, asked) for reason in gate.reasons]:
            raise Refused(*shut)
        was.append(found.state)
        opening.open_wave(session, found, asked, today_of(found))
        return {"questionnaire": asked.fingerprint}

    again = _again(study, wave)
    refused = here.named(study, wave, again) or here.change(study, wave, "wave.open", work, again)
    if was == ["pilot"] and refused is None:
        _forget()
    return here.back_to("wave", study, wave, refused)


def propose(study: str, wave: str) -> Response:
    """No new starts from now on; somebody else may close it. Its name typed."""

    def work(session: Session, found: Wave) -> None:
        closing.propose_close(session, found, visitor().name)

    again = _again(study, wave)
    refused = here.named(study, wave, again) or here.change(study, wave, second.PROPOSED, work, again)
    return here.back_to("wave", study, wave, refused)


def withdraw(study: str, wave: str) -> Response:
    """Take the proposal back: people may begin again. Its name typed."""

    def work(session: Session, found: Wave) -> None:
        closing.withdraw_close(session, found, today_of(found))

    again = _again(study, wave)
    refused = here.named(study, wave, again) or here.change(study, wave, second.WITHDRAWN, work, again)
    return here.back_to("wave", study, wave, refused)


def confirm(study: str, wave: str) -> Response:
    """Close it for good by a second person, its name typed: every link to a person is destroyed."""
    again = _again(study, wave)
    if refused := here.named(study, wave, again):
        return refused
    with room().database.reading() as session:
        there(store.wave_named(session, study, wave))
    name, config = visitor().name, room().config
    try:
        _, verdict = close_for_good(config, room().database, f"{study}/{wave}", by=name, actor=name)
    except Refused as error:
        return again(409, words.problems(t(), error))
    kept = rewriting.forget_log(room().database)
    if kept or (verdict is not None and not verdict.held):
        text = t().gettext(
            words.say("The wave is closed. Whoever runs the server has to read this: {found}"),
            found="; ".join([*map(str, kept), *([verdict.summary()] if verdict else [])]),
        )
        return message(words.say("Closed, with a warning"), text, 200)
    return go("wave", study=study, wave=wave)


def _forget() -> None:
    """What was deleted stands in no file either."""
    rewriting.rewrite_tables(room().database)
    rewriting.forget_log(room().database)


def _again(study: str, wave: str) -> here.Again:
    return lambda status, problems: wave_page(study, wave, status, problems)

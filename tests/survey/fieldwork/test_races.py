"""Two people change one wave at once: the second waits, reads it anew, and is told what it has become."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey.fieldwork import lifecycle
from survey.fieldwork.design import apply_design, design_of
from survey.protection.retention import PILOT_DAYS, retain
from survey.refusal import Refused
from survey.store import access, closing, interviewers, invitations, opening, quotas, versions, waves
from survey.store.engine import Database
from survey.store.models import Ballot, Invitation, Wave

DAY = date(2027, 5, 12)
LATE = datetime(2027, 6, 20, tzinfo=UTC)
PATIENCE = 30
CELL = quotas.Cell(1, "old", {"item": "AGE", "ge": 30}, 5)

PHONE = {"number": "116111", "display": "116 111", "what": {"en": "Somebody", "ru": "Кто-то"}}

Act = Callable[[Session, Wave], Any]


def opens(session: Session, wave: Wave) -> None:
    opening.open_wave(session, wave, waves.questionnaire_of(session, wave), DAY)


def pilots(session: Session, wave: Wave) -> None:
    lifecycle.start_pilot(session, wave, waves.questionnaire_of(session, wave), DAY)


def closes(session: Session, wave: Wave) -> None:
    closing.close_wave(session, wave, by="x", two_person=False, today=DAY)


def corrects(session: Session, wave: Wave) -> None:
    asked = replace(waves.questionnaire_of(session, wave), version="1.1")
    versions.correct(session, wave, asked, {"en": "A misprint"}, DAY)


def replaces(session: Session, wave: Wave) -> None:
    spec = waves.WaveSpec(
        study=wave.study,
        name=wave.name,
        alias=wave.alias,
        opens=wave.opens,
        closes=wave.closes,
        organisation="Another",
        contact=wave.contact,
        sample_type=wave.sample_type,
        public_key=wave.public_key,
        languages=tuple(wave.languages),
    )
    waves.replace_draft(session, spec, waves.questionnaire_of(session, wave))


def designs(session: Session, wave: Wave) -> None:
    apply_design(session, wave, design_of({"format": 1, "target": 300}))


def ends_pilot(session: Session, wave: Wave) -> None:
    lifecycle.end_pilot(session, wave)


def proposes(session: Session, wave: Wave) -> None:
    closing.propose_close(session, wave, "aigul")


def sets_quotas(session: Session, wave: Wave) -> None:
    quotas.set_quotas(session, wave, [CELL])


def changes_cell(session: Session, wave: Wave) -> None:
    quotas.change_cell(session, wave, CELL.name, target=0)


def invites(session: Session, wave: Wave) -> None:
    invitations.invite(session, wave, invitations.BatchSpec("late", 20))


def adds_site(session: Session, wave: Wave) -> None:
    access.add_site(session, wave, "clinic", "clinic3")


def adds_interviewer(session: Session, wave: Wave) -> None:
    interviewers.add_interviewer(session, wave, "I07")


@pytest.fixture
def a_wave(database: Database, make_wave: Callable[..., Wave]) -> Callable[[str], Wave]:
    """A wave by open link with a quota cell, in the state that is asked for."""

    def made(state: str) -> Wave:
        draft = make_wave(access="open", sample_type="nonprobability")
        with database.writing() as session:
            found = waves.find_wave(session, draft.alias)
            quotas.set_quotas(session, found, [CELL])
            if state == "pilot":
                pilots(session, found)
            if state == "open":
                opens(session, found)
        return found

    return made


def meanwhile(database: Database, wave: Wave, first: Act, second: Act) -> Any:
    """What the second gives, begun while the first is not committed yet."""

    def change() -> Any:
        with database.writing() as session:
            return second(session, waves.find_wave(session, wave.alias))

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            first(session, waves.find_wave(session, wave.alias))
            begun = pool.submit(change)
            with pytest.raises(TimeoutError):
                begun.result(timeout=0.3)
        return begun.result(PATIENCE)


def state_of(database: Database, wave: Wave) -> str:
    with database.reading() as session:
        return waves.find_wave(session, wave.alias).state


@pytest.mark.parametrize(
    ("state", "first", "second", "left"),
    [
        ("draft", opens, opens, "open"),
        ("draft", opens, pilots, "open"),
        ("draft", opens, replaces, "open"),
        ("draft", pilots, replaces, "pilot"),
        ("pilot", opens, ends_pilot, "open"),
        ("open", closes, proposes, "closed"),
        ("open", closes, sets_quotas, "closed"),
        ("open", closes, changes_cell, "closed"),
        ("open", closes, designs, "closed"),
        ("open", closes, corrects, "closed"),
        ("open", closes, invites, "closed"),
        ("open", closes, adds_site, "closed"),
        ("open", closes, adds_interviewer, "closed"),
    ],
)
def test_whoever_comes_second_finds_the_wave_as_the_first_left_it(
    database: Database, a_wave: Callable[[str], Wave], state: str, first: Act, second: Act, left: str
) -> None:
    wave = a_wave(state)
    with pytest.raises(Refused):
        meanwhile(database, wave, first, second)
    assert state_of(database, wave) == left
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_a_date_does_not_bring_a_closed_wave_back(database: Database, a_wave: Callable[[str], Wave]) -> None:
    """`tick` read the wave while it was open, and wrote after its key was destroyed."""
    wave = a_wave("open")
    assert meanwhile(database, wave, closes, lambda session, _: lifecycle.tick(session, LATE)) == ()
    assert state_of(database, wave) == "closed"


def test_the_night_forgets_no_pilot_that_opened_meanwhile(
    database: Database, a_wave: Callable[[str], Wave], answer: Callable[..., str]
) -> None:
    wave = a_wave("pilot")
    answer(wave, "a tester's")
    night = wave.closes + timedelta(days=PILOT_DAYS + 1)

    def opens_and_is_answered(session: Session, found: Wave) -> None:
        opens(session, found)
        session.add(_ballot(found))
        session.flush()

    assert meanwhile(database, wave, opens_and_is_answered, lambda session, _: retain(session, night)) == []
    assert state_of(database, wave) == "open"
    with database.reading() as session:
        assert session.scalars(select(Ballot.ballot)).all() == ["b" * 64]


def test_each_of_two_help_lines_called_at_once_counts(
    database: Database, make_wave: Callable[..., Wave], document: dict[str, Any]
) -> None:
    """What is merged is what stands there now, not what was read before."""
    document["phones"] = {"one": PHONE, "two": PHONE}
    asked = Questionnaire.from_json(json.dumps(document))
    wave = make_wave(asked)

    def called(line: str) -> Act:
        return lambda session, found: opening.phone_called(found, asked, line, "aigul", DAY)

    meanwhile(database, wave, called("one"), called("two"))
    with database.reading() as session:
        assert set(waves.find_wave(session, wave.alias).phones or {}) == {"one", "two"}


def test_two_who_shut_a_cell_each_shut_both(database: Database, a_wave: Callable[[str], Wave]) -> None:
    wave = a_wave("draft")
    with database.writing() as session:
        other = replace(CELL, number=2, name="young", when={"item": "AGE", "lt": 30})
        quotas.set_quotas(session, waves.find_wave(session, wave.alias), [CELL, other])

    def shuts(name: str) -> Act:
        return lambda session, found: quotas.change_cell(session, found, name, closed=True)

    meanwhile(database, wave, shuts("old"), shuts("young"))
    with database.reading() as session:
        assert all(cell.closed for cell in quotas.cells_of(waves.find_wave(session, wave.alias)))


def _ballot(wave: Wave) -> Ballot:
    return Ballot(
        ballot="b" * 64,
        wave=wave.id,
        fingerprint=wave.fingerprint,
        state="complete",
        language="en",
        mode="web",
        week=DAY - timedelta(days=DAY.weekday()),
    )

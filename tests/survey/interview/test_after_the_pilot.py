"""A tester's browser that is still open when the wave opens: it knows no interview any more."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from instruments import Questionnaire
from survey.config import study_today
from survey.fieldwork import lifecycle
from survey.store import ballots, invitations, opening, waves
from survey.store.engine import Database
from survey.store.models import Batch, Wave

ALIAS = "opinion"
FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
TESTERS = invitations.BatchSpec("testers", 3)
VILLAGE = invitations.BatchSpec("village-1", 3, few="a test")


@pytest.fixture
def pilot(database: Database, make_wave: Callable[..., Wave], core: Questionnaire) -> Callable[[str], None]:
    """Start the pilot of a wave by invitation or by open link."""

    def start(access: str) -> None:
        made = make_wave(
            core,
            alias=ALIAS,
            languages=("kk", "ru", "uz", "en"),
            access=access,
            synthetic=True,
            disclosure=dict.fromkeys(opening.REQUIRED, "Nothing real."),
        )
        with database.writing() as session:
            lifecycle.start_pilot(session, waves.find_wave(session, ALIAS), core, made.opens)

    return start


def change(database: Database, work: Callable[[Any, Wave], Any]) -> Any:
    with database.writing() as session:
        return work(session, waves.find_wave(session, ALIAS))


def opens(core: Questionnaire) -> Callable[[Any, Wave], None]:
    return lambda session, wave: opening.open_wave(session, wave, core, wave.opens)


def codes(spec: invitations.BatchSpec) -> Callable[[Any, Wave], list[str]]:
    return lambda session, wave: invitations.invite(session, wave, spec)


def test_a_testers_open_page_is_no_answer_of_the_next_batch(
    pilot, database, core, somebody_invited_here, rows
) -> None:
    """The batch of the testers is gone, and the number of its row must not come to mean another village."""
    pilot("invited")
    tester = somebody_invited_here(change(database, codes(TESTERS))[0])
    tester.send(FIRST)
    change(database, opens(core))
    change(database, codes(VILLAGE))
    tester.send(tester.sensible())
    assert tester.response.status_code == 400
    assert "no longer knows this interview" in tester.text
    assert rows() == (0, 0)


@pytest.mark.parametrize("end", ["opens", "ends"])
def test_nobody_goes_on_by_an_open_link_where_the_pilot_ended(
    pilot, database, core, make_person, app: Flask, rows, end: str
) -> None:
    pilot("open")
    tester = make_person(app)
    tester.start("en")
    tester.send(FIRST)
    change(database, lifecycle.end_pilot)
    if end == "ends":
        change(database, lambda session, wave: lifecycle.start_pilot(session, wave, core, study_today()))
    else:
        change(database, opens(core))
    tester.send(tester.sensible())
    assert tester.response.status_code == 400
    assert rows() == (0, 0)
    tester.start("en")
    tester.send(FIRST)
    assert rows() == (1, 1), "whoever begins again is a respondent"


def test_a_tester_with_a_lasting_code_begins_anew(
    pilot, database, core, make_person, app: Flask, rows
) -> None:
    """Codes made before the pilot stay: the same person may answer in earnest, from the first page."""
    made = []

    def with_codes(session: Any, wave: Wave) -> None:
        lifecycle.end_pilot(session, wave)
        made.extend(invitations.invite(session, wave, VILLAGE))
        lifecycle.start_pilot(session, wave, core, wave.opens)

    pilot("invited")
    change(database, with_codes)
    tester = make_person(app)
    tester.come_by(f"i/{made[0]}")
    tester.send(FIRST)
    old = tester.path
    change(database, opens(core))
    other = make_person(app)
    other.come_by(f"i/{made[0]}")
    other.send(FIRST)
    assert rows() == (1, 1)
    tester.send(tester.sensible())
    assert (tester.response.status_code, tester.path) == (400, old)
    assert rows() == (1, 1), "the page of the pilot is not the second page of the interview"


def test_a_page_that_was_on_its_way_when_the_wave_opened_is_not_stored(pilot, database, core, rows) -> None:
    pilot("open")
    before = ballots.load(database, ALIAS)
    change(database, opens(core))
    assert before is not None
    with database.writing() as session, pytest.raises(ballots.NotSaved):
        ballots.save_page(
            session,
            before.wave,
            "b" * 64,
            1,
            {"Z_AGE": 34},
            sealed={},
            language="en",
            seconds=5,
            day=study_today(),
        )
    assert rows() == (0, 0)


def test_the_number_of_a_batch_that_is_gone_is_never_given_again(pilot, database, core) -> None:
    pilot("invited")
    change(database, codes(TESTERS))
    with database.reading() as session:
        testers = session.scalars(select(Batch.id)).one()
    change(database, opens(core))
    change(database, codes(VILLAGE))
    with database.reading() as session:
        assert session.scalars(select(Batch.id)).one() > testers


@pytest.fixture
def somebody_invited_here(app: Flask, make_person) -> Callable[[str], Any]:
    """People who come by their invitation."""

    def come(token: str) -> Any:
        person = make_person(app)
        person.come_by(f"i/{token}")
        return person

    return come

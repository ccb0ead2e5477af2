"""Nobody alone closes a wave by the console, and whoever proposed it, or another, takes it back there."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from survey.config import study_today
from survey.store import closing, people, sign_ins, waves
from survey.store.engine import Database
from survey.store.invitations import FEW
from survey.store.models import Wave

from .conftest import PASSWORD, Office, Person

WAVE = "/waves/kz-thb/2027"
NAME = "kz-thb/2027"


@pytest.fixture
def in_field(make_wave: Callable[..., Wave], database: Database) -> Wave:
    """A wave in the field today."""
    today = study_today()
    made = make_wave(opens=today, closes=today + timedelta(days=20))
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.state = "open"
    return found


def state(database: Database) -> str:
    with database.reading() as session:
        return waves.find_wave(session, NAME).state


def ghost_of(director: Person, office: Office) -> Person:
    """An account that the director makes for herself, by the link that the page shows her."""
    form = {"name": "ghost", "role": "data_officer", "place": "*", "language": "en"}
    shown = director.post("/people/new", page="/people/new", **form)
    token = re.search(r"/console/welcome/([A-Za-z0-9_-]+)", shown.text)
    assert token, shown.text
    second = office.browser()
    welcome = f"/welcome/{token[1]}"
    sent = second.post(welcome, page=welcome, new=PASSWORD)
    assert sent.status_code == 303, sent.text
    assert office.stored("ghost").password is not None
    return office.at("ghost")


def test_a_director_with_an_account_of_her_own_making_closes_no_wave(
    office: Office, director: Person, in_field: Wave, database: Database
) -> None:
    office.account("timur", ("field_manager", "kz-thb"))
    ghost = ghost_of(director, office)
    assert director.post(f"{WAVE}/close", page=WAVE, typed=NAME).status_code == 303
    refused = ghost.post(f"{WAVE}/close/confirm", page=WAVE, typed=NAME)
    assert (refused.status_code, state(database)) == (409, "closing")
    assert "a second person: neither let the other in" in refused.text
    assert "who may now: timur" in refused.text
    later = study_today() + timedelta(days=30)
    assert f"ghost, who may from {later:%d.%m.%Y} on" in refused.text
    office.at("timur").post(f"{WAVE}/close/confirm", page=WAVE, typed=NAME)
    assert state(database) == "closed"
    with database.reading() as session:
        assert waves.find_wave(session, NAME).disclosure["closing"] == closing.TWO_ACCOUNTS


def test_a_reset_of_another_s_account_gives_no_second_person_either(
    office: Office, director: Person, in_field: Wave, database: Database
) -> None:
    office.account("timur", ("field_manager", "kz-thb"))
    assert director.post("/people/of/timur/reset", page="/people/of/timur", typed="timur").status_code < 400
    with database.writing() as session:
        people.account_named(session, "timur").password = "chosen by whoever had the link"
    assert director.post(f"{WAVE}/close", page=WAVE, typed=NAME).status_code == 303
    refused = office.at("timur").post(f"{WAVE}/close/confirm", page=WAVE, typed=NAME)
    assert (refused.status_code, state(database)) == (409, "closing")


def test_a_proposal_is_taken_back_by_another_manager_with_the_name_typed_and_an_act(
    office: Office, director: Person, in_field: Wave, database: Database
) -> None:
    office.account("timur", ("field_manager", "kz-thb"))
    office.account("dana", ("data_officer", "*"))
    second = office.at("timur")
    assert "Take the proposal back" not in second.get(WAVE).text
    assert director.post(f"{WAVE}/close", page=WAVE, typed=NAME).status_code == 303
    assert "Take the proposal back" in second.get(WAVE).text
    assert "Take the proposal back" not in office.at("dana").get(WAVE).text
    assert office.at("dana").post(f"{WAVE}/close/withdraw", page=WAVE, typed=NAME).status_code in (403, 404)
    assert second.post(f"{WAVE}/close/withdraw", page=WAVE, typed="no").status_code == 400
    assert state(database) == "closing"
    assert second.post(f"{WAVE}/close/withdraw", page=WAVE, typed=NAME).status_code == 303
    assert state(database) == "open"
    assert ("timur", "wave.close.withdraw", NAME) in office.acts("wave.close")
    assert second.post(f"{WAVE}/close/withdraw", page=WAVE, typed=NAME).status_code == 409


def test_fewer_than_ten_codes_are_refused_by_the_page_as_by_the_command(
    office: Office, director: Person, in_field: Wave, database: Database
) -> None:
    page = f"{WAVE}/invite"
    given: dict[str, Any] = {"batch": "s9", "size": "1", "psu": "s9", "reason": "letters"}
    refused = director.post(page, page=page, **given)
    assert refused.status_code == 409
    assert "10 codes or more in a batch" in refused.text
    made = director.post(page, page=page, **given, few="the one judge of the region")
    assert (made.status_code, made.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    with database.reading() as session:
        assert "the one judge" in waves.find_wave(session, NAME).disclosure[FEW]["en"]
    assert "the one judge" in office.record()


def test_a_flood_of_forged_forms_takes_the_database_s_turn_a_few_times(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    count = sign_ins.count_failure

    def counting(*given: Any) -> int:
        counted.append(given)
        return count(*given)

    monkeypatch.setattr(sign_ins, "count_failure", counting)
    stranger = office.browser()
    for number in range(100):
        stranger.get(f"/nothing/{number}")
        forged = stranger.client.post("/console/login", data={"csrf_token": "forged"})
        assert forged.status_code == 400
    assert len(counted) == 7
    assert len(office.acts("page.forged")) == 7
    assert '"times": 64' in office.record()


def test_a_poster_of_a_wave_by_code_is_refused(director: Person, in_field: Wave) -> None:
    sent = director.post(f"{WAVE}/sites/poster", page=f"{WAVE}/sites", of="", size="A4")
    assert sent.status_code == 409
    assert "a poster would let nobody in" in sent.text

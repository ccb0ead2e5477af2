"""A wave from draft to closed by the console's pages alone, and what they refuse on the way."""

import csv
import io
import json
import time
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pikepdf
import pytest

from instruments import Questionnaire
from survey import keys
from survey.config import Config, study_today
from survey.fieldwork import rehearsals
from survey.store import closing, waves
from survey.store.engine import Database
from survey.store.invitations import find
from survey.store.models import Wave

WAVE = "/waves/kz-thb/2027"


@pytest.fixture
def draft(make_wave: Callable[..., Wave], rehearsed: None) -> Wave:
    """A wave that may open today."""
    today = study_today()
    return make_wave(opens=today, closes=today + timedelta(days=20))


def state(database: Database) -> str:
    """Where the wave stands."""
    with database.reading() as session:
        return waves.find_wave(session, "kz-thb/2027").state


def test_every_gate_is_shown_from_the_first_day_with_what_it_lacks(director: Any, make_wave: Any) -> None:
    make_wave(organisation="", disclosure={})
    shown = director.get(WAVE).text
    assert "Before the first respondent comes in" in shown
    for title in ("Who asks", "Disclosure record", "Pages rehearsed"):
        assert f'<li class="shut"><strong>{title}</strong>' in shown
    assert '<li class="ok"><strong>Comparable with the wave before</strong>' in shown
    assert "disclosure.sponsor: expected: a text in ru" in shown
    assert 'action="/console/waves/kz-thb/2027/open"' not in shown


def test_a_shut_gate_keeps_the_wave_shut_whatever_is_sent(
    director: Any, make_wave: Any, database: Any
) -> None:
    make_wave(organisation="")
    sent = director.post(f"{WAVE}/open", page=WAVE, typed="kz-thb/2027")
    assert sent.status_code == 409
    assert "expected: who asks, as respondents read it on the consent page" in sent.text
    assert state(database) == "draft"


def loaded(database: Database) -> Wave:
    """The wave as it is now: a save is of the stage in which its wave was read."""
    with database.reading() as session:
        return waves.find_wave(session, "kz-thb/2027")


@pytest.mark.parametrize("typed", ["", "kz-thb", "another/2020", "2026"])
def test_without_its_name_typed_nothing_is_opened_or_closed(
    director: Any, office: Any, draft: Wave, database: Any, typed: str
) -> None:
    for act in ("open", "close", "close/confirm", "pilot/end"):
        assert director.post(f"{WAVE}/{act}", page=WAVE, typed=typed).status_code == 400
    assert state(database) == "draft"
    assert office.acts("wave.") == []


def test_a_wave_goes_from_draft_to_closed_by_two_people(
    office: Any, director: Any, draft: Wave, database: Database, answer: Callable[..., str]
) -> None:
    office.account("timur", ("field_manager", "kz-thb"))
    second = office.at("timur")
    assert director.post(f"{WAVE}/open", page=WAVE, typed="kz-thb/2027").status_code == 303
    assert state(database) == "open"
    opened = loaded(database)
    for place in range(12):
        answer(opened, f"token-{place}")
    assert director.post(f"{WAVE}/close", page=WAVE, typed="2027").status_code == 303
    assert state(database) == "closing"
    alone = director.post(f"{WAVE}/close/confirm", page=WAVE, typed="kz-thb/2027")
    assert (alone.status_code, state(database)) == (409, "closing")
    assert "A second person has to do this" in alone.text
    sent = second.post(f"{WAVE}/close/confirm", page=WAVE, typed="KZ-THB/2027")
    assert sent.status_code == 303 or "Whoever runs the server has to read this" in sent.text
    assert state(database) == "closed"
    with database.reading() as session:
        record = waves.find_wave(session, "kz-thb/2027").disclosure
    assert record["closing"] == closing.TWO_ACCOUNTS
    assert "attack" in second.get(WAVE).text
    acts = [(actor, what) for actor, what, _ in office.acts("wave.")]
    assert acts == [
        ("aigul", "wave.open"),
        ("aigul", "wave.close.propose"),
        ("timur", "wave.close"),
        ("timur", "wave.attack"),
    ]


def test_a_pilot_s_answers_are_gone_when_it_ends_or_the_wave_opens(
    director: Any, draft: Wave, database: Database, answer: Callable[..., str]
) -> None:
    for end in ("pilot/end", "open"):
        assert director.post(f"{WAVE}/pilot", page=WAVE).status_code == 303
        answer(loaded(database), f"tester-{len(end)}")
        assert director.post(f"{WAVE}/{end}", page=WAVE, typed="2027").status_code == 303
        with database.reading() as session:
            assert waves.ballot_counts(session, draft) == {}
    assert state(database) == "open"


def test_codes_come_once_with_letters_and_are_kept_nowhere(
    director: Any, office: Any, draft: Wave, database: Database, config: Config
) -> None:
    given = {"batch": "almaty-1", "size": "12", "reason": "posted by hand", "letters": "ru"}
    sent = director.post(f"{WAVE}/invite", page=f"{WAVE}/invite", **given)
    assert sent.status_code == 200, sent.text
    with zipfile.ZipFile(io.BytesIO(sent.data)) as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read("codes.csv").decode("utf-8-sig"))))
        with pikepdf.open(io.BytesIO(packed.read("letters.pdf"))) as letters:
            assert len(letters.pages) == 12
    assert len({row["code"] for row in rows}) == 12
    assert all(row["link"].startswith(f"{config.base_url}/s/opinion-27/i/") for row in rows)
    with database.reading() as session:
        tokens = [keys.normalise(row["code"]) for row in rows]
        assert all(find(session, draft, token) is not None for token in tokens)
    assert office.acts("wave.invite") == [("aigul", "wave.invite", "kz-thb/2027")]
    again = director.post(f"{WAVE}/invite", page=f"{WAVE}/invite", **given)
    assert again.status_code == 409, "a name once used makes no second batch"
    assert "almaty-1" in director.get(f"{WAVE}/batches").text


@pytest.mark.parametrize(
    "wrong",
    [{"size": "0"}, {"size": "ten"}, {"size": "5001"}, {"reason": ""}, {"batch": ""}, {"fpc": "many"}],
)
def test_a_batch_that_makes_no_sense_makes_no_code(
    director: Any, draft: Wave, database: Database, wrong: dict[str, str]
) -> None:
    given = {"batch": "b", "size": "10", "reason": "x"} | wrong
    sent = director.post(f"{WAVE}/invite", page=f"{WAVE}/invite", **given)
    assert sent.status_code == 400
    assert 'aria-invalid="true"' in sent.text
    assert "Nobody is invited yet" in director.get(f"{WAVE}/batches").text


def test_a_batch_that_cannot_be_printed_is_taken_back(
    office: Any, director: Any, draft: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise OSError

    monkeypatch.setattr("reports.letters_pdf", broken)
    given = {"batch": "b", "size": "10", "reason": "x", "letters": "ru"}
    assert director.post(f"{WAVE}/invite", page=f"{WAVE}/invite", **given).status_code == 500
    assert "Nobody is invited yet" in director.get(f"{WAVE}/batches").text
    assert [what for _, what, _ in office.acts("wave.invite")] == ["wave.invite", "wave.invite.undone"]


def test_a_call_is_noted_with_the_caller_s_name(
    director: Any, office: Any, make_wave: Any, document: Any
) -> None:
    document["phones"] = {
        "police": {"display": "102", "number": "102", "what": {"en": "Police", "ru": "Полиция"}}
    }
    made = make_wave(Questionnaire.from_json(json.dumps(document)))
    assert "102" in director.get(f"{WAVE}/lines").text
    assert director.post(f"{WAVE}/lines/called", page=f"{WAVE}/lines", line="police").status_code == 303
    with office.database.reading() as session:
        noted = waves.find_wave(session, made.alias).phones
    assert noted == {"police": {"on": study_today().isoformat(), "by": "aigul"}}
    assert director.post(f"{WAVE}/lines/called", page=f"{WAVE}/lines", line="nobody").status_code == 409


def test_a_rehearsal_runs_beside_the_server_and_opens_its_gate(
    director: Any, office: Any, make_wave: Any, config: Config, environment: Config
) -> None:
    """The real command in a process of its own, on the wave's own questionnaire."""
    made = make_wave(opens=date(2099, 5, 10), closes=date(2099, 6, 6))
    assert director.post(f"{WAVE}/rehearse", page=WAVE).status_code == 303
    assert rehearsals.standing(config, made.fingerprint).running
    assert "The rehearsal goes on" in director.get(WAVE).text
    end = time.monotonic() + 120
    while (found := rehearsals.standing(config, made.fingerprint)).running and time.monotonic() < end:
        time.sleep(0.2)
    assert found.languages == {"en", "ru"}, found.said
    assert '<li class="ok"><strong>Pages rehearsed</strong>' in director.get(WAVE).text
    assert office.acts("wave.rehearse") == [("aigul", "wave.rehearse", "kz-thb/2027")]

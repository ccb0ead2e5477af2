"""A zero byte, words that are too long, days and records that cannot be read: refused where they come in."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import update

from survey import create_app
from survey.cli import main
from survey.config import Config, study_today
from survey.fieldwork.calendar import calendar_of
from survey.fieldwork.seasons import seasons
from survey.people.accounts import parse_place
from survey.refusal import Refused
from survey.store import access, invitations, waves
from survey.store.engine import Database
from survey.store.models import Wave
from survey.store.tokens import SCOPES, add_token

ZERO = [
    "/s/%00/",
    "/s/opinion-27/i/%00",
    "/s/opinion-27/p/a%00",
    "/s/opinion-27/k/%00",
    "/s/opinion-27/w/%00",
    "/s/opinion-27/v/%00/%00",
    "/s/%00/notice",
    "/console/waves/%00/2027",
    "/console/waves/kz-thb/%00/monitor",
    "/api/v1/waves/%00/x",
    "/api/v1/waves/kz-thb/%00/monitor",
    "/results/%00/",
]
LONG = "б" * 61


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    made = create_app(config)
    yield made
    made.extensions["tolqyn"].database.close()


def test_an_address_with_a_zero_byte_is_nobodys(
    app: Flask, database: Database, make_wave: Callable[..., Wave]
) -> None:
    make_wave(access="open", sample_type="nonprobability")
    with database.writing() as session:
        session.execute(update(Wave).values(state="open", opens=date(2020, 1, 1), closes=date(2999, 1, 1)))
        token = add_token(session, "t", SCOPES, study_today(), study_today() + timedelta(days=9))
    with_token = {"Authorization": f"Bearer {token}"}
    client = app.test_client()
    got = {address: client.get(address, headers=with_token).status_code for address in ZERO}
    assert got == dict.fromkeys(ZERO, 404)


def test_a_site_named_by_a_zero_byte_is_an_unknown_one(
    app: Flask, database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave(access="open", sample_type="nonprobability")
    with database.reading() as session:
        assert access.find_site(session, waves.find_wave(session, made.alias), "a\0") is None


def test_words_of_the_sample_design_that_are_too_long_are_refused_in_words(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave()
    spec = invitations.BatchSpec(LONG, 30, stratum=LONG, psu="a\0")
    with database.writing() as session, pytest.raises(Refused, match="at most 60 letters") as refused:
        invitations.invite(session, waves.find_wave(session, made.alias), spec)
    assert [reason.hint for reason in refused.value.reasons] == ["--batch …", "--stratum …", "--psu …"]


def test_more_codes_than_a_country_has_letter_boxes_are_refused_before_they_are_made(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave()
    with database.writing() as session, pytest.raises(Refused, match="at most 999,999 codes"):
        found = waves.find_wave(session, made.alias)
        invitations.invite(session, found, invitations.BatchSpec("all", 10**12))


def test_a_site_whose_name_is_too_long_is_refused_in_words(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave(access="open", sample_type="nonprobability")
    with database.writing() as session, pytest.raises(Refused, match="at most 60 letters"):
        access.add_site(session, waves.find_wave(session, made.alias), LONG, "clinic3")


@pytest.mark.parametrize("place", [LONG, f"kz-thb/{LONG}", "kz\0thb"], ids=["study", "wave", "zero"])
def test_a_place_that_no_study_can_have_is_refused(place: str) -> None:
    with pytest.raises(Refused):
        parse_place(place)


@pytest.mark.parametrize(
    ("record", "path"),
    [
        ({"privacy": {"texts_days": "90d"}}, "disclosure.privacy.texts_days"),
        ({"privacy": "text"}, "disclosure.privacy"),
        ({"help_lines_verified": "soon"}, "disclosure.help_lines_verified"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_when_the_wave_is_made(
    make_wave: Callable[..., Wave], record: dict[str, object], path: str
) -> None:
    with pytest.raises(Refused) as refused:
        make_wave(disclosure=record)
    assert [reason.path for reason in refused.value.reasons] == [path]


def test_a_record_that_cannot_be_read_is_refused_in_a_design(
    environment: Config, database: Database, make_wave: Callable[..., Wave], tmp_path
) -> None:
    made = make_wave()
    design = {"format": 1, "disclosure": {"privacy": {"texts_days": "90d"}, "help_lines_verified": "soon"}}
    file = tmp_path / "design.yaml"
    file.write_text(json.dumps(design), encoding="utf-8")
    refused: Result = CliRunner().invoke(main, ["wave", "design", made.alias, str(file)])
    assert refused.exit_code == 1
    assert "texts_days" in refused.output
    assert "help_lines_verified" in refused.output


def test_a_day_that_an_older_record_says_wrongly_does_not_take_all_waves_calendar_away(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave()
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.disclosure = {**found.disclosure, "help_lines_verified": "soon"}
        assert calendar_of([found], seasons())

"""The privacy notice: reachable before anything is asked, light, neutral, and it changes nothing."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.store.engine import Database
from survey.store.models import Ballot, Wave

LANGUAGES = ("kk", "ru", "uz", "en")
LARGEST = 6 * 1024
SUBJECT = ("trafficking", "торговл", "адам саудасы", "odam savdosi")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser."""
    return app.test_client()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_light_page_without_the_subject(client: FlaskClient, wave: Wave, language: str) -> None:
    answer = client.get(f"/s/{wave.alias}/notice?lang={language}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert f'<html lang="{language}"' in answer.text
    assert wave.organisation in answer.text
    assert len(gzip.compress(answer.data)) <= LARGEST
    assert not [word for word in SUBJECT if word in answer.text.casefold()]


def test_the_landing_page_leads_to_it(client: FlaskClient, wave: Wave) -> None:
    assert f"/s/{wave.alias}/notice" in client.get(f"/s/{wave.alias}/").text


def test_reading_it_stores_nothing(client: FlaskClient, wave: Wave, database: Database) -> None:
    client.get(f"/s/{wave.alias}/notice")
    with database.reading() as session:
        assert session.query(Ballot).count() == 0

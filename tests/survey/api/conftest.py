"""An instance with a wave in the field, a released one, and a token for everything."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey import create_app
from survey.api import views
from survey.config import Config, study_today
from survey.limiter import Limiter
from survey.release import build_release
from survey.store import closing, tokens, waves
from survey.store.engine import Database
from survey.store.models import Wave

Get = Callable[..., Any]


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application; a limit of its own for each test."""
    made = create_app(config)
    made.extensions[views.HERE] = Limiter(5, 600, clock=lambda: 0.0)
    yield made
    made.extensions["tolqyn"].database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token(database: Database) -> str:
    """Opens everything there is."""
    today = study_today()
    with database.writing() as session:
        return tokens.add_token(session, "everything", tokens.SCOPES, today, today + timedelta(days=30))


@pytest.fixture
def get(client: FlaskClient, token: str) -> Get:
    """The answer to an address below /api/v1, with a token."""

    def fetch(path: str, bearer: str = token, **more: Any) -> Any:
        return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {bearer}"}, **more)

    return fetch


@pytest.fixture
def released(database: Database, config: Config, open_wave: Wave, answer: Callable[..., str]) -> Wave:
    """A wave of forty interviews, closed and released."""
    for place in range(40):
        answer(open_wave, f"token-{place}")
    with database.writing() as session:
        wave = waves.find_wave(session, open_wave.alias)
        closing.propose_close(session, wave, "aigul")
        closing.close_wave(session, wave, by="timur", two_person=True, today=study_today())
        build_release(session, wave, config.home, today=study_today())
    return wave

"""A browser of an instance's public pages."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from survey import create_app
from survey.config import Config
from survey.store.engine import Database


@pytest.fixture
def client(config: Config, database: Database) -> Iterator[FlaskClient]:
    app = create_app(config)
    yield app.test_client()
    app.extensions["tolqyn"].database.close()

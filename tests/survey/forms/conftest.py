"""One scene for all tests of a module, on each database."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from instruments import Questionnaire
from survey.store import schema
from survey.store.engine import Database, connect
from tests.survey.conftest import postgres_database, small_document

from .scene import Scene, set_up


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("forms") / "home"
    small = Questionnaire.from_json(json.dumps(handed_over()))
    if request.param == "postgresql":
        migrated = request.getfixturevalue("migrated")
        with postgres_database(request.getfixturevalue("postgres"), migrated) as database:
            yield from made(database, home, small)
        return
    database = connect(f"sqlite:///{home}/tolqyn.sqlite")
    schema.upgrade(database)
    yield from made(database, home, small)
    database.close()


def handed_over() -> dict[str, Any]:
    """The small questionnaire with a part that the respondent answers alone."""
    found = small_document()
    found["modules"]["A"]["before"] = "content_note"
    found["modules"]["B"] |= {"sensitive": True, "after": "support_info"}
    for name in ("content_note", "support_info"):
        found["texts"][name] = {"en": "Help: 111.", "ru": "Помощь: 111."}
    return found


def made(database: Database, home: Path, small: Questionnaire) -> Iterator[Scene]:
    with set_up(database, home, small) as scene:
        yield scene

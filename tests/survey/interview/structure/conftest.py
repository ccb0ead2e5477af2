"""The tiny instrument `structure` in the field, in place of the core questionnaire."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import Questionnaire, load
from survey.store import opening, waves
from survey.store.engine import Database
from survey.store.models import Wave

ALIAS = "opinion"
STRUCTURE = Path(__file__).resolve().parents[3] / "library" / "structure.yaml"


@pytest.fixture(scope="session")
def core() -> Questionnaire:
    """In place of the core questionnaire."""
    return load(STRUCTURE)


@pytest.fixture
def wave(database: Database, make_wave: Callable[..., Wave], core: Questionnaire) -> Wave:
    """An open-link wave of it, in the field."""
    disclosure = dict.fromkeys(opening.REQUIRED, "Nothing real.")
    make_wave(core, alias=ALIAS, languages=("ru", "en"), access="open", synthetic=True, disclosure=disclosure)
    with database.writing() as session:
        found = waves.find_wave(session, ALIAS)
        opening.open_wave(session, found, core, found.opens)
    return found

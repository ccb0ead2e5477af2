"""Words that everybody around the office knows make no password."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from survey.config import Config
from survey.people.context import words_known
from survey.people.passwords import weakness
from survey.store.engine import Database
from survey.store.models import Wave

NAMED = {
    "public_url": "https://aqniyet-opros.example.org",
    "console_url": "https://kenseaqniyet.example.org",
}
PASSWORDS = (
    "Aqniyet-2027",
    "zhibek zholy 2027",
    "demvictims2027",
    "demvictims-opinion",
    "kenseaqniyet-2027",
    "interviewer2027",
    "field_manager-aqniyet",
)


@pytest.fixture
def known(config: Config, database: Database, make_wave: Callable[..., Wave]) -> tuple[str, ...]:
    make_wave(study="demvictims", organisation="Zhibek Zholy Centre")
    with database.reading() as session:
        return words_known(replace(config, **NAMED), session)


@pytest.mark.parametrize("password", PASSWORDS)
def test_words_of_the_office_make_no_password(known: tuple[str, ...], password: str) -> None:
    assert weakness(password, "aigul.s", *known) == "common"


def test_it_is_these_words_that_are_refused(known: tuple[str, ...]) -> None:
    """Without them some of the above would have done; and they spoil no good one."""
    assert [password for password in PASSWORDS if not weakness(password, "aigul.s")]
    assert weakness("correct battery staple horse", "aigul.s", *known) == ""
    assert weakness("demvictims umbrella seventeen lamp", "aigul.s", *known) == ""

"""Settings: sound defaults, and every unreadable value named."""

from pathlib import Path

import pytest

from survey.config import Config
from survey.refusal import Refused


def test_without_settings_an_sqlite_file_lies_in_the_home_folder() -> None:
    config = Config.from_env({})
    assert config.home == Path("var").absolute()
    assert config.database_url == f"sqlite:///{config.home}/tolqyn.sqlite"
    assert config.two_person
    assert not config.plain_http


def test_a_postgresql_address_gets_its_driver() -> None:
    found = Config.from_env({"TOLQYN_DATABASE_URL": "postgresql://u@h/d"})
    assert found.database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOLQYN_DATABASE_URL", "mysql://u:secret@h/d"),
        ("TOLQYN_DATABASE_URL", "postgresql://u:secret@h:notaport/d"),
        ("PORT", "eighty"),
        ("PORT", "²"),
        ("PORT", "٨٠"),
        ("TOLQYN_TWO_PERSON", "no"),
        ("TOLQYN_PLAIN_HTTP", "1"),
        ("TOLQYN_LEAVE_URL", "javascript:alert(1)"),
        ("TOLQYN_LEAVE_URL", "https://a.example; script-src *"),
    ],
)
def test_an_unreadable_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        Config.from_env({name: value})
    assert refused.value.reasons[0].path == name
    assert "secret" not in str(refused.value)


def test_plain_http_is_refused_beyond_this_machine() -> None:
    with pytest.raises(Refused, match="loopback"):
        Config.from_env({"TOLQYN_HOST": "0.0.0.0", "TOLQYN_PLAIN_HTTP": "on"})  # noqa: S104  that is the point

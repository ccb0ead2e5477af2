"""No key is destroyed or put aside of which no act tells: the act is stored first."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.config import Config, study_today
from survey.keys import OLD_DAYS, server_secrets, write_secret
from survey.store import audit
from survey.store.engine import Database

RETAIN, ROTATE = ("db", "retain"), ("key", "rotate")


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def acts(database: Database) -> Callable[[str], list[str]]:
    """Subjects of the acts of that name."""

    def read(what: str) -> list[str]:
        with database.reading() as session:
            return [act.subject for act in audit.acts(session) if act.what == what]

    return read


@pytest.mark.parametrize("words", [RETAIN, ROTATE], ids="-".join)
def test_a_key_whose_act_could_not_be_stored_stays_where_it_was(
    environment: Config, database: Database, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    server_secrets(environment.keys)
    old = environment.keys / f"server.key.{study_today() - timedelta(days=OLD_DAYS + 1)}"
    write_secret(old, b"x" * 32)
    before = {path.name: path.read_bytes() for path in environment.keys.iterdir()}

    def full_disk(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sqlalchemy.orm.SessionTransaction.commit", full_disk)
        failed = typed(*words)
    assert isinstance(failed.exception, OSError), failed.output
    assert {path.name: path.read_bytes() for path in environment.keys.iterdir()} == before


def test_what_is_destroyed_or_put_aside_stands_in_the_record(
    environment: Config, acts: Callable[[str], list[str]]
) -> None:
    server_secrets(environment.keys)
    old = environment.keys / f"server.key.{study_today() - timedelta(days=OLD_DAYS + 1)}"
    write_secret(old, b"x" * 32)
    assert str(old) in typed(*RETAIN).output
    assert not old.exists()
    assert acts("key.drop") == [old.name]
    aside = environment.keys / f"server.key.{study_today()}"
    assert str(aside) in typed(*ROTATE).output
    assert aside.exists()
    assert typed(*ROTATE).exit_code == 1, "once a day"
    assert acts("key.rotate") == [aside.name]

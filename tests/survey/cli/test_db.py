"""A database that is behind: every command says so, and what to type."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from survey.cli import main
from survey.config import Config
from survey.store import schema
from survey.store.engine import Database

NEED_A_DATABASE = [
    ("db", "check"),
    ("db", "rewrite"),
    ("wave", "status"),
    ("wave", "open", "kz-thb/2027"),
    ("wave", "invite", "kz-thb/2027", "--n", "12", "--batch", "a", "--out", "a.csv"),
    ("wave", "close", "kz-thb/2027", "--by", "x"),
    ("release", "build", "kz-thb/2027"),
    ("serve",),
]


def test_a_new_database_is_made_by_upgrade_and_passes_the_check(
    environment: Config, database: Database
) -> None:
    schema.downgrade(database, "base")
    made = CliRunner().invoke(main, ["db", "upgrade"])
    assert (made.exit_code, made.output) == (0, f"database was at empty, is at {schema.head()}\n")
    again = CliRunner().invoke(main, ["db", "upgrade"])
    assert (again.exit_code, again.output) == (0, f"database was at {schema.head()}, is at {schema.head()}\n")
    assert CliRunner().invoke(main, ["db", "check"]).exit_code == 0


@pytest.mark.parametrize("words", NEED_A_DATABASE, ids=lambda words: " ".join(words[:2]))
def test_a_database_one_migration_behind_stops_every_command(
    environment: Config, database: Database, words: tuple[str, ...]
) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f"expected a database at migration {schema.head()}; found 0000" in result.stderr


def test_a_database_that_does_not_answer_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOLQYN_DATABASE_URL", "postgresql://somebody:secret@127.0.0.1:1/nothing")
    result = CliRunner().invoke(main, ["db", "check"])
    assert result.exit_code == 1
    assert "127.0.0.1" in result.stderr
    assert "secret" not in result.stderr
    assert isinstance(result.exception, SystemExit)


def test_a_setting_that_cannot_be_read_stops_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    result = CliRunner().invoke(main, ["db", "check"])
    assert result.exit_code == 1
    assert "PORT: expected a port number; found 'eighty'" in result.stderr


def test_a_file_that_is_no_database_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = tmp_path / "notdb.txt"
    text.write_text("words, and more words: far from the format of a database\n" * 100)
    monkeypatch.setenv("TOLQYN_DATABASE_URL", f"sqlite:///{text}")
    for words in (("db", "check"), ("db", "upgrade"), ("wave", "status")):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit), result.exception
        assert "file is not a database" in result.stderr
        assert "TOLQYN_DATABASE_URL" in result.stderr


def test_a_database_of_newer_code_is_not_upgraded(environment: Config, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    result = CliRunner().invoke(main, ["db", "upgrade"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit), result.exception
    assert "found 9999" in result.stderr
    assert "this database is newer" in result.stderr

"""The restore drill as an office does it: key, backup, loss, return; and who forgets is told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from survey.backup import copies
from survey.backup.making import STAMP, last_backup
from survey.backup.seal import new_key
from survey.config import Config
from survey.store.engine import Database
from survey.store.models import Interview, Wave


def run(*words: object) -> Result:
    from survey.cli import main

    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_drill_from_key_to_return(
    environment: Config, database: Database, told_wave: Wave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("db", "backup-key", tmp_path / "k")
    assert made.exit_code == 0
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    public = next(word for word in made.output.split() if word.startswith("age1"))
    monkeypatch.setenv("TOLQYN_BACKUP_TO", public)
    assert "no backup was ever made" in run("db", "check").stderr
    assert run("db", "backup", tmp_path / "b.age").exit_code == 0
    assert "backup" not in run("db", "check").stderr
    again = run("db", "restore", tmp_path / "b.age", "--key", tmp_path / "k")
    assert again.exit_code == 1
    assert "--replace" in again.stderr
    name = again.stderr.split("--replace ")[1].split(":")[0]
    database.close()
    done = run("db", "restore", tmp_path / "b.age", "--key", tmp_path / "k", "--replace", name)
    assert done.exit_code == 0, done.stderr
    assert "0 withdrawn again" in done.stdout
    assert "kz-thb/2027" in run("wave", "status").output


def test_a_wave_whose_keys_are_lost_is_closed_by_the_command(
    environment: Config,
    database: Database,
    open_wave: Wave,
    answer: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a machine that has nothing but the backup and its key, as the guide promises."""
    for token in ("a", "b", "c"):
        answer(open_wave, token)
    public = new_key(tmp_path / "k")
    assert run("db", "backup", tmp_path / "b.age", "--to", public).exit_code == 0
    name = copies.name_of(database)
    database.close()
    monkeypatch.setenv("TOLQYN_HOME", str(tmp_path / "new"))
    done = run("db", "restore", tmp_path / "b.age", "--key", tmp_path / "k", "--replace", name)
    assert done.exit_code == 0, done.stderr
    assert not (tmp_path / "new" / "keys").exists()
    assert "nobody here can say who" in done.stderr
    assert run("wave", "close", "kz-thb/2027", "--by", "aigul").exit_code == 0
    closed = run("wave", "close", "kz-thb/2027", "--by", "timur", "--confirm")
    assert closed.exit_code == 0, closed.output
    assert (tmp_path / "new" / "keys").stat().st_mode & 0o777 == 0o700
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Interview)) == 3
    said = run("wave", "disclosure", "kz-thb/2027")
    assert "how the wave was closed: Closing was proposed under one name" in said.output
    assert "the thief's attack on the closed wave: " in said.output
    keys_told = [
        each["key"] for each in json.loads(run("wave", "disclosure", "kz-thb/2027", "--json").stdout)
    ]
    assert keys_told[-2:] == ["closing", "anonymity"]


def test_an_old_backup_is_told_by_the_check(
    environment: Config, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLQYN_BACKUP_TO", "age1something")
    environment.home.mkdir(exist_ok=True)
    (environment.home / STAMP).write_text(json.dumps({"made": "2026-01-02T03:04:05+00:00", "file": "x"}))
    checked = run("db", "check")
    assert checked.exit_code == 0
    assert "the last backup is of 2026-01-02 03:04 UTC" in checked.stderr
    (environment.home / STAMP).write_text("{}")
    assert last_backup(environment.home) is None


def test_a_file_that_is_no_key_is_named_without_its_content(
    environment: Config, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "b.age").write_text("x")
    (tmp_path / "k").write_text("my password\nand another\n")
    result = run("db", "restore", tmp_path / "b.age", "--key", tmp_path / "k")
    assert result.exit_code == 1
    assert "AGE-SECRET-KEY-" in result.stderr
    assert "password" not in result.stderr

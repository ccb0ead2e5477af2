"""The restore drill as an office does it: key, backup, loss, return; and who forgets is told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.backup.making import STAMP, last_backup
from survey.config import Config
from survey.store.engine import Database
from survey.store.models import Wave


def run(*words: object) -> Result:
    from survey.cli import main

    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_drill_from_key_to_return(
    environment: Config, database: Database, open_wave: Wave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    assert "withdraw those again" in done.stderr
    assert "kz-thb/2027" in run("wave", "status").output


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

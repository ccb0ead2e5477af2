"""The night's work: every step is done whether or not another fails, and whoever looks is told which did."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from survey import keys
from survey.backup.seal import new_key
from survey.cli import main
from survey.config import Config, study_today
from survey.store import audit
from survey.store.engine import Database
from survey.store.models import Act, Wave


@pytest.fixture
def night(environment: Config, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the backups, with a key to seal them to."""
    monkeypatch.setenv("TOLQYN_BACKUP_TO", new_key(tmp_path / "stick"))
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["night", "--backups", str(folder), *words])


def failed(done: Result, database: Database) -> set[str]:
    """Steps that failed; this PostgreSQL keeps its log, as `db rewrite` rightly says with status 1."""
    _, found, names = done.stderr.partition("steps failed: ")
    assert done.exit_code == (1 if found else 0)
    kept = {"db rewrite"} if database.engine.dialect.name == "postgresql" else set()
    return set(names.strip().split(", ")) - kept - {""}


def test_a_night_does_every_step_and_deletes_old_backups(
    night: Path, database: Database, told_wave: Wave
) -> None:
    today = study_today()
    old, kept = night / f"{today - timedelta(days=14)}.age", night / f"{today - timedelta(days=13)}.age"
    for path in (old, kept, night / "before-the-close.age"):
        path.write_bytes(b"sealed")
    assert failed(run(night), database) == set()
    assert {path.name for path in night.iterdir()} == {f"{today}.age", kept.name, "before-the-close.age"}
    assert failed(run(night), database) == set()
    assert (night / f"{today}-2.age").is_file()
    with database.reading() as session:
        assert {"db.backup"} <= set(session.scalars(select(Act.what)))


def test_a_step_that_fails_keeps_no_other_from_being_done(
    night: Path, database: Database, told_wave: Wave, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave(name="2028", alias="opinion-28", synthetic=True)
    with database.writing() as session:
        # As a draft of an older version may be: a new one is refused.
        record = {**made.disclosure, "privacy": {"texts_days": "90d"}}
        session.execute(update(Wave).where(Wave.id == made.id).values(disclosure=record))
    done = run(night)
    assert failed(done, database) == {"db retain"}
    assert "kz-thb/2028: disclosure.privacy.texts_days" in done.stderr
    assert (night / f"{study_today()}.age").is_file()


def test_old_backups_stay_when_no_new_one_was_made(
    night: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (night / "2020-01-01.age").write_bytes(b"sealed")
    monkeypatch.setenv("TOLQYN_BACKUP_TO", "nonsense")
    assert failed(run(night), database) == {"db backup"}
    assert (night / "2020-01-01.age").is_file()


def test_the_key_of_a_wave_closed_on_another_machine_goes_with_the_night(
    environment: Config, night: Path, database: Database, told_wave: Wave
) -> None:
    file = keys.wave_key_file(environment.keys, told_wave.alias)
    assert failed(run(night), database) == set()
    assert file.is_file()
    with database.writing() as session:
        session.execute(update(Wave).values(state="closed", closes=date(2027, 6, 6)))
    done = run(night)
    assert failed(done, database) == set()
    assert not file.exists()
    assert f"key of the wave at /s/{told_wave.alias}/" in done.output


def test_the_night_says_the_newest_seal_and_fails_when_the_record_was_changed(
    night: Path, database: Database, told_wave: Wave
) -> None:
    said = run(night).stdout.splitlines()[-1]
    with database.reading() as session:
        newest = audit.head(session)
    assert newest is not None
    assert said.endswith(f"the newest: {newest.number}:{newest.seal}")
    with database.transaction() as connection:
        taken_off = "act_is_fixed" if connection.dialect.name == "postgresql" else "act_is_fixed_update"
        on = " ON act" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {taken_off}{on}")
        connection.execute(update(Act).where(Act.number == 1).values(actor="somebody else"))
    assert failed(run(night), database) == {"audit verify"}

"""A record that does not tell the making of a wave or an account lost acts; one that began later did not."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from survey.cli import main
from survey.config import Config
from survey.people import accounts
from survey.store import audit, schema
from survey.store.audit import HEAD
from survey.store.engine import Database
from survey.store.models import Wave
from survey.store.untold import untold, untold_waves

from ..conftest import TODAY

WAVE = (
    "INSERT INTO wave (study, name, alias, fingerprint, state, opens, closes, languages, title, "
    "organisation, contact, sample_type, mode, access, synthetic, public_key, disclosure, proposed_by) "
    "VALUES ('kz-thb', '2020', 'old', 'f', 'closed', '2020-05-01', '2020-06-01', "
    "'[]', '{}', 'X', 'Y', 'probability', 'web', "
    "'open', false, '', '{}', '')"
)
INSTRUMENT = (
    "INSERT INTO instrument_version (fingerprint, name, version, document) VALUES ('f', 'a', '1', '{}')"
)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def emptied(database: Database) -> None:
    """As whoever owns the database does it: the triggers away, every act, the triggers back."""
    with database.transaction() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE act DISABLE TRIGGER USER")
            connection.exec_driver_sql("DELETE FROM act")
            connection.exec_driver_sql("ALTER TABLE act ENABLE TRIGGER USER")
            return
        kept = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'act'")
        ).all()
        for name, _ in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("DELETE FROM act")
        for _, made in kept:
            connection.exec_driver_sql(made)


def named(database: Database) -> list[str]:
    with database.reading() as session:
        return [reason.expected.rpartition(" ")[2] for reason in untold(session)]


def join(session: Any, name: str) -> None:
    accounts.invite(session, "shell:aigul", name, language="en", now=int(time.time()), today=TODAY)


def test_an_emptied_record_is_a_fault_whatever_follows(
    environment: Config, database: Database, told_wave: Wave, tmp_path: Path
) -> None:
    with database.writing() as session:
        join(session, "dana")
        session.get_one(Wave, told_wave.id).closes = date(2999, 12, 31)  # a night ends no wave
        newest = audit.head(session)
    audit.keep_head(environment.home, newest)
    assert named(database) == []
    assert run("audit", "verify").exit_code == 0
    assert run("db", "check").exit_code == 0
    emptied(database)
    (environment.home / HEAD).unlink()
    for command in (("audit", "verify"), ("db", "check"), ("night",)):
        said = run(*command)
        assert said.exit_code == 1, command
        assert "the making of the wave kz-thb/2027" in said.stderr
        assert "the making of the account dana" in said.stderr
    assert (
        run("wave", "invite", "kz-thb/2027", "--n", 20, "--batch", "a", "--out", tmp_path / "a.csv").exit_code
        == 0
    )
    assert run("audit", "verify").exit_code == 1, "the next act is number 1, and begins no whole record"


def test_what_nobody_made_by_a_command_is_not_asked_for(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    make_wave(synthetic=True)
    assert named(database) == []
    make_wave(name="2028", alias="opinion-28")
    assert named(database) == ["kz-thb/2028"]


def test_waves_from_before_the_record_are_named_by_its_first_act(
    empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = empty_database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("TOLQYN_DATABASE_URL", address)
    monkeypatch.setenv("TOLQYN_HOME", str(tmp_path))
    schema.upgrade(empty_database, "0006")
    with empty_database.transaction() as connection:
        connection.exec_driver_sql(INSTRUMENT)
        connection.exec_driver_sql(WAVE)
    assert run("db", "upgrade").exit_code == 0
    with empty_database.reading() as session:
        assert [act.what for act in audit.acts(session)] == ["audit.begin"]
        assert audit.faults(session) == []
        assert untold_waves(session) == []
    assert run("audit", "verify").exit_code == 0
    assert run("db", "check").exit_code == 0
    emptied(empty_database)
    (tmp_path / HEAD).unlink()
    assert run("audit", "verify").exit_code == 1


def test_a_first_act_that_was_appended_later_excuses_nothing(database: Database, told_wave: Wave) -> None:
    emptied(database)
    for _ in range(2):
        with database.writing() as session:
            audit.record(
                session, actor="x", what="audit.begin", subject="waves", day=TODAY, detail={"waves": []}
            )
    with database.writing() as session:
        audit.record(
            session,
            actor="x",
            what="audit.begin",
            subject="waves",
            day=TODAY,
            detail={"waves": ["kz-thb/2027"]},
        )
    assert named(database) == ["kz-thb/2027"]


def test_a_line_noted_elsewhere_says_that_a_wave_is_older_and_that_is_an_act(
    environment: Config, database: Database, open_wave: Wave
) -> None:
    with database.writing() as session:
        audit.record(session, actor="x", what="wave.open", subject="kz-thb/2027", day=TODAY, detail={})
        newest = audit.head(session)
    assert newest is not None
    audit.keep_head(environment.home, newest, first=True)
    assert "tolqyn audit verify --head" in run("audit", "verify").stderr
    assert run("audit", "verify", "--head", f"{newest.number}:{newest.seal}").exit_code == 0
    assert run("audit", "verify").exit_code == 0
    assert "audit.older" in run("audit", "show").output
    with database.writing() as session:
        join(session, "dana")
    emptied(database)
    assert named(database) == ["kz-thb/2027", "dana"]

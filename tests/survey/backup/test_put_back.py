"""What can be put back where, and what is refused before anything is touched."""

from pathlib import Path
from typing import Any

import pytest

from survey.backup import copies, restoring
from survey.backup.seal import new_key
from survey.store import schema
from survey.store.engine import Database
from survey.unfinished import MARK
from tests.survey.backup.conftest import Office, run, shut_everybody_out, tried


def test_a_backup_of_newer_code_is_refused_before_anything_is_touched(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut_everybody_out(database)
    with (
        monkeypatch.context() as patch,
        pytest.raises(AssertionError, match="which this Tolqyn does not know"),
    ):
        patch.setattr(restoring, "known", lambda: {"0001"})
        office.restore()
    assert not (office.config.home / MARK).exists()
    assert office.answers(office.keep) == 401


SHARED = {
    "public.extra": "CREATE TABLE extra (id int)",
    "public.bound": "CREATE TABLE bound (account int REFERENCES account(id))",
    "public.seen": "CREATE VIEW seen AS SELECT name FROM account",
    "other.kept": "CREATE SCHEMA other; CREATE MATERIALIZED VIEW other.kept AS SELECT name FROM account",
    "other.bound": "CREATE SCHEMA other; CREATE TABLE other.bound (account int REFERENCES account(id))",
}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", SHARED)
def test_a_database_that_others_use_too_is_refused_before_anything_is_touched(
    office: Office, database: Database, name: str
) -> None:
    """What is theirs would stay, and be counted or hold what has to go: the mark would stay for good."""
    shut_everybody_out(database)
    with database.transaction() as connection:
        connection.exec_driver_sql(SHARED[name])
    database.close()
    with pytest.raises(AssertionError, match=f"expected tables of Tolqyn alone; found others: {name}\n"):
        office.restore()
    assert not (office.config.home / MARK).exists()
    assert office.answers(office.keep) == 401


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_extension_is_the_server_s_and_no_part_of_a_backup(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its administrator makes it; the owner of the tables, who restores, may not."""
    with database.transaction() as connection:
        connection.exec_driver_sql("CREATE EXTENSION pg_stat_statements")
    sealed = office.folder / "more.age"
    run("db", "backup", sealed, "--to", new_key(office.folder / "k2"))
    database.close()
    said = []
    run_program = copies._run

    def kept(program: str, *words: Any, **named: Any) -> str:
        if program == "psql":
            said.extend(
                Path(word.removeprefix("--file=")).read_text() for word in words if "--file=" in str(word)
            )
        return run_program(program, *words, **named)

    monkeypatch.setattr(copies, "_run", kept)
    place = copies.name_of(database.engine.url)
    run("db", "restore", sealed, "--key", office.folder / "k2", "--replace", place)
    assert "EXTENSION" not in "".join(said)
    assert "CREATE TABLE public.account" in "".join(said)


def test_what_could_not_be_put_back_is_said_with_what_is_in_the_way() -> None:
    said = "\n".join(
        (
            "psql:/tmp/database.sql:9: ERROR:  cannot drop table account because other objects depend on it",
            "DETAIL:  view seen depends on table account",
            "HINT:  Use DROP ... CASCADE to drop the dependent objects too.",
        )
    )
    assert copies._fault(said).endswith("depend on it DETAIL:  view seen depends on table account")
    assert copies._fault("pg_restore: error: could not open\n") == "pg_restore: error: could not open"
    assert copies._fault("") == "no word"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_without_a_schema_is_told_what_to_make(office: Office, database: Database) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    database.close()
    said = tried("db", "restore", office.folder / "b.age", "--key", office.folder / "k")
    assert said.exit_code == 1
    assert "expected a schema public; found none" in said.output


def test_a_backup_of_before_an_upgrade_comes_back_over_the_upgraded_database(
    office: Office, database: Database
) -> None:
    """Its tables of later migrations, and what leads from them to older ones, are not in the backup."""
    schema.downgrade(database, "0006")
    old = office.folder / "old"
    rows = copies.copy(database, old)
    schema.upgrade(database)
    database.close()
    copies.put_back(old, database, rows)
    copies.refuse_miscounted(database, rows)
    assert schema.current(database) == "0006"
    schema.upgrade(database)
    assert schema.outdated(database) is None
    database.close()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_every_function_that_the_program_makes_goes_with_an_older_backup(
    office: Office, database: Database
) -> None:
    with database.engine.connect() as connection:
        query = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        made = set(connection.exec_driver_sql(query).scalars())
    assert made <= set(copies.FUNCTIONS)
    assert {"refuse_update", "refuse_act_change"} <= made

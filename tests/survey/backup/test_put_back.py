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
    "other.kid": "CREATE SCHEMA other; CREATE TABLE other.kid () INHERITS (act)",
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
    place = copies.name_of(database)
    run("db", "restore", sealed, "--key", office.folder / "k2", "--replace", place)
    assert "EXTENSION" not in "".join(said)
    assert "CREATE TABLE public.account" in "".join(said)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_others_have_in_schemas_of_their_own_is_neither_taken_nor_touched(
    office: Office, database: Database
) -> None:
    """A ledger of the office's in the same database, extensions where the administrator keeps them."""
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "CREATE SCHEMA extensions; CREATE EXTENSION pg_stat_statements SCHEMA extensions"
        )
        connection.exec_driver_sql("CREATE SCHEMA office; CREATE TABLE office.ledger AS SELECT 1 AS line")
    sealed = office.folder / "more.age"
    run("db", "backup", sealed, "--to", new_key(office.folder / "k2"))
    with database.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO office.ledger VALUES (2)")
    database.close()
    run("db", "restore", sealed, "--key", office.folder / "k2", "--replace", copies.name_of(database))
    with database.transaction() as connection:
        assert connection.exec_driver_sql("SELECT line FROM office.ledger").scalars().all() == [1, 2]
    assert office.answers(office.keep) == 200


def test_of_a_copy_only_tolqyn_s_own_is_put_back() -> None:
    taken = {
        "215; 1259 16385 TABLE public account own": True,
        "3456; 0 16385 TABLE DATA public account own": True,
        "3457; 0 16999 TABLE DATA public spatial_ref_sys own": False,
        "3500; 0 0 SEQUENCE SET public account_id_seq own": True,
        "3310; 2606 164 FK CONSTRAINT public passkey fk_passkey own": True,
        "222; 1255 16500 FUNCTION public refuse_update() own": True,
        "223; 1255 16501 FUNCTION public somebody_s(text) own": False,
        "2; 3079 16390 EXTENSION - pg_stat_statements ": False,
        "6; 2615 16391 SCHEMA - office own": False,
        "224; 1259 16502 TABLE office ledger own": False,
        "; Archive created at 2026-11-27": False,
    }
    assert {line: copies._is_ours(line, {"account": 1}) for line in taken} == taken


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_filled_database_whose_name_is_not_in_its_address_is_not_replaced_unasked(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(database.engine.url.database)
    bare = database.engine.url.set(database=None).render_as_string(hide_password=False)
    monkeypatch.setenv(
        "TOLQYN_DATABASE_URL", f"{bare}?dbname={name}" if "?" not in bare else f"{bare}&dbname={name}"
    )
    said = tried("db", "restore", office.folder / "b.age", "--key", office.folder / "k")
    assert said.exit_code == 1
    assert f"--replace {name}" in said.output


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

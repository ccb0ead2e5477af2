"""Migrations on both databases, and what the schema must not be able to hold."""

import stat
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Interval,
    MetaData,
    String,
    Table,
    Time,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError

from survey.refusal import Refused
from survey.store import schema
from survey.store.engine import Database, connect
from survey.store.engines import refuse_old_sqlite
from survey.store.models import Base
from survey.store.rewriting import REWRITTEN

RESPONDENTS = ("invitation", "ballot", "page_answer", "paper_form", "sealed_text", "interview", "answer")
UNSAMPLED = {
    "invitation": {"token_hash"},
    "ballot": {"ballot", "code_mac", "seat"},
    "page_answer": {"ballot"},
    "paper_form": {"ballot", "content"},
}
DATES = {"ballot": ["week"], "interview": ["week"]}
IDENTIFYING = (
    "ip",
    "address",
    "agent",
    "referr",
    "device",
    "token",
    "phone",
    "email",
    "name",
    "_at",
    "time",
    "day",
)


def test_the_newest_migration_equals_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_check_of_the_models_is_in_the_database(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        expected = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in inspector.get_check_constraints(table.name)} == expected, table.name


def test_migrations_go_down_to_nothing_and_up_again(database: Database) -> None:
    schema.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    schema.upgrade(database)
    assert schema.outdated(database) is None


def test_a_table_that_is_written_anew_keeps_its_rows_and_those_that_lead_to_it(
    empty_database: Database,
) -> None:
    schema.upgrade(empty_database, "0011")
    with empty_database.engine.begin() as connection:
        for statement in (
            "INSERT INTO instrument_version VALUES ('f', 'small', '1', '{}')",
            "INSERT INTO wave (id, study, name, alias, fingerprint, state, opens, closes, languages, title,"
            " organisation, contact, sample_type, mode, access, synthetic, public_key, disclosure,"
            " proposed_by)"
            " VALUES (3, 's', 'w', 'a', 'f', 'draft', '2027-05-10', '2027-06-06', '[]', '{}', '', '',"
            " 'probability', 'web', 'invited', false, '', '{}', '')",
            "INSERT INTO batch (id, wave, name, size, base_weight) VALUES (7, 3, 'village', 1, 1.5)",
            "INSERT INTO invitation (wave, token_hash, batch) VALUES (3, 'h', 7)",
        ):
            connection.exec_driver_sql(statement)
    schema.upgrade(empty_database)
    with empty_database.engine.begin() as connection:
        batch = connection.exec_driver_sql("SELECT id, wave, name, base_weight, pilot FROM batch").one()
        assert (*batch[:4], bool(batch[4])) == (7, 3, "village", 1.5, False)
        assert connection.exec_driver_sql("SELECT batch FROM invitation").scalar() == 7
        assert connection.exec_driver_sql("SELECT stage FROM wave").scalar() == 0
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql("DELETE FROM batch")


def test_a_wave_of_before_may_be_frozen_afterwards_and_its_other_rules_still_hold(
    empty_database: Database,
) -> None:
    schema.upgrade(empty_database, "0013")
    columns = (
        "study, name, alias, fingerprint, state, opens, closes, languages, title, organisation, contact,"
        " sample_type, mode, access, synthetic, public_key, disclosure, proposed_by"
    )
    values = (
        "'s', '{name}', '{name}', 'f', '{state}', '2027-05-10', '2027-06-06', '[]', '{{}}', '', '',"
        " 'probability', 'web', '{access}', false, '', '{{}}', ''"
    )

    def add(name: str, state: str, access: str = "invited") -> str:
        row = values.format(name=name, state=state, access=access)
        return f"INSERT INTO wave ({columns}) VALUES ({row})"  # noqa: S608  the words stand above

    with empty_database.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO instrument_version VALUES ('f', 'small', '1', '{}')")
        connection.exec_driver_sql(add("a", "released"))
        connection.exec_driver_sql("INSERT INTO disposition (wave, outcome, count) VALUES (1, 'complete', 3)")
    with pytest.raises(IntegrityError), empty_database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE wave SET state = 'frozen'")
    schema.upgrade(empty_database)
    with empty_database.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT state FROM wave").scalar() == "released"
        connection.exec_driver_sql("UPDATE wave SET state = 'frozen'")
        assert connection.exec_driver_sql("SELECT count FROM disposition WHERE wave = 1").scalar() == 3
    for state, access, more in (
        ("thawed", "invited", ""),
        ("draft", "secret", ""),
        ("draft", "open", "UPDATE wave SET seed = 7 WHERE name = 'b'"),
    ):
        with pytest.raises(IntegrityError), empty_database.engine.begin() as connection:
            connection.exec_driver_sql(add("b", state, access))
            if more:
                connection.exec_driver_sql(more)
    inspector = inspect(empty_database.engine)
    expected = {
        str(c.name) for c in Base.metadata.tables["wave"].constraints if isinstance(c, CheckConstraint)
    }
    assert {each["name"] for each in inspector.get_check_constraints("wave")} == expected
    schema.downgrade(empty_database, "0013")
    with empty_database.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT state FROM wave").scalar() == "released"
    assert "row_grant" not in inspect(empty_database.engine).get_table_names()


def test_an_empty_database_is_refused_with_the_line_to_type(empty_database: Database) -> None:
    with pytest.raises(Refused) as refused:
        schema.require_current(empty_database)
    reason = refused.value.reasons[0]
    assert (reason.found, reason.hint) == ("an empty one", "tolqyn db upgrade")
    assert schema.head() in reason.expected


def test_a_database_newer_than_the_code_is_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    reason = schema.outdated(database)
    assert reason is not None
    assert reason.found == "9999"
    assert "newer" in reason.hint


def test_a_server_that_does_not_answer_is_refused_without_its_password() -> None:
    database = connect("postgresql+psycopg://somebody:secret@127.0.0.1:1/nothing")
    with pytest.raises(Refused) as refused:
        schema.current(database)
    assert "127.0.0.1" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_respondents_tables_hold_no_time_finer_than_a_week() -> None:
    for name in RESPONDENTS:
        columns = Base.metadata.tables[name].columns
        timed = [c.name for c in columns if isinstance(c.type, Date | DateTime | Time | Interval)]
        assert timed == DATES.get(name, [])


def test_no_table_holds_a_time_of_day() -> None:
    columns = [c for table in Base.metadata.sorted_tables for c in table.columns]
    assert not [c for c in columns if isinstance(c.type, DateTime | Time | Interval)]


def test_respondents_tables_have_no_column_for_who_they_are() -> None:
    allowed = {"invitation": {"token_hash"}}
    for name in RESPONDENTS:
        columns = {c.name for c in Base.metadata.tables[name].columns} - allowed.get(name, set())
        assert not [c for c in columns if any(part in c for part in IDENTIFYING)], name


def test_nothing_leads_from_an_invitation_to_answers() -> None:
    """Foreign keys lead from an invitation, in both directions, only to tables about many people."""
    tables = Base.metadata.tables
    about_many = {"wave", "batch", "instrument_version", "disposition", "release"}
    targets = {fk.column.table.name for fk in tables["invitation"].foreign_keys}
    assert targets <= about_many
    pointing = {
        t.name for t in tables.values() for fk in t.foreign_keys if fk.column.table.name == "invitation"
    }
    assert pointing == set()
    shared = set(tables["invitation"].columns.keys()) & set(tables["ballot"].columns.keys())
    assert shared == {"wave", "batch"}


def test_respondents_tables_have_no_hidden_row_number(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path}/a.sqlite")
    schema.upgrade(database)
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    database.close()
    without = {name for name, sql in rows if "WITHOUT ROWID" in sql}
    assert without == set(RESPONDENTS)


def paths(metadata: MetaData, start: str, goals: set[str], stop: set[str]) -> list[list[str]]:
    """Every way from a table to one of the goals over foreign keys, in both directions, and equal columns.

    `stop`: tables about many people, at which a way ends.
    """
    beside: dict[str, set[str]] = {table.name: set() for table in metadata.sorted_tables}
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            beside[table.name].add(key.column.table.name)
            beside[key.column.table.name].add(table.name)
        for other in metadata.sorted_tables:
            alike = set(table.columns.keys()) & set(other.columns.keys())
            if other is not table and any(identifies(table.columns[name]) for name in alike):
                beside[table.name].add(other.name)
    found, begun = [], [[start]]
    while begun:
        way = begun.pop()
        for name in sorted(beside[way[-1]] - set(way) - stop):
            (found if name in goals else begun).append([*way, name])
    return found


def identifies(column: Column[Any]) -> bool:
    """Whether a value may belong to one person alone: a key that is no table's about many people."""
    names = {key.column.table.name for key in column.foreign_keys}
    return bool(column.primary_key) and not names & ABOUT_MANY and column.name not in SHARED_KEYS


ABOUT_MANY = {
    "row_grant",
    "act",
    "wave",
    "batch",
    "instrument_version",
    "fielded_version",
    "disposition",
    "release",
    "paper_batch",
    "paper_entry",
    "interviewer",
    "contact",
    "snapshot",
    "api_token",
    "account",
    "account_grant",
    "account_link",
    "passkey",
    "passkey_challenge",
    "recovery_code",
    "sign_in_failure",
    "staff_session",
    "used_code",
}
"""An interviewer is about everybody he or she asks, a contact about no interview, an act about the office,
a snapshot holds rounded counts, a token is a program's, an account the office's."""
SHARED_KEYS = {"wave", "page", "variable", "number", "outcome", "fingerprint"}
"""Parts of primary keys that many people share."""
ANSWERS = {"ballot", "page_answer", "paper_form", "sealed_text", "interview", "answer"}


def test_no_way_leads_from_a_token_to_an_answer() -> None:
    assert paths(Base.metadata, "invitation", ANSWERS, ABOUT_MANY) == []


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("used", [Column(name, String, primary_key=True) for name in ("token_hash", "ballot")]),
        (
            "receipt",
            [
                Column("token_hash", String, primary_key=True),
                Column("of_ballot", ForeignKey("ballot.ballot"), nullable=False),
            ],
        ),
    ],
)
def test_a_way_from_a_token_to_an_answer_would_be_found(table: str, columns: list[Column[Any]]) -> None:
    """Over a column of the same name, or over a foreign key, by way of one more table."""
    leaking = MetaData()
    for known in Base.metadata.sorted_tables:
        known.to_metadata(leaking)
    Table(table, leaking, *columns)
    found = paths(leaking, "invitation", ANSWERS, ABOUT_MANY)
    assert ["invitation", table, "ballot"] in found


def test_nothing_of_a_ballot_outlives_it_in_an_interview() -> None:
    """No foreign key and no common key leads from the interviews of a closed wave back to ballots."""
    back = ABOUT_MANY | {"invitation"}
    for start in ("interview", "answer", "sealed_text"):
        assert paths(Base.metadata, start, {"ballot", "page_answer", "paper_form"}, back) == [], start


def test_every_table_is_known_to_be_about_respondents_or_about_many() -> None:
    """A new table has to be put on one of the two lists, and then keeps the rules of its list."""
    assert set(RESPONDENTS) | ABOUT_MANY == set(Base.metadata.tables)
    assert {model.__tablename__ for model in REWRITTEN} == set(RESPONDENTS), "each is rewritten every night"


def test_a_column_of_respondents_tables_that_identifies_is_never_null() -> None:
    for name in RESPONDENTS:
        assert all(not c.nullable for c in Base.metadata.tables[name].primary_key), name


def test_key_columns_are_not_null_in_the_database_itself(database: Database) -> None:
    """SQLite lets a NULL into a primary key unless the table says otherwise; a NULL is equal to no other."""
    inspector = inspect(database.engine)
    for name in RESPONDENTS:
        keys = inspector.get_pk_constraint(name)["constrained_columns"]
        assert keys, name
        assert not [c["name"] for c in inspector.get_columns(name) if c["name"] in keys and c["nullable"]], (
            name
        )


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_tables_lie_in_the_schema_public_whatever_the_role_s_own_path_is(empty_database: Database) -> None:
    """By PostgreSQL's own path, "$user", public, they would lie where no backup looks."""
    with empty_database.transaction() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {empty_database.engine.url.username}")
    schema.upgrade(empty_database)
    with empty_database.engine.connect() as connection:
        query = "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename IN ('act', 'account', 'wave')"
        assert connection.exec_driver_sql(query).scalars().all() == ["public"]


def test_no_name_of_a_person_is_sampled_for_the_planner(database: Database) -> None:
    """The planner keeps values of columns in a table of its own, which no rewrite clears."""
    if database.engine.dialect.name == "postgresql":
        query = text(
            "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) AND attstattarget = 0"
        )
        with database.engine.connect() as connection:
            for table, names in UNSAMPLED.items():
                found = set(connection.execute(query, {"t": table}).scalars())
                assert names <= found, table


def test_sqlite_is_durable_and_forgets_what_is_deleted(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path}/a.sqlite")
    with database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema")
        }
    database.close()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
    }


def test_postgresql_waits_for_the_disk(database: Database) -> None:
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    assert database.engine.hide_parameters


def test_an_sqlite_library_that_can_corrupt_is_refused() -> None:
    with pytest.raises(Refused, match=r"3\.51\.3"):
        refuse_old_sqlite((3, 51, 2))
    refuse_old_sqlite((3, 51, 3))


def test_a_database_that_others_could_read_is_its_owner_s_again(tmp_path: Path) -> None:
    file = tmp_path / "tolqyn.sqlite"
    database = connect(f"sqlite:///{file}")
    schema.upgrade(database)
    log = file.with_name(file.name + "-wal")
    for path in (file, log):
        path.chmod(0o644)
    again = connect(f"sqlite:///{file}")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (file, log)} == {0o600}
    again.close()
    database.close()


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("somebody else's words")
    file.chmod(0o644)
    connect(f"sqlite:///{file}").close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o644

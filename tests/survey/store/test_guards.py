"""Every trigger that keeps records from being changed is missed when it is gone, off or empty."""

import pytest
from click.testing import CliRunner

from survey.cli import main
from survey.config import Config
from survey.store.engine import Database
from survey.store.guards import GUARDS, unguarded


def names(database: Database) -> list[str]:
    return sorted(GUARDS[database.engine.dialect.name])


def test_a_database_as_the_migrations_make_it_has_all(environment: Config, database: Database) -> None:
    assert unguarded(database) == []
    assert CliRunner().invoke(main, ["db", "check"]).exit_code == 0


@pytest.mark.parametrize("place", range(4))
def test_one_that_was_dropped_fails_the_check_and_is_named(
    environment: Config, database: Database, place: int
) -> None:
    name = names(database)[place]
    table = GUARDS[database.engine.dialect.name][name]
    on = f" ON {table}" if database.engine.dialect.name == "postgresql" else ""
    with database.transaction() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
    checked = CliRunner().invoke(main, ["db", "check"])
    assert checked.exit_code == 1
    assert f"the trigger {name}" in checked.stderr
    assert CliRunner().invoke(main, ["audit", "verify"]).exit_code == 1


def test_one_that_is_there_and_refuses_nothing_is_none(database: Database) -> None:
    with database.transaction() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE act DISABLE TRIGGER act_is_kept")
        else:
            connection.exec_driver_sql("DROP TRIGGER act_is_fixed_update")
            connection.exec_driver_sql(
                "CREATE TRIGGER act_is_fixed_update BEFORE UPDATE ON act BEGIN SELECT 1; END"
            )
    assert len(unguarded(database)) == 1

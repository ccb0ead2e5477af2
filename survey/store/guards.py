"""A database in, every rule of it that keeps records from being changed and is not there any more out."""

from sqlalchemy import Connection, text

from survey.refusal import Reason
from survey.store.engine import Database

GUARDS = {
    "sqlite": {
        "act_is_fixed_update": "act",
        "act_is_fixed_delete": "act",
        "instrument_version_is_fixed": "instrument_version",
        "fielded_version_is_fixed": "fielded_version",
    },
    "postgresql": {
        "act_is_fixed": "act",
        "act_is_kept": "act",
        "instrument_version_is_fixed": "instrument_version",
        "fielded_version_is_fixed": "fielded_version",
    },
}
"""Trigger -> table, as the migrations make them."""
THERE = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'",
    "postgresql": (
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE tgenabled IN ('O', 'A') AND prosrc LIKE '%RAISE EXCEPTION%'"
    ),
}
"""Those that are at work and do refuse."""


def unguarded(database: Database) -> list[Reason]:
    """Triggers of the record and of stored questionnaires that were dropped, emptied or switched off."""
    dialect = database.engine.dialect.name
    with database.engine.connect() as connection:
        there = _there(connection, dialect)
    hint = "somebody changed the database past Tolqyn: compare with a backup, or put it back (db restore)"
    return [
        Reason(f"the trigger {name}", "none that is at work", hint, path=f"table {table}", rule="guard")
        for name, table in GUARDS[dialect].items()
        if (name, table) not in there
    ]


def _there(connection: Connection, dialect: str) -> set[tuple[str, str]]:
    return {(str(name), str(table)) for name, table in connection.execute(text(THERE[dialect]))}

"""The database's version: which migration it stands at, and how it gets to the newest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from survey.refusal import Reason, Refused
from survey.store.engine import Database

MIGRATIONS = Path(__file__).parent.parent / "migrations"
UPGRADE = "tolqyn db upgrade"


def head() -> str:
    """The newest migration in this code."""
    return ScriptDirectory(str(MIGRATIONS)).get_heads()[0]


def current(database: Database) -> str | None:
    """The migration the database stands at; None before the first. Raises Refused when it does not answer."""
    try:
        with database.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
            if found is None and _hidden(connection):
                hint = "tolqyn db grant ROLE, typed as the owner of the tables (docs/guide/debian.md, 3)"
                raise Refused(Reason("a role that may see the tables", "one that may not", hint, rule="role"))
            return found
    except DatabaseError as error:
        address = database.engine.url.render_as_string(hide_password=True)
        found = str(error.orig).strip().splitlines()[0]
        hint = "check TOLQYN_DATABASE_URL and that the server runs"
        raise Refused(
            Reason("a database that answers", found, hint, path=address, rule="database")
        ) from error


def _hidden(connection: Connection) -> bool:
    """Whether tables are there that this role may not see: a database that seems empty and is not."""
    if connection.dialect.name != "postgresql":
        return False
    query = text(
        "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relname = 'alembic_version' "
        "AND NOT has_schema_privilege(n.oid, 'USAGE'))"
    )
    return bool(connection.scalar(query))


def outdated(database: Database) -> Reason | None:
    """Why this code cannot work on the database; None when it can."""
    found, expected = current(database), head()
    if found == expected:
        return None
    address = database.engine.url.render_as_string(hide_password=True)
    hint = (
        UPGRADE
        if found is None or found in known()
        else "this database is newer: install the code it was made with"
    )
    return Reason(
        f"a database at migration {expected}", found or "an empty one", hint, path=address, rule="migration"
    )


def known() -> set[str]:
    """Every migration in this code."""
    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def require_current(database: Database) -> None:
    """Raises Refused when the database is not at the newest migration."""
    reason = outdated(database)
    if reason is not None:
        raise Refused(reason)


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the missing migrations in one transaction. Raises Refused for a database of newer code."""
    found = current(database)
    reason = None if found is None or found in known() else outdated(database)
    if reason is not None:
        raise Refused(reason)
    _run(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back, for tests and for a failed installation."""
    _run(database, command.downgrade, revision)


def _run(database: Database, step: Callable[[AlembicConfig, str], None], revision: str) -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    writer = database.engine.execution_options(tolqyn_writes=True)
    with writer.connect() as connection, _tables_replaced(connection), connection.begin():
        config.attributes["connection"] = connection
        step(config, revision)
        _refuse_torn(connection)


@contextmanager
def _tables_replaced(connection: Connection) -> Iterator[None]:
    """SQLite changes some things by writing a table anew, while rows that lead to it are not looked at.

    Its manual, "ALTER TABLE", 7: the switch has no effect inside a transaction.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    if driver is None:
        raise ValueError("a connection that was given back")
    driver.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON").close()


def _refuse_torn(connection: Connection) -> None:
    """Raises Refused for a row that leads nowhere, before anything is committed."""
    if connection.dialect.name == "sqlite":
        torn = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if torn:
            tables = ", ".join(sorted({str(row[0]) for row in torn}))
            hint = "nothing was changed: put a backup beside it and compare"
            raise Refused(
                Reason("rows that lead to rows", f"some that do not in {tables}", hint, rule="migration")
            )

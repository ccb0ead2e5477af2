"""A database in, a file with its content out, and back; what differs between SQLite and PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pysqlite3
from sqlalchemy import URL, Connection, func, inspect, make_url, select, table, text

from survey.keys import sync_folder
from survey.refusal import Reason, Refused
from survey.store.engine import Database, connect
from survey.store.models import Base
from survey.store.schema import current

SQLITE, POSTGRESQL = "sqlite", "postgresql"
FUNCTIONS = ("refuse_update", "refuse_act_change", "tolqyn_rewrite")
"""What migrations and `db grant` make in PostgreSQL beside tables, triggers and indexes."""
_TABLES = frozenset({*Base.metadata.tables, "alembic_version"})


def copy(database: Database, target: Path) -> Mapping[str, int]:
    """Write the whole database as of one moment to a new file; its number of rows by table.

    SQLite by VACUUM INTO, never stepwise; PostgreSQL by `pg_dump` in the snapshot in which rows are counted.
    Raises Refused when the copy is unsound or `pg_dump` fails.
    """
    target.touch(mode=0o600)
    if database.engine.dialect.name == SQLITE:
        return _copy_sqlite(database, target)
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
        rows = counts(connection)
        _run("pg_dump", database.engine.url, "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
    return rows


def counts(connection: Connection) -> dict[str, int]:
    """Rows by table, of every table that is there."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def put_back(copied: Path, database: Database, expected: Mapping[str, int]) -> None:
    """Make the database the copy's; whole or not at all. Raises Refused where it could not be.

    Rows are counted before a file takes another's place; PostgreSQL's when they are there
    (`refuse_miscounted`).
    """
    if database.engine.dialect.name == SQLITE:
        _put_back_sqlite(copied, database, expected)
        return
    _put_back_postgresql(copied, database, expected)


def refuse_shared(database: Database, expected: Mapping[str, int]) -> None:
    """Raises Refused where tables lie in the database that are neither Tolqyn's nor the copy's.

    They would stay, counted or bound to what goes; a file takes their place whole.
    """
    if database.engine.dialect.name == SQLITE:
        return
    with database.engine.connect() as connection:
        others = sorted(set(inspect(connection).get_table_names()) - _TABLES - set(expected))
    if others:
        found = f"other tables: {', '.join(others)}"
        hint = "move them into a database of their own, or put the backup into a new one: createdb"
        raise Refused(Reason("a database of Tolqyn alone", found, hint, path=name_of(database.engine.url)))


def refuse_miscounted(database: Database, expected: Mapping[str, int]) -> None:
    """Raises Refused where what was put back has not the rows that it should."""
    with database.engine.connect() as connection:
        _compare(counts(connection), expected)


def filled(database: Database) -> bool:
    """Whether the database at the address was ever made. Raises Refused for one that does not answer."""
    url = database.engine.url
    if url.get_backend_name() != SQLITE:
        return current(database) is not None
    file = Path(url.database or "")
    if not file.is_file():
        return False
    try:
        return current(database) is not None
    except Refused as error:
        hint = f"mv {file} {file}.damaged (something may still be read out of it), then type the same again"
        raise Refused(Reason("a SQLite database or none", "something else", hint, path=str(file))) from error


def name_of(url: str | URL) -> str:
    """What a person types to say that this database may be replaced."""
    database = make_url(url).database or ""
    return Path(database).name if make_url(url).get_backend_name() == SQLITE else database


def _copy_sqlite(database: Database, target: Path) -> Mapping[str, int]:
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(target),))
    return _looked_through(target)


def _looked_through(file: Path) -> dict[str, int]:
    """Rows by table of a SQLite file that is sound. Raises Refused for one that is not."""
    try:
        connection = pysqlite3.connect(f"file:{file}?immutable=1", uri=True)
        try:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        finally:
            connection.close()
    except pysqlite3.DatabaseError as error:
        said = [str(error)]
    if said != ["ok"]:
        raise Refused(Reason("a sound database", said[0], "tolqyn db check", path=str(file), rule="backup"))
    copied = connect(f"sqlite:///{file}")
    try:
        with copied.engine.connect() as looked:
            return counts(looked)
    finally:
        copied.close()
        for beside in ("-wal", "-shm"):
            Path(f"{file}{beside}").unlink(missing_ok=True)


def _put_back_sqlite(copied: Path, database: Database, expected: Mapping[str, int]) -> None:
    target = Path(str(database.engine.url.database))
    target.parent.mkdir(parents=True, exist_ok=True)
    database.close()
    _refuse_served(target)
    coming = target.with_name(target.name + ".restoring")
    shutil.copyfile(copied, coming)
    coming.chmod(0o600)
    _compare(_looked_through(coming), expected)
    with coming.open("rb+") as file:
        os.fsync(file.fileno())
    # The old log would be played into the new file: it goes first, and with it what only it held.
    for beside in ("-wal", "-shm"):
        Path(f"{target}{beside}").unlink(missing_ok=True)
    coming.replace(target)
    sync_folder(target.parent)


def _put_back_postgresql(copied: Path, database: Database, expected: Mapping[str, int]) -> None:
    """As one transaction: what a later migration made goes too, of which a copy of before knows nothing."""
    script, url = copied.with_suffix(".sql"), database.engine.url
    unpacked = ("--clean", "--if-exists", "--no-owner", "--no-privileges", f"--file={script}", str(copied))
    script.touch(mode=0o600)
    _run("pg_restore", url, *unpacked, where=False)
    quote = database.engine.dialect.identifier_preparer.quote
    with database.engine.connect() as connection:
        later = sorted(set(inspect(connection).get_table_names()) - set(expected))
    gone = [f"DROP TABLE IF EXISTS public.{quote(name)} CASCADE" for name in later]
    gone += [f"DROP FUNCTION IF EXISTS public.{name} CASCADE" for name in FUNCTIONS]
    whole = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    _run("psql", url, *whole, f"--command={'; '.join(gone)}", f"--file={script}")


def _refuse_served(target: Path) -> None:
    """Raises Refused while a server has the file open: it would go on saving into one that is no more.

    In WAL mode an exclusive lock is given only while nobody else is connected (sqlite.org/wal.html, "Use of
    WAL Without Shared-Memory").
    """
    if not target.is_file():
        return
    connection = pysqlite3.connect(target, timeout=1, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
    except pysqlite3.OperationalError as error:
        hint = "systemctl stop tolqyn (or stop `tolqyn serve`), then type the same again"
        found = f"one that a program has open ({error})"
        raise Refused(Reason("a database nobody uses", found, hint, path=target.name, rule="busy")) from error
    finally:
        connection.close()


def _compare(found: Mapping[str, int], expected: Mapping[str, int]) -> None:
    reasons = [
        Reason(f"{expected.get(name, 0)} rows", str(found.get(name, 0)), path=name, rule="backup")
        for name in sorted({*found, *expected})
        if found.get(name, 0) != expected.get(name, 0)
    ]
    if reasons:
        raise Refused(*reasons)


def _plain(url: URL) -> str:
    """The address as libpq reads it, without the password: others see the list of processes."""
    return url.set(drivername=POSTGRESQL, password=None).render_as_string()


def _run(program: str, url: URL, *arguments: str, where: bool = True) -> None:
    """`where` false: without the database's address, as nothing is asked of it."""
    environment = {**os.environ, "PGPASSWORD": url.password or os.environ.get("PGPASSWORD", "")}
    place = [f"--dbname={_plain(url)}"] if where else []
    try:
        ended = subprocess.run(  # noqa: S603  PostgreSQL's own program, no shell
            [program, *place, *arguments], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        hint = "apt-get install postgresql-client"
        raise Refused(Reason(f"the program {program}", "none", hint, path=program)) from error
    if ended.returncode:
        said = (ended.stderr.strip().splitlines() or ["no word"])[-1]
        raise Refused(
            Reason(
                f"{program} to end well", f"{said} (status {ended.returncode})", path=program, rule="backup"
            )
        )

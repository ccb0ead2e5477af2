"""A database in, a file with its content out, and back; what differs between SQLite and PostgreSQL."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pysqlite3
from sqlalchemy import URL, Connection, func, inspect, select, table, text

from survey.keys import sync_folder
from survey.refusal import Reason, Refused
from survey.store.engine import Database, connect
from survey.store.models import Base
from survey.store.schema import current

SQLITE, POSTGRESQL = "sqlite", "postgresql"
FUNCTIONS = ("refuse_update", "refuse_act_change", "tolqyn_rewrite")
"""What migrations and `db grant` make in PostgreSQL beside tables, triggers and indexes."""
_TABLES = frozenset({*Base.metadata.tables, "alembic_version"})
_ENTRY = re.compile(
    r"\d+; \d+ \d+ (TABLE|TABLE DATA|SEQUENCE|SEQUENCE OWNED BY|SEQUENCE SET|DEFAULT|CONSTRAINT|"
    r"FK CONSTRAINT|INDEX|TRIGGER|FUNCTION) public ([^ (]+)"
)
"""A line of `pg_restore --list` that is put back."""
AT_WORK = 0x746F6C71796E
"""PostgreSQL's lock of whatever puts a database back, until its transaction has ended for good."""
_RELATIONS = """
SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
AND NOT EXISTS (SELECT FROM pg_depend d
WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
AND (n.nspname = 'public'
OR EXISTS (SELECT FROM pg_inherits i JOIN pg_class t ON t.oid = i.inhparent
WHERE i.inhrelid = c.oid AND t.relnamespace = 'public'::regnamespace)
OR EXISTS (SELECT FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid
WHERE f.conrelid = c.oid AND t.relnamespace = 'public'::regnamespace)
OR EXISTS (SELECT FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
JOIN pg_class t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid
WHERE w.ev_class = c.oid AND t.relnamespace = 'public'::regnamespace))
AND n.nspname NOT IN ('pg_catalog', 'information_schema')"""
"""Tables and views of the schema public, and those elsewhere that lead to them; without extensions' own."""


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
        what = ("--format=custom", "--schema=public", f"--snapshot={snapshot}", f"--file={target}")
        _run("pg_dump", database.engine.url, *what)
    return rows


def counts(connection: Connection) -> dict[str, int]:
    """Rows by table, of every table that is there."""
    names = sorted(_tables(connection))
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def put_back(copied: Path, database: Database, expected: Mapping[str, int], held: int | None = None) -> None:
    """Make the database the copy's; whole or not at all. Raises Refused where it could not be.

    Rows are counted before a file takes another's place; PostgreSQL's when they are there
    (`refuse_miscounted`). `held`: a lock's descriptor that whatever works on the database keeps to its end.
    """
    if database.engine.dialect.name == SQLITE:
        _put_back_sqlite(copied, database, expected)
        return
    _put_back_postgresql(copied, database, expected, () if held is None else (held,))


def place_of(database: Database) -> str:
    """Which database this is, whoever asks for it: the file, or the name and the server's own number.

    Two servers of one machine may have a database of the same name.
    """
    if database.engine.dialect.name == SQLITE:
        return str(Path(database.engine.url.database or "").resolve())
    query = text("SELECT current_database(), system_identifier FROM pg_control_system()")
    with database.engine.connect() as connection:
        name, server = connection.execute(query).one()
    return f"{name} (server {server})"


def standing(database: Database) -> str:
    """Which tables stand there now: what is put back is another file, or a table with another number.

    Empty where there are none. Every role may ask: catalogs can be read without a right to the tables. Raises
    Refused while a restoration's transaction goes on, be it that nobody waits for it any more.
    """
    if database.engine.dialect.name == SQLITE:
        file = Path(database.engine.url.database or "")
        return str(file.stat().st_ino) if file.is_file() else ""
    query = text(
        "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relname = 'alembic_version'"
    )
    with database.engine.connect() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:at_work)"), {"at_work": AT_WORK}):
            found, hint = "one that PostgreSQL works on", "wait until it has ended"
            raise Refused(Reason("no restoration at work", found, hint, rule="restoring"))
        return str(connection.scalar(query) or "")


def refuse_shared(database: Database, expected: Mapping[str, int]) -> None:
    """Raises Refused where something is in the database, or bound to its tables, that is neither Tolqyn's nor
    the copy's: it would stay and be counted, or hold what has to go. A file takes their place whole."""
    if database.engine.dialect.name == SQLITE:
        return
    with database.engine.connect() as connection:
        ours = {f"public.{name}" for name in _TABLES | set(expected)}
        others = sorted(set(connection.scalars(text(_RELATIONS))) - ours)
    if others:
        found = f"others: {', '.join(others)}"
        hint = "move them into a database of their own, or put the backup into a new one: createdb"
        raise Refused(Reason("tables of Tolqyn alone", found, hint, path=name_of(database), rule="shared"))


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


def name_of(database: Database) -> str:
    """What a person types to say that this database may be replaced; an address need not hold it."""
    if database.engine.dialect.name == SQLITE:
        return Path(database.engine.url.database or "").name
    with database.engine.connect() as connection:
        return str(connection.scalar(text("SELECT current_database()")))


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
    coming = _coming(target)
    try:
        shutil.copyfile(copied, coming)
        coming.chmod(0o600)
        _compare(_looked_through(coming), expected)
        with coming.open("rb+") as file:
            os.fsync(file.fileno())
        # The old log would be played into the new file: it goes first, and with it what only it held.
        for beside in ("-wal", "-shm"):
            Path(f"{target}{beside}").unlink(missing_ok=True)
        coming.replace(target)
    finally:
        drop_coming(database)
    sync_folder(target.parent)


def _coming(target: Path) -> Path:
    """Beside the database, so that it can take its place at once."""
    return target.with_name(f"{target.name}.restoring")


def drop_coming(database: Database) -> None:
    """Remove the plain copy that was to take the database's place and did not."""
    if database.engine.dialect.name == SQLITE:
        coming = _coming(Path(str(database.engine.url.database)))
        for beside in ("", "-wal", "-shm"):
            Path(f"{coming}{beside}").unlink(missing_ok=True)


def _tables(connection: Connection) -> set[str]:
    """Names of all but an extension's own, which come and go with it."""
    names = set(inspect(connection).get_table_names())
    if connection.dialect.name == SQLITE:
        return names
    return names & {name.removeprefix("public.") for name in connection.scalars(text(_RELATIONS))}


def _put_back_postgresql(
    copied: Path, database: Database, expected: Mapping[str, int], held: tuple[int, ...]
) -> None:
    """As one transaction: what a later migration made goes too, of which a copy of before knows nothing.

    Of the copy only what is Tolqyn's: extensions and other schemas are the server's, and the owner of the
    tables may not make them.
    """
    script, listed, url = copied.with_suffix(".sql"), copied.with_suffix(".list"), database.engine.url
    script.touch(mode=0o600)
    content = _run("pg_restore", url, "--list", str(copied), where=False)
    listed.write_text("\n".join(line for line in content.splitlines() if _is_ours(line, expected)))
    unpacked = ("--clean", "--if-exists", "--no-owner", "--no-privileges", f"--use-list={listed}")
    _run("pg_restore", url, *unpacked, f"--file={script}", str(copied), where=False)
    quote = database.engine.dialect.identifier_preparer.quote
    with database.engine.connect() as connection:
        later = sorted(_tables(connection) - set(expected))
    gone = [f"DROP TABLE IF EXISTS public.{quote(name)} CASCADE" for name in later]
    gone += [f"DROP FUNCTION IF EXISTS public.{name} CASCADE" for name in FUNCTIONS]
    whole = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    first = f"--command=SELECT pg_advisory_xact_lock({AT_WORK})"
    _run("psql", url, *whole, first, f"--command={'; '.join(gone)}", f"--file={script}", held=held)


def _is_ours(line: str, expected: Mapping[str, int]) -> bool:
    """Whether an entry of the copy is put back; content only into the copy's own tables, no extension's."""
    found = _ENTRY.match(line)
    if found is None:
        return False
    kind, name = found.groups()
    return {"TABLE DATA": name in expected, "FUNCTION": name in FUNCTIONS}.get(kind, True)


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


def _run(program: str, url: URL, *arguments: str, where: bool = True, held: tuple[int, ...] = ()) -> str:
    """What the program prints. `where` false: without the database's address, as nothing is asked of it."""
    environment = {**os.environ, "PGPASSWORD": url.password or os.environ.get("PGPASSWORD", "")}
    place = [f"--dbname={_plain(url)}"] if where else []
    try:
        ended = subprocess.run(  # noqa: S603  PostgreSQL's own program, no shell
            [program, *place, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            pass_fds=held,
        )
    except FileNotFoundError as error:
        hint = "apt-get install postgresql-client"
        raise Refused(Reason(f"the program {program}", "none", hint, path=program)) from error
    if ended.returncode:
        found = f"{_fault(ended.stderr)} (status {ended.returncode})"
        raise Refused(Reason(f"{program} to end well", found, path=program, rule="backup"))
    return ended.stdout


def _fault(said: str) -> str:
    """The error, and the line that says of what: hints follow that do not help here."""
    lines = said.strip().splitlines() or ["no word"]
    at = next((number for number, line in enumerate(lines) if "ERROR:" in line), len(lines) - 1)
    detail = lines[at + 1] if lines[at + 1 :] and lines[at + 1].startswith("DETAIL:") else ""
    return f"{lines[at]} {detail}".strip()

"""A database address in, engines out: how connections are opened, checked, begun and kept private."""

from pathlib import Path
from select import POLLIN, poll
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError

from survey.refusal import Reason, Refused
from survey.store.logfile import LogWatch
from survey.store.renewal import Renewal

SAFE_SQLITE = (3, 51, 3)
"""Versions 3.7.0 to 3.51.2 can corrupt a WAL database that two connections checkpoint at once."""
SQLITE_MAGIC = b"SQLite format 3\0"
BUSY_SECONDS = 10
CONNECTIONS = 20
"""Kept open by one process, more than it has threads: making one costs more than many requests."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    """Raises Refused for a library with the WAL-reset bug."""
    if version < SAFE_SQLITE:
        found = ".".join(map(str, version))
        hint = ".venv/bin/python -m pip install --force-reinstall pysqlite3"
        raise Refused(Reason("SQLite 3.51.3 or newer", found, hint, path="pysqlite3"))


def postgresql_engine(url: str, **options: Any) -> Engine:
    """Every commit synced, every table in the schema public; a connection whose server has gone is replaced.

    By the role's own path tables would lie where backups and rights do not look, or be seen by it alone.
    """
    settled = {"options": "-c synchronous_commit=on -c search_path=public"}
    engine = create_engine(url, hide_parameters=True, connect_args=settled, **options)
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that went away has closed the line: seen without asking it, as pre-ping does each time."""
    waiting = poll()
    if not connection.closed:
        waiting.register(connection.fileno(), POLLIN)
    if connection.closed or waiting.poll(0):
        raise InvalidatePoolError


def sqlite_engine(url: str, log: LogWatch | None) -> Engine:
    """Write-ahead log, synced; `log` watches its file. Raises Refused when the SQLite library is too old."""
    import pysqlite3.dbapi2 as driver  # noqa: PLC0415  PostgreSQL instances need no SQLite

    refuse_old_sqlite(driver.sqlite_version_info)
    file = make_url(url).database
    if file:
        _private(Path(file))
    engine = create_engine(
        url,
        module=driver,
        hide_parameters=True,
        pool_size=CONNECTIONS,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _set_pragmas)
    if log is not None:
        renewal = Renewal(log.file)
        event.listen(engine, "connect", log.open)
        event.listen(engine, "close", log.close)
        event.listen(engine, "begin", log.before)
        event.listen(engine, "connect", renewal.try_now)
        event.listen(engine, "close", renewal.closed)
        event.listen(engine, "begin", renewal.before_writing)
    event.listen(engine, "begin", _begin)
    return engine


def _private(file: Path) -> None:
    """Only its owner reads the database; a file that others may read, from an older version, is corrected."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # SQLite gives new log and index files the same mode.
    try:
        file.touch(mode=0o600)
    except OSError:
        if not file.exists():
            raise
        # A full or read-only disk: the server starts, and each page says what is not saved.
    with file.open("rb") as opened:
        head = opened.read(len(SQLITE_MAGIC))
    if head not in (b"", SQLITE_MAGIC):
        return
    for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        if path.exists() and path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _set_pragmas(connection: Any, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Any) -> None:
    """A writer takes the lock at once: a read that turns into a write would fail without waiting."""
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("tolqyn_writes") else "BEGIN")

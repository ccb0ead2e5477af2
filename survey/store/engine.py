"""A database address in, a `Database` with reading and writing sessions out; dialects differ only here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError as DatabaseError
from sqlalchemy.orm import Session

from survey.refusal import Reason, Refused

__all__ = ["Database", "DatabaseError", "connect", "insert", "refuse_old_sqlite"]

SAFE_SQLITE = (3, 51, 3)
"""Versions 3.7.0 to 3.51.2 can corrupt a WAL database that two connections checkpoint at once."""
BUSY_SECONDS = 10
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)


@dataclass(frozen=True)
class Database:
    """One engine; a transaction is opened either to read or to write."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is never committed."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session committed once, when the block ends without an error."""
        writer = self.engine.execution_options(tolqyn_writes=True)
        with Session(writer, expire_on_commit=False) as session, session.begin():
            yield session

    def vacuum(self, *tables: str) -> None:
        """Rewrite the tables so that deleted rows leave no bytes in the database file or its log."""
        with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                for table in tables:
                    connection.exec_driver_sql(f"VACUUM FULL {table}")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def connect(url: str) -> Database:
    """The database at the address. Raises Refused when the SQLite library is too old."""
    return Database(_sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _postgresql(url))


def insert(session: Session, model: type[Any]) -> Any:
    """INSERT with ON CONFLICT, which the two dialects spell alike but keep apart."""
    return insert_of(session.get_bind().dialect.name, model)


def insert_of(dialect: str, target: Any) -> Any:
    """The same for a dialect's name and a model or table."""
    return sqlite.insert(target) if dialect == "sqlite" else postgresql.insert(target)


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    """Raises Refused for a library with the WAL-reset bug."""
    if version < SAFE_SQLITE:
        found = ".".join(map(str, version))
        hint = ".venv/bin/python -m pip install --force-reinstall pysqlite3"
        raise Refused(Reason("SQLite 3.51.3 or newer", found, hint, path="pysqlite3"))


def _postgresql(url: str) -> Engine:
    return create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args={"options": "-c synchronous_commit=on"}
    )


def _sqlite(url: str) -> Engine:
    import pysqlite3.dbapi2 as driver  # noqa: PLC0415  PostgreSQL instances need no SQLite

    refuse_old_sqlite(driver.sqlite_version_info)
    file = make_url(url).database
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        module=driver,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Any) -> None:
    """A writer takes the lock at once: a read that turns into a write would fail without waiting."""
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("tolqyn_writes") else "BEGIN")

"""A database address in, a `Database` with reading and writing sessions out; dialects differ only here."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    PoolProxiedConnection,
    Table,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import SQLAlchemyError as DatabaseError
from sqlalchemy.orm import Session

from survey.refusal import Reason, Refused
from survey.store.commits import Commits
from survey.store.engines import BUSY_SECONDS, CONNECTIONS, postgresql_engine, sqlite_engine
from survey.store.logfile import LogWatch
from survey.store.prepared import Prepared, Row, translated

__all__ = ["Database", "DatabaseError", "connect"]

LOCK_NOT_AVAILABLE = "55P03"
EMPTYING_MS = 250
"""Milliseconds for which a withdrawal waits for readers of SQLite's log; nobody saves meanwhile."""


T = TypeVar("T")


@dataclass(frozen=True)
class Turn:
    """A driver's connection while it is one request's."""

    connection: PoolProxiedConnection
    dialect: Dialect


@dataclass(frozen=True)
class Database:
    """One engine; a transaction is opened either to read or to write."""

    engine: Engine
    log: LogWatch | None = None
    """SQLite's, of a database in a file."""
    single: Engine | None = None
    """PostgreSQL's connections for statements that are each a transaction of their own."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is never committed."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    def asked(self, question: Prepared, values: Mapping[str, Any]) -> Row | None:
        """The first row of a page's one question, no transaction around it. Raises DatabaseError."""
        with self._alone() as turn:
            if self.log is not None:
                self.log.look(turn.connection)
            return question.run(turn.connection, values)

    @contextmanager
    def _alone(self) -> Iterator[Turn]:
        """The driver's connection, each statement a transaction of its own."""
        engine = self.single or self.engine
        kind: type[Exception] = engine.dialect.loaded_dbapi.Error
        try:
            connection = engine.raw_connection()
        except kind as error:
            raise translated(error, kind) from error
        try:
            yield Turn(connection, engine.dialect)
        except DBAPIError:
            connection.invalidate()
            raise
        finally:
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session committed once, when the block ends without an error."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session
        self._look_again()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection committed once, when the block ends without an error."""
        with self._writer.begin() as connection:
            yield connection
        self._look_again()

    def _look_again(self) -> None:
        if self.log is not None and self.log.lost:
            with self.engine.begin():  # looks, saves and ends the process before anybody is told `saved`
                pass

    def saving(self, work: Callable[[Session], T]) -> T:
        """What the work returns, once what it wrote in its session is committed; for respondents' posts.

        On SQLite all that wait at the same time share one commit (decision 0014). Raises DatabaseError, then
        nothing of it is stored, and whatever the work raises.
        """
        if self._commits is None:
            with self.writing() as session:
                return work(session)

        def within(connection: Connection) -> T:
            # The transaction is not the session's to end: others may stand in it.
            with Session(
                connection, expire_on_commit=False, join_transaction_mode="rollback_only"
            ) as session:
                done = work(session)
                session.flush()
                return done

        return self._commits.save(within)

    def putting(self, work: Callable[[Turn], T]) -> T:
        """The same for work that runs prepared statements only.

        PostgreSQL does it in one statement, which needs no BEGIN and no COMMIT.
        """
        if self._commits is not None:
            return self._commits.save(lambda connection: work(turn_of(connection)))
        if self.single is not None:
            with self._alone() as turn:
                return work(turn)
        with self.transaction() as connection:
            return work(turn_of(connection))

    @cached_property
    def _writer(self) -> Engine:
        return self.engine.execution_options(tolqyn_writes=True)

    @cached_property
    def _commits(self) -> Commits | None:
        """None where the server groups commits itself, and where no other thread can write."""
        file = self.engine.url.database
        if self.engine.dialect.name != "sqlite" or not file:
            return None
        return Commits(self.transaction, Path(f"{file}-writer"))

    def refuse_unwritable(self) -> None:
        """Raises Refused, or DatabaseError, when nothing could be written now; writes nothing itself."""
        url = self.engine.url
        if self.engine.dialect.name == "sqlite" and not Path(url.database or "").is_file():
            hint = "put the file back, or restart the server"
            raise Refused(Reason("the database file", "none", hint, path=str(url.database), rule="database"))
        with self.writing() as session:
            # A writer of SQLite takes the file's lock here; PostgreSQL tells whether it would let one.
            session.connection()
            if self.engine.dialect.name == "postgresql":
                read_only = session.scalar(text("SELECT current_setting('transaction_read_only')"))
                if read_only == "on":
                    hint = "point TOLQYN_DATABASE_URL at the primary server"
                    raise Refused(Reason("a database that takes writes", "a read-only one", hint))

    def erase_deleted_rows(self, *tables: Table) -> None:
        """Rewrite the tables by primary key: no deleted row and no order of arrival is left in them.

        Raises Refused when others hold the SQLite log or a PostgreSQL table for too long.
        """
        if self.engine.dialect.name == "sqlite":
            with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql("VACUUM")
                _empty_log(connection)
            return
        for table in tables:
            with self.engine.connect() as connection:
                _rewrite(connection, table)

    def empty_log(self) -> bool:
        """Take what was deleted out of SQLite's log now, as far as others let it; whether it is empty.

        Waits for a moment only: what a reader holds goes with the next call, or at night. PostgreSQL's log
        and rows wait for the night's rewrite: False.
        """
        if self.engine.dialect.name != "sqlite":
            return False
        try:
            with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {EMPTYING_MS}")
                try:
                    return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
                finally:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(1000 * BUSY_SECONDS)}")
        except DatabaseError:  # what was to be deleted is, and was said to be: the log has its night
            return False

    def refuse_held(self, *tables: Table) -> None:
        """Raises Refused while others hold the SQLite log or one of the tables; changes nothing."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                _empty_log(connection)
            return
        for table in tables:
            with self.engine.connect() as connection, _locked(connection, table):
                pass

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
        if self.single is not None:
            self.single.dispose()


def connect(url: str) -> Database:
    """The database at the address. Raises Refused when the SQLite library is too old."""
    if make_url(url).get_backend_name() != "sqlite":
        return Database(
            postgresql_engine(url),
            single=postgresql_engine(
                url, pool_size=CONNECTIONS, isolation_level="AUTOCOMMIT", pool_reset_on_return=None
            ),
        )
    file = make_url(url).database
    log = LogWatch(Path(f"{file}-wal")) if file else None
    return Database(sqlite_engine(url, log), log)


def turn_of(session: Session | Connection | Turn) -> Turn:
    """For prepared statements in the transaction."""
    if isinstance(session, Turn):
        return session
    if isinstance(session, Session):
        session.flush()
        session = session.connection()
    return Turn(session.connection, session.dialect)


def _empty_log(connection: Connection) -> None:
    """A checkpoint that gives up says so in its result only."""
    busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    if busy:
        found = f"a reader that held it for {BUSY_SECONDS} seconds"
        hint = "nothing is lost: type the same again, or stop the server meanwhile"
        raise Refused(Reason("a log that can be emptied", found, hint, path="SQLite", rule="busy"))


def _rewrite(connection: Connection, table: Table) -> None:
    """First rows by primary key, then every row anew, in one transaction and so without a row in between.

    CLUSTER alone keeps each row's transaction, the number of each value stored outside its row, and rows that
    an older snapshot, a backup's too, may still see. ALTER TABLE keeps none of them ("Caveats" of MVCC in
    PostgreSQL's manual, chapter 13.6), but leaves the rows where they lay. The expression is volatile, so it
    is no no-op.
    """
    with _locked(connection, table):
        # A scan that joins another one begins in the middle of the table.
        connection.exec_driver_sql("SET LOCAL synchronize_seqscans = off")
        if connection.scalar(OWNED, {"name": table.name}):
            for statement in rewriting_statements(table, connection.dialect):
                connection.exec_driver_sql(statement)
        else:
            connection.execute(BY_FUNCTION, {"name": table.name})


OWNED = text(
    "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(:name)"
)
BY_FUNCTION = text("SELECT public.tolqyn_rewrite(:name)")
"""What the role that serves may have done (`survey/store/roles.py`)."""


def rewriting_statements(table: Table, dialect: Dialect) -> tuple[str, str]:
    """What writes PostgreSQL's table anew, in its order."""
    column = list(table.columns)[-1]
    kind = column.type.compile(dialect)
    value = f"CASE WHEN random() >= 0 THEN {column.name} END"
    return (
        f"CLUSTER {table} USING {table.primary_key.name}",
        f"ALTER TABLE {table} ALTER {column.name} TYPE {kind} USING {value}",
    )


@contextmanager
def _locked(connection: Connection, table: Table) -> Iterator[None]:
    """A transaction in which nobody else even reads the table. Raises Refused when that takes too long."""
    try:
        with connection.begin():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(1000 * BUSY_SECONDS)}")
            connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        found = f"other work that held it for {BUSY_SECONDS} seconds, perhaps a backup"
        hint = "nothing is lost: type the same again when it has ended"
        raise Refused(
            Reason("a table that can be rewritten", found, hint, path=table.name, rule="busy")
        ) from error

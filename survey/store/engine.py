"""A database address in, a `Database` with reading and writing sessions out; dialects differ only here."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from select import POLLIN, poll
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    Connection,
    Dialect,
    Engine,
    PoolProxiedConnection,
    Table,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import SQLAlchemyError as DatabaseError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from survey.refusal import Reason, Refused
from survey.store.commits import Commits
from survey.store.logfile import LogWatch
from survey.store.prepared import Prepared, Row, translated
from survey.store.renewal import Renewal

__all__ = ["Database", "DatabaseError", "connect", "gathered", "insert", "refuse_old_sqlite"]

SAFE_SQLITE = (3, 51, 3)
"""Versions 3.7.0 to 3.51.2 can corrupt a WAL database that two connections checkpoint at once."""
SQLITE_MAGIC = b"SQLite format 3\0"
BUSY_SECONDS = 10
CONNECTIONS = 20
"""Kept open by one process, more than it has threads: making one costs more than many requests."""
LOCK_NOT_AVAILABLE = "55P03"
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)


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

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
        if self.single is not None:
            self.single.dispose()


def connect(url: str) -> Database:
    """The database at the address. Raises Refused when the SQLite library is too old."""
    if make_url(url).get_backend_name() != "sqlite":
        return Database(
            _postgresql(url),
            single=_postgresql(
                url, pool_size=CONNECTIONS, isolation_level="AUTOCOMMIT", pool_reset_on_return=None
            ),
        )
    file = make_url(url).database
    log = LogWatch(Path(f"{file}-wal")) if file else None
    return Database(_sqlite(url, log), log)


def turn_of(session: Session | Connection | Turn) -> Turn:
    """For prepared statements in the transaction."""
    if isinstance(session, Turn):
        return session
    if isinstance(session, Session):
        session.flush()
        session = session.connection()
    return Turn(session.connection, session.dialect)


def insert(session: Session, model: type[Any]) -> Any:
    """INSERT with ON CONFLICT, which the two dialects spell alike but keep apart."""
    return insert_of(session.get_bind().dialect.name, model)


def insert_of(dialect: str, target: Any) -> Any:
    """The same for a dialect's name and a model or table."""
    return sqlite.insert(target) if dialect == "sqlite" else postgresql.insert(target)


class gathered(GenericFunction[list[list[Any]]]):  # noqa: N801  SQL functions are named like this
    """Aggregate: a list per row of the columns' values, all rows in one JSON list (NULL or [] for none)."""

    type = JSON()
    inherit_cache = True


@compiles(gathered, "sqlite")
def _gathered_by_sqlite(element: gathered, compiler: SQLCompiler, **options: Any) -> str:
    parts = []
    for column in element.clauses:
        sql = compiler.process(column, **options)
        parts.append(f"json({sql})" if isinstance(column.type, JSON) else sql)
    return f"json_group_array(json_array({', '.join(parts)}))"


@compiles(gathered, "postgresql")
def _gathered_by_postgresql(element: gathered, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(element.clauses, **options)}))"


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    """Raises Refused for a library with the WAL-reset bug."""
    if version < SAFE_SQLITE:
        found = ".".join(map(str, version))
        hint = ".venv/bin/python -m pip install --force-reinstall pysqlite3"
        raise Refused(Reason("SQLite 3.51.3 or newer", found, hint, path="pysqlite3"))


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
    column = list(table.columns)[-1]
    kind = column.type.compile(connection.dialect)
    value = f"CASE WHEN random() >= 0 THEN {column.name} END"
    try:
        with connection.begin():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(1000 * BUSY_SECONDS)}")
            # A scan that joins another one begins in the middle of the table.
            connection.exec_driver_sql("SET LOCAL synchronize_seqscans = off")
            connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            connection.exec_driver_sql(f"CLUSTER {table} USING {table.primary_key.name}")
            connection.exec_driver_sql(f"ALTER TABLE {table} ALTER {column.name} TYPE {kind} USING {value}")
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        found = f"other work that held it for {BUSY_SECONDS} seconds, perhaps a backup"
        hint = "nothing is lost: type the same again when it has ended"
        raise Refused(
            Reason("a table that can be rewritten", found, hint, path=table.name, rule="busy")
        ) from error


def _postgresql(url: str, **options: Any) -> Engine:
    synced = {"options": "-c synchronous_commit=on"}
    engine = create_engine(url, hide_parameters=True, connect_args=synced, **options)
    event.listen(engine, "checkout", _refuse_dead)
    return engine


def _refuse_dead(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that went away has closed the line: seen without asking it, as pre-ping does each time."""
    waiting = poll()
    if not connection.closed:
        waiting.register(connection.fileno(), POLLIN)
    if connection.closed or waiting.poll(0):
        raise InvalidatePoolError


def _sqlite(url: str, log: LogWatch | None) -> Engine:
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

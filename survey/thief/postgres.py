"""A connection to a stolen PostgreSQL cluster in; the orders in which a table's rows were written out.

What a superuser alone may read is left out for others: commit times need `track_commit_timestamp`, dead rows
the extension pageinspect, the write-ahead log its files.
"""

import re
from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from survey.thief.loot import Loot, Order, names_in
from survey.thief.wal import rows_written, stream

Nothing = TypeVar("Nothing")
KEPT_BACK = ("42501", "58P01", "0A000", "55000")
COMMITTED = "commit times"
TOAST_POINTER = re.compile(rb"\x01\x12.{16}", re.DOTALL)
"""Header of a value kept outside its row: tag, then raw size, stored size, value's number, table's number."""


def steal_postgresql(connection: Connection, table: str, column: str, *, everything: bool = True) -> Loot:
    """What the cluster says about the names in a table's column.

    `everything`: the pages and the log as well, as far as the connection may read them. Writes nothing, but
    pageinspect is installed when it may be.
    """
    by_key = in_order_of(connection, table, column, column)
    known = frozenset(filter(None, by_key))
    if not known:
        return Loot()
    orders: dict[str, Order | None] = {
        "key order": by_key,
        "ctid": in_order_of(connection, table, column, "ctid"),
        "xmin": in_order_of(connection, table, column, "age(xmin) DESC, ctid"),
        COMMITTED: _tried(connection, table, column, "pg_xact_commit_timestamp(xmin), ctid"),
    }
    xmin = connection.execute(text(f"SELECT {column}::text, xmin::text FROM {table}"))  # noqa: S608
    stamps: dict[str, dict[str, object]] = {"xmin": {row[0]: row[1] for row in xmin}}
    if everything:
        orders["dead rows"], orders["outside"] = _pages(connection, table, known)
        log = log_segments(connection)
        orders["write-ahead log"] = names_in(b"".join(map(stream, log)), known)
        written = _written(connection, table, log, known)
        orders["rows in the log"] = tuple(written)
        stamps["transactions in the log"] = written
    stamps["rank of xmin"] = {name: n for n, name in enumerate(orders["xmin"] or ()) if name}
    if orders[COMMITTED]:
        times = connection.execute(
            text(f"SELECT {column}::text, pg_xact_commit_timestamp(xmin) FROM {table}")  # noqa: S608
        )
        stamps[COMMITTED] = {row[0]: row[1] for row in times}
    return Loot({source: order for source, order in orders.items() if order}, stamps)


def in_order_of(connection: Connection, table: str, column: str, by: str) -> Order:
    """The column's names, each once, as the rows stand in that order."""
    rows = connection.execute(text(f"SELECT {column}::text AS name FROM {table} ORDER BY {by}"))  # noqa: S608
    return tuple(dict.fromkeys(rows.scalars()))


def _tried(connection: Connection, table: str, column: str, by: str) -> Order | None:
    """None where the server does not say: inside a savepoint, so that the transaction lives on."""
    try:
        with connection.begin_nested():
            return in_order_of(connection, table, column, by)
    except DBAPIError as error:
        return _unless_forbidden(error, None)


def _pages(connection: Connection, table: str, known: frozenset[str]) -> tuple[Order | None, Order | None]:
    """Names by their row's oldest version, dead ones too; and by the number of a value outside the row."""
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pageinspect"))
            rows = connection.execute(
                text(
                    "SELECT age(t_xmin) AS age, t_data FROM "
                    "generate_series(0, pg_relation_size(CAST(:name AS regclass)) / 8192 - 1) AS page, "
                    "heap_page_items(get_raw_page(CAST(:name AS text), page)) WHERE t_data IS NOT NULL"
                ),
                {"name": table},
            ).all()
    except DBAPIError as error:
        return _unless_forbidden(error, (None, None))
    oldest: dict[str, int] = {}
    outside: dict[str, int] = {}
    for row in rows:
        data = bytes(row.t_data)
        name = str((names_in(data, known) or (_number(data),))[0])
        if name in known:
            oldest[name] = max(oldest.get(name, 0), row.age)
            for pointer in TOAST_POINTER.findall(data):
                outside[name] = int.from_bytes(pointer[10:14], "little")
    by_age = tuple(sorted(oldest, key=lambda name: -oldest[name]))
    by_value = tuple(sorted(outside, key=lambda name: outside[name]))
    return by_age, by_value or None


def _unless_forbidden(error: DBAPIError, nothing: Nothing) -> Nothing:
    """Nothing, where the server keeps it from this role, lacks the extension or keeps no commit times."""
    if getattr(error.orig, "sqlstate", "") in KEPT_BACK:
        return nothing
    raise error


def _number(row: bytes) -> str:
    """An interview's: the second column, at the first place where eight bytes may stand."""
    return str(int.from_bytes(row[8:16], "little", signed=True))


def log_segments(connection: Connection) -> list[bytes]:
    """All segments in the log's folder by the time of their last change; none where they may not be read.

    Names of segments lie: one that is kept to be used again has a name of the future and old content.
    """
    try:
        with connection.begin_nested():
            return list(_segments(connection))
    except DBAPIError as error:
        return _unless_forbidden(error, [])


def _written(
    connection: Connection, table: str, log: list[bytes], known: frozenset[str]
) -> dict[str, object]:
    """Name -> the transaction that first wrote it into the table, as far as the log goes back."""
    query = text("SELECT pg_relation_filenode(CAST(:name AS regclass))")
    relation = connection.execute(query, {"name": table}).scalar_one()
    found: dict[str, object] = {}
    for transaction, row in rows_written(log, relation):
        for name in names_in(row, known)[:1]:
            found.setdefault(str(name), transaction)
    return found


def _segments(connection: Connection) -> Iterator[bytes]:
    listed = connection.execute(text("SELECT name FROM pg_ls_waldir() ORDER BY modification, name"))
    for name in listed.scalars().all():
        content = connection.execute(text("SELECT pg_read_binary_file('pg_wal/' || :name)"), {"name": name})
        yield bytes(content.scalar_one())

"""A stolen SQLite file with its log in; the orders in which a table's rows were written out.

The formats: https://www.sqlite.org/fileformat2.html, sections 1.6 (pages), 2.1 (records), 4.1 (log).
"""

import mmap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from survey.thief.loot import PER_WRITE, Loot, Order, names_in

LEAF, INTERIOR = 0x0A, 0x02
"""Pages of an index or of a table WITHOUT ROWID."""
FRAME = 24
LOG_HEADER = 32


def steal_sqlite(file: Path, table: str, column: str) -> Loot:
    """What a copy of the database file, with its log beside it, says about the names in a table's column.

    The copy is opened, so its log is gone afterwards. An empty loot for a table without rows.
    """
    log = file.with_name(file.name + "-wal")
    raw_log = log.read_bytes() if log.exists() else b""
    raw_file = file.read_bytes()
    names, root, position = _opened(file, table, column)
    known = frozenset(filter(None, names[0]))
    if not known:
        return Loot()
    written, stamps = log_commits(raw_log, known)
    orders: dict[str, Order] = {
        "key order": names[0],
        "pages": stored_order(file.read_bytes(), root, position) if root else (),
        "bytes": names_in(raw_file, known),
        "free pages": free_pages(file.read_bytes(), known),
        "bytes of the log": names_in(raw_log, known),
        PER_WRITE: written,
    }
    found: dict[str, dict[str, object]] = {"transactions in the log": stamps}
    if names[1]:
        orders["rowid"] = names[1]
        found["rowid"] = {name: number for number, name in enumerate(names[1]) if name}
    return Loot({source: order for source, order in orders.items() if order}, found)


def stored_order(data: bytes | mmap.mmap, root: int, position: int) -> Order:
    """Keys of a table WITHOUT ROWID as its rows lie: pages by number, in a page from its end backwards.

    SQLite takes new pages at the end of the file and fills a page from its end. `position`: of the key among
    the columns as stored, the primary key's first.
    """
    cells = sorted(_cells(data, root, position), key=lambda cell: cell[:2])
    return tuple(dict.fromkeys(key for _, _, key in cells))


def free_pages(data: bytes, known: frozenset[str]) -> Order:
    """Names that were deleted and not overwritten: pages by number, each from its end backwards."""
    size, trunk, pages = _page_size(data), int.from_bytes(data[32:36]), []
    while trunk and trunk not in pages:
        page = data[(trunk - 1) * size : trunk * size]
        count = int.from_bytes(page[4:8])
        pages += [trunk, *(int.from_bytes(page[8 + 4 * n : 12 + 4 * n]) for n in range(count))]
        trunk = int.from_bytes(page[:4])
    found: dict[str | None, None] = {}
    for number in sorted(pages):
        names = names_in(data[(number - 1) * size : number * size], known)
        found |= dict.fromkeys(reversed(names))
    return tuple(found)


def log_commits(log: bytes | mmap.mmap, known: frozenset[str]) -> tuple[Order, dict[str, object]]:
    """One entry for each commit still in the log: the name that it brought, where that is certain.

    The frames of the generation before stand behind those of the present one, as far as it did not get: they
    are older, and the thief reads them too. Second, name -> number of the commit that brought it.
    """
    order: list[str | None] = []
    stamps: dict[str, object] = {}
    before: dict[int, frozenset[str]] = {}
    came: set[str] = set()
    went: set[str] = set()
    for page, commit, content in _frames(log):
        names = frozenset(filter(None, names_in(content, known)))
        if page in before:
            came |= names - before[page]
            went |= before[page] - names
        before[page] = names
        if commit:
            # What left another page at the same time was only moved, when that page was full.
            new = came - went - stamps.keys()
            order.append(min(new) if len(new) == 1 else None)
            stamps |= dict.fromkeys(new, len(order))
            came, went = set(), set()
    return tuple(order), stamps


def _frames(log: bytes | mmap.mmap) -> Iterator[tuple[int, bool, bytes]]:
    """Page number, whether it ends a commit, and content, oldest first."""
    if len(log) < LOG_HEADER:
        return
    size = int.from_bytes(log[8:12])
    salt = int.from_bytes(log[16:20])
    present, older = [], []
    for start in range(LOG_HEADER, len(log) - FRAME - size + 1, FRAME + size):
        head = log[start : start + FRAME]
        frame = (int.from_bytes(head[:4]), head[4:8] != bytes(4), log[start + FRAME : start + FRAME + size])
        generation = int.from_bytes(head[8:12])
        if generation == salt:
            present.append(frame)
        elif generation == (salt - 1) % 2**32:
            older.append(frame)
    yield from (*older, *present)


def _opened(file: Path, table: str, column: str) -> tuple[tuple[Order, Order], int, int]:
    """Names by key and by hidden row number (empty without one), root page, place among stored columns."""
    import pysqlite3.dbapi2 as driver  # noqa: PLC0415  PostgreSQL instances need no SQLite

    with closing(driver.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        by_key = _column(connection, f"SELECT {column} FROM {table} ORDER BY {column}")  # noqa: S608
        words = connection.execute("SELECT rootpage, sql FROM sqlite_master WHERE name = ?", (table,))
        root, sql = words.fetchone()
        if "WITHOUT ROWID" not in sql:
            by_rowid = _column(connection, f"SELECT {column} FROM {table} ORDER BY rowid")  # noqa: S608
            return (by_key, by_rowid), 0, 0
        info = connection.execute(f"PRAGMA table_info({table})").fetchall()
        stored = [row[1] for row in sorted((r for r in info if r[5]), key=lambda row: row[5])]
        return (by_key, ()), root, stored.index(column)


def _column(connection: Any, query: str) -> Order:
    return tuple(dict.fromkeys(str(row[0]) for row in connection.execute(query)))


def _cells(data: bytes | mmap.mmap, number: int, position: int) -> Iterator[tuple[int, int, str]]:
    """Page, minus the place in it, and key of every row below a page."""
    size = _page_size(data)
    page = data[(number - 1) * size : number * size]
    kind, count = page[0], int.from_bytes(page[3:5])
    if kind not in (LEAF, INTERIOR):
        return
    pointers = 8 if kind == LEAF else 12
    for n in range(count):
        at = int.from_bytes(page[pointers + 2 * n : pointers + 2 * n + 2])
        if kind == INTERIOR:
            yield from _cells(data, int.from_bytes(page[at : at + 4]), position)
        _, start = _varint(page, at + (4 if kind == INTERIOR else 0))
        yield number, -at, _value(page, start, position)
    if kind == INTERIOR:
        yield from _cells(data, int.from_bytes(page[8:12]), position)


def _page_size(data: bytes | mmap.mmap) -> int:
    size = int.from_bytes(data[16:18])
    return 65536 if size == 1 else size


def _value(page: bytes, start: int, position: int) -> str:
    """A column of the record that begins there; keys are whole numbers or texts."""
    header, at = _varint(page, start)
    value_at = start + header
    for _ in range(position):
        kind, at = _varint(page, at)
        value_at += _width(kind)
    kind, _ = _varint(page, at)
    raw = page[value_at : value_at + _width(kind)]
    if kind in (8, 9):
        return str(kind - 8)
    return str(int.from_bytes(raw, signed=True)) if kind < 7 else raw.decode("utf-8", "replace")


def _width(kind: int) -> int:
    return (kind - 12) // 2 if kind >= 12 else (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(8):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9

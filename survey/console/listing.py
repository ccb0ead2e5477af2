"""A list: rows, columns and the address's wishes in, one page of it sorted and filtered out; and as a file.

Sorting and filtering are links and plain GET forms, so that a list is an address one can keep.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from instruments import harmless
from survey.console.frame import download

PAGE = 50
Value = str | int | float | date
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Column:
    """One column: its name in addresses, its title, what stands in it."""

    key: str
    title: str
    value: Callable[[Any], Value]
    link: Callable[[Any], str] | None = None
    exact: Callable[[Any], Value] | None = None
    """For sorting and for files, where the page has words for a number."""

    @property
    def plain(self) -> Callable[[Any], Value]:
        """What a file holds, and what is sorted by."""
        return self.exact or self.value


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    words: str = ""
    sort: str = ""
    down: bool = False
    page: int = 1

    @classmethod
    def read(cls) -> "Wanted":
        """From this request; what makes no sense is left out."""
        number = request.args.get("page", "1")
        return cls(
            request.args.get("q", "").replace("\0", "").strip()[:100],
            request.args.get("sort", "")[:20],
            request.args.get("order", "") == "down",
            max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        )

    def url(self, **changes: Any) -> str:
        """This list's address with other wishes."""
        now = {"q": self.words, "sort": self.sort, "order": "down" if self.down else "", "page": self.page}
        given = {name: value for name, value in (now | changes).items() if value and value != 1}
        return f"{request.path}?{urlencode(given)}" if given else request.path


@dataclass(frozen=True)
class Listing:
    """One page of a list."""

    columns: tuple[Column, ...]
    rows: tuple[Any, ...]
    total: int
    wanted: Wanted

    @property
    def pages(self) -> int:
        """How many there are."""
        return max(1, -(-self.total // PAGE))

    def sorted_by(self, column: Column) -> str:
        """For `aria-sort`."""
        if self.wanted.sort != column.key:
            return "none"
        return "descending" if self.wanted.down else "ascending"

    def sort_url(self, column: Column) -> str:
        """The other way round when it is sorted by the column already."""
        down = self.wanted.sort == column.key and not self.wanted.down
        return self.wanted.url(sort=column.key, order="down" if down else "", page=1)


def chosen(rows: Sequence[Any], columns: Sequence[Column], wanted: Wanted) -> list[Any]:
    """The rows that hold the words, in the order asked for."""
    words = wanted.words.lower().split()
    found = [
        row for row in rows if all(any(word in str(c.value(row)).lower() for c in columns) for word in words)
    ]
    by = next((column for column in columns if column.key == wanted.sort), None)
    if by is not None:
        found.sort(key=lambda row: _order(by.plain(row)), reverse=wanted.down)
    return found


def listed(rows: Sequence[Any], columns: Sequence[Column], wanted: Wanted) -> Listing:
    """The page asked for."""
    found = chosen(rows, columns, wanted)
    start = (wanted.page - 1) * PAGE
    return Listing(tuple(columns), tuple(found[start : start + PAGE]), len(found), wanted)


def as_file(
    rows: Sequence[Any], columns: Sequence[Column], titles: Sequence[str], name: str, kind: str
) -> Response:
    """The rows as CSV or XLSX; no cell of it, and no heading, is taken for a formula."""
    table = [[_plain(title) for title in titles]]
    table += [[_plain(column.plain(row)) for column in columns] for row in rows]
    content = _xlsx(table) if kind == "xlsx" else _csv(table)
    return download(content, FORMATS[kind], f"{name}.{kind}")


def _csv(table: list[list[str | float]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(table)
    return buffer.getvalue().encode("utf-8-sig")


def _xlsx(table: list[list[str | float]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415  heavy, and used here alone
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tolqyn")
    for row in table:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _plain(value: Value) -> str | float:
    if isinstance(value, int | float):
        return value
    return harmless(value.isoformat() if isinstance(value, date) else value)


def _order(value: Value) -> tuple[int, Any]:
    if isinstance(value, int | float):
        return (0, value)
    return (1, value.isoformat() if isinstance(value, date) else value.lower())

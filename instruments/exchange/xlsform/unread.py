"""A workbook and the rows pyxform read in, cells it passed over out: nothing in a form may vanish."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from instruments.exchange.guard import refusal
from instruments.exchange.xlsform.cells import MOST_ROWS, Row, column_of
from instruments.problem import FileProblem

MOST_COLUMNS = 400


@contextmanager
def quiet() -> Iterator[None]:
    """Without the remarks of a workbook's reader on what else a workbook may hold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@dataclass(frozen=True)
class Loose:
    """A cell in a column without a header."""

    sheet: str
    row: int
    column: int
    text: str


@dataclass
class Unread:
    """What keeps the form from being read as a whole, and cells that belong to no column."""

    problems: list[FileProblem] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)


def unread_cells(path: Path, data: bytes, sheets: Mapping[str, tuple[Row, ...]]) -> Unread:
    """Compare the workbook with the rows that were read.

    pyxform stops after 60 empty rows and 20 empty columns, passes over columns without a header, and
    sees nothing in a formula whose value was never saved.
    """
    from openpyxl import load_workbook

    found = Unread()
    with quiet():
        book = load_workbook(BytesIO(data), read_only=True)
    try:
        for sheet in book.worksheets:
            name = sheet.title.lower() if len(book.worksheets) > 1 else "survey"
            if name in sheets:
                lines = sheet.iter_rows(values_only=True, max_row=MOST_ROWS, max_col=MOST_COLUMNS)
                _compare(path, name, list(lines), sheets[name], found)
    finally:
        book.close()
    return found


def _compare(
    path: Path, name: str, lines: list[tuple[object, ...]], rows: tuple[Row, ...], found: Unread
) -> None:
    cells = {row.number: row.cells for row in rows}
    last = rows[-1].number if rows else 1
    headers = [str(header or "").strip() for header in lines[0]] if lines else []
    for number, values in enumerate(lines[1:], start=2):
        filled = {place: value for place, value in enumerate(values) if str(value or "").strip()}
        written = [place for place, value in filled.items() if place < len(headers) and not _formula(value)]
        if number > last and any(headers[place] for place in written):
            hint = "Take out the empty rows above it."
            where = f"row {number}, behind more than 60 empty rows"
            found.problems.append(refusal(path, "row", "rows without a large gap", where, hint, place=name))
            return
        for place, value in filled.items():
            header = headers[place] if place < len(headers) else ""
            if not header:
                found.loose.append(Loose(name, number, place + 1, str(value)))
            elif _formula(value) and column_of(header) not in cells.get(number, {}):
                hint = "Open the form in a spreadsheet program and save it, or write the words themselves."
                where = f"{name} row {number}, {header}"
                was = "a formula without a saved value"
                found.problems.append(refusal(path, "formula", "words or a number", was, hint, place=where))


def _formula(value: object) -> bool:
    written = isinstance(value, str) and value.startswith("=")
    return written or type(value).__name__ in ("ArrayFormula", "DataTableFormula")

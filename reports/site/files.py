"""Tables in, the bytes of their downloads out: CSV and XLSX in which no cell is computed."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

from instruments import harmless
from reports.origin import COLUMNS, Origin
from reports.site.grids import Grid
from reports.tables import FEW

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Written into workbooks in place of the clock's time, so that equal tables are equal files."""


def to_csv(grid: Grid, origin: Origin) -> bytes:
    """A row per line of the table, numbers with a decimal point, hidden ones as their mark.

    The last two columns say in every line where it comes from, and whether the answers were invented.
    """
    head, *rows = cells(grid)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*head, *COLUMNS])
    writer.writerows([*row, *map(harmless, origin.cells)] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def numbers_in(table: bytes) -> list[list[str]]:
    """A written list's numbers and marks of hidden ones, a line a row, without its words."""
    rows = csv.reader(io.StringIO(table.decode("utf-8-sig")))
    return [[cell for cell in row if cell == FEW or _NUMBER.fullmatch(cell)] for row in rows]


def to_xlsx(grid: Grid, notes: list[str], origin: Origin) -> bytes:
    """One sheet with frozen head, where it comes from below the table, and one with the notes."""
    from openpyxl import Workbook  # noqa: PLC0415  slow to load; only needed where a site is written
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    sheet.title = "table"
    for row in cells(grid):
        sheet.append(row)
    note(sheet, origin)
    sheet.freeze_panes = "B2"
    for number in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 40 if number == 1 else 14
    about = book.create_sheet("notes")
    for line in (*origin.lines, grid.caption, *notes):
        about.append([harmless(line)])
    about.column_dimensions["A"].width = 100
    book.properties.creator = "Tolqyn"
    out = io.BytesIO()
    book.save(out)
    return without_clock(out.getvalue())


def note(sheet: Any, origin: Origin) -> None:
    """Where a table comes from, under it and apart from it by an empty row: sheets are copied alone."""
    sheet.append([])
    for line in origin.lines:
        sheet.append([harmless(line)])


def cells(grid: Grid) -> list[list[str | float]]:
    """The table as rows of words that compute nothing and of numbers, its head first."""
    blocks = any(line.block for line in grid.lines)
    head = [grid.corner, *grid.columns]
    rows: list[list[str | float]] = [[harmless(text) for text in ([grid.caption] if blocks else []) + head]]
    for line in grid.lines:
        start = ([line.block] if blocks else []) + [line.head]
        numbers = [
            cell.number if cell.number is not None else harmless(cell.text or cell.mark)
            for cell in line.cells
        ]
        rows.append([*(harmless(text) for text in start), *numbers])
    if blocks:
        rows[0] = [harmless(grid.corner), "", *(harmless(text) for text in grid.columns)]
    return rows


def without_clock(content: bytes) -> bytes:
    """The archive with one date on every part, and no clock inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _undated(part)
            new.writestr(zipfile.ZipInfo(name, _DAY.timetuple()[:6]), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _undated(part: bytes) -> bytes:
    return re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", part)

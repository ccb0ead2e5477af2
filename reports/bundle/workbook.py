"""Tables of one language in, the bytes of a workbook out: contents, notes, one sheet a table."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from instruments import harmless
from reports.i18n import Words
from reports.origin import Origin
from reports.site.files import cells, note, without_clock
from reports.site.grids import Table

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_DECIMALS = re.compile(r"[.,](\d+)$")
LONGEST_NAME = 31


def to_workbook(tables: Sequence[Table], notes: Sequence[str], words: Words, origin: Origin) -> bytes:
    """Frozen heads, units in them, no cell merged, none computed; each table says where it comes from."""
    from openpyxl import Workbook  # noqa: PLC0415  slow to load; only needed where a bundle is written

    book = Workbook()
    contents = book.active
    contents.title = _name(words.say("Contents"), set())
    about = book.create_sheet(_name(words.say("Notes"), {contents.title}))
    taken = {contents.title.casefold(), about.title.casefold()}
    contents.append([words.say("Sheet"), words.say("Table")])
    for table in tables:
        sheet = book.create_sheet(_name(table.grid.name, taken))
        taken.add(sheet.title.casefold())
        contents.append([harmless(sheet.title), harmless(table.grid.caption)])
        contents.cell(contents.max_row, 1).hyperlink = f"#'{sheet.title}'!A1"
        _fill(sheet, table)
        note(sheet, origin)
    for line in (*origin.lines, *notes):
        about.append([harmless(line)])
    about.column_dimensions["A"].width = 110
    contents.freeze_panes = "A2"
    contents.column_dimensions["A"].width, contents.column_dimensions["B"].width = 32, 100
    book.properties.creator = "Tolqyn"
    out = io.BytesIO()
    book.save(out)
    return without_clock(out.getvalue())


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    grid = table.grid
    if table.unit:
        grid = replace(grid, columns=tuple(f"{head}, {table.unit}" for head in grid.columns))
    rows = cells(grid)
    for row in rows:
        sheet.append(row)
    for line, row in zip(grid.lines, sheet.iter_rows(min_row=2), strict=True):
        for value, cell in zip(line.cells, row[-len(line.cells) :], strict=True):
            if value.number is not None:
                cell.number_format = _decimals(value.text)
    heads = 2 if any(line.block for line in grid.lines) else 1
    sheet.freeze_panes = f"{get_column_letter(heads + 1)}2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 44 if number <= heads else 16


def _decimals(text: str) -> str:
    """The number's format: as many decimals as the page shows."""
    found = _DECIMALS.search(text)
    return f"0.{'0' * len(found[1])}" if found else "0"


def _name(wanted: str, taken: set[str]) -> str:
    """A name that a sheet may have and that is free."""
    plain = _FORBIDDEN.sub("-", wanted)[:LONGEST_NAME].strip("'")
    number, name = 1, plain
    while name.casefold() in taken:
        number += 1
        name = f"{plain[: LONGEST_NAME - 4]}-{number}"
    return name

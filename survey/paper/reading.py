"""A clerk's workbook or CSV in, its forms as cells with their addresses out, and everything wrong with it."""

import datetime
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instruments import Bounds, weigh_workbook
from survey.lists import read_rows
from survey.paper.cells import WHOLE, Column
from survey.paper.columns import FORM
from survey.refusal import Reason, Refused

SHEET = "forms"
"""Name of the sheet with the rows."""
LARGEST, LARGEST_UNPACKED = 20_000_000, 200_000_000
MOST_ROWS, MOST_COLUMNS = 20_000, 1_000
TEMPLATE = "tolqyn paper template WAVE --out clerk-a.xlsx"


@dataclass(frozen=True)
class Cell:
    """One cell: its text made comparable, its address, and what was expected where it can be no answer."""

    text: str
    place: str
    unfit: str = ""
    found: str = ""
    """What stands there, for whoever is told that it may not."""


@dataclass(frozen=True)
class Sheet:
    """One file: the filled cells of each form by column, and what is wrong with it."""

    file: str
    rows: Mapping[int, Mapping[str, Cell]]
    places: Mapping[int, str]
    """Form -> address of its number."""
    problems: tuple[Reason, ...]


@dataclass(frozen=True)
class _Raw:
    text: str
    unfit: str = ""
    number: bool = False
    """Whether the spreadsheet holds a number, not text."""


def read_sheet(path: Path, columns: Mapping[str, Column]) -> Sheet:
    """Read what a clerk typed. Raises Refused for a file that is no workbook and no CSV."""
    lines = list(_csv_lines(path) if path.suffix.lower() == ".csv" else _workbook_lines(path))
    problems: list[Reason] = []
    names = _header(path, lines[0] if lines else (), columns, problems)
    rows: dict[int, Mapping[str, Cell]] = {}
    places: dict[int, str] = {}
    for line, raws in enumerate(lines[1:], start=2):
        cells = _cells(raws, line, names, columns)
        number = cells.pop(FORM, None)
        if not cells and (number is None or not number.unfit):
            continue  # a form that did not come back
        form = _form(path, number, line, problems)
        if form is None:
            continue
        if form in places:
            found = f"form {form} in {places[form]} and in row {line}"
            hint = "delete one of the two rows"
            problems.append(_reason(path, f"A{line}", "duplicate_form", "one row a form", found, hint))
            continue
        rows[form], places[form] = cells, f"A{line}"
    return Sheet(path.name, rows, places, tuple(problems))


def address(column: int, line: int) -> str:
    """`C5`: column 3 of line 5."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{line}"


def _header(
    path: Path, raws: Sequence[_Raw], columns: Mapping[str, Column], problems: list[Reason]
) -> dict[int, str]:
    """Place of each known column; what is missing, strange or there twice is a problem."""
    names: dict[int, str] = {}
    for place, raw in enumerate(raws, start=1):
        where = address(place, 1)
        if not raw.text:
            continue
        if raw.text not in columns:
            hint = "delete the column, or write its name as in the template"
            problems.append(
                _reason(path, where, "unknown_column", "a column of the template", raw.text[:60], hint)
            )
        elif raw.text in names.values():
            problems.append(
                _reason(
                    path, where, "duplicate_column", "each column once", f"{raw.text} again", "delete one"
                )
            )
        else:
            names[place] = raw.text
    absent = [name for name in columns if name not in names.values()]
    problems += [
        _reason(path, "row 1", "missing_column", f"the column {name}", "none", f"begin with {TEMPLATE}")
        for name in absent
    ]
    return names


def _cells(
    raws: Sequence[_Raw], line: int, names: Mapping[int, str], columns: Mapping[str, Column]
) -> dict[str, Cell]:
    found = {}
    for place, raw in enumerate(raws, start=1):
        if place in names and (raw.text or raw.unfit):
            column = columns[names[place]]
            text = column.normal(raw.text)
            unfit = raw.unfit or column.unfit(text)
            if column.sort == "digits" and raw.number and not text.startswith("-"):
                unfit = unfit or "digits in a cell formatted as text, where a first 0 is not lost"
            found[column.name] = Cell(text, address(place, line), unfit, raw.text or "nothing")
    return found


def _form(path: Path, cell: Cell | None, line: int, problems: list[Reason]) -> int | None:
    if cell is not None and not cell.unfit and WHOLE.fullmatch(cell.text):
        return int(cell.text)
    found = cell.found if cell is not None else "none"
    expected = (cell.unfit if cell is not None else "") or "the form's number"
    hint = "type the number printed on the form's first page"
    problems.append(_reason(path, f"A{line}", "form_number", expected, found, hint))
    return None


def _csv_lines(path: Path) -> Iterator[list[_Raw]]:
    """Comma or semicolon, whichever stands in the header: spreadsheets here write the latter."""
    for _, row in read_rows(path, f"begin with {TEMPLATE}"):
        # A formula is gone from a CSV that was saved: what begins with = is somebody's words.
        yield [_Raw(words.strip()) for words in row]


def _workbook_lines(path: Path) -> Iterator[list[_Raw]]:
    _refuse_bomb(path)
    from openpyxl import load_workbook  # noqa: PLC0415  loads with the first workbook

    try:
        with warnings.catch_warnings():
            # What Excel or LibreOffice adds and openpyxl cannot show does not matter here.
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(path, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers do
        hint = "open it in a spreadsheet program and save it as .xlsx again"
        found = f"{type(error).__name__}: {error}"[:120]
        raise Refused(_reason(path, "", "xlsx", "a workbook that can be read", found, hint)) from error
    if SHEET not in book.sheetnames:
        found = ", ".join(book.sheetnames)[:80]
        raise Refused(_reason(path, "", "xlsx", f"a sheet named {SHEET}", found, f"begin with {TEMPLATE}"))
    sheet = book[SHEET]
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        expected = f"at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns"
        hint = "delete what stands below or beside the forms"
        found = f"{sheet.max_row:,} and {sheet.max_column:,}"
        raise Refused(_reason(path, "", "size", expected, found, hint))
    for row in sheet.iter_rows():
        yield [_raw(cell) for cell in row]


def _raw(cell: Any) -> _Raw:
    value = cell.value
    if value is None:
        return _Raw("")
    if cell.data_type == "f":
        return _Raw(str(getattr(value, "text", value)), "a value, not a formula")
    if cell.data_type == "e":
        return _Raw(str(value), "a value, not an error of the spreadsheet")
    if isinstance(value, bool):
        return _Raw(str(value).upper(), "a number, not TRUE or FALSE")
    if isinstance(value, datetime.datetime | datetime.date):
        return _Raw(f"{value:%Y-%m-%d}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _Raw(str(value).strip(), number=isinstance(value, int))


def _refuse_bomb(path: Path) -> None:
    if unfit := weigh_workbook(path, Bounds(LARGEST, LARGEST_UNPACKED)):
        rule = "xlsx" if unfit.rule == "workbook" else unfit.rule
        raise Refused(_reason(path, "", rule, unfit.expected, unfit.found, f"begin with {TEMPLATE}"))


def _reason(path: Path, place: str, rule: str, *words: str) -> Reason:
    expected, found, hint = words
    return Reason(expected, found, hint, path=place, rule=rule, file=path.name)

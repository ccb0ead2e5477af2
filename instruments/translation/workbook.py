"""A returned workbook in, its rows as plain text out, or every problem of the file. Computes no formula."""

import datetime
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from instruments.bounds import Bounds, weigh_workbook
from instruments.problem import FileProblem, InstrumentError
from instruments.translation.sheet import ABOUT, FORMAT, HERS
from instruments.translation.texts import state_mark
from instruments.translation.words import COLUMNS, say
from instruments.tree import said

LARGEST = 5_000_000
LARGEST_UNPACKED = 60_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 50
NEEDED = ("instrument", "version", "to", "from")


@dataclass(frozen=True)
class Row:
    """One row as the translator left it; `line` is its number in the sheet."""

    line: int
    path: str
    words: str
    status: str
    reviewer: str
    date: str
    sha: str
    was: str
    """The mark of the translation and its review when it was exported."""

    @property
    def mark(self) -> str:
        """The same mark of what the translator left."""
        return state_mark(self.words, self.status, self.reviewer, self.date)


@dataclass(frozen=True)
class Returned:
    """A workbook: what it says it is, and its rows."""

    file: Path
    about: dict[str, str]
    rows: tuple[Row, ...]
    problems: tuple[FileProblem, ...]


def read_workbook(file: Path) -> Returned:
    """Read a workbook that `export_sheet` wrote. Raises InstrumentError when it is none."""
    if why := _unfit(file):
        raise InstrumentError([why])
    book = _opened(file)
    about = _about(book, file)
    sheets = [sheet for sheet in book.worksheets if sheet.title == say("sheet_texts", about["to"])]
    expected = [say(name, about["to"]) for name in COLUMNS]
    if sheets and sheets[0].max_row > MOST_ROWS:
        # Before any row is walked through: openpyxl makes every cell it is asked for.
        hint = "Delete what stands below the texts."
        many = f"{sheets[0].max_row:,}"
        problem = _problem(file, 0, "", "size", f"at most {MOST_ROWS:,} rows", many, hint)
        raise InstrumentError([problem])
    head = sheets[0].iter_rows(max_row=1, max_col=len(COLUMNS)) if sheets else ()
    found = [_plain(cell) for row in head for cell in row]
    if found != expected:
        hint = "Columns and sheets must stay where they are; export again and paste the translations."
        what = f"a sheet with the columns {', '.join(expected)}"
        raise InstrumentError([_problem(file, 1, "", "columns", what, said(", ".join(found)), hint)])
    problems: list[FileProblem] = []
    rows = tuple(
        row
        for line in sheets[0].iter_rows(min_row=2, max_col=MOST_COLUMNS)
        if (row := _row(line, file, problems))
    )
    return Returned(file, about, rows, tuple(problems))


def _unfit(file: Path) -> FileProblem | None:
    """Why the file may not be opened at all: no archive, or one that unpacks to far too much."""
    hint = "Is this the file that tolqyn instrument translate export wrote?"
    if not file.is_file():
        return _problem(file, 0, "", "file", "a file", "no such file", "Check the path.")
    if unfit := weigh_workbook(file, Bounds(LARGEST, LARGEST_UNPACKED)):
        rule = "xlsx" if unfit.rule == "workbook" else unfit.rule
        return _problem(file, 0, "", rule, unfit.expected, unfit.found, hint)
    return None


def _opened(file: Path) -> Any:
    try:
        with warnings.catch_warnings():
            # What Excel or LibreOffice adds and openpyxl cannot show does not matter here.
            warnings.simplefilter("ignore", UserWarning)
            return load_workbook(file, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers do
        hint = "Open it in a spreadsheet program and save it as .xlsx again."
        found = f"{type(error).__name__}: {error}"[:120]
        problem = _problem(file, 0, "", "xlsx", "a workbook that can be read", found, hint)
        raise InstrumentError([problem]) from error


def _about(book: Any, file: Path) -> dict[str, str]:
    cells = book[ABOUT].iter_rows(max_row=20, max_col=2) if ABOUT in book.sheetnames else ()
    about = {_plain(key): _plain(value) for key, value in cells}
    if about.get("format") == FORMAT and all(about.get(key) for key in NEEDED):
        return about
    hint = "Export again, and translate in that file."
    expected = f"a workbook of tolqyn instrument translate export (format {FORMAT})"
    found = f"format {about['format']}" if about.get("format") else "another workbook"
    raise InstrumentError([_problem(file, 0, "", "xlsx", expected, found, hint)])


def _row(cells: tuple[Any, ...], file: Path, problems: list[FileProblem]) -> Row | None:
    cells = cells[: len(COLUMNS) + 2]
    named = dict(zip((*COLUMNS, "sha", "was"), cells, strict=False))
    words = {name: _plain(cell) for name, cell in named.items()}
    line = int(cells[0].row)
    if line > MOST_ROWS:
        return None
    if not words["key"]:
        if words["translation"]:
            hint = "Write translations only beside a key; rows may not be added."
            problems.append(
                _problem(file, line, "", "unknown_key", "a key", said(words["translation"]), hint)
            )
        return None
    for name in HERS:
        if named[name].data_type == "f":
            hint = "Write the words themselves; to begin words with =, format the cell as text first."
            found = f"a formula in {named[name].coordinate}: {said(words[name])}"
            problems.append(_problem(file, line, words["key"], "formula", "words, no formula", found, hint))
    if named["translation"].data_type in ("e", "b"):
        hint = "Write the words."
        found = said(words["translation"])
        problems.append(_problem(file, line, words["key"], "type", "text", found, hint))
    return Row(
        line,
        words["key"],
        words["translation"],
        words["status"].casefold() or "draft",
        words["reviewer"],
        words["date"],
        words.get("sha", ""),
        words.get("was", ""),
    )


def _plain(cell: Any) -> str:
    """The cell as text: a day is its ISO form."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = getattr(value, "text", None) or str(value)  # an array formula keeps its text apart
    return unescape(text).replace("\r\n", "\n").replace("\r", "\n").strip()


def _problem(file: Path, line: int, path: str, rule: str, *words: str) -> FileProblem:
    expected, found, hint = words
    return FileProblem(str(file), line, path, rule, expected, found, hint)

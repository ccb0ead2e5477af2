"""An XLSForm workbook in, its rows out with their cells by column and language. Reading is pyxform's own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from instruments.exchange.guard import OLE, ZIP, read_bytes, refusal, safe_workbook
from instruments.problem import FileProblem, InstrumentError

ALIASES: Mapping[str, str] = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "list name": "list_name",
    "list_name": "list_name",
    "relevance": "relevant",
    "readonly": "read_only",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "jr:constraintmsg": "constraint_message",
    "calculate": "calculation",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "set_form_title": "form_title",
    "title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
    "media": "image",
}
TRANSLATED = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
PREFIXES = ("bind", "control", "media", "body")
MEDIA = ("image", "big_image", "audio", "video")
SHEETS = ("survey", "choices", "settings")
MARK = "tolqyn"
"""A column of Tolqyn's own export: what a group or an answer is."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Column:
    """What a header means: a column and, for words, the language as spelled in the form ('' for none)."""

    name: str
    language: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a sheet that holds something."""

    sheet: str
    number: int
    cells: Mapping[Column, str]
    headers: Mapping[Column, str] = field(repr=False)

    def get(self, name: str) -> str:
        """The words of a column without a language; empty when there are none."""
        return self.cells.get(Column(name), "").strip()

    def words(self, name: str) -> dict[str, str]:
        """Language as spelled -> words, of a column that may be translated."""
        return {column.language: text for column, text in self.cells.items() if column.name == name}

    def place(self, column: Column) -> str:
        """Where a cell stands, for the report."""
        return f"{self.sheet} row {self.number}, {self.headers[column]}"


@dataclass(frozen=True)
class Workbook:
    """The sheets that define a form."""

    path: Path
    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: tuple[Row, ...]
    others: tuple[tuple[str, int], ...]
    """Sheets nobody reads, with their number of rows (-1: not known)."""
    raw: Mapping[str, Any] = field(repr=False)
    """What pyxform read: for its validation."""


def read_workbook(path: Path) -> Workbook:
    """The form in a workbook. Raises InstrumentError with everything that keeps it from being read."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import Definition, xls_to_dict, xlsx_to_dict

    data = read_bytes(path)
    if not data.startswith((ZIP, OLE)):
        hint = "Save it as .xlsx from a spreadsheet program."
        problem = refusal(path, "workbook", "an .xlsx or .xls workbook", "another kind of file", hint)
        raise InstrumentError([problem])
    safe_workbook(path, data)
    definition = Definition(BytesIO(data), None, path.stem)
    try:
        raw = (xls_to_dict if data.startswith(OLE) else xlsx_to_dict)(definition)
    except (PyXFormError, ValueError, LookupError, AttributeError, TypeError, OSError, SyntaxError) as error:
        hint = "Open it in a spreadsheet program, look at the sheet it names, and save it again."
        problem = refusal(path, "workbook", "an XLSForm workbook", _first_line(error), hint)
        raise InstrumentError([problem]) from error
    problems: list[FileProblem] = []
    sheets = {name: _rows(path, name, raw, problems) for name in SHEETS}
    if not raw.get("survey") and "survey" not in raw:
        found = ", ".join(raw.get("sheet_names", ())) or "no sheet"
        hint = "Name the sheet with the questions survey."
        problems.append(refusal(path, "sheet", "a sheet named survey", found, hint))
    elif not sheets["survey"]:
        hint = "Write a row for each question."
        problems.append(refusal(path, "sheet", "questions in the sheet survey", "none", hint, place="survey"))
    problems += _unread_cells(path, data, sheets) if data.startswith(ZIP) else []
    if problems:
        raise InstrumentError(problems)
    return Workbook(path, sheets["survey"], sheets["choices"], sheets["settings"], _others(raw), raw)



def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _others(raw: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    names = list(raw.get("sheet_names", ()))
    if len(names) == 1:
        return ()
    return tuple(
        (name, len(raw[name.lower()]) if name.lower() in raw else -1)
        for name in names
        if name.lower() not in SHEETS
    )


def column_of(header: str) -> Column:
    """What a header means: `label::English (en)`, `label:English`, `bind::relevant`, `Caption`, `list name`."""
    text = re.sub(r"\s+", " ", header.replace("\xa0", " ")).strip()
    lower = text.lower()
    if lower in ("jr:count", "jr:constraintmsg", "jr:requiredmsg"):
        return Column(ALIASES[lower])
    parts = [part.strip() for part in re.split(r"::|(?<!jr):" if "::" not in text else "::", text)]
    name = parts[0].lower()
    if name in PREFIXES and len(parts) > 1:
        parts = parts[1:]
        name = parts[0].lower()
    known = ALIASES.get(name, name)
    known = ALIASES.get(known, known).replace(" ", "_").replace("-", "_")
    known = ALIASES.get(known, known)
    if known in TRANSLATED or known in MEDIA:
        return Column(known, " ".join("::".join(parts[1:]).split()))
    return Column("::".join([known, *parts[1:]]))


def _rows(path: Path, sheet: str, raw: Mapping[str, Any], problems: list[FileProblem]) -> tuple[Row, ...]:
    found = raw.get(sheet) or []
    headers = [header for entry in raw.get(f"{sheet}_header") or [] for header in entry]
    if len(found) > MOST_ROWS:
        expected, hint = f"at most {MOST_ROWS:,} rows", "Split the form."
        problems.append(refusal(path, "size", expected, f"{len(found):,}", hint, place=sheet))
        return ()
    columns: dict[str, Column] = {}
    for header in headers:
        column = column_of(header)
        if column in columns.values():
            other = next(name for name, known in columns.items() if known == column)
            hint = "Keep one of the two columns."
            problems.append(
                refusal(path, "column", "each column once", f"{other} and {header}", hint, place=f"{sheet} row 1")
            )
        columns[header] = column
    spelled = {column: header for header, column in columns.items()}
    rows = []
    for number, cells in enumerate(found, start=2):
        kept = {columns.get(header, column_of(header)): str(text).replace("\xa0", " ") for header, text in cells.items()}
        kept = {column: text for column, text in kept.items() if text.strip()}
        if kept:
            rows.append(Row(sheet, number, kept, spelled))
    return tuple(rows)


def _unread_cells(path: Path, data: bytes, sheets: Mapping[str, tuple[Row, ...]]) -> list[FileProblem]:
    """pyxform stops after 60 empty rows or 20 empty columns: what stands behind them must not vanish."""
    from openpyxl import load_workbook

    problems = []
    book = load_workbook(BytesIO(data), read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            name = sheet.title.lower() if len(book.worksheets) > 1 else "survey"
            rows = sheets.get(name)
            if rows is None:
                continue
            last = rows[-1].number if rows else 1
            for number, values in enumerate(sheet.iter_rows(values_only=True, max_row=MOST_ROWS, max_col=MOST_COLUMNS), start=1):
                behind = number > last + 1 and any(str(value).strip() for value in values if value is not None)
                if behind:
                    hint = "Take out the empty rows above it."
                    found = f"row {number}, behind more than 60 empty rows"
                    problems.append(refusal(path, "row", "rows without a large gap", found, hint, place=name))
                    break
    finally:
        book.close()
    return problems

"""An XLSForm workbook in, its rows out with their cells by column and language. Reading is pyxform's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from instruments.exchange.guard import OLE, ZIP, read_bytes, refusal, safe_workbook
from instruments.exchange.xlsform.cells import MOST_ROWS, SHEETS, Column, Row, column_of
from instruments.exchange.xlsform.unread import Loose, quiet, unread_cells
from instruments.problem import FileProblem, InstrumentError


@dataclass(frozen=True)
class Workbook:
    """The sheets that define a form."""

    path: Path
    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: tuple[Row, ...]
    others: tuple[tuple[str, int], ...]
    """Sheets nobody reads, with their number of rows (-1: not known)."""
    loose: tuple[Loose, ...]
    """Cells in columns without a header."""
    raw: Mapping[str, Any] = field(repr=False)
    """What pyxform read: for its validation."""


def read_workbook(path: Path) -> Workbook:
    """The form in a workbook. Raises InstrumentError with everything that keeps it from being read."""
    from pyxform.xls2json_backends import Definition, xls_to_dict, xlsx_to_dict

    data = read_bytes(path)
    if not data.startswith((ZIP, OLE)):
        hint = "Save it as .xlsx from a spreadsheet program."
        problem = refusal(path, "workbook", "an .xlsx or .xls workbook", "another kind of file", hint)
        raise InstrumentError([problem])
    safe_workbook(path, data)
    read = xls_to_dict if data.startswith(OLE) else xlsx_to_dict
    try:
        with quiet():
            raw = read(Definition(BytesIO(data), None, path.stem))
    except Exception as error:
        # Readers of such files fail in many ways on bytes made to break them; each is a file not to be read.
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
    loose: tuple[Loose, ...] = ()
    if data.startswith(ZIP):
        unread = unread_cells(path, data, sheets)
        problems += unread.problems
        loose = tuple(unread.loose)
    if problems:
        raise InstrumentError(problems)
    return Workbook(path, sheets["survey"], sheets["choices"], sheets["settings"], _others(raw), loose, raw)


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
                refusal(
                    path, "column", "each column once", f"{other} and {header}", hint, place=f"{sheet} row 1"
                )
            )
        columns[header] = column
    spelled = {column: header for header, column in columns.items()}
    rows = []
    for number, cells in enumerate(found, start=2):
        kept = {
            columns.get(header, column_of(header)): str(text).replace("\xa0", " ")
            for header, text in cells.items()
        }
        kept = {column: text for column, text in kept.items() if text.strip()}
        if kept:
            rows.append(Row(sheet, number, kept, spelled))
    return tuple(rows)

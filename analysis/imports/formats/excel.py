"""An Excel workbook comes in, a table of the cells of one worksheet goes out."""

import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
from lxml.etree import XMLSyntaxError

from analysis.errors import ImportProblems
from analysis.imports.cells import cell, number
from analysis.imports.formats.limits import BOUNDS, CELLS, refuse, refuse_cells
from analysis.imports.formats.table import Column, Table, cells_of, check_names
from analysis.imports.noting import Notes
from analysis.imports.spec import Cell, FileSpec
from instruments import weigh_workbook

BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, XMLSyntaxError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError),
)
"""What openpyxl lets through when the archive, its XML or what the XML says is damaged."""


def read_xlsx(path: Path, spec: FileSpec) -> Table:
    """The values of one worksheet, its first row the header. ImportProblems when no sheet is chosen."""
    values = _rows(path, spec, data_only=True)
    header = [str(name).strip() if name is not None else "" for name in (values[0] if values else ())]
    while header and not header[-1]:
        header.pop()
    check_names(header, str(path), 1)
    _check_formulas(path, spec, values)
    kept = [
        (row, record) for row, record in enumerate(values[1:], start=2) if any(v is not None for v in record)
    ]
    columns = {
        name: Column(name, cells_of([_plain(_at(record, place)) for _, record in kept], _reader(spec)))
        for place, name in enumerate(header)
    }
    return Table(str(path), columns, np.array([row for row, _ in kept], int), "row")


def _rows(path: Path, spec: FileSpec, *, data_only: bool) -> list[tuple[Any, ...]]:
    if unfit := weigh_workbook(path, BOUNDS):
        refuse(path, unfit)
    try:
        # Opened here, because openpyxl leaves a workbook open that it cannot read.
        with path.open("rb") as file:
            return _rows_of_sheet(file, path, spec, data_only=data_only)
    except BROKEN as error:
        notes = Notes(str(path), lambda _: 0)
        hint = "open it in Excel or LibreOffice and save it as .xlsx; the old .xls is not read"
        notes.add(("file",), "unreadable", "an Excel workbook (.xlsx)", str(error) or "a damaged file", hint)
        raise ImportProblems(notes.problems) from error


def _rows_of_sheet(file: BinaryIO, path: Path, spec: FileSpec, *, data_only: bool) -> list[tuple[Any, ...]]:
    """Rows are parsed while they are walked through, so a damaged sheet shows late."""
    book = openpyxl.load_workbook(file, read_only=True, data_only=data_only)
    try:
        names = book.sheetnames
        chosen = spec.sheet if spec.sheet is not None else (names[0] if len(names) == 1 else None)
        if chosen not in names:
            notes = Notes(str(path), lambda _: 0)
            found = f"no choice among {', '.join(names)}" if chosen is None else chosen
            hint = f"write `sheet: {names[0]}`"
            notes.add(("file", "sheet"), "sheet", f"one of the sheets {', '.join(names)}", found, hint)
            raise ImportProblems(notes.problems)
        sheet = book[chosen]
        sheet.reset_dimensions()  # what a sheet says of its size need not be true
        rows, cells = [], 0
        for row in sheet.iter_rows(values_only=True):
            rows.append(tuple(row))
            cells += len(row)
            if cells > CELLS:
                refuse_cells(path, len(rows), max(len(each) for each in rows))
        return rows
    finally:
        book.close()


def _check_formulas(path: Path, spec: FileSpec, values: Sequence[tuple[Any, ...]]) -> None:
    """A formula that Excel never computed reads as a blank; refuse it instead."""
    formulas = _rows(path, spec, data_only=False)
    empty = [
        (row, place)
        for row, (found, written) in enumerate(zip(values, formulas, strict=True), start=1)
        for place, word in enumerate(written)
        if isinstance(word, str) and word.startswith("=") and _at(found, place) is None
    ]
    if empty:
        row, place = empty[0]
        notes = Notes(str(path), lambda _: row)
        found = f"{len(empty)} formulas without one, first in row {row}, column {place + 1}"
        hint = "open the file in Excel or LibreOffice and save it, or paste the values"
        notes.add((), "formula", "a computed value in every formula", found, hint)
        raise ImportProblems(notes.problems)


def _plain(value: Any) -> Any:
    """A truth value as Excel shows it, because True would pass for the number 1."""
    return str(value).upper() if isinstance(value, bool) else value


def _at(record: Sequence[Any], place: int) -> Any:
    return record[place] if place < len(record) else None


def _reader(spec: FileSpec) -> Any:
    def read(value: Any) -> Cell | None:
        if isinstance(value, int | float):
            return number(value)
        if isinstance(value, datetime | date | time):
            return value.isoformat()
        return cell(str(value), spec.decimal)

    return read

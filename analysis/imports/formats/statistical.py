"""An SPSS or Stata file comes in, a table with its labels and user-missing values goes out."""

import math
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from analysis.errors import ImportProblems
from analysis.imports.cells import cell, number
from analysis.imports.formats.dtahead import untrue
from analysis.imports.formats.limits import CELLS, UNPACKED, refuse
from analysis.imports.formats.savhead import UNKNOWN, Head, head_of, uncounted
from analysis.imports.formats.table import Column, Table, cells_of
from analysis.imports.noting import Notes
from analysis.imports.spec import Cell, FileSpec
from instruments import Unfit

AGAIN = "was the file saved whole? open it in {program}, compare its number of cases, and save it again"


def read_sav(path: Path, spec: FileSpec) -> Table:
    """SPSS system file. User-missing values stay values, marked as such; dates are numbers."""
    head = head_of(path)
    with uncounted(path, head) if head else nullcontext(path) as whole:
        frame, meta = _read(pyreadstat.read_sav, path, spec, whole)
    if head:
        _refuse_untrue(path, head, len(frame))
    columns = {}
    for name in frame.columns:
        parts = meta.missing_ranges.get(name, [])
        ranges = [(part["lo"], part["hi"]) for part in parts if not isinstance(part["lo"], str)]
        words = frozenset(part["lo"] for part in parts if isinstance(part["lo"], str))
        columns[name] = _column(frame[name], meta, words=words, ranges=tuple(ranges))
    return _table(path, columns, len(frame))


def read_dta(path: Path, spec: FileSpec) -> Table:
    """Stata file. The extended missing values are the words `.a` to `.z`; a plain `.` is a blank."""
    if said := untrue(path):
        notes = Notes(str(path), lambda _: 0)
        notes.add(("file",), "untrue", said.expected, said.found, AGAIN.format(program="Stata"))
        raise ImportProblems(notes.problems)
    frame, meta = _read(pyreadstat.read_dta, path, spec)
    columns = {}
    for name in frame.columns:
        letters = meta.missing_user_values.get(name, [])
        words = frozenset(f".{letter}" for letter in letters)
        columns[name] = _column(frame[name], meta, words=words, dotted=bool(letters))
    return _table(path, columns, len(frame))


def _refuse_untrue(path: Path, head: Head, cases: int) -> None:
    """A head that says other than the file holds: rows were lost, or somebody wrote it to look so."""
    notes = Notes(str(path), lambda _: 0)
    hint = AGAIN.format(program="SPSS or PSPP")
    if head.cases not in (UNKNOWN, cases):
        expected = f"{head.cases:,} cases, as the head of the file says"
        notes.add(("file",), "untrue", expected, f"{cases:,} whole ones", hint)
    if head.elements > head.described:
        expected = f"{head.elements:,} columns of eight bytes, as the head of the file says"
        notes.add(("file",), "untrue", expected, f"{head.described:,} described ones", hint)
    if notes.problems:
        raise ImportProblems(notes.problems)


def _read(reader: Any, path: Path, spec: FileSpec, whole: Path | None = None) -> tuple[pd.DataFrame, Any]:
    """The table of the file. `whole`: a copy of it to be read to its end, whatever its head says."""
    options = {"user_missing": True, "disable_datetime_conversion": True, "encoding": spec.encoding}
    try:
        # First what the file says of its size, then no more of it than that allows: it need not be true.
        _, said = reader(str(path), metadataonly=True, **options)
        widths = (said.variable_storage_width or {}).values()
        columns = max(1, said.number_columns)
        most = min(CELLS // columns, UNPACKED // max(1, sum(widths)))
        if (said.number_rows or 0) > most:
            found = f"{said.number_rows:,} cases of {columns:,} columns"
            refuse(path, Unfit("size", f"at most {most:,} cases of this width", found))
        frame, meta = reader(str(whole or path), row_limit=most + 1, **options)
        if len(frame) > most:
            refuse(path, Unfit("size", f"at most {most:,} cases of this width", "more"))
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
        notes = Notes(str(path), lambda _: 0)
        hint = "check the format, or name the file's encoding, for example `encoding: cp1251`"
        notes.add(("file",), "unreadable", "a file of the format the map names", str(error).strip(), hint)
        raise ImportProblems(notes.problems) from error
    return frame, meta


def _column(
    values: pd.Series,
    meta: Any,
    *,
    words: frozenset[str],
    ranges: tuple[tuple[float, float], ...] = (),
    dotted: bool = False,
) -> Column:
    name = str(values.name)
    labels = {
        _cell(value, dotted): str(said) for value, said in meta.variable_value_labels.get(name, {}).items()
    }
    return Column(
        name,
        cells_of(values.to_numpy(object), lambda value: _cell(value, dotted)),
        meta.column_names_to_labels.get(name) or "",
        {value: said for value, said in labels.items() if value is not None},
        ranges,
        words,
    )


def _table(path: Path, columns: dict[str, Column], count: int) -> Table:
    return Table(str(path), columns, np.arange(1, count + 1), "case")


def _cell(value: Any, dotted: bool) -> Cell | None:
    if isinstance(value, str):
        return f".{value}" if dotted and len(value) == 1 else cell(value)
    return None if value is None or math.isnan(value) else number(float(value))

"""Files of four formats to one kind of table. May interpret nothing: what a value means is the map's."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from analysis.errors import ImportProblems
from analysis.imports.formats import limits
from analysis.imports.formats.table import Column, Table
from analysis.imports.noting import Notes
from analysis.imports.spec import FileSpec

__all__ = ["Column", "Table", "read_table"]

READERS = {
    "csv": "text:read_csv",
    "sav": "statistical:read_sav",
    "dta": "statistical:read_dta",
    "xlsx": "excel:read_xlsx",
}
"""Loaded when used: pyreadstat and openpyxl cost a third of a second that no other command should pay."""


def read_table(path: Path, spec: FileSpec) -> Table:
    """The file's columns. ImportProblems for a file that is not there or not what the map says it is."""
    notes = Notes(str(path), lambda _: 0)
    name = spec.format or path.suffix.lower().lstrip(".")
    if name not in READERS:
        hint = "write the format in the map, for example `file: {format: csv}`"
        notes.add(("file", "format"), "format", f"one of {', '.join(READERS)}", name or "no suffix", hint)
    if not path.is_file():
        notes.add((), "no-file", "a data file", "no file of that name", "check the path")
    if notes.problems:
        raise ImportProblems(notes.problems)
    limits.refuse_large_file(path)
    module, _, function = READERS[name].partition(":")
    reader: Callable[[Path, FileSpec], Table] = getattr(import_module(f"{__name__}.{module}"), function)
    table = reader(path, spec)
    if not len(table.rows):
        notes.add((), "no-rows", "a row for each interview", "no rows", "was the file saved whole?")
        raise ImportProblems(notes.problems)
    return table

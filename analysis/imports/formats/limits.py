"""How much of a file is read as one wave: a survey's data, not whatever a file unpacks to."""

from pathlib import Path
from typing import NoReturn

from analysis.errors import ImportProblems
from analysis.imports.noting import Notes
from instruments import Bounds, Unfit, weigh_file

CELLS = 20_000_000
"""A hundred thousand interviews of two hundred columns."""
BOUNDS = Bounds(size=1_000_000_000, unpacked=1_000_000_000, cells=10_000_000)
UNPACKED = 4_000_000_000
"""Bytes of an SPSS or Stata file's columns."""
HINT = "is this the right file? divide it into one a wave"


def refuse_large_file(path: Path) -> None:
    """Raise ImportProblems for a file larger than may be read."""
    if unfit := weigh_file(path, BOUNDS):
        refuse(path, unfit)


def refuse(path: Path, unfit: Unfit) -> NoReturn:
    """Raise ImportProblems."""
    notes = Notes(str(path), lambda _: 0)
    rule = "unreadable" if unfit.rule == "workbook" else unfit.rule
    notes.add(("file",), rule, unfit.expected, unfit.found, HINT)
    raise ImportProblems(notes.problems)


def refuse_cells(path: Path, rows: int, columns: int) -> NoReturn:
    """Raise ImportProblems for a table of more cells than may be read; `columns` of its widest row so far."""
    found = f"{rows:,} rows of {columns:,} columns" if rows * columns > CELLS else "more"
    refuse(path, Unfit("size", f"at most {CELLS:,} cells", found))

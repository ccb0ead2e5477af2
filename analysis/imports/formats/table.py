"""What every reader gives: columns of cells, the labels the file carries, and where each row stands."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import ImportProblems
from analysis.imports.cells import cell
from analysis.imports.noting import Notes
from analysis.imports.spec import Cell


@dataclass(frozen=True)
class Column:
    """n cells (None: blank), and what SPSS or Stata say about them."""

    name: str
    cells: np.ndarray
    label: str = ""
    value_labels: Mapping[Cell, str] = field(default_factory=dict)
    user_missing: tuple[tuple[float, float], ...] = ()
    """Ranges of numbers the file marks as missing, both ends included."""
    missing_words: frozenset[str] = frozenset()
    """Words the file marks as missing, Stata's `.a` to `.z` among them."""

    def is_user_missing(self, value: Cell) -> bool:
        """Whether the file marks the value as missing."""
        if isinstance(value, str):
            return value in self.missing_words
        return any(low <= value <= high for low, high in self.user_missing)


@dataclass(frozen=True)
class Table:
    """Columns of one file; `rows` gives the line (text), row (Excel) or case (SPSS, Stata) of each record."""

    path: str
    columns: Mapping[str, Column]
    rows: np.ndarray
    unit: str


def cells_of(words: Sequence[Any] | np.ndarray, read: Callable[[Any], Cell | None]) -> np.ndarray:
    """n objects, each distinct value read once."""
    codes, distinct = pd.factorize(np.asarray(words, dtype=object), use_na_sentinel=True)
    found = np.array([*(read(value) for value in distinct), None], dtype=object)
    return found[codes]


def text_cells(words: Sequence[Any], decimal: str = ".") -> np.ndarray:
    """Cells of a column of text."""
    return cells_of(words, lambda word: cell(str(word), decimal))


def check_names(names: Iterable[str], path: str, place: int) -> None:
    """ImportProblems for blank and repeated column names in the header, which stands in line `place`."""
    notes = Notes(path, lambda _: place)
    seen: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        if not name:
            notes.add(
                (),
                "column-name",
                "a name for each column",
                f"none for column {number}",
                "name it in the header",
            )
        elif name in seen:
            found = f"{name!r} for columns {seen[name]} and {number}"
            notes.add((), "column-name", "each column name once", found, "rename one of them in the file")
        seen.setdefault(name, number)
    if not seen:
        notes.add((), "empty", "a header with column names", "an empty file", "check the path")
    if notes.problems:
        raise ImportProblems(notes.problems)

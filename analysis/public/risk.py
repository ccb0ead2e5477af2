"""A table of keys in, what it discloses out: classes of equal rows, rows at risk, variety within classes."""

from dataclasses import dataclass

import numpy as np

from analysis.public.suppressing import classes


@dataclass(frozen=True)
class Risk:
    """How far rows can be told apart by their keys."""

    rows: int
    classes: int
    smallest: int
    """k: the size of the smallest class."""
    alone: int
    """Rows like no other."""
    below: int
    """Rows in classes below the k asked for."""
    expected: float
    """Rows that somebody who knows the keys of all would tell rightly at the first guess: one a class."""


def risk(table: np.ndarray, k: int) -> Risk:
    """The risk in n x m codes."""
    number, size = classes(table)
    return Risk(
        rows=len(table),
        classes=int(number.max()) + 1,
        smallest=int(size.min()),
        alone=int((size == 1).sum()),
        below=int((size < k).sum()),
        expected=float((1 / size).sum()),
    )


@dataclass(frozen=True)
class Variety:
    """Distinct l-diversity of one column within classes of equal keys."""

    column: str
    least: int
    """l: the fewest different answers in a class."""
    uniform: int
    """Classes in which all gave one answer: who is known to be in it is known to have given it."""
    classes: int


def variety(table: np.ndarray, column: str, answers: np.ndarray) -> Variety:
    """How many different answers the classes of n x m codes hold in a column of n answers."""
    number, _ = classes(table)
    pairs = np.unique(np.column_stack([number, np.nan_to_num(answers, nan=-99.0)]), axis=0)
    different = np.bincount(pairs[:, 0].astype(int))
    return Variety(column, int(different.min()), int((different == 1).sum()), len(different))

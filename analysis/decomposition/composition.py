"""Who a side is made of: rows and columns come in, cells with shares, rates and their sources go out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, setting
from analysis.estimates.cells import Cells, columns_of, make_cells
from analysis.estimates.influence import over, sums

EMPTY = ("refuse", "drop")


@dataclass(frozen=True)
class Composition:
    """One side's C cells. `index`: n cells, -1 outside; `shares`, `rates`, `base`: C, rates NaN where nobody
    is.
    """

    weights: np.ndarray
    y: np.ndarray
    index: np.ndarray
    shares: np.ndarray
    rates: np.ndarray
    base: np.ndarray

    @property
    def filled(self) -> np.ndarray:
        """C booleans: cells with somebody."""
        return self.base > 0

    def share_source(self) -> Callable[[np.ndarray], np.ndarray]:
        """Influence of the shares: w (1[cell] - share) / sum of w."""

        def influence(gradient: np.ndarray) -> np.ndarray:
            inside = self.index >= 0
            result = np.zeros((len(self.index), len(gradient)))
            centred = gradient - (gradient @ self.shares)[:, None]
            scaled = self.weights[inside] / self.weights[inside].sum()
            result[inside] = scaled[:, None] * centred.T[self.index[inside]]
            return result

        return influence

    def rate_source(self) -> Callable[[np.ndarray], np.ndarray]:
        """Influence of the rates: w 1[cell] (y - rate) / sum of w in the cell."""

        def influence(gradient: np.ndarray) -> np.ndarray:
            inside = self.index >= 0
            cell = self.index[inside]
            size = np.bincount(cell, self.weights[inside], minlength=len(self.shares))
            scaled = self.weights[inside] / size[cell] * (self.y[inside] - self.rates[cell])
            result = np.zeros((len(self.index), len(gradient)))
            result[inside] = scaled[:, None] * gradient.T[cell]
            return result

        return influence


def cells_of(data: SurveyData, by: str | Sequence[str], inside: np.ndarray) -> Cells:
    """The cells that the columns make among the rows; EstimationError for no column or one without codes."""
    names = columns_of(by)
    if not names:
        raise EstimationError(
            Said("a composition is of columns: type ", setting("by", ["sex", "age"]), ", each with codes")
        )
    if "wave" in names:
        raise EstimationError(
            Said(setting("by", "wave"), " is what is compared already: name columns that describe people")
        )
    return make_cells(data, names, inside)


def composition(weights: np.ndarray, y: np.ndarray, index: np.ndarray, count: int) -> Composition:
    """Shares and rates of the rows with index >= 0."""
    size = sums(index, weights, count)
    shares = size / size.sum()
    rates = over(sums(index, weights * y, count), size)
    return Composition(weights, y, index, shares, rates, sums(index, np.ones(len(index)), count).astype(int))


def names_of(cells: Cells) -> list[str]:
    """The cells in words: `sex=1,age4=2`."""
    return [
        ",".join(f"{name}={value}" for name, value in row.items()) for row in cells.codes.to_dict("records")
    ]


def common(
    sides: Sequence[Composition],
    cells: Cells,
    names: Sequence[str],
    *,
    empty: str,
    needed: np.ndarray | None = None,
) -> np.ndarray:
    """C booleans: cells with somebody on every side, among those `needed` (C booleans; None: all).

    EstimationError where a needed cell lacks them, unless `empty` is drop, and where none has.
    """
    if empty not in EMPTY:
        raise EstimationError(f"empty={empty!r} is unknown: type refuse or drop")
    wanted = np.ones(cells.count, bool) if needed is None else needed
    filled = wanted & np.logical_and.reduce([side.filled for side in sides])
    if not filled.any():
        raise EstimationError(f"no cell has somebody in {' and '.join(names)}: name fewer columns")
    words = names_of(cells)
    problems = [
        Said(
            f"nobody in {name} has {words[cell]}, so its rate there is unknown: join codes, name fewer "
            "columns, or type ",
            setting("empty", "drop"),
            " to go on without that cell",
        )
        for side, name in zip(sides, names, strict=True)
        for cell in np.flatnonzero(wanted & ~side.filled)
    ]
    if problems and empty == "refuse":
        raise EstimationError(problems)
    return filled


def cell_table(cells: Cells, columns: dict[str, Any]) -> pd.DataFrame:
    """A row a cell: its codes by column, then the given columns."""
    return pd.concat([cells.codes.reset_index(drop=True), pd.DataFrame(columns)], axis=1)

"""Two-way tables: SurveyData and two coded variables come in, shares with their covariance go out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates import by_cell

Codes = tuple[int | str, ...]


@dataclass(frozen=True)
class TwoWay:
    """The observed codes of two variables crossed, R rows x C columns, over rows with both answers valid.

    `cell`: n cell numbers in row-major order, -1 outside the base; `domain`: n booleans, the domain with its
    missing answers; `count`, `total`: R x C numbers of rows and sums of weights.
    """

    data: SurveyData
    row: str
    column: str
    rows: Codes
    columns: Codes
    cell: np.ndarray
    domain: np.ndarray
    count: np.ndarray
    total: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """R x C shares of the whole table."""
        return self.total / self.total.sum()

    @property
    def base(self) -> np.ndarray:
        """n booleans: rows with both answers."""
        return self.cell >= 0

    @cached_property
    def total_covariance(self) -> np.ndarray:
        """RC x RC covariance of the cells' weighted totals."""
        influence = by_cell(self.cell, self.data.sample.weights, self.total.size)
        return self.data.sample.covariance(influence, self.base)

    @cached_property
    def covariance(self) -> np.ndarray:
        """RC x RC covariance of the shares: that of the totals through (I - p 1') / total."""
        p = self.shares.ravel()
        L = (np.eye(len(p)) - np.outer(p, np.ones(len(p)))) / self.total.sum()
        return L @ self.total_covariance @ L.T

    @cached_property
    def df(self) -> int:
        """PSUs minus strata of the domain, missing answers included, as R's svychisq counts them."""
        return self.data.sample.df(self.domain)


def two_way(data: SurveyData, row: str, column: str, *, where: Where = None) -> TwoWay:
    """The table; EstimationError for a variable without codes, one crossed with itself and an empty base."""
    if row == column:
        raise EstimationError(f"{row!r} against itself is no table: name another variable for the columns")
    domain = data.domain(where)
    (at, rows), (across, columns) = (levels(data, name) for name in (row, column))
    base = domain & (at >= 0) & (across >= 0)
    if not base.any():
        raise EstimationError(f"nobody in the domain has valid answers to both {row!r} and {column!r}")
    kept = [np.unique(places[base]) for places in (at, across)]
    places = [np.searchsorted(found, where_) for found, where_ in zip(kept, (at, across), strict=True)]
    shape = (len(kept[0]), len(kept[1]))
    cell = np.where(base, places[0] * shape[1] + places[1], -1)
    size = shape[0] * shape[1]
    return TwoWay(
        data,
        row,
        column,
        tuple(rows[place] for place in kept[0]),
        tuple(columns[place] for place in kept[1]),
        cell,
        domain,
        np.bincount(cell[base], data.counts[base], minlength=size).astype(int).reshape(shape),
        np.bincount(cell[base], data.sample.weights[base], minlength=size).reshape(shape),
    )


def levels(data: SurveyData, name: str) -> tuple[np.ndarray, Codes]:
    """n positions in the list of codes (-1: no valid answer), and the list; a wave's code is its name."""
    if name == "wave":
        return data.wave_place, data.waves
    variable = data.variable(name)
    if not variable.codes:
        raise EstimationError(
            f"{name!r} has no codes to tabulate: name a coded variable, or cut it into classes"
        )
    codes = sorted(variable.codes)
    return data.places(name), tuple(codes)

"""Estimates that remember each row's influence, so that any two have a covariance."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import sparse

from analysis.data import SurveyData
from analysis.estimates.cells import Cells
from analysis.sample import Matrix


@dataclass(frozen=True)
class Estimates:
    """k estimates of one statistic.

    `values` k; `influence` n x k (a row's contribution to the linearised error; zero outside the base);
    `cell` k positions in `cells`; `codes` k codes, names of nets or None; `base`, `weighted_base`: k;
    `base_index` n cells of the rows in the base, -1 outside; `simple_variance` k: the variance under simple
    random sampling with replacement and the same base, for the design effect.
    """

    statistic: str
    variable: str
    data: SurveyData
    cells: Cells
    cell: np.ndarray
    codes: tuple[int | str | None, ...]
    values: np.ndarray
    influence: Matrix
    base_index: np.ndarray
    base: np.ndarray
    weighted_base: np.ndarray
    simple_variance: np.ndarray

    @property
    def domain(self) -> np.ndarray:
        """n booleans: rows that carry any of the estimates."""
        return self.base_index >= 0

    @cached_property
    def variance(self) -> np.ndarray:
        """k design variances."""
        return self.data.sample.variances(self.influence, self.domain)

    @cached_property
    def covariance(self) -> np.ndarray:
        """k x k design covariance."""
        return self.data.sample.covariance(self.influence, self.domain)

    @property
    def se(self) -> np.ndarray:
        return np.sqrt(self.variance)

    @cached_property
    def df(self) -> np.ndarray:
        """k degrees of freedom: PSUs minus strata of each cell, its missing answers included, as R's degf."""
        return self.data.sample.df_by(self.cells.index, self.cells.count)[self.cell]

    @property
    def deff(self) -> np.ndarray:
        """k design effects against simple random sampling with replacement (Kish 1965)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.simple_variance > 0, self.variance / self.simple_variance, np.nan)

    def contrast(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values (m) and covariance (m x m) of m linear combinations; `weights` is m x k."""
        weights = np.atleast_2d(weights)
        return weights @ self.values, weights @ self.covariance @ weights.T


class Influential(Protocol):
    """Whatever remembers each row's influence: estimates, fitted models, margins."""

    @property
    def data(self) -> SurveyData: ...

    @property
    def domain(self) -> np.ndarray: ...

    @property
    def influence(self) -> Matrix: ...


def joint_covariance(parts: Sequence[Influential]) -> np.ndarray:
    """Covariance of all the estimates of several statistics or models on the same data, in order."""
    influence = sparse.hstack([sparse.csr_array(part.influence) for part in parts], format="csr")
    domain = np.logical_or.reduce([part.domain for part in parts])
    return parts[0].data.sample.covariance(influence, domain)


def by_cell(index: np.ndarray, values: np.ndarray, count: int) -> sparse.csr_array:
    """n x count: each row's value in the column of its cell; rows with index -1 are empty."""
    inside = index >= 0
    pointer = np.concatenate([[0], np.cumsum(inside)])
    return sparse.csr_array((values[inside], index[inside], pointer), shape=(len(index), count))


def sums(index: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Sum of `values` per cell, over the rows with index >= 0."""
    inside = index >= 0
    return np.bincount(index[inside], values[inside], minlength=count)


def over(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Quotient, NaN where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, above / below, np.nan)


def one_a_cell(
    statistic: str,
    variable: str,
    data: SurveyData,
    cells: Cells,
    *,
    index: np.ndarray,
    values: np.ndarray,
    influence: Matrix,
    spread: np.ndarray,
    code: int | None = None,
) -> Estimates:
    """Estimates with one figure per cell; `index` is the base, `spread` the simple variance."""
    return Estimates(
        statistic=statistic,
        variable=variable,
        data=data,
        cells=cells,
        cell=np.arange(cells.count),
        codes=(code,) * cells.count,
        values=values,
        influence=influence,
        base_index=index,
        base=sums(index, np.ones(len(index)), cells.count).astype(int),
        weighted_base=sums(index, data.sample.weights, cells.count),
        simple_variance=spread,
    )

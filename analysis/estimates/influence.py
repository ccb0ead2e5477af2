"""Estimates that remember each row's influence, so that any two have a covariance."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import sparse

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.estimates.cells import Cells
from analysis.replicates import ReplicateSample
from analysis.sample import Matrix


class Valued(Protocol):
    """k values with their covariance (k x k)."""

    @property
    def values(self) -> np.ndarray: ...

    @property
    def covariance(self) -> np.ndarray: ...


class WithContrasts:
    """What has values and a covariance gives those of any linear combinations."""

    def contrast(self: Valued, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Values (m) and covariance (m x m) of m linear combinations; `weights` is m x k."""
        weights = np.atleast_2d(weights)
        return weights @ self.values, weights @ self.covariance @ weights.T


@dataclass(frozen=True)
class Estimates(WithContrasts):
    """k estimates of one statistic.

    `values` k; `influence` n x k (a row's contribution to the linearised error; zero outside the base);
    `cell` k positions in `cells`; `codes` k codes, names of nets or None; `base`, `weighted_base`: k;
    `base_index` n cells of the rows in the base, -1 outside; `simple_variance` k: the variance under simple
    random sampling with replacement and the same base, for the design effect. `denominator`: n shares of the
    weighted figure that each figure of the row's cell is divided by (summing to 1 in a cell), so that
    replicates divide by their own; None where nothing is divided.

    `variance`, `covariance` and `se` are what the design gives of any rows, for contrasts and checks; of a
    non-probability sample they are no sampling error, and no table holds them.
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
    denominator: np.ndarray | None = None

    @property
    def domain(self) -> np.ndarray:
        """n booleans: rows that carry any of the estimates."""
        return self.base_index >= 0

    @cached_property
    def variance(self) -> np.ndarray:
        """k design variances."""
        return self.variances_of(None)

    @cached_property
    def covariance(self) -> np.ndarray:
        """k x k design covariance."""
        return joint_covariance([self])

    def variances_of(self, combination: "Matrix | None") -> np.ndarray:
        """m design variances of the estimates times `combination` (k x m); None: of each estimate."""
        sample = self.data.sample
        if not isinstance(sample, ReplicateSample):
            combined = (
                self.influence if combination is None else sparse.csr_array(self.influence @ combination)
            )
            return sample.variances(combined, self.domain)
        moved = self.replicated if combination is None else np.asarray(self.replicated @ combination)
        squares: np.ndarray = (sample.deviations(moved, np.zeros(moved.shape[1])) ** 2).sum(axis=0)
        return squares

    @cached_property
    def replicated(self) -> np.ndarray:
        """R x k differences of the replicates' figures from those of the whole sample.

        Those of a figure Y/X are the replicate totals of its influence over the replicate's X, exactly. NaN
        where a figure is; EstimationError where a replicate has nobody in a cell.
        """
        sample = self.data.sample
        if not isinstance(sample, ReplicateSample):
            raise EstimationError("the design has no replicates: type make_replicates(data, ...)")
        totals = sample.totals(self.influence)
        whole = np.asarray(self.influence.sum(axis=0)).ravel()
        if self.denominator is None:
            return totals - whole
        shares = by_cell(self.base_index, self.denominator, self.cells.count)
        divided = sample.totals(shares)[:, self.cell]
        empty = (divided == 0) & (self.base > 0)
        if empty.any():
            number, place = (int(found[0]) for found in np.nonzero(empty))
            raise EstimationError(
                f"replicate {number + 1} has nobody in the base of {self.variable!r}"
                f"{_of_group(self.cells.groups[self.cell[place]])}: join small groups, or use a design "
                "without replicates"
            )
        return over(totals - whole * divided, divided)

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


class Influential(Protocol):
    """Whatever remembers each row's influence: estimates, fitted models, margins."""

    @property
    def data(self) -> SurveyData: ...

    @property
    def domain(self) -> np.ndarray: ...

    @property
    def influence(self) -> Matrix: ...


def joint_covariance(parts: Sequence[Influential]) -> np.ndarray:
    """Covariance of all the estimates of several statistics or models on the same data, in order.

    Under a design with replicates it is that of the refitted figures where all parts know them (`replicated`,
    R x k), else that of their influence.
    """
    sample = parts[0].data.sample
    if isinstance(sample, ReplicateSample):
        moved = [getattr(part, "replicated", None) for part in parts]
        known = [each for each in moved if each is not None]
        if len(known) == len(parts):
            joined = np.hstack(known)
            return sample.spread(joined, np.zeros(joined.shape[1]))
    influence = sparse.hstack([sparse.csr_array(part.influence) for part in parts], format="csr")
    domain = np.logical_or.reduce([part.domain for part in parts])
    return sample.covariance(influence, domain)


def _of_group(group: str) -> str:
    return f" in group {group}" if group else ""


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
    denominator: np.ndarray | None = None,
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
        base=sums(index, data.counts, cells.count).astype(int),
        weighted_base=sums(index, data.sample.weights, cells.count),
        simple_variance=spread,
        denominator=denominator,
    )

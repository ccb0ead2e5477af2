"""Contrasts: estimates of any kind come in, linear combinations, differences and ratios with errors go out.

The covariance of any two estimates is that of their influence values, so means, shares, nets, coefficients of
models, items, groups and waves of the same data can be combined freely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd
from scipy import linalg, sparse, stats

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.estimates.influence import Influential
from analysis.estimates.intervals import normal
from analysis.estimates.judging import cleared, refuse_no_df, student_test
from analysis.estimates.sources import Source, refuse_broken_contrast, sources_of
from analysis.sample import Matrix

CONTRAST_COLUMNS = ("label", "estimate", "se", "low", "high", "t", "df", "p")


class Combinable(Influential, Protocol):
    """k values with their influence (n x k) on the same rows; `domain`: n booleans, who carries them."""

    @property
    def values(self) -> np.ndarray: ...


@dataclass(frozen=True)
class Contrast:
    """m combinations of estimates, themselves open to further combination.

    `values` m; `influence` n x m; `domain` n booleans; `labels` m words; `sources`: the k figures combined,
    `weights` m x k.
    """

    data: SurveyData
    values: np.ndarray
    influence: Matrix
    domain: np.ndarray
    labels: tuple[str, ...]
    sources: tuple[Source, ...]
    weights: np.ndarray

    @cached_property
    def covariance(self) -> np.ndarray:
        """m x m design covariance; EstimationError where a figure combined has no degrees of freedom."""
        for place in np.flatnonzero((self.weights != 0).any(axis=0)):
            refuse_no_df(self.sources[place].df, self.sources[place].label)
        refuse_no_df(self.df, ", ".join(self.labels))
        scale = np.abs(self.weights) @ np.array([source.scale for source in self.sources])
        return cleared(self.data.sample.covariance(self.influence, self.domain), scale)

    @property
    def se(self) -> np.ndarray:
        return np.sqrt(np.diag(self.covariance))

    @cached_property
    def df(self) -> int:
        """PSUs minus strata among the rows that carry any of the estimates."""
        return self.data.sample.df(self.domain)

    def table(self, level: float = 0.95, null: float = 0.0) -> pd.DataFrame:
        """CONTRAST_COLUMNS, a row per combination; t and p test the value `null`, two-sided.

        Samples that allow no inference have no se, low, high, t, p.
        """
        known = infers(self.data)
        se = self.se if known else np.full(len(self.values), np.nan)
        df = np.full(len(self.values), self.df)
        low, high = normal(self.values, se, df, level)
        t, p = student_test(self.values - null, se, df)
        columns = (self.labels, self.values, se, low, high, t, df, p)
        return pd.DataFrame(dict(zip(CONTRAST_COLUMNS, columns, strict=True)))

    def wald(self) -> tuple[float, int, int, float]:
        """F, its two degrees of freedom and p of the test that all combinations are 0 together."""
        k = len(self.values)
        if not (np.diag(self.covariance) > 0).all():
            raise EstimationError(
                "a combination has no sampling error, so nothing to test it by: leave it out"
            )
        if np.linalg.matrix_rank(self.covariance) < k:
            raise EstimationError(
                f"the {k} combinations depend on each other: leave out those that follow from the rest"
            )
        f = float(self.values @ np.linalg.solve(self.covariance, self.values)) / k
        return f, k, self.df, float(stats.f.sf(f, k, self.df))


def infers(data: SurveyData) -> bool:
    """Whether sampling error is defined in every wave of the data."""
    return all(data.wave_meta(wave).infers for wave in data.waves)


def contrast(
    parts: Combinable | Sequence[Combinable], weights: np.ndarray, *, labels: Sequence[str] = ()
) -> Contrast:
    """m linear combinations; `weights` is m x k over all the values of the parts, in order.

    EstimationError for parts of different data, weights of another width, labels of another number and for
    figures of waves that a break lies between.
    """
    stacked = stack(parts)
    L = np.atleast_2d(np.asarray(weights, float))
    if L.shape[1] != len(stacked.values):
        raise EstimationError(
            f"the contrast has {L.shape[1]} weights for {len(stacked.values)} estimates: give one for each"
        )
    return _made(stacked, L @ stacked.values, L, _words(labels, len(L)))


def difference(one: Combinable, other: Combinable, *, labels: Sequence[str] = ()) -> Contrast:
    """one - other, value by value; EstimationError when they hold different numbers of values."""
    stacked, k = _paired(one, other)
    L = np.hstack([np.eye(k), -np.eye(k)])
    return _made(stacked, L @ stacked.values, L, _words(labels, k))


def quotient(one: Combinable, other: Combinable, *, labels: Sequence[str] = ()) -> Contrast:
    """one / other, value by value, with influence (z_one - ratio z_other) / other.

    EstimationError for a denominator of 0 and for different numbers of values.
    """
    stacked, k = _paired(one, other)
    above, below = stacked.values[:k], stacked.values[k:]
    if (below == 0).any():
        raise EstimationError("a ratio's denominator is 0: ask for the difference instead")
    values = above / below
    L = np.hstack([np.diag(1 / below), -np.diag(values / below)])
    return _made(stacked, values, L, _words(labels, k))


def stack(parts: Combinable | Sequence[Combinable]) -> Contrast:
    """All the values of several estimates side by side, with their joint covariance."""
    listed = [parts] if not isinstance(parts, Sequence) else list(parts)
    if not listed:
        raise EstimationError("nothing to combine: give one or more estimates")
    data = listed[0].data
    if any(part.data is not data for part in listed):
        raise EstimationError(
            "the estimates come from different data: pool the waves, and estimate from the pooled data"
        )
    influence = sparse.hstack([sparse.csr_array(part.influence) for part in listed], format="csr")
    domain = np.logical_or.reduce([part.domain for part in listed])
    values = np.concatenate([np.asarray(part.values, float) for part in listed])
    found = [
        (part.sources, part.weights)
        if isinstance(part, Contrast)
        else (made := sources_of(part), np.eye(len(made)))
        for part in listed
    ]
    labels = tuple(
        label
        for part, (sources, _) in zip(listed, found, strict=True)
        for label in (part.labels if isinstance(part, Contrast) else (source.label for source in sources))
    )
    weights = linalg.block_diag(*(part for _, part in found))
    return Contrast(data, values, influence, domain, labels, sum((part for part, _ in found), ()), weights)


def _paired(one: Combinable, other: Combinable) -> tuple[Contrast, int]:
    k = len(one.values)
    if len(other.values) != k:
        raise EstimationError(f"{k} estimates against {len(other.values)}: give as many of each")
    return stack([one, other]), k


def _made(stacked: Contrast, values: np.ndarray, L: np.ndarray, labels: tuple[str, ...]) -> Contrast:
    weights = L @ stacked.weights
    refuse_broken_contrast(stacked.data, stacked.sources, weights)
    influence = sparse.csr_array(stacked.influence @ L.T)
    return Contrast(stacked.data, values, influence, stacked.domain, labels, stacked.sources, weights)


def _words(labels: Sequence[str], k: int) -> tuple[str, ...]:
    if labels and len(labels) != k:
        raise EstimationError(f"{len(labels)} labels for {k} combinations: give one for each")
    return tuple(labels) or tuple(f"combination {place}" for place in range(1, k + 1))

"""Figures that remember each row's influence: values come in, a table with design-based errors goes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.data import NO_ERROR, SurveyData
from analysis.estimates.influence import WithContrasts
from analysis.estimates.intervals import student
from analysis.sample import Matrix

NO_TEST = f"{NO_ERROR}, so no test and no verdict"
FIGURE_COLUMNS = ("estimate", "se", "low", "high", "base", "df")


@dataclass(frozen=True)
class Figures(WithContrasts):
    """k figures of the same rows.

    `values` k; `influence` n x k (zero outside the domain), so that `joint_covariance` gives their
    covariance with any other estimate of the same data; `domain` n booleans; `bounded`: k booleans, a figure
    that cannot exceed 1 has its interval on the scale log(1 - figure).
    """

    data: SurveyData
    names: tuple[str, ...]
    values: np.ndarray
    influence: Matrix
    domain: np.ndarray
    bounded: np.ndarray

    @cached_property
    def covariance(self) -> np.ndarray:
        """k x k design covariance."""
        return self.data.sample.covariance(self.influence, self.domain)

    @cached_property
    def infers(self) -> bool:
        """Whether sampling error is defined for every wave of the domain: see `Meta.infers`."""
        places = np.unique(self.data.wave_place[self.domain])
        return all(self.data.wave_meta(self.data.waves[place]).infers for place in places)

    @cached_property
    def se(self) -> np.ndarray:
        """k standard errors; NaN for a non-probability sample without a declared model."""
        if not self.infers:
            return np.full(len(self.values), np.nan)
        return np.sqrt(np.maximum(np.diag(self.covariance), 0))

    @cached_property
    def df(self) -> int:
        """PSUs minus strata of the domain."""
        return self.data.sample.df(self.domain)

    @property
    def base(self) -> int:
        return int(self.domain.sum())

    def transform(
        self, names: Sequence[str], of: Callable[[np.ndarray], np.ndarray], bounded: bool = False
    ) -> "Figures":
        """Figures that are a smooth function of these, by the delta method (complex-step derivatives)."""
        values = np.asarray(of(self.values))
        influence = self.influence @ jacobian(of, self.values).T
        limits = np.full(len(values), bounded)
        return Figures(self.data, tuple(names), values, np.asarray(influence), self.domain, limits)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row per figure, FIGURE_COLUMNS; Student intervals, infinite degrees of freedom never assumed."""
        t = float(student(np.array([self.df]), level)[0])
        low, high = self.values - t * self.se, self.values + t * self.se
        with np.errstate(divide="ignore", invalid="ignore"):
            left = 1 - self.values
            spread = np.exp(t * self.se / left)
            low = np.where(self.bounded & (left > 0), 1 - left * spread, low)
            high = np.where(self.bounded & (left > 0), 1 - left / spread, high)
        columns = (self.values, self.se, low, high, self.base, self.df)
        return pd.DataFrame(dict(zip(FIGURE_COLUMNS, columns, strict=True)), index=list(self.names))

    def row(self, level: float = 0.95) -> dict[str, object]:
        """The first figure's FIGURE_COLUMNS by name."""
        shown = self.table(level).iloc[0]
        return {name: shown[name] for name in FIGURE_COLUMNS}


def jacobian(of: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """m x k derivatives of an analytic function by complex steps, exact to rounding (Squire, Trapp 1998)."""
    step = 1e-20
    columns = []
    for j in range(len(at)):
        moved = at.astype(complex)
        moved[j] += 1j * step
        columns.append(np.imag(np.asarray(of(moved))) / step)
    return np.column_stack(columns)

"""Confidence intervals: estimates, standard errors and degrees of freedom come in, their ends go out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import stats

from analysis.errors import EstimationError


@dataclass(frozen=True)
class Shares:
    """k shares with their standard errors, bases, degrees of freedom and confidence level."""

    p: np.ndarray
    se: np.ndarray
    n: np.ndarray
    df: np.ndarray
    level: float

    @property
    def t(self) -> np.ndarray:
        return student(self.df, self.level)

    @property
    def n_eff(self) -> np.ndarray:
        """Korn and Graubard's (1998) effective size p (1 - p) / V; n where the share is 0 or 1."""
        with np.errstate(divide="ignore", invalid="ignore"):
            size = self.p * (1 - self.p) / self.se**2
        return np.where((self.p <= 0) | (self.p >= 1), self.n, size)


Ends: TypeAlias = tuple[np.ndarray, np.ndarray]


def student(df: np.ndarray, level: float) -> np.ndarray:
    """Two-sided t quantile; NaN without degrees of freedom. EstimationError for a level outside 0..1."""
    if not 0 < level < 1:
        raise EstimationError(f"level={level:g} is no confidence level: type 0.95 for 95 %")
    degrees = np.asarray(df, float)
    return np.where(degrees > 0, stats.t.ppf(0.5 + level / 2, np.maximum(degrees, 1)), np.nan)


def normal(estimate: np.ndarray, se: np.ndarray, df: np.ndarray, level: float) -> Ends:
    """Estimate plus and minus t times its standard error."""
    half = student(df, level) * se
    return estimate - half, estimate + half


def share_interval(shares: Shares, method: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower ends, upper ends and the method used, for each share; 0 and 1 fall back to `beta`."""
    if method not in METHODS:
        raise EstimationError(f"interval {method!r} is unknown: type one of {', '.join(METHODS)}")
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = METHODS[method](shares)
        edge = (shares.p <= 0) | (shares.p >= 1)
        low_edge, high_edge = _beta(shares)
    return np.where(edge, low_edge, low), np.where(edge, high_edge, high), np.where(edge, "beta", method)


def _logit(shares: Shares) -> Ends:
    centre = np.log(shares.p / (1 - shares.p))
    half = shares.t * shares.se / (shares.p * (1 - shares.p))
    return 1 / (1 + np.exp(half - centre)), 1 / (1 + np.exp(-half - centre))


def _mean(shares: Shares) -> Ends:
    return normal(shares.p, shares.se, shares.df, shares.level)


def _beta(shares: Shares) -> Ends:
    """Clopper and Pearson's interval at the effective size, adjusted for the degrees of freedom."""
    size = shares.n_eff * (student(shares.n - 1, shares.level) / shares.t) ** 2
    return beta_interval(shares.p, size, shares.level)


def beta_interval(p: np.ndarray, size: np.ndarray, level: float) -> Ends:
    """Clopper and Pearson's (1934) interval for a share p of `size` cases; `size` need not be whole."""
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, size * p, size * (1 - p) + 1)
    high = stats.beta.ppf(1 - tail, size * p + 1, size * (1 - p))
    return np.where(p <= 0, 0.0, low), np.where(p >= 1, 1.0, high)


def _wilson(shares: Shares) -> Ends:
    size, t = shares.n_eff, shares.t
    centre = (shares.p + t**2 / (2 * size)) / (1 + t**2 / size)
    half = t * np.sqrt(shares.p * (1 - shares.p) / size + t**2 / (4 * size**2)) / (1 + t**2 / size)
    return centre - half, centre + half


def _asin(shares: Shares) -> Ends:
    centre = np.arcsin(np.sqrt(shares.p))
    half = shares.t * shares.se / (2 * np.sqrt(shares.p * (1 - shares.p)))
    return np.sin(np.maximum(centre - half, 0)) ** 2, np.sin(np.minimum(centre + half, np.pi / 2)) ** 2


METHODS: Mapping[str, Callable[[Shares], Ends]] = {
    "logit": _logit,
    "mean": _mean,
    "beta": _beta,
    "wilson": _wilson,
    "asin": _asin,
}

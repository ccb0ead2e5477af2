"""Confidence intervals: estimates, standard errors and degrees of freedom come in, their ends go out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import special, stats

from analysis.errors import EstimationError

_HALVINGS = 200


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
    # What stats.t.ppf computes, without a tenth of a millisecond of looking at its arguments.
    return np.where(degrees > 0, special.stdtrit(np.maximum(degrees, 1), 0.5 + level / 2), np.nan)


def normal(estimate: np.ndarray, se: np.ndarray, df: np.ndarray, level: float) -> Ends:
    """Estimate plus and minus t times its standard error."""
    half = student(df, level) * se
    return estimate - half, estimate + half


def share_interval(shares: Shares, method: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower ends, upper ends and the method used, for each share; 0 and 1 fall back to `beta`.

    There the standard error is 0, and the effective size is the base: both beta intervals are the same.
    """
    if method not in METHODS:
        raise EstimationError(f"interval {method!r} is unknown: type one of {', '.join(METHODS)}")
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = METHODS[method](shares)
        edge = (shares.p <= 0) | (shares.p >= 1)
        at_edge = method if method in EDGES else "beta"
        low_edge, high_edge = METHODS[at_edge](shares)
    return np.where(edge, low_edge, low), np.where(edge, high_edge, high), np.where(edge, at_edge, method)


def _logit(shares: Shares) -> Ends:
    centre = np.log(shares.p / (1 - shares.p))
    half = shares.t * shares.se / (shares.p * (1 - shares.p))
    return 1 / (1 + np.exp(half - centre)), 1 / (1 + np.exp(-half - centre))


def _mean(shares: Shares) -> Ends:
    return normal(shares.p, shares.se, shares.df, shares.level)


def _beta(shares: Shares) -> Ends:
    """Clopper and Pearson's interval at the effective size, adjusted for the degrees of freedom."""
    return beta_interval(shares.p, _korn_graubard(shares), shares.level)


def _beta_capped(shares: Shares) -> Ends:
    """The same, its size at most the base, as the National Center for Health Statistics (2017) asks."""
    return beta_interval(shares.p, np.minimum(_korn_graubard(shares), shares.n), shares.level)


def _korn_graubard(shares: Shares) -> np.ndarray:
    return shares.n_eff * (student(shares.n - 1, shares.level) / shares.t) ** 2


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


def _likelihood(shares: Shares) -> Ends:
    """Where the binomial deviance from the share, per design effect, reaches t squared.

    Rao and Scott's (1984) scaled likelihood ratio for one share; the deviance has the dispersion n / (n - 1)
    of R survey's svyciprop(method = "likelihood"), which reads its ends off a curve through ten points.
    """
    p, n = shares.p, shares.n
    deff = shares.se**2 * n / (p * (1 - p))
    reach = shares.t**2 * deff / (2 * (n - 1))
    return _crossing(p, reach, np.zeros_like(p)), _crossing(p, reach, np.ones_like(p))


def _crossing(p: np.ndarray, reach: np.ndarray, edge: np.ndarray) -> np.ndarray:
    """Where relative entropy from p reaches `reach` on the way to `edge`; halved until the digits end."""
    near, far = p.copy(), edge.astype(float)
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        entropy = p * np.log(p / middle) + (1 - p) * np.log((1 - p) / (1 - middle))
        inside = entropy < reach
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return np.where(np.isfinite(reach), near, np.nan)


METHODS: Mapping[str, Callable[[Shares], Ends]] = {
    "logit": _logit,
    "xlogit": _logit,
    "mean": _mean,
    "beta": _beta,
    "beta_capped": _beta_capped,
    "wilson": _wilson,
    "asin": _asin,
    "likelihood": _likelihood,
}
EDGES = ("beta", "beta_capped")
"""Intervals that are defined at 0 and 1."""

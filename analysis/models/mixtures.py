"""Weighted sums of chi-squares: a value, weights and degrees of freedom come in, its upper tail goes out.

The tail of sum(a_j X_j) with X_j of one degree of freedom (Rao and Scott 1984, Annals of Statistics 12),
alone or over an independent chi-square on `ddf` degrees of freedom divided by `ddf`, by the saddlepoint
formula of Kuonen (1999, Biometrika 86) as in R survey's pchisqsum and pFsum.
"""

import numpy as np
from scipy import optimize, stats

_NEAR_MEAN = 1e-4
_INSIDE = 0.99999


def tail(value: float, weights: np.ndarray, ddf: float = np.inf) -> float:
    """P(sum > value); `ddf` infinite: no denominator. NaN without degrees of freedom in the denominator.

    Where the value lies at the mean of the sum the saddlepoint formula is undefined and the two-moment
    approximation of Satterthwaite (1946, Biometrics Bulletin 2) takes its place, as in R.
    """
    if ddf <= 0 or not np.isfinite(value):
        return np.nan
    if value <= 0:
        return 1.0
    if np.isinf(ddf):
        found = _saddlepoint(value, weights, np.ones(len(weights)))
    else:
        found = _saddlepoint(0.0, np.append(weights, -value / ddf), np.append(np.ones(len(weights)), ddf))
    return _satterthwaite(value, weights, ddf) if found is None else found


def _satterthwaite(value: float, weights: np.ndarray, ddf: float) -> float:
    mean = weights.mean()
    spread = (weights**2).mean() / mean**2
    df = len(weights) / spread
    if np.isinf(ddf):
        return float(stats.chi2.sf(value / (mean * spread), df))
    return float(stats.f.sf(value / (df * mean * spread), df, ddf))


def _saddlepoint(value: float, weights: np.ndarray, times: np.ndarray) -> float | None:
    """The tail of sum(weights_j X_j), X_j on times_j degrees of freedom; None at its mean."""
    largest = weights.max()
    a, x = weights / largest, value / largest

    def slope(z: float) -> float:
        return float((times * a / (1 - 2 * z * a)).sum()) - x

    if (a < 0).any():
        low = float((1 / (2 * a[a < 0])).max()) * _INSIDE
    elif x > (times * a).sum():
        low = -0.01
    else:
        low = -times.sum() / (2 * x)
    high = float((1 / (2 * a[a > 0])).min()) * _INSIDE
    if slope(low) >= 0 or slope(high) <= 0:
        return None
    z = float(optimize.brentq(slope, low, high, xtol=1e-14, rtol=1e-14))
    if abs(z) < _NEAR_MEAN:
        return None
    generating = -float((times * np.log(1 - 2 * z * a)).sum()) / 2
    w = np.sign(z) * np.sqrt(2 * (z * x - generating))
    v = z * np.sqrt(2 * float((times * a**2 / (1 - 2 * z * a) ** 2).sum()))
    return float(stats.norm.sf(w + np.log(v / w) / w))

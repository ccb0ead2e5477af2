"""Tails of weighted sums of chi-squares: a value and weights come in, the probability to exceed it goes out.

The reference distributions of Rao and Scott (1984): sum_i lambda_i chi2_1, alone or over chi2_d / d.
"""

from collections.abc import Callable

import numpy as np
from scipy import integrate, optimize, stats

_EDGE = 0.99999
_FLAT = 1e-4


def satterthwaite(x: float, weights: np.ndarray) -> float:
    """P(sum of weights chi2_1 > x) by a scaled chi-square with the same mean and variance."""
    scale = float((weights**2).sum() / weights.sum())
    return float(stats.chi2.sf(x / scale, weights.sum() ** 2 / (weights**2).sum()))


def exact(x: float, weights: np.ndarray, ddf: float) -> float:
    """P(sum of weights chi2_1 > x chi2_ddf / ddf), to about ten digits of the probability itself.

    One weight: the F distribution. Several: the inversion integral of the characteristic function of
    sum - x chi2_ddf / ddf, taken upright through the point right of 0 where its integrand is least, so that a
    small tail keeps its digits (Lugannani and Rice 1980; the distribution is Davies's 1980).
    """
    if x <= 0:
        return 1.0
    if len(weights) == 1:
        return float(stats.f.sf(x / weights[0], 1, ddf))
    lam = np.append(weights, -x / ddf)
    size = np.append(np.ones(len(weights)), ddf)
    bound = 1 / (2 * weights.max())
    least = optimize.minimize_scalar(
        lambda s: _cumulant(s, lam, size).real - np.log(s),
        bounds=(0, bound),
        method="bounded",
        options={"xatol": 1e-12 * bound},
    )
    c = float(least.x)
    height = _cumulant(c, lam, size).real

    def integrand(y: float) -> float:
        s = complex(c, y)
        return float((np.exp(_cumulant(s, lam, size) - height) / s).real)

    return float(np.exp(height) * _half_line(integrand, c) / np.pi)


def saddlepoint(x: float, weights: np.ndarray, ddf: float) -> float:
    """The same probability by Kuonen's (1999) saddlepoint formula, with the steps of R survey's pFsum.

    Those count whole denominator degrees of freedom, the next lower. `ddf` infinite: no denominator, as R's
    pchisqsum. Where the saddlepoint is too near 0 the distribution with Satterthwaite's moments takes its
    place. NaN without degrees of freedom.
    """
    if not ddf > 0:
        return np.nan
    if x <= 0:
        return 1.0
    bounded = np.isfinite(ddf)
    lam = np.append(weights, -x / ddf) if bounded else weights
    size = np.append(np.ones(len(weights)), np.floor(ddf)) if bounded else np.ones(len(weights))
    found = _saddlepoint(0.0 if bounded else x / lam.max(), lam / lam.max(), size)
    if found is not None:
        return found
    if not bounded:
        return satterthwaite(x, weights)
    ndf = float(weights.sum() ** 2 / (weights**2).sum())
    return float(stats.f.sf(x / weights.sum(), ndf, ddf))


def _saddlepoint(x: float, lam: np.ndarray, size: np.ndarray) -> float | None:
    """P(sum lam_i chi2 of size_i > x), the largest lam 1; None at the mean, where the formula has none."""

    def slope(z: float) -> float:
        return float((size * lam / (1 - 2 * z * lam)).sum()) - x

    low = 1 / (2 * lam.min()) * _EDGE if lam.min() < 0 else -float(size.sum()) / (2 * x) - 0.01
    zeta = (
        float(optimize.brentq(slope, low, 0.5 * _EDGE, xtol=1e-15)) if slope(0.5 * _EDGE) > 0 else 0.5 * _EDGE
    )
    if abs(zeta) < _FLAT:
        return None
    k = zeta * x + 0.5 * float((size * np.log(1 - 2 * zeta * lam)).sum())
    k2 = 2 * float((size * lam**2 / (1 - 2 * zeta * lam) ** 2).sum())
    w = np.sign(zeta) * np.sqrt(2 * k)
    return float(stats.norm.sf(w + np.log(zeta * np.sqrt(k2) / w) / w))


def _cumulant(s: complex, lam: np.ndarray, size: np.ndarray) -> complex:
    return complex(-0.5 * (size * np.log(1 - 2 * s * lam + 0j)).sum())


def _half_line(f: Callable[[float], float], scale: float) -> float:
    """Integral over y > 0, in pieces that grow from `scale` on, until they add nothing."""
    whole, low, high = 0.0, 0.0, scale
    for _ in range(200):
        part = integrate.quad(f, low, high, epsabs=1e-13, epsrel=1e-11, limit=200)[0]
        whole += part
        if abs(part) < 1e-12 * abs(whole):
            break
        low, high = high, high * 2
    return whole

"""A trend over several waves: times, errors of a wave and variation between waves in, power and sizes out.

The line is the one `trend` fits: with variation between waves, slope / se has Student's t with k - 2 degrees
of freedom and, under a slope, the noncentral one (Knapp and Hartung 2003); sampling error alone is normal.
"""

from collections.abc import Sequence

import numpy as np
from scipy import optimize, stats

from analysis.errors import EstimationError
from analysis.planning.checks import at_least, critical, share
from analysis.planning.margins import SampleSize, sized

LEAST_WAVES = 3
_MOST_WAVES = 200


def power_of_slope(
    slope: float,
    times: Sequence[float],
    *,
    se: float | None = None,
    n: float | None = None,
    p: float = 0.5,
    deff: float = 1.0,
    variation: float = 0.0,
    level: float = 0.95,
    family: int = 1,
) -> float:
    """The chance that a slope a year is found by waves at the times (years).

    `se`: the error of one wave's figure, or `n` interviews a wave, share p and design effect. `variation`:
    the standard deviation of the waves around the line (the square root of `tau2` in a trend's table); above
    0 it is estimated too, so the test is Student's with k - 2 degrees of freedom.
    """
    at = _times(times)
    error = _slope_error(at, _wave_error(se, n, p, deff), variation)
    return _power(abs(slope) / error, len(at), variation, level, family)


def smallest_slope(
    times: Sequence[float],
    *,
    power: float = 0.8,
    se: float | None = None,
    n: float | None = None,
    p: float = 0.5,
    deff: float = 1.0,
    variation: float = 0.0,
    level: float = 0.95,
    family: int = 1,
) -> float:
    """The smallest slope a year that the waves find with the power; see power_of_slope."""
    at = _times(times)
    error = _slope_error(at, _wave_error(se, n, p, deff), variation)
    return error * _needed(len(at), variation, power, level, family)


def n_for_slope(
    slope: float,
    times: Sequence[float],
    *,
    power: float = 0.8,
    p: float = 0.5,
    deff: float = 1.0,
    variation: float = 0.0,
    level: float = 0.95,
    family: int = 1,
    response: float | None = None,
) -> SampleSize:
    """Interviews a wave for a slope to be found; EstimationError where the waves' variation hides it."""
    at = _times(times)
    if not slope:
        raise EstimationError("slope=0: there is nothing to find")
    needed = _needed(len(at), variation, power, level, family)
    room = (slope / needed) ** 2 * float(((at - at.mean()) ** 2).sum()) - variation**2
    if room <= 0:
        raise EstimationError(
            f"{len(at)} waves with a variation of {variation:g} between them find no slope of {slope:g} "
            "with any number of interviews: plan more waves, or a longer time"
        )
    share("p", p)
    at_least("deff", deff, 0.01)
    return sized(p * (1 - p) * deff / room, response)


def waves_for_slope(
    slope: float,
    *,
    every: float = 1.0,
    power: float = 0.8,
    se: float | None = None,
    n: float | None = None,
    p: float = 0.5,
    deff: float = 1.0,
    variation: float = 0.0,
    level: float = 0.95,
    family: int = 1,
) -> int:
    """The fewest waves, one `every` so many years, that find a slope a year; EstimationError beyond 200."""
    if not every > 0:
        raise EstimationError(f"every={every:g} must be above 0: years between two waves")
    for k in range(LEAST_WAVES, _MOST_WAVES + 1):
        found = power_of_slope(
            slope,
            [every * wave for wave in range(k)],
            se=se,
            n=n,
            p=p,
            deff=deff,
            variation=variation,
            level=level,
            family=family,
        )
        if found >= power:
            return k
    raise EstimationError(f"{_MOST_WAVES} waves do not find a slope of {slope:g} with power {power:g}")


def _times(times: Sequence[float]) -> np.ndarray:
    at = np.asarray(list(times), float)
    if len(at) < LEAST_WAVES or not np.isfinite(at).all():
        raise EstimationError(f"a trend needs {LEAST_WAVES} waves or more: type times as [2023, 2024, 2025]")
    if np.ptp(at) == 0:
        raise EstimationError("all waves are at one time: there is no trend to find")
    return at


def _wave_error(se: float | None, n: float | None, p: float, deff: float) -> float:
    if (se is None) == (n is None):
        raise EstimationError("give the error of one wave, se=, or its interviews, n= (with p= and deff=)")
    if se is not None:
        if not se > 0:
            raise EstimationError(f"se={se:g} must be above 0")
        return se
    at_least("n", n or 0, 1)
    at_least("deff", deff, 0.01)
    share("p", p)
    return float(np.sqrt(p * (1 - p) * deff / (n or 1)))


def _slope_error(at: np.ndarray, error: float, variation: float) -> float:
    at_least("variation", variation, 0)
    return float(np.sqrt((error**2 + variation**2) / ((at - at.mean()) ** 2).sum()))


def _power(size: float, k: int, variation: float, level: float, family: int) -> float:
    """The chance to find an effect of `size` standard errors, in its own direction."""
    if not variation:
        return float(stats.norm.sf(critical(level, family) - size))
    share("level", level)
    at_least("family", family, 1)
    df = k - 2
    limit = stats.t.ppf(1 - (1 - level) / (2 * family), df)
    return float(stats.nct.sf(limit, df, size))


def _needed(k: int, variation: float, power: float, level: float, family: int) -> float:
    """Standard errors that an effect must have to be found with the power."""
    share("power", power)
    if not variation:
        return critical(level, family) + float(stats.norm.ppf(power))
    high = 10.0
    while _power(high, k, variation, level, family) < power and high < 1e6:
        high *= 2
    return float(
        optimize.brentq(lambda x: _power(x, k, variation, level, family) - power, 0, high, xtol=1e-12)
    )

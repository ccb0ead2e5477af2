"""Two waves: shares, sizes, design effect and overlap come in; size, power or smallest change go out.

The test is that of two shares with the pooled variance under no change and the separate ones under the change
(Fleiss 1981, chapter 3; R's power.prop.test), each multiplied by the design effect and, where people are in
both waves, less twice their covariance.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from analysis.errors import EstimationError
from analysis.planning.checks import at_least, critical, overlap_of, share
from analysis.planning.margins import SampleSize, sized

_MOST = 1e12


@dataclass(frozen=True)
class _Errors:
    """Standard errors of a change for one interview: under no change and under the change."""

    null: float
    change: float


def _errors(p: tuple[float, float], ratio: float, deff: float, common: float) -> _Errors:
    """For n interviews in the first wave and n * ratio in the second.

    `common`: overlap times rho; the overlap is a share of the smaller wave.
    """
    variances = [value * (1 - value) for value in p]
    pooled = (p[0] + ratio * p[1]) / (1 + ratio)
    smaller = min(1.0, ratio)
    shared = common * smaller / ratio
    null = pooled * (1 - pooled) * (1 + 1 / ratio - 2 * shared)
    change = variances[0] + variances[1] / ratio - 2 * shared * float(np.sqrt(variances[0] * variances[1]))
    return _Errors(float(np.sqrt(deff * null)), float(np.sqrt(deff * change)))


def n_for_change(
    p_from: float,
    p_to: float,
    *,
    power: float = 0.8,
    level: float = 0.95,
    deff: float = 1.0,
    ratio: float = 1.0,
    overlap: float = 0.0,
    rho: float = 0.0,
    family: int = 1,
    response: float | None = None,
) -> SampleSize:
    """Interviews of the first wave for a change to be found; the second wave has `ratio` times as many.

    `overlap`: share of the smaller wave's people who are in both; `rho`: correlation of their two answers.
    `family`: comparisons declared together (Bonferroni). R: power.prop.test(p1, p2, power)$n.
    """
    _check(p_from, p_to, power, deff, ratio)
    errors = _errors((p_from, p_to), ratio, deff, overlap_of(overlap, rho))
    z = critical(level, family) * errors.null + float(stats.norm.ppf(power)) * errors.change
    return sized((z / (p_to - p_from)) ** 2, response)


def power_of_change(
    p_from: float,
    p_to: float,
    n: float,
    *,
    level: float = 0.95,
    deff: float = 1.0,
    ratio: float = 1.0,
    overlap: float = 0.0,
    rho: float = 0.0,
    family: int = 1,
) -> float:
    """The chance that a change is found with n interviews in the first wave; see n_for_change."""
    _check(p_from, p_to, 0.5, deff, ratio)
    at_least("n", n, 1)
    errors = _errors((p_from, p_to), ratio, deff, overlap_of(overlap, rho))
    z = (np.sqrt(n) * abs(p_to - p_from) - critical(level, family) * errors.null) / errors.change
    return float(stats.norm.cdf(z))


def smallest_change(
    n: float,
    p_from: float = 0.5,
    *,
    direction: str = "up",
    power: float = 0.8,
    level: float = 0.95,
    deff: float = 1.0,
    ratio: float = 1.0,
    overlap: float = 0.0,
    rho: float = 0.0,
    family: int = 1,
) -> float:
    """The smallest change from a share that n interviews in the first wave find with the power.

    `direction`: up or down; the size is above 0 for both. R: power.prop.test(n, p1, power)$p2 - p1. See
    n_for_change. EstimationError where no change up to 0 or 1 is found with that power.
    """
    if direction not in ("up", "down"):
        raise EstimationError(f"direction {direction!r} is unknown: type up or down")
    at_least("n", n, 1)
    share("p_from", p_from)
    sign = 1 if direction == "up" else -1
    room = (1 - p_from if sign > 0 else p_from) * (1 - 1e-9)
    settings = {"deff": deff, "ratio": ratio, "overlap": overlap, "rho": rho, "family": family}

    def lacking(size: float) -> float:
        return power_of_change(p_from, p_from + sign * size, n, level=level, **settings) - power  # type: ignore[arg-type]

    _check(p_from, p_from + sign * room / 2, power, deff, ratio)
    if lacking(room) < 0:
        raise EstimationError(
            f"with {n:g} interviews no change {direction} from {p_from:g} is found with power {power:g}: "
            "take more interviews or a smaller design effect"
        )
    return float(optimize.brentq(lacking, room * 1e-9, room, xtol=1e-14, rtol=1e-14))


def _check(p_from: float, p_to: float, power: float, deff: float, ratio: float) -> None:
    share("p_from", p_from)
    share("p_to", p_to)
    share("power", power)
    at_least("deff", deff, 0.01)
    if p_from == p_to:
        raise EstimationError(f"p_from and p_to are both {p_to:g}: there is no change to find")
    if not 0 < ratio < _MOST:
        raise EstimationError(
            f"ratio={ratio:g} must be above 0: interviews of the second wave to the first's"
        )

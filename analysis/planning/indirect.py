"""The price of indirect questions: devices, shares and sizes in, errors, penalties and power out."""

import numpy as np
from scipy import optimize, stats

from analysis.errors import EstimationError
from analysis.experiments.devices import Device, crosswise_device, device, named_probabilities
from analysis.planning.checks import at_least, critical, share
from analysis.planning.margins import SampleSize, sized


def list_error(
    n: float,
    control_variance: float,
    *,
    p: float = 0.1,
    share_long: float = 0.5,
    deff: float = 1.0,
) -> float:
    """Standard error of a list experiment's share p: sqrt(deff (v / n0 + (v + p (1 - p)) / n1)).

    `control_variance` v: of the counts of the short list, as observed or the sum of q (1 - q) of independent
    items; `share_long`: of the n interviews that see the long list. The sensitive item is taken to be
    independent of the others (Blair and Imai 2012; Glynn 2013).
    """
    _sizes(n, deff)
    share("p", p)
    share("share_long", share_long)
    if not control_variance > 0:
        raise EstimationError(f"control_variance={control_variance:g} must be above 0")
    long = (control_variance + p * (1 - p)) / share_long
    return float(np.sqrt(deff / n * (control_variance / (1 - share_long) + long)))


def crosswise_error(n: float, prevalence: float, *, p: float = 0.1, deff: float = 1.0) -> float:
    """Standard error of a crosswise share p: sqrt(deff L (1 - L) / n) / |2 q - 1|, q the known prevalence."""
    return _error(crosswise_device(prevalence), n, p, deff)


def randomised_error(
    n: float, design: str, *, p_sensitive: float = 0.1, deff: float = 1.0, **probabilities: float
) -> float:
    """Standard error of a randomised response share; `design` and probabilities as in randomised_response."""
    return _error(device(design, named_probabilities(probabilities)), n, p_sensitive, deff)


def indirect_power(
    n: float,
    design: str,
    *,
    share_null: float,
    share_true: float,
    level: float = 0.95,
    deff: float = 1.0,
    **probabilities: float,
) -> float:
    """The chance that n answers reject one share for another, two-sided (Ulrich and others 2012).

    R: rr's power.rr.test(type = "one.sample", alternative = "two.sided")$power.
    """
    found = device(design, named_probabilities(probabilities))
    null = _error(found, n, share_null, deff)
    true = _error(found, n, share_true, deff)
    z = critical(level)
    low, high = share_null - z * null, share_null + z * null
    return float(stats.norm.cdf(low, share_true, true) + stats.norm.sf(high, share_true, true))


def n_for_indirect(
    design: str,
    *,
    share_null: float,
    share_true: float,
    power: float = 0.8,
    level: float = 0.95,
    deff: float = 1.0,
    response: float | None = None,
    **probabilities: float,
) -> SampleSize:
    """Answers for a share to be told from another with the power; see indirect_power."""
    share("power", power)
    if share_null == share_true:
        raise EstimationError("share_null and share_true are the same: there is nothing to tell apart")

    def lacking(log_n: float) -> float:
        found = indirect_power(
            float(np.exp(log_n)),
            design,
            share_null=share_null,
            share_true=share_true,
            level=level,
            deff=deff,
            **probabilities,
        )
        return found - power

    top = 60.0
    low = 0.0 if lacking(0.0) < 0 else -1.0
    if low < 0:
        return sized(1.0, response)
    return sized(float(np.exp(optimize.brentq(lacking, low, top, xtol=1e-14, rtol=1e-14))), response)


def penalty(error: float, n: float, p: float, *, deff: float = 1.0) -> float:
    """How many times a direct question's interviews an indirect one needs: the ratio of the variances."""
    _sizes(n, deff)
    share("p", p)
    return error**2 / (deff * p * (1 - p) / n)


def _error(found: Device, n: float, p: float, deff: float) -> float:
    _sizes(n, deff)
    if not 0 <= p <= 1:
        raise EstimationError(f"a share of {p:g} is none: type one from 0 to 1")
    answers = found.base + found.slope * p
    return float(np.sqrt(deff * answers * (1 - answers) / n)) / abs(found.slope)


def _sizes(n: float, deff: float) -> None:
    at_least("n", n, 1)
    at_least("deff", deff, 0.01)

"""Sample sizes for one figure: a margin, a design effect and response rates in, interviews out."""

import math
from dataclasses import dataclass

import numpy as np

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, setting
from analysis.planning.checks import at_least, critical, finite, sampled, share
from analysis.weighting import kish_deff


@dataclass(frozen=True)
class SampleSize:
    """`exact`: interviews as computed; `n`: whole ones; `contacts`: cases to draw at the response rate."""

    exact: float
    response: float | None = None

    @property
    def n(self) -> int:
        # a size that is whole but for rounding stays what it is
        return math.ceil(self.exact * (1 - 1e-12))

    @property
    def contacts(self) -> int | None:
        return math.ceil(self.n / self.response * (1 - 1e-12)) if self.response else None


def sized(exact: float, response: float | None) -> SampleSize:
    """A size with its contacts; refuses a response rate outside 0..1."""
    if response is not None and not 0 < response <= 1:
        raise EstimationError(Said(setting("response", float(response)), " must be above 0 and at most 1"))
    return SampleSize(float(exact), response)


def n_for_margin(
    margin: float,
    *,
    p: float = 0.5,
    sd: float | None = None,
    deff: float = 1.0,
    level: float = 0.95,
    population: float | None = None,
    response: float | None = None,
) -> SampleSize:
    """Interviews for a margin of error: z^2 p (1 - p) deff / margin^2 (Kish 1965), or z^2 sd^2 of a mean.

    `margin` is half the interval's width, in 0..1 for a share. `population`: of a finite one fewer are
    needed, n / (1 + (n - 1) / N). `response`: expected share of the cases drawn that give an interview.
    """
    if not margin > 0:
        raise EstimationError(f"margin={margin:g} must be above 0: type 0.03 for 3 points")
    at_least("deff", deff, 0.01)
    n = critical(level) ** 2 * _variance(p, sd) / margin**2
    return sized(finite(n, population) * deff, response)


def planned_margin(
    n: float,
    *,
    p: float = 0.5,
    sd: float | None = None,
    deff: float = 1.0,
    level: float = 0.95,
    population: float | None = None,
) -> float:
    """The margin of error of n interviews; the inverse of n_for_margin."""
    at_least("n", n, 1)
    at_least("deff", deff, 0.01)
    kept = sampled(n / deff, population)
    return critical(level) * float(np.sqrt(_variance(p, sd) * deff / n * kept))


def margin_of_error(data: SurveyData, *, p: float = 0.5, level: float = 0.95) -> float:
    """The margin that weighting leaves to a share p: z sqrt(deff p (1 - p) / n), deff Kish's of the weights.

    EstimationError for a sample that is no probability sample and has no declared model: no such margin
    exists (AAPOR 2015, guidance on reporting precision for nonprobability samples). Every estimate's own
    interval knows the design as well and goes before this.
    """
    data.refuse_grouped("a margin of error by Kish's effect of weights")
    without = [wave for wave in data.waves if not data.wave_meta(wave).infers]
    if without:
        raise EstimationError(
            f"wave {', '.join(without)} is no probability sample, so nothing says how far its figures may "
            "lie from the population's: there is no margin of error. Report the participation rate, or "
            "declare the model by which the sample may stand for one in Meta(model=...)"
        )
    share("p", p)
    weights = data.sample.weights
    return critical(level) * float(np.sqrt(kish_deff(weights) * p * (1 - p) / len(weights)))


def cluster_deff(size: float, rho: float, *, variation: float = 0.0) -> float:
    """1 + ((1 + cv^2) m - 1) rho for m interviews a cluster (Kish 1965; unequal m: Eldridge et al. 2006).

    `rho`: correlation of two people of one cluster; `variation`: coefficient of variation of the sizes.
    """
    at_least("size", size, 1)
    at_least("variation", variation, 0)
    if not -1 <= rho <= 1:
        raise EstimationError(f"rho={rho:g} is a correlation: type one from -1 to 1")
    deff = 1 + ((1 + variation**2) * size - 1) * rho
    if deff <= 0:
        raise EstimationError(
            f"rho={rho:g} cannot be in clusters of {size:g}: their variance would be below 0"
        )
    return deff


def best_cluster_size(cost_cluster: float, cost_interview: float, rho: float) -> float:
    """Interviews a cluster that give the least variance for the money: sqrt(C / c (1 - rho) / rho).

    Hansen, Hurwitz and Madow (1953, volume 1, section 6.15). Costs in any one currency.
    """
    share("rho", rho)
    for name, cost in (("cost_cluster", cost_cluster), ("cost_interview", cost_interview)):
        if not cost > 0:
            raise EstimationError(f"{name}={cost:g} must be above 0")
    return max(1.0, float(np.sqrt(cost_cluster / cost_interview * (1 - rho) / rho)))


def expected_completes(drawn: float, response: float, *, eligible: float = 1.0) -> float:
    """Interviews to expect of the cases drawn: drawn times the share eligible times the response rate."""
    at_least("drawn", drawn, 0)
    for name, value in (("response", response), ("eligible", eligible)):
        if not 0 <= value <= 1:
            raise EstimationError(f"{name}={value:g} must be a share from 0 to 1")
    return drawn * response * eligible


def _variance(p: float, sd: float | None) -> float:
    if sd is None:
        share("p", p)
        return p * (1 - p)
    if not sd > 0:
        raise EstimationError(f"sd={sd:g} must be above 0")
    return sd**2

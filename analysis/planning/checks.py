"""What planning is given: numbers and their names come in, a refusal says which one cannot be."""

import numpy as np
from scipy import stats

from analysis.errors import EstimationError, Said, setting


def share(name: str, value: float) -> None:
    """Refuses what is not between 0 and 1, ends left out."""
    if not 0 < value < 1:
        raise EstimationError(
            Said(setting(name, float(value)), " must be a share above 0 and below 1: type 0.4 for 40 %")
        )


def at_least(name: str, value: float, least: float) -> None:
    """Refuses what is below `least`, and NaN."""
    if not value >= least:
        raise EstimationError(Said(setting(name, float(value)), f" must be {least:g} or more"))


def overlap_of(overlap: float, rho: float) -> float:
    """The share of a variance that two overlapping waves have in common: overlap times rho."""
    if not 0 <= overlap <= 1:
        raise EstimationError(
            Said(
                setting("overlap", float(overlap)),
                " is the share of people in both waves: type one from 0 to 1",
            )
        )
    if not -1 <= rho <= 1:
        raise EstimationError(
            Said(
                setting("rho", float(rho)), " is the correlation of their two answers: type one from -1 to 1"
            )
        )
    if overlap * rho >= 1:
        raise EstimationError(
            Said("with all people in both waves and ", setting("rho", 1), " nothing can change")
        )
    return overlap * rho


def critical(level: float, family: int = 1) -> float:
    """The two-sided normal quantile at the Bonferroni level 1 - (1 - level) / family."""
    share("level", level)
    at_least("family", family, 1)
    return float(stats.norm.ppf(1 - (1 - level) / (2 * family)))


def finite(n: float, population: float | None) -> float:
    """The size that is as precise without replacement from a population as n with replacement."""
    if population is None:
        return n
    at_least("population", population, 1)
    return n / (1 + (n - 1) / population) if n > 1 else n


def sampled(n: float, population: float | None) -> float:
    """The factor of a variance for a sample of n without replacement."""
    if population is None:
        return 1.0
    if n > population:
        raise EstimationError(f"a sample of {n:g} does not fit into a population of {population:g}")
    return float(np.clip((population - n) / max(population - 1, 1), 0, 1))

"""Targets in, cut points out: where a standard normal opinion is cut into codes so that the target is hit.

An ordered answer is code k when the latent normal falls between cuts k-1 and k (ordered probit; McKelvey and
Zavoina 1975). Correlated latent normals give correlated answers and leave every target where it is.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate, pairwise

from survey.simulation.chance import STANDARD_NORMAL


def code_at(codes: Sequence[int], cuts: Sequence[float], z: float) -> int:
    """The code of a latent normal value; `cuts` holds one number less than `codes`."""
    return codes[bisect_right(cuts, z)]


@cache
def cuts_for_shares(shares: tuple[float, ...]) -> tuple[float, ...]:
    """Cuts that give each code its share (any total)."""
    total = sum(shares)
    return tuple(
        STANDARD_NORMAL.inv_cdf(min(max(done / total, 1e-9), 1 - 1e-9)) for done in accumulate(shares[:-1])
    )


@cache
def cuts_for_mean(mean: float, spread: float, low: int, high: int) -> tuple[float, ...]:
    """Cuts whose codes low..high have that mean; `spread` is the standard deviation before rounding."""
    centre = _solve(lambda m: _moments(rounding_cuts(m, spread, low, high), low)[0], mean, low - 9, high + 9)
    return rounding_cuts(centre, spread, low, high)


@cache
def cuts_for_top(share: float, spread: float, low: int, high: int) -> tuple[float, ...]:
    """Cuts with that share (0..1) in the two highest codes."""
    return rounding_cuts(high - 1.5 + spread * STANDARD_NORMAL.inv_cdf(share), spread, low, high)


@cache
def cuts_for_moments(mean: float, sd: float, low: int, high: int) -> tuple[float, ...]:
    """Cuts whose codes have that mean and that standard deviation."""
    spread = _solve(
        lambda s: _moments(cuts_for_mean(mean, s, low, high), low)[1], sd, 0.2, 4.0 * (high - low), steps=40
    )
    return cuts_for_mean(mean, spread, low, high)


def rounding_cuts(centre: float, spread: float, low: int, high: int) -> tuple[float, ...]:
    """Cuts that round centre + spread * z to the nearest code, the ends taking what lies beyond."""
    return tuple((k + 0.5 - centre) / spread for k in range(low, high))


def _moments(cuts: Sequence[float], low: int) -> tuple[float, float]:
    edges = [0.0, *(STANDARD_NORMAL.cdf(c) for c in cuts), 1.0]
    shares = [upper - lower for lower, upper in pairwise(edges)]
    mean = sum(share * (low + k) for k, share in enumerate(shares))
    variance = sum(share * (low + k - mean) ** 2 for k, share in enumerate(shares))
    return mean, variance**0.5


def _solve(
    rising: Callable[[float], float], target: float, low: float, high: float, steps: int = 60
) -> float:
    """Where an increasing function reaches the target, by bisection."""
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2

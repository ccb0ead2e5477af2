"""Weights moved to totals, in numbers alone: weights and totals come in, factors that meet them go out."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from scipy import sparse

from analysis.errors import EstimationError

Distance: TypeAlias = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Linear predictor -> factor g and its derivative."""
MOST_ITERATIONS = 1000


def solve(
    d: np.ndarray,
    X: np.ndarray,
    wanted: np.ndarray,
    distance: Distance,
    *,
    tolerance: float,
    most: int,
) -> tuple[np.ndarray, int]:
    """Newton's method with step halving on the calibration equations; collinear columns are harmless."""
    size = np.maximum(np.abs(wanted), 1e-300)
    coefficients = np.zeros(X.shape[1])
    g, slope = distance(X @ coefficients)
    gap = wanted - X.T @ (d * g)
    for iteration in range(most + 1):
        worst = float(np.max(np.abs(gap) / size))
        if worst < tolerance:
            return g, iteration
        step = np.linalg.lstsq(X.T @ (X * (d * slope)[:, None]), gap, rcond=1e-12)[0]
        for halving in range(30):
            trial = coefficients + step / 2**halving
            g_trial, slope_trial = distance(X @ trial)
            gap_trial = wanted - X.T @ (d * g_trial)
            if np.max(np.abs(gap_trial) / size) < worst:
                break
        else:
            break
        coefficients, g, slope, gap = trial, g_trial, slope_trial, gap_trial
    raise EstimationError(
        f"calibration cannot meet the totals (still {worst:.2%} off after {iteration} iterations): "
        "widen bounds, join small cells, or leave out a total"
    )


def distance_of(name: str, bounds: tuple[float, float] | None) -> Distance:
    low, high = bounds or (-np.inf, np.inf)
    if name == "linear":
        return lambda u: (np.clip(1 + u, low, high), ((1 + u > low) & (1 + u < high)).astype(float))
    if name == "raking" and bounds is None:
        return lambda u: (np.exp(np.minimum(u, 500)), np.exp(np.minimum(u, 500)))
    if name == "logit" and bounds is not None and 0 <= low < 1 < high:
        return lambda u: _logit(u, low, high)
    raise EstimationError(
        f"distance={name!r} with bounds={bounds!r} is none of: linear (bounds optional), raking (no bounds), "
        "logit (bounds around 1, for example (0.5, 2))"
    )


def _logit(u: np.ndarray, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    rate = (high - low) / ((1 - low) * (high - 1))
    e = np.exp(np.clip(rate * u, -500, 500))
    below = (high - 1) + (1 - low) * e
    g = (low * (high - 1) + high * (1 - low) * e) / below
    return g, rate * (g - low) * (high - g) / (high - low)


def trim_weights(
    weights: np.ndarray, *, lower: float = 0.0, upper: float = np.inf, strict: bool = False
) -> np.ndarray:
    """Cuts at `lower` and `upper` and spreads the difference evenly over the rows that were inside.

    The spread can push others past a limit; `strict` repeats until none is. The rule is that of trimWeights
    in R survey 4.5. EstimationError when the limits leave nobody to take the difference, and for
    what is no weight.
    """
    if not lower < upper:
        raise EstimationError(f"lower={lower:g} must be below upper={upper:g}")
    result = np.asarray(weights, float)
    bad = ~((result > 0) & (result < np.inf))
    if bad.any():
        raise EstimationError(
            f"{int(bad.sum())} weights are missing, infinite, 0 or negative, the first in row "
            f"{int(np.argmax(bad))}: give every row a weight above 0, or leave those rows out"
        )
    while True:
        outside = (result < lower) | (result > upper)
        if not outside.any():
            return result
        if outside.all():
            raise EstimationError("every weight is outside the limits: widen them")
        cut = np.clip(result, lower, upper)
        cut[~outside] += (result - cut).sum() / (~outside).sum()
        if not strict:
            return cut
        result = cut


def proportional_sums(
    start: np.ndarray,
    margins: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    tolerance: float = 1e-12,
    most: int = MOST_ITERATIONS,
) -> np.ndarray:
    """Cell sums (C x b) moved to the shares of every margin, b times beside each other.

    A margin: C classes (-1: no class, unmoved) and the wanted share of each class (K x b, or K x 1 for all),
    0 where a class is empty. Iterative proportional fitting (Deming and Stephan 1940). EstimationError
    without convergence.
    """
    picks = [_pick(classes, len(wanted)) for classes, wanted in margins]
    sums = start.copy()
    for _ in range(most + 1):
        worst = 0.0
        for pick, (classes, wanted) in zip(picks, margins, strict=True):
            by_class = pick @ sums
            whole = by_class.sum(axis=0)
            worst = max(worst, float(np.abs(by_class / whole - wanted).max()))
            ratio = np.where(by_class > 0, wanted * whole / np.where(by_class > 0, by_class, 1), 1.0)
            sums *= np.vstack([ratio, np.ones(ratio.shape[1])])[classes]
        if worst < tolerance:
            return sums
    raise EstimationError(
        f"raking did not converge in {most} iterations ({worst:.1e} off): join small classes of its margins"
    )


def _pick(classes: np.ndarray, count: int) -> sparse.csr_array:
    """count x C: which cells a class holds."""
    inside = np.flatnonzero(classes >= 0)
    return sparse.csr_array((np.ones(len(inside)), (classes[inside], inside)), shape=(count, len(classes)))

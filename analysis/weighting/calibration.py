"""Calibration: SurveyData and population totals come in, SurveyData with weights that meet them goes out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from analysis.data import SurveyData
from analysis.design import Calibration
from analysis.errors import EstimationError
from analysis.weighting.raking import base_weights, with_weights
from analysis.weighting.report import WeightReport, report
from analysis.weighting.targets import Targets

Distance: TypeAlias = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Linear predictor -> factor g and its derivative."""


def calibrate(
    data: SurveyData,
    targets: Targets,
    *,
    totals: Mapping[str, float] | None = None,
    base: str | None = None,
    distance: str = "linear",
    bounds: tuple[float, float] | None = None,
    tolerance: float = 1e-10,
    max_iterations: int = 500,
) -> tuple[SurveyData, WeightReport]:
    """Generalised regression weights (Deville and Särndal 1992) adding up to the population's totals.

    `targets`: margins and a population; `totals`: population totals of interval variables; `distance`:
    linear, raking or logit; `bounds`: limits of the ratio to the base weight (logit needs them, linear may).
    The result carries `base_weight`, `weight` and a design whose variances know of the totals.
    EstimationError for missing answers in a calibration variable and for totals that cannot be met.
    """
    crossing = targets.crossing(data)
    if targets.population is None:
        raise EstimationError("calibration needs targets that state their population")
    start = base_weights(data, base)
    numeric = totals or {}
    X = _auxiliary(data, targets, list(numeric))
    wanted = np.concatenate(
        [
            [targets.population],
            *(m.wanted * targets.population for m in targets.margins),
            list(numeric.values()),
        ]
    )
    factor = _distance(distance, bounds)
    g, iterations = _solve(start, X, wanted, factor, tolerance=tolerance, most=max_iterations)
    margins = tuple(margin.variables for margin in targets.margins)
    made = report(
        targets,
        crossing,
        base=start,
        weights=start * g,
        method=f"calibration, {distance}",
        iterations=iterations,
    )
    return with_weights(data, start, start * g, Calibration("base_weight", margins, tuple(numeric))), made


def _auxiliary(data: SurveyData, targets: Targets, numeric: list[str]) -> np.ndarray:
    names = [name for margin in targets.margins for name in margin.variables] + numeric
    gaps = {name: int((~data.valid(name)).sum()) for name in names}
    if any(gaps.values()):
        listed = ", ".join(f"{name} ({count})" for name, count in gaps.items() if count)
        raise EstimationError(f"calibration needs a valid answer in every row; missing in {listed}: use rake")
    indicators = [
        (margin.classes(data)[:, None] == np.arange(len(margin.cells))).astype(float)
        for margin in targets.margins
    ]
    columns = [data.values(name)[:, None] for name in numeric]
    return np.hstack([np.ones((len(data.frame), 1)), *indicators, *columns])


def _solve(
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


def _distance(name: str, bounds: tuple[float, float] | None) -> Distance:
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


def post_stratify(
    data: SurveyData, targets: Targets, *, base: str | None = None
) -> tuple[SurveyData, WeightReport]:
    """Weights that give each cell of one margin (crossed columns, if several) its share of the population.

    The simplest calibration (Holt and Smith 1979), with its variance. Without a population in the targets
    the weights keep their sum. EstimationError for several margins and as `calibrate`.
    """
    if len(targets.margins) != 1:
        raise EstimationError(
            f"post-stratification takes one margin, the targets hold {len(targets.margins)}: cross their "
            "columns into one, or rake"
        )
    whole = targets.population or float(base_weights(data, base).sum())
    made, told = calibrate(data, replace(targets, population=whole), base=base)
    return made, replace(told, method="post-stratification")

"""Raking: SurveyData and population margins come in, SurveyData with weights that meet them goes out."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.data import SurveyData
from analysis.design import Calibration, Design, weight_problems
from analysis.errors import DataError, EstimationError
from analysis.replicates import ReplicateDesign
from analysis.weighting.report import WeightReport, report
from analysis.weighting.targets import Targets, say

SCALES = ("mean_one", "base", "population")
_ROUNDS = 200
_SLACK = 1e-6


@dataclass(frozen=True)
class _Cells:
    """Rows with the same class in every margin: each row's cell and, per margin, each cell's class."""

    row: np.ndarray
    classes: tuple[np.ndarray, ...]
    wanted: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class _Stop:
    """When to stop: the largest difference allowed, and the most iterations."""

    tolerance: float
    iterations: int


def rake(
    data: SurveyData,
    targets: Targets,
    *,
    base: str | None = None,
    trim: float | tuple[float, float] | None = None,
    bounds: tuple[float, float] | None = None,
    scale: str = "mean_one",
    tolerance: float = 1e-10,
    max_iterations: int = 1000,
) -> tuple[SurveyData, WeightReport]:
    """Iterative proportional fitting (Deming and Stephan 1940) of the weights to every margin.

    `base`: the column to start from (default `base_weight` where there is one, else the design's weight).
    `trim`: largest weight, or smallest and largest, as multiples of the mean weight; `bounds`: the same for
    the ratio to the base weight. Weights outside are cut and the margins fitted again until both hold.
    `scale`: weights with mean 1, with the base weights' sum, or adding up to the population. `tolerance`:
    largest difference of a weighted share from its target. A missing code in a margin's column leaves that
    row's weight unmoved by that margin.

    The result carries `base_weight`, `weight` and a design whose variances know of the margins.
    EstimationError for a target cell nobody is in, a code without a target, and margins that cannot be met.
    """
    targets.check(data)
    start = base_weights(data, base)
    cells = _cells(data, targets)
    total = _total(scale, start, targets)
    limits = _limits(start, trim, bounds)
    stop = _Stop(tolerance, max_iterations)
    weights, iterations, rounds = _fit(cells, start / start.mean(), limits, targets, stop)
    at_limit = np.isclose(weights, limits[0], rtol=1e-5) | np.isclose(weights, limits[1], rtol=1e-5)
    final = weights * (total / weights.sum())
    made = report(
        data,
        targets,
        base=start,
        weights=final,
        method="raking",
        iterations=iterations,
        rounds=rounds,
        trimmed=int(at_limit.sum()),
    )
    margins = tuple(margin.variables for margin in targets.margins)
    cut = (0.0, trim) if isinstance(trim, int | float) else trim
    calibration = Calibration("base_weight", margins, method="raking", bounds=bounds, limits=cut)
    return with_weights(data, start, final, calibration), made


def base_weights(data: SurveyData, base: str | None) -> np.ndarray:
    """The weights to start from. DataError when the column holds a weight that is none."""
    if base is not None or "base_weight" in data.frame:
        name = base or "base_weight"
        if name not in data.frame:
            raise EstimationError(f"no column {name!r} to take base weights from")
        problems = weight_problems(data.frame, name)
        if problems:
            raise DataError(problems)
        return data.frame[name].to_numpy(float)
    return data.sample.weights


def with_weights(
    data: SurveyData, base: np.ndarray, weights: np.ndarray, calibration: Calibration
) -> SurveyData:
    """The data with both weights as columns and the adjustment in the design."""
    design = data.design.base if isinstance(data.design, ReplicateDesign) else data.design
    if not isinstance(design, Design):
        raise EstimationError("pooled waves cannot be weighted together: weight each wave, then pool them")
    frame = data.frame.assign(base_weight=base, weight=weights)
    weighted = replace(design, weight="weight", calibration=calibration)
    if isinstance(data.design, ReplicateDesign):
        return data.with_frame(frame, design=replace(data.design, base=weighted))
    return data.with_frame(frame, design=weighted)


def _total(scale: str, base: np.ndarray, targets: Targets) -> float:
    if scale not in SCALES:
        raise EstimationError(f"scale {scale!r} is unknown: type one of {', '.join(SCALES)}")
    if scale == "population":
        if targets.population is None:
            raise EstimationError("scale='population' needs targets that state their population")
        return targets.population
    return float(base.sum()) if scale == "base" else float(len(base))


def _limits(
    base: np.ndarray, trim: float | tuple[float, float] | None, bounds: tuple[float, float] | None
) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest weight of each row, for weights of mean 1."""
    low, high = (0.0, trim) if isinstance(trim, int | float) else (trim or (0.0, np.inf))
    if not 0 <= low < 1 < high:
        raise EstimationError(f"trim={trim!r} must hold the mean weight 1: type trim=5 or trim=(0.2, 5)")
    factor = bounds or (0.0, np.inf)
    if not 0 <= factor[0] < 1 < factor[1]:
        raise EstimationError(f"bounds={bounds!r} must hold the factor 1: type bounds=(0.3, 3)")
    relative = base / base.mean()
    return np.maximum(low, factor[0] * relative), np.minimum(high, factor[1] * relative)


def _cells(data: SurveyData, targets: Targets) -> _Cells:
    classes = np.column_stack([margin.classes(data) for margin in targets.margins])
    found, row = np.unique(classes, axis=0, return_inverse=True)
    return _Cells(row.ravel(), tuple(found.T), tuple(margin.wanted for margin in targets.margins))


def _fit(
    cells: _Cells,
    weights: np.ndarray,
    limits: tuple[np.ndarray, np.ndarray],
    targets: Targets,
    stop: _Stop,
) -> tuple[np.ndarray, int, int]:
    """Weights of mean 1 that meet margins and limits, with the iterations and rounds of cutting it took."""
    iterations = 0
    for rounds in range(_ROUNDS):
        factors, used = _proportional_fit(cells, weights, targets, stop)
        weights = weights * factors[cells.row]
        weights = weights * (len(weights) / weights.sum())
        iterations += used
        cut = np.clip(weights, *limits)
        if (np.abs(cut - weights) <= _SLACK * weights).all():
            return weights, iterations, rounds
        weights = cut
    raise EstimationError(
        f"no weights between {limits[0].min():g} and {limits[1].max():g} times the mean meet all margins "
        f"({_ROUNDS} rounds of trimming): widen trim or bounds, or join small cells"
    )


def _proportional_fit(
    cells: _Cells, weights: np.ndarray, targets: Targets, stop: _Stop
) -> tuple[np.ndarray, int]:
    """Factor of each cell, and the iterations it took."""
    start = np.bincount(cells.row, weights, minlength=len(cells.classes[0]))
    margins = list(zip(cells.classes, cells.wanted, strict=True))
    sums = start.copy()
    for iteration in range(stop.iterations + 1):
        if max(_residuals(sums, *margin).max() for margin in margins) < stop.tolerance:
            return sums / start, iteration
        for margin in margins:
            sums = sums * _factors(sums, *margin)
    raise EstimationError(_no_convergence(cells, sums, targets, stop.iterations))


def _shares(sums: np.ndarray, classes: np.ndarray, count: int) -> tuple[np.ndarray, float]:
    inside = classes >= 0
    by_class = np.bincount(classes[inside], sums[inside], minlength=count)
    return by_class, float(by_class.sum())


def _residuals(sums: np.ndarray, classes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    by_class, whole = _shares(sums, classes, len(wanted))
    return np.abs(by_class / whole - wanted)


def _factors(sums: np.ndarray, classes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    by_class, whole = _shares(sums, classes, len(wanted))
    ratio = np.where(by_class > 0, wanted * whole / np.where(by_class > 0, by_class, 1), 1)
    return np.where(classes >= 0, ratio[classes], 1.0)


def _no_convergence(cells: _Cells, sums: np.ndarray, targets: Targets, iterations: int) -> str:
    residuals = [_residuals(sums, *pair) for pair in zip(cells.classes, cells.wanted, strict=True)]
    worst = int(np.argmax([r.max() for r in residuals]))
    margin = targets.margins[worst]
    cell = margin.cells[int(residuals[worst].argmax())]
    return (
        f"raking did not converge in {iterations} iterations: margin {margin.name}, {say(margin, cell)} is "
        f"still {residuals[worst].max():.2%} off its target. The margins contradict each other in this "
        "sample: join small cells, leave out a margin, or allow more with max_iterations="
    )

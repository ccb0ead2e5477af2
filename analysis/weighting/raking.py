"""Raking: SurveyData and population margins come in, SurveyData with weights that meet them goes out."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.data import SurveyData
from analysis.design import Calibration, Design, weight_problems
from analysis.designs import AnyDesign
from analysis.errors import DataError, EstimationError
from analysis.replicates import ReplicateDesign
from analysis.weighting.report import WeightReport, report
from analysis.weighting.targets import Crossing, Targets, say

SCALES = ("mean_one", "base", "population")
_ROUNDS = 200
_SLACK = 1e-6
_CAP_SLACK = 1e-4
_STILL = 0.99


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
    cap: float | None = None,
    scale: str = "mean_one",
    tolerance: float = 1e-10,
    max_iterations: int = 1000,
) -> tuple[SurveyData, WeightReport]:
    """Iterative proportional fitting (Deming and Stephan 1940) of the weights to every margin.

    `base`: the column to start from (default `base_weight` where there is one, else the design's weight).
    `trim`: largest weight, or smallest and largest, as multiples of the mean weight; `bounds`: the same for
    the ratio to the base weight. Weights outside are cut and the margins fitted again until both hold.
    `cap`: largest weight as a multiple of the mean, cut to it within every iteration instead (DeBell and
    Krosnick 2009; R's anesrake, which lets weights pass it by 0.0001). `scale`: weights with mean 1, with the
    base weights' sum, or adding up to the population. `tolerance`: largest difference of a weighted share
    from its target. A missing code in a margin's column leaves that row's weight unmoved by that margin.

    The result carries `base_weight`, `weight` and a design whose variances know of the margins.
    EstimationError for a target cell nobody is in, a code without a target, and margins that cannot be met.
    """
    crossing = targets.crossing(data)
    start = base_weights(data, base)
    total = _total(scale, start, targets)
    limits = _limits(start, trim, bounds)
    stop = _Stop(tolerance, max_iterations)
    mean_one = start / start.mean()
    if cap is None:
        weights, iterations, rounds = _fit(crossing, mean_one, limits, targets, stop)
    else:
        weights, iterations, rounds = _capped(crossing, mean_one, _cap(cap, limits), targets, stop)
    final = weights * (total / weights.sum())
    made = report(
        targets,
        crossing,
        base=start,
        weights=final,
        infers=data.meta.infers,
        method="raking",
        iterations=iterations,
        rounds=rounds,
        trimmed=_at_limit(weights, limits, cap),
    )
    margins = tuple(margin.variables for margin in targets.margins)
    cut = (0.0, trim) if isinstance(trim, int | float) else trim
    calibration = Calibration("base_weight", margins, method="raking", bounds=bounds, limits=cut, cap=cap)
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
    weight = getattr(_own(data), "weight", None)
    return data.frame[weight].to_numpy(float) if weight else data.sample.weights


def with_weights(
    data: SurveyData, base: np.ndarray, weights: np.ndarray, calibration: Calibration
) -> SurveyData:
    """The data with both weights as columns and the adjustment in the design."""
    design = _own(data)
    if not isinstance(design, Design):
        raise EstimationError("pooled waves cannot be weighted together: weight each wave, then pool them")
    weighted = replace(design, weight="weight", calibration=calibration)
    if isinstance(data.design, ReplicateDesign):
        around = replace(data.design, base=weighted)
        return data.with_weights(around, base_weight=base, weight=weights)
    return data.with_weights(weighted, base_weight=base, weight=weights)


def _own(data: SurveyData) -> AnyDesign:
    """The design of the sample itself, inside its replicates."""
    return data.design.base if isinstance(data.design, ReplicateDesign) else data.design


def _total(scale: str, base: np.ndarray, targets: Targets) -> float:
    if scale not in SCALES:
        raise EstimationError(f"scale {scale!r} is unknown: type one of {', '.join(SCALES)}")
    if scale == "population":
        if targets.population is None:
            raise EstimationError("scale='population' needs targets that state their population")
        return targets.population
    return float(base.sum()) if scale == "base" else float(len(base))


Limits = tuple[np.ndarray, np.ndarray] | None


def _limits(
    base: np.ndarray, trim: float | tuple[float, float] | None, bounds: tuple[float, float] | None
) -> Limits:
    """Smallest and largest weight of each row, for weights of mean 1; None without any."""
    if trim is None and bounds is None:
        return None
    low, high = (0.0, trim) if isinstance(trim, int | float) else (trim or (0.0, np.inf))
    if not 0 <= low < 1 < high:
        raise EstimationError(f"trim={trim!r} must hold the mean weight 1: type trim=5 or trim=(0.2, 5)")
    factor = bounds or (0.0, np.inf)
    if not 0 <= factor[0] < 1 < factor[1]:
        raise EstimationError(f"bounds={bounds!r} must hold the factor 1: type bounds=(0.3, 3)")
    relative = base / base.mean()
    return np.maximum(low, factor[0] * relative), np.minimum(high, factor[1] * relative)


def _cap(cap: float, limits: Limits) -> float:
    if limits is not None:
        raise EstimationError(
            "cap= cuts within the iterations, trim= and bounds= after them: type one of the two"
        )
    if not cap > 1:
        raise EstimationError(f"cap={cap:g} must be above the mean weight 1: type cap=5")
    return cap


def _at_limit(weights: np.ndarray, limits: Limits, cap: float | None) -> int:
    if limits is None:
        return int((weights > cap - _CAP_SLACK).sum()) if cap is not None else 0
    return int((np.isclose(weights, limits[0], rtol=1e-5) | np.isclose(weights, limits[1], rtol=1e-5)).sum())


def _fit(
    crossing: Crossing, weights: np.ndarray, limits: Limits, targets: Targets, stop: _Stop
) -> tuple[np.ndarray, int, int]:
    """Weights of mean 1 that meet margins and limits, with the iterations and rounds of cutting it took."""
    iterations = 0
    rounds = 0
    while rounds < _ROUNDS or limits is None:
        factors, used = _proportional_fit(crossing, weights, targets, stop)
        weights = weights * factors[crossing.row]
        iterations += used
        if limits is None:
            return weights, iterations, rounds
        weights = weights * (len(weights) / weights.sum())
        cut = np.clip(weights, *limits)
        if (np.abs(cut - weights) <= _SLACK * weights).all():
            return weights, iterations, rounds
        weights = cut
        rounds += 1
    raise EstimationError(
        f"no weights between {limits[0].min():g} and {limits[1].max():g} times the mean meet all margins "
        f"({_ROUNDS} rounds of trimming): widen trim or bounds, or join small cells"
    )


def _proportional_fit(
    crossing: Crossing, weights: np.ndarray, targets: Targets, stop: _Stop
) -> tuple[np.ndarray, int]:
    """Factor of each cell, and the iterations it took."""
    start = crossing.sums(weights)
    sums = start.copy()
    places = range(len(targets.margins))
    for iteration in range(stop.iterations + 1):
        if max(_residuals(crossing, sums, targets, place).max() for place in places) < stop.tolerance:
            return sums / start, iteration
        for place in places:
            sums = sums * _factors(crossing, sums, targets, place)
    raise EstimationError(_no_convergence(crossing, sums, targets, stop.iterations))


def _capped(
    crossing: Crossing, weights: np.ndarray, cap: float, targets: Targets, stop: _Stop
) -> tuple[np.ndarray, int, int]:
    """Weights of mean 1 by fitting all margins once, cutting at the cap, and again until nothing changes."""
    rounds, iteration, last, change = 0, 0, np.inf, np.inf
    while iteration < stop.iterations and (change < _STILL * last or iteration < 2):
        iteration += 1
        before = weights
        sums = start = crossing.sums(weights)
        for place in range(len(targets.margins)):
            sums = sums * _factors(crossing, sums, targets, place)
        weights = weights * (sums / start)[crossing.row]
        while weights.max() > cap + _CAP_SLACK:
            rounds += 1
            weights = np.minimum(weights, cap)
            weights = weights / weights.mean()
        last, change = change, float(np.abs(weights - before).sum())
    sums = crossing.sums(weights)
    worst = max(_residuals(crossing, sums, targets, place).max() for place in range(len(targets.margins)))
    if worst > _CAP_SLACK:
        raise EstimationError(
            f"no weights up to cap={cap:g} times the mean meet all margins (still {worst:.2%} off after "
            f"{iteration} iterations): raise cap, or join small cells"
        )
    return weights, iteration, rounds


def _residuals(crossing: Crossing, sums: np.ndarray, targets: Targets, place: int) -> np.ndarray:
    by_class = crossing.by_class(place, sums)[:-1]
    return np.abs(by_class / by_class.sum() - targets.margins[place].wanted)


def _factors(crossing: Crossing, sums: np.ndarray, targets: Targets, place: int) -> np.ndarray:
    """Factor of each cell that makes one margin right."""
    by_class, wanted = crossing.by_class(place, sums)[:-1], targets.margins[place].wanted
    ratio = np.where(by_class > 0, wanted * by_class.sum() / np.where(by_class > 0, by_class, 1), 1)
    classes = crossing.classes[place]
    return np.where(classes >= 0, ratio[classes], 1.0)


def _no_convergence(crossing: Crossing, sums: np.ndarray, targets: Targets, iterations: int) -> str:
    residuals = [_residuals(crossing, sums, targets, place) for place in range(len(targets.margins))]
    worst = int(np.argmax([r.max() for r in residuals]))
    margin = targets.margins[worst]
    cell = margin.cells[int(residuals[worst].argmax())]
    return (
        f"raking did not converge in {iterations} iterations: margin {margin.name}, {say(margin, cell)} is "
        f"still {residuals[worst].max():.2%} off its target. The margins contradict each other in this "
        "sample: join small cells, leave out a margin, or allow more with max_iterations="
    )

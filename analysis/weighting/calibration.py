"""Calibration: SurveyData and population totals come in, SurveyData with weights that meet them goes out."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from analysis.data import SurveyData
from analysis.design import Calibration
from analysis.errors import EstimationError
from analysis.fitting import distance_of, solve
from analysis.weighting.raking import base_weights, with_weights
from analysis.weighting.report import WeightReport, report
from analysis.weighting.targets import Targets


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
    factor = distance_of(distance, bounds)
    g, iterations = solve(start, X, wanted, factor, tolerance=tolerance, most=max_iterations)
    margins = tuple(margin.variables for margin in targets.margins)
    made = report(
        targets,
        crossing,
        base=start,
        weights=start * g,
        infers=data.meta.infers,
        method=f"calibration, {distance}",
        iterations=iterations,
    )
    calibration = Calibration("base_weight", margins, tuple(numeric), distance=distance, bounds=bounds)
    return with_weights(data, start, start * g, calibration), made


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

"""What flagged interviews do to headline figures: flagged SurveyData in, a row per flag and figure out."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates import Estimates, joint_covariance, mean_estimates, proportion_estimates
from analysis.quality.columns import CARELESS, flag_names
from instruments import Indicator

SENSITIVITY_COLUMNS = (
    "flag",
    "indicator",
    "label",
    "base",
    "estimate",
    "base_without",
    "estimate_without",
    "difference",
    "se",
)
ANY = "any"


def sensitivity(data: SurveyData) -> pd.DataFrame:
    """Each headline indicator with all interviews, and without those a flag marks.

    `any` leaves out whoever has a flag other than `flag_unfinished`. `difference` is without minus with; `se`
    its linearised design-based error, from the influence values of both; empty without a probability sample.
    """
    data.refuse_grouped("sensitivity")
    return pd.DataFrame(list(_rows(data)), columns=list(SENSITIVITY_COLUMNS))


def _rows(data: SurveyData) -> Iterator[tuple[object, ...]]:
    names = flag_names(data.codebook)
    marked = {name: data.frame[name].to_numpy() == 1 for name in names}
    careless = [marked[name] for name in names if name in CARELESS]
    if careless:
        marked[ANY] = np.logical_or.reduce(careless)
    headline = [indicator for indicator in data.codebook.indicators if indicator.headline]
    for flag, mask in marked.items():
        if mask.any():
            for indicator in headline:
                yield (flag, indicator.name, _label(data, indicator), *_figures(data, indicator, ~mask))


def _figures(data: SurveyData, indicator: Indicator, kept: np.ndarray) -> tuple[object, ...]:
    nothing = (0, np.nan)
    try:
        whole = _estimates(data, indicator, None)
    except EstimationError:
        return (*nothing, *nothing, np.nan, np.nan)
    try:
        part = _estimates(data, indicator, kept)
    except EstimationError:
        return (int(whole.base[0]), float(whole.values[0]), *nothing, np.nan, np.nan)
    variance = np.nan
    if all(data.wave_meta(wave).infers for wave in data.waves):
        covariance = joint_covariance([whole, part])
        variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    return (
        int(whole.base[0]),
        float(whole.values[0]),
        int(part.base[0]),
        float(part.values[0]),
        float(part.values[0] - whole.values[0]),
        float(np.sqrt(max(variance, 0.0))),
    )


def _estimates(data: SurveyData, indicator: Indicator, where: Where) -> Estimates:
    if indicator.statistic == "mean":
        return mean_estimates(data, indicator.variable, where=where)
    return proportion_estimates(data, indicator.variable, code=indicator.code, where=where)


def _label(data: SurveyData, indicator: Indicator) -> str:
    words = indicator.label
    return words.get(data.codebook.source_language) or next(iter(words.values()), "")

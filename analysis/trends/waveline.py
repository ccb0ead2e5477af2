"""A line through a series: `WaveSeries` come in, slopes with errors, tests and verdicts go out.

For series that no one model of the answers explains, such as spliced ones.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import EstimationError
from analysis.trends.heterogeneity import wave_level_fit
from analysis.trends.line import WAVES_FOR_VARIATION, Scale, slope_columns
from analysis.trends.lines import LEAST_WAVES
from analysis.trends.series import WaveSeries, complement, contrast_test
from analysis.trends.trend import TREND_COLUMNS, decision


def series_trend(
    series: Sequence[WaveSeries],
    *,
    link: str = "identity",
    family: int = 1,
    level: float = 0.95,
    least: int = LEAST_WAVES,
) -> pd.DataFrame:
    """A weighted line through each series, per year; a row per series with TREND_COLUMNS.

    `estimate`, `se`: the line of least squares with weights 1/variance, its error from the whole covariance
    of the waves (sampling and splicing). The other columns and the verdict: as in `trend`.
    EstimationError for a series of fewer than `least` waves.
    """
    scale = Scale(link, level, family)
    for each in series:
        if len(each.waves) < least:
            raise EstimationError(
                f"a trend needs {least} waves and {each.variable!r} has {len(each.waves)}: use change"
            )
    rows = [_row(each, scale) for each in series]
    return pd.DataFrame(rows, columns=list(TREND_COLUMNS)).astype({"code": "Int64"})


def _row(series: WaveSeries, scale: Scale) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(TREND_COLUMNS, np.nan)
    row |= series.describe() | {
        "statistic": f"{series.statistic}_trend",
        "link": scale.link,
        "note": "",
        "decides": "sampling",
        "method": f"wave line, t {scale.level:.6g}, bonferroni {scale.family}",
    }
    if series.obstacle:
        return row | {"verdict": series.obstacle}
    try:
        there = series.on(scale.link)
        row |= _sampling(there, scale) | _departure(there) | _variation(there, scale)
    except EstimationError as error:
        return row | {"verdict": "too_few", "note": str(error)}
    return row | decision(row, scale)


def line_design(series: WaveSeries) -> np.ndarray:
    """k x 2: a constant and the times, centred."""
    return np.column_stack([np.ones(len(series.times)), series.times - series.times.mean()])


def weighted_line(series: WaveSeries, X: np.ndarray) -> np.ndarray:
    """q x k: what turns the figures into coefficients of X, weighted by 1/variance."""
    variance = np.diag(series.covariance)
    if not (variance > 0).all():
        raise EstimationError(
            f"a wave of {series.variable!r} has no sampling error to weight it by: leave that wave out"
        )
    weighted = X.T / variance
    return np.asarray(np.linalg.solve(weighted @ X, weighted))


def _sampling(series: WaveSeries, scale: Scale) -> dict[str, Any]:
    (_, slope), covariance = series.contrast(weighted_line(series, line_design(series)))
    return slope_columns(float(slope), float(np.sqrt(covariance[1, 1])), series.df - 1, scale)


def _departure(series: WaveSeries) -> dict[str, Any]:
    if len(series.waves) < LEAST_WAVES:
        return {}
    try:
        test = contrast_test(series, complement(line_design(series)), adjusted=False)
    except EstimationError:
        return {}
    return {
        "departure_f": test.f,
        "departure_df": test.df,
        "departure_ddf": test.ddf,
        "departure_p": test.p,
    }


def _variation(series: WaveSeries, scale: Scale) -> dict[str, Any]:
    k = len(series.waves)
    if k < WAVES_FOR_VARIATION:
        return {"note": f"wave-to-wave variation not estimable with {k} waves"}
    fit = wave_level_fit(series.values, series.covariance, line_design(series))
    se = float(np.sqrt(fit.knapp_hartung[1, 1]))
    slope = slope_columns(float(fit.params[1]), se, fit.df, scale, "_waves")
    return {**slope, "tau2": fit.tau2, "q_waves": fit.q_resid, "decides": "waves"}

"""A line through a series: `WaveSeries` come in, slopes with errors, tests and verdicts go out.

For series that no one model of the answers explains, such as spliced ones.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import EstimationError
from analysis.trends.line import Scale, slope_columns
from analysis.trends.lines import LEAST_WAVES, stopped
from analysis.trends.linetests import departure_columns, line_design, variation_columns
from analysis.trends.series import WaveSeries
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
        return stopped(row, series.obstacle)
    try:
        there = series.on(scale.link)
        row |= _sampling(there, scale) | departure_columns(there, line_design(there))
        row |= variation_columns(there, scale)
    except EstimationError as error:
        return row | {"verdict": "too_few", "note": str(error)}
    return row | decision(row, scale)


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

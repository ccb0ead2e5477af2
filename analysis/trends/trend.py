"""Trend: SurveyData of three or more waves comes in, slopes with errors, tests and verdicts go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates import Estimates, EstimateTable
from analysis.estimates.cells import By, columns_of
from analysis.estimates.intervals import student
from analysis.estimates.table import to_table
from analysis.models import ModelResult
from analysis.trends.line import (
    Line,
    Scale,
    fit_line,
    no_slope,
    slope_columns,
)
from analysis.trends.lines import lines_of, obstacle_of, refuse_link, refuse_logit, stopped, strictest
from analysis.trends.linetests import departure_columns, line_design, variation_columns
from analysis.trends.series import SERIES_COLUMNS, WaveSeries, series_at
from analysis.trends.times import wave_times
from analysis.waves import pooled
from analysis.waves.changes import POWER, estimates_of
from analysis.waves.modes import marked_waves, mode_note

TREND_COLUMNS = (
    *SERIES_COLUMNS,
    "estimate",
    "se",
    "low",
    "high",
    "df",
    "p",
    "p_adjusted",
    "estimate_waves",
    "se_waves",
    "low_waves",
    "high_waves",
    "df_waves",
    "p_waves",
    "tau2",
    "q_waves",
    "note",
    "departure_f",
    "departure_df",
    "departure_ddf",
    "departure_p",
    "decides",
    "mdc",
    "verdict",
    "base",
    "weighted_base",
    "method",
    "publish",
    "reason",
)


@dataclass(frozen=True)
class TrendResult:
    """`table`: a row per group and code with TREND_COLUMNS; `waves`: the estimates behind it, a row per wave;
    `times`: years by wave; `fits`: the linear models, by (group, code).
    """

    table: pd.DataFrame
    waves: EstimateTable
    times: Mapping[str, float]
    fits: Mapping[tuple[str, int | str | None], ModelResult]


def trend(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    code: int | str | None = None,
    statistic: str | None = None,
    by: By = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    link: str = "identity",
    family: int = 1,
    level: float = 0.95,
) -> TrendResult:
    """A line through every wave that asked the variable, per year, a row per group and code.

    `estimate`, `se`, `low`, `high`, `p`: slope of a survey-weighted regression of the answers on time (link
    identity: change per year of the share or mean; logit: of its log odds), sampling error only.
    `departure_*`: Wald F test of the waves' deviations from that line. `*_waves`: the slope of a
    random-effects line through the wave estimates with Knapp-Hartung errors, t(k - 2), which adds the waves'
    variation around the line; from 6 waves on it `decides` the verdict, below that `note` says that it is not
    estimable. Intervals have level 1 - (1 - level) / family. `verdict`, `mdc`: as in `change`. `time`: years
    by wave, see wave_times. `note` also marks waves interviewed in another mix of modes, see `mode_breaks`.
    EstimationError for fewer than 3 waves.
    """
    data = pooled(data)
    refuse_link(link)
    if family < 1:
        raise EstimationError(f"family={family} must count the comparisons declared together: type 1 or more")
    names = columns_of(by)
    estimates = estimates_of(data, variable, code=code, statistic=statistic, by=(*names, "wave"), where=where)
    refuse_logit(estimates, link)
    times = wave_times(data, time)
    lines = lines_of(estimates, names, times)
    waves = to_table(estimates, interval="logit", level=level)
    rows, fits, marked = [], {}, marked_waves(data)
    for line in lines:
        row, fit = _row(estimates, waves, line, Scale(link, level, family))
        row["note"] = "; ".join(filter(None, (row["note"], mode_note(marked, line.waves))))
        rows.append(row)
        if fit is not None:
            fits[line.group, line.code] = fit
    return TrendResult(
        pd.DataFrame(rows, columns=list(TREND_COLUMNS)).astype({"code": "Int64"}), waves, times, fits
    )


def _row(
    estimates: Estimates, waves: EstimateTable, line: Line, scale: Scale
) -> tuple[dict[str, Any], ModelResult | None]:
    part = waves.iloc[line.places]
    row: dict[str, Any] = dict.fromkeys(TREND_COLUMNS, np.nan)
    row |= {
        "statistic": f"{estimates.statistic}_trend",
        "variable": estimates.variable,
        "code": line.code if isinstance(line.code, int) else None,
        "label": part["label"].iloc[0] if len(part) else "",
        "group": line.group,
        "waves": len(line.waves),
        "wave_from": line.waves[0] if line.waves else "",
        "wave_to": line.waves[-1] if line.waves else "",
        "link": scale.link,
        "base": int(part["base"].sum()),
        "weighted_base": float(part["weighted_base"].sum()),
        "note": "",
        "decides": "sampling",
        "method": f"{estimates.data.sample.method}, t {scale.level:.6g}, bonferroni {scale.family}",
    }
    row |= strictest(part)
    obstacle = obstacle_of(estimates, line)
    if obstacle:
        return stopped(row, obstacle), None
    try:
        fit = fit_line(estimates, line, scale)
    except EstimationError as error:
        return row | no_slope(estimates.values[line.places], scale, str(error)), None
    row |= slope_columns(fit.params["time"], fit.se["time"], fit.df_residual, scale)
    row |= _of_waves(series_at(estimates, line, waves), scale)
    return row | decision(row, scale), fit


def _of_waves(series: WaveSeries, scale: Scale) -> dict[str, Any]:
    """Departure and variation, from the waves' figures."""
    try:
        there = series.on(scale.link)
    except EstimationError:
        few = variation_columns(series, scale)
        return {"note": few.get("note", "wave-to-wave variation not estimable: a wave has no variance")}
    return departure_columns(there, line_design(there)) | variation_columns(there, scale)


def decision(row: Mapping[str, Any], scale: Scale) -> dict[str, Any]:
    """Verdict, adjusted p and smallest detectable slope, from the interval that decides."""
    suffix = "_waves" if row["decides"] == "waves" else ""
    low, high, p, se, df = (row[f"{name}{suffix}"] for name in ("low", "high", "p", "se", "df"))
    power = stats.t.ppf(POWER, max(df, 1))
    mdc = (float(student(np.array([df]), scale.adjusted)[0]) + power) * se
    clear = "rose" if low > 0 else "fell" if high < 0 else "no_clear_change"
    few = row["publish"] == "suppress" or np.isnan(low)
    return {
        "verdict": "too_few" if few else clear,
        "p_adjusted": min(1.0, p * scale.family),
        "mdc": mdc,
    }

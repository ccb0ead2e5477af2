"""Trends that may bend: SurveyData comes in, quadratic or spline curves with their tests go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting
from analysis.estimates import Estimates, EstimateTable
from analysis.estimates.cells import By, columns_of
from analysis.estimates.intervals import student
from analysis.estimates.table import to_table
from analysis.models import ModelResult, Wald, family_of, fit_matrix
from analysis.trends.line import Line, Scale, answers_of
from analysis.trends.lines import lines_of, obstacle_of, refuse_link, refuse_logit
from analysis.trends.linetests import departure_columns
from analysis.trends.series import SERIES_COLUMNS, WaveSeries, series_at
from analysis.trends.times import wave_times
from analysis.waves import pooled
from analysis.waves.changes import POWER, estimates_of

CURVE_COLUMNS = (
    *SERIES_COLUMNS,
    "form",
    "estimate",
    "se",
    "low",
    "high",
    "df",
    "p",
    "nonlinear_f",
    "nonlinear_df",
    "nonlinear_ddf",
    "nonlinear_p",
    "p_adjusted",
    "trend_f",
    "trend_df",
    "trend_p",
    "departure_f",
    "departure_df",
    "departure_ddf",
    "departure_p",
    "mdc",
    "verdict",
    "note",
    "base",
    "weighted_base",
    "method",
    "publish",
    "reason",
)
FITTED_COLUMNS = ("group", "code", "wave", "time", "estimate", "se", "low", "high")
KNOT_SHARES: Mapping[int, tuple[float, ...]] = {
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.50, 0.725, 0.95),
}
"""Where knots stand by default, as quantiles of the waves' times (Harrell 2015, table 2.3)."""


@dataclass(frozen=True)
class CurveResult:
    """`table`: a row per group and code with CURVE_COLUMNS; `fitted`: the curve at each wave, FITTED_COLUMNS;
    `fits`: the models by (group, code); `knots`: of a spline, in years.
    """

    table: pd.DataFrame
    fitted: pd.DataFrame
    fits: Mapping[tuple[str, int | str | None], ModelResult]
    knots: tuple[float, ...]


@dataclass(frozen=True)
class _Form:
    name: str
    knots: tuple[float, ...]

    def basis(self, times: np.ndarray, waves: np.ndarray) -> np.ndarray:
        """Rows of time -> columns constant, time, bends; scaled to the span of `waves`."""
        centre, span = waves.mean(), np.ptp(waves)
        t = (times - centre) / span
        if self.name == "quadratic":
            return np.column_stack([np.ones(len(t)), t, t**2])
        knots = (np.array(self.knots) - centre) / span
        return np.column_stack([np.ones(len(t)), t, spline_terms(t, knots)])


def curve(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    form: str = "quadratic",
    knots: int | Sequence[float] = 3,
    code: int | str | None = None,
    statistic: str | None = None,
    by: By = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    link: str = "identity",
    family: int = 1,
    level: float = 0.95,
) -> CurveResult:
    """A regression of the answers on a curve of time, a row per group and code.

    `form`: quadratic, or spline: a restricted cubic spline (Harrell 2015), linear beyond the outer `knots`
    (3, 4 or 5 at quantiles of the waves' times, or their years). `nonlinear_*`: Wald F that the bends are 0;
    `trend_*`: that all terms of time are; `departure_*`: that the waves lie on the curve (empty where it has
    as many coefficients as waves). `estimate`: the bend, the curve in the middle of the time minus the middle
    of its ends, on the scale of the link; `mdc`: the smallest bend seen. `verdict`: bent, no_clear_bend (from
    `nonlinear_p` times `family`), or what a trend says in its place.
    EstimationError for fewer waves than coefficients.
    """
    data = pooled(data)
    refuse_link(link)
    names = columns_of(by)
    estimates = estimates_of(data, variable, code=code, statistic=statistic, by=(*names, "wave"), where=where)
    refuse_logit(estimates, link)
    times = wave_times(data, time)
    lines = lines_of(estimates, names, times)
    shape = _form(form, knots, np.array(sorted({t for line in lines for t in line.times})))
    scale = Scale(link, level, family)
    figures = to_table(estimates, interval="logit", level=level)
    found = [_row(estimates, figures, line, scale, shape) for line in lines]
    return CurveResult(
        pd.DataFrame([row for row, _, _ in found], columns=list(CURVE_COLUMNS)).astype({"code": "Int64"}),
        pd.DataFrame([each for _, _, fitted in found for each in fitted], columns=list(FITTED_COLUMNS)),
        {
            (line.group, line.code): fit
            for line, (_, fit, _) in zip(lines, found, strict=True)
            if fit is not None
        },
        shape.knots,
    )


def spline_terms(t: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """n x (m - 2) nonlinear terms of a restricted cubic spline with m knots (Harrell 2015, section 2.4.5)."""
    last, before = knots[-1], knots[-2]

    def cubic(knot: float) -> np.ndarray:
        return np.asarray(np.maximum(t - knot, 0.0) ** 3)

    width = last - before
    terms = [
        cubic(knot) - cubic(before) * (last - knot) / width + cubic(last) * (before - knot) / width
        for knot in knots[:-2]
    ]
    return np.column_stack(terms) / (last - knots[0]) ** 2


def _form(form: str, knots: int | Sequence[float], times: np.ndarray) -> _Form:
    if form == "quadratic":
        return _Form(form, ())
    if form != "spline":
        raise EstimationError(f"form {form!r} is unknown: type quadratic or spline")
    if isinstance(knots, int):
        if knots not in KNOT_SHARES:
            raise EstimationError(Said(setting("knots", knots), ": type 3, 4 or 5, or a list of years"))
        return _Form(form, tuple(float(t) for t in np.quantile(times, KNOT_SHARES[knots])))
    places = tuple(sorted(float(knot) for knot in knots))
    if len(places) < 3 or len(set(places)) < len(places):
        raise EstimationError(
            Said(setting("knots", list(knots)), ": a spline needs three different years at least")
        )
    if places[0] < times[0] or places[-1] > times[-1]:
        raise EstimationError(
            f"knots={list(knots)} lie outside the waves: type years from {times[0]:g} to {times[-1]:g}"
        )
    return _Form(form, places)


def _row(
    estimates: Estimates, figures: EstimateTable, line: Line, scale: Scale, form: _Form
) -> tuple[dict[str, Any], ModelResult | None, list[dict[str, Any]]]:
    series = series_at(estimates, line, figures)
    row: dict[str, Any] = dict.fromkeys(CURVE_COLUMNS, np.nan)
    row |= series.describe() | {
        "link": scale.link,
        "form": form.name,
        "note": "",
        "method": f"taylor, wald {scale.level:.6g}, bonferroni {scale.family}",
    }
    obstacle = obstacle_of(estimates, line)
    if obstacle:
        return row | {"verdict": obstacle}, None, []
    X = form.basis(line.times, line.times)
    if np.linalg.matrix_rank(X) < X.shape[1]:
        note = f"a {form.name} curve of {X.shape[1]} coefficients needs more waves than {len(line.waves)}"
        return row | {"verdict": "too_few", "note": note}, None, []
    try:
        fit = _fit(estimates, line, scale, X)
        bends = [name for name in fit.params.index if name.startswith("bend")]
        row |= _test("nonlinear", fit.wald(bends)) | _test("trend", fit.wald(["time", *bends]))
    except EstimationError as error:
        return row | {"verdict": "too_few", "note": str(error)}, None, []
    row |= _bend(fit, form, line, scale)
    row |= _departure(series, scale, X)
    p = min(1.0, row["nonlinear_p"] * scale.family)
    clear = "bent" if p < 1 - scale.level else "no_clear_bend"
    few = row["publish"] == "suppress" or np.isnan(p)
    fitted = _fitted(fit, X, line, scale)
    return row | {"p_adjusted": p, "verdict": "too_few" if few else clear}, fit, fitted


def _fit(estimates: Estimates, line: Line, scale: Scale, X: np.ndarray) -> ModelResult:
    y, used = answers_of(estimates, line)
    place = np.full(estimates.cells.count, -1)
    place[estimates.cell[line.places]] = np.arange(len(line.waves))
    rows = X[place[estimates.base_index[used]]]
    names = ["level", "time", *(f"bend {number}" for number in range(1, X.shape[1] - 1))]
    family = family_of("binomial" if scale.link == "logit" else "gaussian", scale.link)
    return fit_matrix(estimates.data, y, pd.DataFrame(rows, columns=names), used, family)


def _bend(fit: ModelResult, form: _Form, line: Line, scale: Scale) -> dict[str, Any]:
    first, last = line.times[0], line.times[-1]
    start, middle, end = form.basis(np.array([first, (first + last) / 2, last]), line.times)
    weights = middle - (start + end) / 2
    estimate = float(weights @ fit.params.to_numpy())
    se = float(np.sqrt(weights @ fit.covariance.to_numpy() @ weights))
    df = fit.df_residual
    t = float(student(np.array([df]), scale.adjusted)[0])
    return {
        "estimate": estimate,
        "se": se,
        "low": estimate - t * se,
        "high": estimate + t * se,
        "df": df,
        "p": float(2 * stats.t.sf(abs(estimate / se), df)) if df > 0 and se > 0 else np.nan,
        "mdc": (t + float(stats.t.ppf(POWER, max(df, 1)))) * se,
    }


def _test(name: str, test: Wald) -> dict[str, Any]:
    values = {"f": test.f, "df": test.df, "ddf": test.ddf, "p": test.p}
    return {f"{name}_{key}": value for key, value in values.items() if f"{name}_{key}" in CURVE_COLUMNS}


def _departure(series: WaveSeries, scale: Scale, X: np.ndarray) -> dict[str, Any]:
    try:
        return departure_columns(series.on(scale.link), X)
    except EstimationError:
        return {}


def _fitted(fit: ModelResult, X: np.ndarray, line: Line, scale: Scale) -> list[dict[str, Any]]:
    eta = X @ fit.params.to_numpy()
    se = np.sqrt(np.einsum("ij,jk,ik->i", X, fit.covariance.to_numpy(), X))
    half = float(student(np.array([fit.df_residual]), scale.level)[0]) * se
    back = (lambda x: 1 / (1 + np.exp(-x))) if scale.link == "logit" else (lambda x: x)
    value = back(eta)
    slope = value * (1 - value) if scale.link == "logit" else np.ones(len(eta))
    columns = zip(line.waves, line.times, value, se * slope, back(eta - half), back(eta + half), strict=True)
    code = line.code
    return [dict(zip(FITTED_COLUMNS, (line.group, code, *each), strict=True)) for each in columns]

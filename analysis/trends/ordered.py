"""A trend of ordered answers: SurveyData comes in, a slope of the cumulative odds with its tests goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.breaks import broken
from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.intervals import student
from analysis.models import ModelResult
from analysis.models.formula import Rows
from analysis.models.ordinal import fit_ordered
from analysis.trends.columns import covariates
from analysis.trends.line import Scale, slope_columns
from analysis.trends.lines import LEAST_WAVES, stopped
from analysis.trends.times import wave_times
from analysis.waves import pooled
from analysis.waves.changes import NOT_COMPARABLE, POWER
from instruments import Level

ORDERED_TREND_COLUMNS = (
    "statistic",
    "variable",
    "waves",
    "wave_from",
    "wave_to",
    "link",
    "adjusted_for",
    "estimate",
    "se",
    "low",
    "high",
    "df",
    "p",
    "p_adjusted",
    "departure_f",
    "departure_df",
    "departure_ddf",
    "departure_p",
    "mdc",
    "verdict",
    "base",
    "weighted_base",
    "method",
)
LEAST_BASE = 30
LINKS = ("logit", "probit")


@dataclass(frozen=True)
class OrderedTrend:
    """`table`: one row with ORDERED_TREND_COLUMNS; `fit`: the cumulative model, None where none was."""

    table: pd.DataFrame
    fit: ModelResult | None


def ordered_trend(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    adjust: Sequence[str] = (),
    where: Where = None,
    time: Mapping[str, float] | None = None,
    link: str = "logit",
    family: int = 1,
    level: float = 0.95,
) -> OrderedTrend:
    """The slope per year of the log odds (logit) or probits of answering higher, in one cumulative model.

    All thresholds share the slope; `adjust`: columns held constant (coded ones as categories, others linear).
    `departure_*`: Wald F of the inner waves' deviations. Sampling error only. `verdict`: rose (answers moved
    to higher codes), fell, no_clear_change, or as in `trend`; a wave of fewer than 30 answers makes too_few.
    EstimationError for codes without an order, fewer than 3 waves, and as in `svyolr`.
    """
    data = pooled(data)
    data.refuse_grouped("an ordered trend")
    _check(data, variable, link, family)
    times = wave_times(data, time)
    usable = data.domain(where) & data.valid(variable)
    for name in adjust:
        usable &= data.valid(name)
    sizes = np.bincount(data.wave_place[usable], minlength=len(data.waves))
    waves = sorted(
        (wave for wave, n in zip(data.waves, sizes, strict=True) if n), key=lambda wave: times[wave]
    )
    if len(waves) < LEAST_WAVES:
        raise EstimationError(
            f"a trend needs {LEAST_WAVES} waves and {variable!r} was asked in {len(waves)}: use change"
        )
    scale = Scale(link, level, family)
    row = _row(data, variable, waves, usable, scale) | {"adjusted_for": ",".join(adjust)}
    obstacle = _obstacle(data, variable, waves)
    if obstacle:
        return OrderedTrend(_table(stopped(row, obstacle)), None)
    used = np.flatnonzero(usable)
    when = np.array([times[wave] for wave in data.waves])
    X = pd.DataFrame({"time": (when - np.mean([times[wave] for wave in waves]))[data.wave_place[used]]})
    X = pd.concat([X, *(covariates(data, name, used) for name in adjust)], axis=1)
    fit = _fit(data, variable, used, X, link)
    places = {f"wave {wave}": data.wave_place[used] == data.waves.index(wave) for wave in waves[1:-1]}
    free = _fit(
        data, variable, used, X.assign(**{name: at.astype(float) for name, at in places.items()}), link
    )
    test = free.wald(list(places))
    row |= slope_columns(fit.params["time"], fit.se["time"], fit.df_residual, scale) | {
        "departure_f": test.f,
        "departure_df": test.df,
        "departure_ddf": test.ddf,
        "departure_p": test.p,
    }
    few = sizes[sizes > 0].min() < LEAST_BASE
    return OrderedTrend(_table(row | _decided(row, scale, few=bool(few))), fit)


def _check(data: SurveyData, variable: str, link: str, family: int) -> None:
    found = data.variable(variable)
    if found.level is Level.TEXT or (found.level is Level.NOMINAL and len(found.codes) > 2):
        raise EstimationError(
            f"{variable!r} is {found.level.value}, its codes have no order: take trend with a code, or "
            "declare it ordinal"
        )
    if link not in LINKS:
        raise EstimationError(f"link {link!r} is unknown here: type logit or probit")
    if family < 1:
        raise EstimationError(f"family={family} must count the comparisons declared together: type 1 or more")


def _obstacle(data: SurveyData, variable: str, waves: Sequence[str]) -> str:
    if broken(data, [variable], waves):
        return NOT_COMPARABLE
    return "" if all(data.wave_meta(wave).infers for wave in waves) else "not_inferable"


def _fit(data: SurveyData, variable: str, used: np.ndarray, X: pd.DataFrame, link: str) -> ModelResult:
    y = data.frame[variable].to_numpy(float)[used]
    terms = {str(name): (str(name),) for name in X.columns}
    rows = Rows("", data, used, y, X, terms, None, (), {})
    return fit_ordered(rows, link=link, information="observed")


def _row(
    data: SurveyData, variable: str, waves: Sequence[str], usable: np.ndarray, scale: Scale
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ORDERED_TREND_COLUMNS, np.nan)
    return row | {
        "statistic": "ordered_trend",
        "variable": variable,
        "waves": len(waves),
        "wave_from": waves[0],
        "wave_to": waves[-1],
        "link": scale.link,
        "base": int(usable.sum()),
        "weighted_base": float(data.sample.weights[usable].sum()),
        "method": f"taylor, t {scale.level:.6g}, bonferroni {scale.family}",
    }


def _decided(row: Mapping[str, Any], scale: Scale, *, few: bool) -> dict[str, Any]:
    df = row["df"]
    t = float(student(np.array([df]), scale.adjusted)[0])
    clear = "rose" if row["low"] > 0 else "fell" if row["high"] < 0 else "no_clear_change"
    return {
        "p_adjusted": min(1.0, row["p"] * scale.family),
        "mdc": (t + float(stats.t.ppf(POWER, max(df, 1)))) * row["se"],
        "verdict": "too_few" if few or np.isnan(row["low"]) else clear,
    }


def _table(row: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([row], columns=list(ORDERED_TREND_COLUMNS))

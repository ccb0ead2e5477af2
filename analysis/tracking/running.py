"""A tracking plan and data come in; every declared comparison with its verdict or its obstacle goes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.multiplicity import adjust, step_levels
from analysis.tracking.naming import in_file
from analysis.tracking.plan import Comparison, Indicator, TrackingPlan
from analysis.tracking.standing import EXPLORATORY, standing_of
from analysis.trends import any_change, compare_trends, trend, wave_series
from analysis.waves import adjacent_changes, change, pooled
from analysis.waves.adjacent import DECIDED, DIFFERS
from analysis.waves.changes import POWER

TRACKING_COLUMNS = (
    "comparison",
    "kind",
    "indicator",
    "family",
    "adjustment",
    "direction",
    "standing",
    "standing_reason",
    "variable",
    "code",
    "label",
    "group",
    "against",
    "wave_from",
    "wave_to",
    "estimate",
    "se",
    "low",
    "high",
    "df",
    "p",
    "p_adjusted",
    "mdc",
    "verdict",
    "expected",
    "base",
    "method",
    "publish",
    "reason",
    "declared",
    "plan",
)
CHANGED = ("changed", "changed", "no_clear_change")
WORDS: Mapping[str, tuple[str, str, str]] = {"groups": DIFFERS, "any_change": CHANGED}
"""Verdicts for above, below and around 0 by kind; of the other kinds DECIDED."""
NOT_AVAILABLE = "not_available"


@dataclass(frozen=True)
class _Asked:
    """One comparison with what it is about."""

    data: SurveyData
    comparison: Comparison
    indicator: Indicator
    level: float
    time: Mapping[str, float] | None

    @property
    def figure(self) -> dict[str, Any]:
        """What every estimator is told of the indicator."""
        where = dict(self.indicator.where) or None
        return {
            "code": self.indicator.code,
            "statistic": self.indicator.statistic,
            "where": where,
            "level": self.level,
        }

    @property
    def by(self) -> tuple[str, ...] | None:
        return self.comparison.by or None


def run_plan(
    plan: TrackingPlan, data: SurveyData | Sequence[SurveyData], *, time: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Every comparison of the plan, in its order, a row per group and code (and pair), with TRACKING_COLUMNS.

    `p` is raw, `p_adjusted` within the family over all its rows that were tested; interval and verdict are
    read at the level of that adjustment (`step_levels`), so they agree. A comparison that the data cannot
    give has the verdict not_available and the `reason`. `standing`: confirmatory where declared before the
    first day of fieldwork of the row's last wave, else exploratory, with the reason. `expected`: yes, no or
    unclear against the declared direction, which never makes a test one-sided. `plan`: the fingerprint of the
    file.
    EstimationError for data of another study.
    """
    data = pooled(data)
    if data.meta.study != plan.study:
        raise EstimationError(
            f"the plan is of study {plan.study!r}, the data are of {data.meta.study!r}: take their plan"
        )
    parts = [_rows(plan, data, each, time) for each in plan.comparisons]
    table = pd.concat(parts, ignore_index=True)
    for family in dict.fromkeys(table["family"]):
        rows = (table["family"] == family).to_numpy()
        table = _adjusted(table, rows, plan)
    table["expected"] = [
        _expected(direction, verdict)
        for direction, verdict in zip(table["direction"], table["verdict"], strict=True)
    ]
    return table[list(TRACKING_COLUMNS)].astype({"code": "Int64"})


def _rows(
    plan: TrackingPlan, data: SurveyData, each: Comparison, time: Mapping[str, float] | None
) -> pd.DataFrame:
    indicator = plan.indicator(each.indicator)
    asked = _Asked(data, each, indicator, plan.level, time)
    try:
        found = ESTIMATORS[each.kind](asked)
    except EstimationError as error:
        found = pd.DataFrame(
            [{"variable": indicator.variable, "verdict": NOT_AVAILABLE, "reason": in_file(error)}]
        ).assign(wave_from=each.wave_from or "", wave_to=each.wave_to or "")
    code = indicator.code if isinstance(indicator.code, int) else None
    blank = {"code": code, "label": "", "group": "", "against": "", "method": "", "publish": "", "reason": ""}
    for name in TRACKING_COLUMNS:
        if name not in found:
            found[name] = blank.get(name, np.nan)
    standings = [_standing(data, each, row) for _, row in found.iterrows()]
    return found.assign(
        comparison=each.name,
        kind=each.kind,
        indicator=each.indicator,
        family=each.family,
        adjustment=plan.families[each.family].adjustment,
        direction=each.direction,
        standing=[word for word, _ in standings],
        standing_reason=[reason for _, reason in standings],
        declared=str(each.declared),
        plan=plan.fingerprint,
    )[list(TRACKING_COLUMNS)].astype(dict.fromkeys(_TEXTS, object))


_TEXTS = ("label", "group", "against", "wave_from", "wave_to", "verdict", "method", "publish", "reason")


def _standing(data: SurveyData, each: Comparison, row: pd.Series) -> tuple[str, str]:
    waves = [row["wave_from"], row["wave_to"]]
    if row["verdict"] == NOT_AVAILABLE:
        known = [wave for wave in waves if wave in data.waves]
        return standing_of(data, each.declared, known) if known else (EXPLORATORY, "the data cannot give it")
    return standing_of(data, each.declared, waves)


def _change(asked: _Asked) -> pd.DataFrame:
    each = asked.comparison
    return change(
        asked.data,
        asked.indicator.variable,
        by=asked.by,
        wave_from=each.wave_from or "",
        wave_to=each.wave_to or "",
        **asked.figure,
    )


def _adjacent(asked: _Asked) -> pd.DataFrame:
    return adjacent_changes(
        asked.data, asked.indicator.variable, by=asked.by, adjustment="none", **asked.figure
    )


def _trend(asked: _Asked) -> pd.DataFrame:
    found = trend(
        asked.data,
        asked.indicator.variable,
        by=asked.by,
        time=asked.time,
        link=asked.comparison.link,
        **asked.figure,
    )
    return _deciding(found.table)


def _groups(asked: _Asked) -> pd.DataFrame:
    found = compare_trends(
        asked.data,
        asked.indicator.variable,
        by=asked.by,
        against=asked.comparison.against,
        time=asked.time,
        link=asked.comparison.link,
        adjustment="none",
        **asked.figure,
    )
    return _deciding(found.table)


def _deciding(table: pd.DataFrame) -> pd.DataFrame:
    """The errors that decide, under the plain names; what is noted on the figure among the reasons."""
    waves = (table["decides"] == "waves").to_numpy()
    chosen = {
        name: np.where(waves, table[f"{name}_waves"], table[name])
        for name in ("estimate", "se", "low", "high", "df", "p")
    }
    reasons = [
        "; ".join(part for part in pair if part) for pair in zip(table["reason"], table["note"], strict=True)
    ]
    method = np.where(waves, table["method"].str.replace("taylor", "knapp-hartung"), table["method"])
    return table.assign(**chosen, reason=reasons, method=method)


def _any_change(asked: _Asked) -> pd.DataFrame:
    figure = asked.figure
    level = figure.pop("level")
    series = wave_series(asked.data, asked.indicator.variable, by=asked.by, time=asked.time, **figure)
    table = any_change(series, link=asked.comparison.link, level=level)
    reasons = [
        "; ".join(part for part in pair if part) for pair in zip(table["reason"], table["note"], strict=True)
    ]
    return table.assign(estimate=table["range"], reason=reasons).drop(columns=["df"])


ESTIMATORS: Mapping[str, Callable[[_Asked], pd.DataFrame]] = {
    "change": _change,
    "adjacent": _adjacent,
    "trend": _trend,
    "any_change": _any_change,
    "groups": _groups,
}


def _adjusted(table: pd.DataFrame, rows: np.ndarray, plan: TrackingPlan) -> pd.DataFrame:
    """The family's p values adjusted together; intervals and verdicts at the level each is tested at."""
    part = table[rows]
    method = part["adjustment"].iloc[0]
    words = [WORDS.get(kind, DECIDED) for kind in part["kind"]]
    tested = np.array([v in w for v, w in zip(part["verdict"], words, strict=True)], bool)
    p = np.where(tested, part["p"].to_numpy(float), np.nan)
    size = step_levels(p, method, 1 - plan.level)
    estimate, se, df = (part[name].to_numpy(float) for name in ("estimate", "se", "df"))
    known = ~np.isnan(df)
    t = np.where(known, stats.t.isf(size / 2, np.where(known, np.maximum(df, 1), 1)), np.nan)
    low, high = estimate - t * se, estimate + t * se
    power = stats.t.ppf(POWER, np.where(known, np.maximum(df, 1), 1))
    interval = tested & ~np.isnan(low)
    verdicts = [
        _verdict(old, word, (low[i], high[i]), p[i] <= size[i]) if tested[i] else old
        for i, (old, word) in enumerate(zip(part["verdict"], words, strict=True))
    ]
    count = int((~np.isnan(p)).sum())
    return table.assign(
        low=_put(table, rows, "low", np.where(interval, low, part["low"].to_numpy(float))),
        high=_put(table, rows, "high", np.where(interval, high, part["high"].to_numpy(float))),
        mdc=_put(table, rows, "mdc", np.where(interval, (t + power) * se, part["mdc"].to_numpy(float))),
        p_adjusted=_put(table, rows, "p_adjusted", adjust(p, method)),
        verdict=_put(table, rows, "verdict", np.array(verdicts, object)),
        method=_put(table, rows, "method", _methods(part["method"], method, count)),
    )


def _put(table: pd.DataFrame, rows: np.ndarray, name: str, values: np.ndarray) -> np.ndarray:
    """The column with new values in these rows."""
    column = table[name].to_numpy().copy()
    column[rows] = values
    return column


def _verdict(old: str, words: tuple[str, str, str], ends: tuple[float, float], claimed: bool) -> str:
    """By the interval, or, where a test has none, by its p; a flat line without error keeps its word."""
    low, high = ends
    if np.isnan(low):
        return (words[0] if claimed else words[2]) if words == CHANGED else old
    return words[0] if low > 0 else words[1] if high < 0 else words[2]


def _methods(methods: pd.Series, adjustment: str, count: int) -> np.ndarray:
    """Each row's method with the family's adjustment in place of the estimator's own."""
    plain = [str(method).split(", bonferroni")[0].split(", none")[0] for method in methods]
    return np.array([f"{method}, {adjustment} {count}" if method else "" for method in plain], object)


def _expected(direction: str, verdict: str) -> str:
    """Whether the verdict is what was declared: yes, no, unclear; empty where nothing was."""
    if direction == "any":
        return ""
    if verdict == {"rise": "rose", "fall": "fell"}[direction]:
        return "yes"
    return "no" if verdict in ("rose", "fell") else "unclear"

"""Trends of several groups side by side: SurveyData comes in, differences of slopes go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, unknown_name
from analysis.estimates import Estimates, EstimateTable
from analysis.estimates.cells import By, columns_of
from analysis.estimates.table import to_table
from analysis.models import ModelResult, Wald, family_of, fit_matrix, wald_test
from analysis.trends.line import Line, Scale, answers_of, slope_columns
from analysis.trends.lines import lines_of, obstacle_of, refuse_link, stopped
from analysis.trends.series import WaveSeries, series_at
from analysis.trends.times import wave_times
from analysis.trends.trend import TREND_COLUMNS
from analysis.trends.waveline import series_trend
from analysis.waves import pooled
from analysis.waves.adjacent import DIFFERS, adjusted_rows
from analysis.waves.changes import estimates_of

GROUP_TREND_COLUMNS = (
    *TREND_COLUMNS[: TREND_COLUMNS.index("group") + 1],
    "against",
    *TREND_COLUMNS[TREND_COLUMNS.index("group") + 1 :],
)
INTERACTION_COLUMNS = ("variable", "code", "groups", "f", "df", "ddf", "p", "p_adjusted", "verdict")


@dataclass(frozen=True)
class GroupTrends:
    """`table`: slope of `group` minus slope of `against`, a row per pair and code with GROUP_TREND_COLUMNS;
    `interaction`: a row per code, whether all slopes are alike; `fits`: the joint models by code.
    """

    table: pd.DataFrame
    interaction: pd.DataFrame
    fits: Mapping[int | str | None, ModelResult]


@dataclass(frozen=True)
class _Joint:
    """All lines of one code and the model that holds them, a level and a slope each."""

    lines: tuple[Line, ...]
    fit: ModelResult | None
    note: str


def compare_trends(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    by: By,
    against: str | None = None,
    code: int | str | None = None,
    statistic: str | None = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    link: str = "identity",
    adjustment: str = "holm",
    level: float = 0.95,
) -> GroupTrends:
    """Differences between the groups' slopes per year, from one model with a line for each group.

    `against`: the group (as "sex=1") that the others are set against; by default all pairs. All rows are one
    family under `adjustment`. `*_waves`: the slope of the difference between the two groups' figures with
    wave-to-wave variation, as in `trend`; where estimable it decides. `interaction`: Wald F that all slopes
    are alike, its p times the number of codes. Verdicts: differs, no_clear_difference, or as in `trend`.
    EstimationError for one group only, and as in `trend`.
    """
    data = pooled(data)
    refuse_link(link)
    names = columns_of(by)
    if not names:
        raise EstimationError("groups are compared by a column: type by='sex', or another coded one")
    estimates = estimates_of(data, variable, code=code, statistic=statistic, by=(*names, "wave"), where=where)
    lines = [line for line in lines_of(estimates, names, wave_times(data, time)) if line.waves]
    pairs = _group_pairs(list(dict.fromkeys(line.group for line in lines)), against, names)
    scale = Scale(link, level, 1)
    codes = list(dict.fromkeys(line.code for line in lines))
    joint = {each: _joint(estimates, tuple(x for x in lines if x.code == each), scale) for each in codes}
    figures = to_table(estimates, interval="logit", level=level)
    rows = [
        _row(estimates, figures, joint[each], pair, scale)
        for each in codes
        for pair in pairs
        if {*pair} <= {line.group for line in joint[each].lines}
    ]
    table = pd.DataFrame(rows, columns=list(GROUP_TREND_COLUMNS)).astype({"code": "Int64"})
    return GroupTrends(
        _adjusted(table, adjustment, level),
        pd.DataFrame(
            [_interaction(estimates, joint[each], each, len(codes), level) for each in codes],
            columns=list(INTERACTION_COLUMNS),
        ).astype({"code": "Int64"}),
        {each: found.fit for each, found in joint.items() if found.fit is not None},
    )


def difference_series(one: WaveSeries, other: WaveSeries) -> WaveSeries:
    """One series minus another over the waves both have; EstimationError where that is none."""
    shared = [wave for wave in one.waves if wave in other.waves]
    if not shared:
        raise EstimationError(
            f"{one.group or one.variable} and {other.group or other.variable} share no wave"
        )
    here = [one.waves.index(wave) for wave in shared]
    there = [other.waves.index(wave) for wave in shared]
    influence = sparse.csc_array(one.influence)[:, here] - sparse.csc_array(other.influence)[:, there]
    return replace(
        one,
        statistic=f"{one.statistic}_difference",
        waves=tuple(shared),
        times=one.times[here],
        values=one.values[here] - other.values[there],
        influence=sparse.csr_array(influence),
        domain=one.domain | other.domain,
        rows=pd.concat([one.rows.iloc[here], other.rows.iloc[there]], ignore_index=True),
        obstacle=one.obstacle or other.obstacle,
    )


def _group_pairs(groups: list[str], against: str | None, names: Sequence[str]) -> list[tuple[str, str]]:
    if len(groups) < 2:
        raise EstimationError(
            f"{', '.join(names)} makes one group only ({groups[0]}): nothing to compare it with"
        )
    if against is None:
        return [(later, earlier) for earlier, later in combinations(groups, 2)]
    if against not in groups:
        raise EstimationError(unknown_name("group", against, groups))
    return [(group, against) for group in groups if group != against]


def _joint(estimates: Estimates, lines: tuple[Line, ...], scale: Scale) -> _Joint:
    """A model with a level and a slope for each line that can have one."""
    sound = tuple(
        line
        for line in lines
        if not obstacle_of(estimates, line)
        and (scale.link == "identity" or _moves(estimates.values[line.places]))
    )
    if len(sound) < 2:
        return _Joint(lines, None, "fewer than two groups have a trend")
    centre = np.mean(sorted({t for line in sound for t in line.times}))
    parts = [answers_of(estimates, line) for line in sound]
    y = np.concatenate([answers for answers, _ in parts])
    used = np.concatenate([rows for _, rows in parts])
    columns: dict[str, np.ndarray] = {}
    start = 0
    for line, (answers, rows) in zip(sound, parts, strict=True):
        inside = slice(start, start + len(answers))
        start = inside.stop
        when = np.zeros(estimates.cells.count)
        when[estimates.cell[line.places]] = line.times - centre
        level, slope = np.zeros(len(y)), np.zeros(len(y))
        level[inside] = 1.0
        slope[inside] = when[estimates.base_index[rows]]
        columns |= {f"level {line.group}": level, f"time {line.group}": slope}
    family = family_of("binomial" if scale.link == "logit" else "gaussian", scale.link)
    order = np.argsort(used)
    try:
        fit = fit_matrix(estimates.data, y[order], pd.DataFrame(columns).iloc[order], used[order], family)
    except EstimationError as error:
        return _Joint(lines, None, str(error))
    return _Joint(lines, fit, "")


def _moves(shares: np.ndarray) -> bool:
    """Whether there is a log odds: neither nobody nor everybody in every wave."""
    return bool((shares > 0).any() and (shares < 1).any())


def _row(
    estimates: Estimates, figures: EstimateTable, joint: _Joint, pair: tuple[str, str], scale: Scale
) -> dict[str, Any]:
    by_group = {line.group: line for line in joint.lines}
    one, other = (series_at(estimates, by_group[group], figures) for group in pair)
    row: dict[str, Any] = dict.fromkeys(GROUP_TREND_COLUMNS, np.nan)
    row |= {"note": joint.note, "decides": "sampling", "against": pair[1]}
    try:
        gap = difference_series(one, other)
    except EstimationError as error:
        return row | one.describe() | {"verdict": "too_few", "note": str(error)}
    row |= gap.describe() | {
        "statistic": f"{one.statistic}_trend_difference",
        "link": scale.link,
        "base": min(int(each.rows["base"].sum()) for each in (one, other)),
        "weighted_base": min(float(each.rows["weighted_base"].sum()) for each in (one, other)),
        "method": f"taylor, t {scale.level:.6g}, bonferroni 1",
    }
    obstacle = next((o for o in (obstacle_of(estimates, by_group[group]) for group in pair) if o), "")
    if obstacle or joint.fit is None:
        return stopped(row, obstacle or "too_few")
    if not {f"time {group}" for group in pair} <= set(joint.fit.params.index):
        return row | {
            "verdict": "too_few",
            "note": "nobody, or everybody, in every wave of a group: no log odds",
        }
    row |= _difference(joint.fit, pair, scale)
    row |= _variation(one, other, scale)
    return row | {"verdict": "too_few" if row["publish"] == "suppress" else DIFFERS[2]}


def _difference(fit: ModelResult, pair: tuple[str, str], scale: Scale) -> dict[str, Any]:
    names = [f"time {group}" for group in pair]
    V = fit.covariance.loc[names, names].to_numpy()
    estimate = float(fit.params[names[0]] - fit.params[names[1]])
    se = float(np.sqrt(V[0, 0] + V[1, 1] - 2 * V[0, 1]))
    return slope_columns(estimate, se, fit.df_residual, scale)


def _variation(one: WaveSeries, other: WaveSeries, scale: Scale) -> dict[str, Any]:
    try:
        gap = difference_series(one.on(scale.link), other.on(scale.link))
        found = series_trend([replace(gap, link="identity")]).iloc[0]
    except EstimationError as error:
        return {"note": str(error)}
    names = [name for name in found.index if name.endswith("_waves")] + ["tau2", "note", "decides"]
    return {name: found[name] for name in names}


def _interaction(
    estimates: Estimates, joint: _Joint, code: int | str | None, codes: int, level: float
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(INTERACTION_COLUMNS, np.nan)
    row |= {
        "variable": estimates.variable,
        "code": code if isinstance(code, int) else None,
        "groups": len(joint.lines),
    }
    if joint.fit is None:
        return row | {"verdict": "too_few"}
    try:
        test = slopes_alike(joint.fit)
    except EstimationError:
        return row | {"verdict": "too_few"}
    p = min(1.0, test.p * codes)
    verdict = DIFFERS[0] if p < 1 - level else DIFFERS[2]
    return row | {
        "f": test.f,
        "df": test.df,
        "ddf": test.ddf,
        "p": test.p,
        "p_adjusted": p,
        "verdict": verdict,
    }


def slopes_alike(fit: ModelResult) -> Wald:
    """Wald F that the coefficients `time ...` of a joint model are all alike."""
    names = [name for name in fit.params.index if name.startswith("time ")]
    contrasts = np.diff(np.eye(len(names)), axis=0)
    b = contrasts @ fit.params[names].to_numpy()
    V = contrasts @ fit.covariance.loc[names, names].to_numpy() @ contrasts.T
    return wald_test(b, V, float(fit.df_residual))


def _adjusted(table: pd.DataFrame, adjustment: str, level: float) -> pd.DataFrame:
    """The family by the errors that decide; the others keep their own interval."""
    waves = (table["decides"] == "waves").to_numpy()
    names = ("estimate", "se", "df", "p")
    deciding = table.assign(**{name: np.where(waves, table[f"{name}_waves"], table[name]) for name in names})
    done = adjusted_rows(deciding, adjustment, level, words=DIFFERS)
    result = table.assign(**{name: done[name] for name in ("p_adjusted", "mdc", "verdict", "method")})
    for name in ("low", "high"):
        result[name] = np.where(waves, table[name], done[name])
        result[f"{name}_waves"] = np.where(waves, done[name], table[f"{name}_waves"])
    return result

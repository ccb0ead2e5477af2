"""Where a trend turns: series come in, broken lines, the choice among them and its uncertainty go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.errors import EstimationError, Said, setting
from analysis.estimates.intervals import student
from analysis.trends.line import Scale
from analysis.trends.series import WaveSeries
from analysis.trends.turns import LEAST_BY_BREAKS, BrokenLine, Rule, broken_lines, choose
from analysis.waves.changes import POWER

SELECTION_COLUMNS = ("group", "code", "breaks", "rss", "bic", "probability", "p", "chosen")
BREAK_COLUMNS = ("group", "code", "break_number", "wave", "time", "low", "high", "probability")
SEGMENT_COLUMNS = (
    "statistic",
    "variable",
    "code",
    "label",
    "group",
    "link",
    "segment",
    "wave_from",
    "wave_to",
    "estimate",
    "se_given_breaks",
    "se",
    "low",
    "high",
    "df",
    "p",
    "p_adjusted",
    "mdc",
    "verdict",
    "note",
    "base",
    "weighted_base",
    "method",
    "publish",
    "reason",
)


@dataclass(frozen=True)
class JoinpointResult:
    """`segments`: a slope per year between turns, SEGMENT_COLUMNS; `breaks`: where the line turns, with the
    set of waves that holds 95 % of the probability; `selection`: what speaks for each number of turns.
    """

    segments: pd.DataFrame
    breaks: pd.DataFrame
    selection: pd.DataFrame


def joinpoint(
    series: Sequence[WaveSeries],
    *,
    most: int = 1,
    rule: str = "bic",
    seed: int | None = None,
    permutations: int = 4499,
    link: str = "identity",
    family: int = 1,
    level: float = 0.95,
) -> JoinpointResult:
    """Lines that turn at `most` one or two waves, fitted to each series with weights 1/variance.

    A turn stands at a wave, with two waves or more between it and the next turn or end. `rule`: bic takes the
    smallest k log(rss/k) + (2 + 2 turns) log k; permutation tests fewer against more turns by permuted
    weighted residuals (Kim, Fay, Feuer and Midthune 2000), each test at (1 - level)/most, and needs a `seed`.
    `probability`: weights exp(-BIC/2) over the numbers of turns, and rss^(-k/2) over their places. `se`, the
    interval and the verdict of a slope carry both the error given the turns (never below that of the design)
    and the choice: the mean over all lines of variance + squared distance (Burnham and Anderson 2004).
    EstimationError for fewer than 7 waves (12 for two turns).
    """
    if most not in LEAST_BY_BREAKS:
        raise EstimationError(Said(setting("most", most), ": type 1 or 2 turns"))
    if rule not in ("bic", "permutation"):
        raise EstimationError(f"rule {rule!r} is unknown: type bic or permutation")
    if rule == "permutation" and seed is None:
        raise EstimationError(
            Said(
                setting("rule", "permutation"), " draws at random: type a seed, such as ", setting("seed", 1)
            )
        )
    scale = Scale(link, level, family)
    chosen = Rule(rule, most, seed, permutations, 1 - level)
    parts = [_one(each, chosen, scale) for each in series]
    tables = [
        pd.DataFrame([row for part in parts for row in part[place]], columns=list(columns))
        for place, columns in enumerate((SEGMENT_COLUMNS, BREAK_COLUMNS, SELECTION_COLUMNS))
    ]
    return JoinpointResult(*(table.astype({"code": "Int64"}) for table in tables))


def _one(
    series: WaveSeries, rule: Rule, scale: Scale
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    k, least = len(series.waves), LEAST_BY_BREAKS[rule.most]
    if k < least:
        fewer = rule.most > 1 and k >= LEAST_BY_BREAKS[1]
        raise EstimationError(
            Said(
                setting("most", rule.most),
                f" needs {least} waves of {series.variable!r}, and there are {k}: ",
                *(("type ", setting("most", 1)) if fewer else ("ask for one straight line (trend)",)),
            )
        )
    base = _base(series, scale)
    if series.obstacle:
        return [base | {"verdict": series.obstacle}], [], []
    try:
        there = series.on(scale.link)
        lines = broken_lines(there, rule.most)
    except EstimationError as error:
        return [base | {"verdict": "too_few", "note": str(error)}], [], []
    selection = choose(there, lines, rule)
    chosen = min((line for line in lines if len(line.places) == selection.breaks), key=lambda x: x.rss)
    weights = np.array([selection.probability[line.places] for line in lines])
    names = {"group": series.group, "code": base["code"]}
    return (
        [row | _decided(row, scale) for row in _segments(base, chosen, lines, weights)],
        [names | row for row in _turns(chosen, lines, weights, scale.level)],
        [names | row for row in selection.rows],
    )


def _base(series: WaveSeries, scale: Scale) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SEGMENT_COLUMNS, np.nan)
    described = {name: value for name, value in series.describe().items() if name in SEGMENT_COLUMNS}
    return (
        row
        | described
        | {
            "statistic": f"{series.statistic}_joinpoint",
            "link": scale.link,
            "note": "",
            "method": f"wave line, t {scale.level:.6g}, bonferroni {scale.family}",
        }
    )


def _segments(
    base: dict[str, Any], chosen: BrokenLine, lines: Sequence[BrokenLine], weights: np.ndarray
) -> list[dict[str, Any]]:
    series = chosen.series
    edges = [0, *chosen.places, len(series.waves) - 1]
    rows = []
    for number, (start, end) in enumerate(pairwise(edges), start=1):
        middle = (series.times[start] + series.times[end]) / 2
        slope, variance = chosen.slope(middle)
        others = np.array([line.slope(middle) for line in lines])
        whole = float(weights @ (others[:, 1] + (others[:, 0] - slope) ** 2))
        rows.append(
            base
            | {
                "segment": number,
                "wave_from": series.waves[start],
                "wave_to": series.waves[end],
                "estimate": slope,
                "se_given_breaks": float(np.sqrt(variance)),
                "se": float(np.sqrt(max(whole, variance))),
                "df": chosen.df,
            }
        )
    return rows


def _decided(row: dict[str, Any], scale: Scale) -> dict[str, Any]:
    t = float(student(np.array([row["df"]]), scale.adjusted)[0])
    low, high = row["estimate"] - t * row["se"], row["estimate"] + t * row["se"]
    p = float(2 * stats.t.sf(abs(row["estimate"]) / row["se"], row["df"]))
    clear = "rose" if low > 0 else "fell" if high < 0 else "no_clear_change"
    return {
        "low": low,
        "high": high,
        "p": p,
        "p_adjusted": min(1.0, p * scale.family),
        "mdc": (t + float(stats.t.ppf(POWER, row["df"]))) * row["se"],
        "verdict": "too_few" if row["publish"] == "suppress" else clear,
    }


def _turns(
    chosen: BrokenLine, lines: Sequence[BrokenLine], weights: np.ndarray, level: float
) -> list[dict[str, Any]]:
    """Each turn of the chosen line, and the waves that hold `level` of the probability of its place."""
    series = chosen.series
    same = [place for place, line in enumerate(lines) if len(line.places) == len(chosen.places)]
    share = weights[same] / weights[same].sum()
    rows = []
    for number, place in enumerate(chosen.places):
        at = np.array([lines[index].places[number] for index in same])
        mass = np.bincount(at, share, minlength=len(series.waves))
        held = np.argsort(-mass, kind="stable")
        kept = held[: int(np.searchsorted(np.cumsum(mass[held]), level - 1e-12) + 1)]
        rows.append(
            {
                "break_number": number + 1,
                "wave": series.waves[place],
                "time": float(series.times[place]),
                "low": float(series.times[kept.min()]),
                "high": float(series.times[kept.max()]),
                "probability": float(mass[place]),
            }
        )
    return rows

"""Whether groups grow alike or apart: SurveyData comes in, the spread between groups over waves goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By
from analysis.estimates.intervals import student
from analysis.trends.series import WaveSeries, wave_series
from analysis.trends.trend import TREND_COLUMNS
from analysis.trends.waveline import series_trend
from analysis.waves import pooled

CONVERGENCE_COLUMNS = (*TREND_COLUMNS, "sd_from", "sd_to")
SPREAD_COLUMNS = ("variable", "code", "wave", "time", "estimate", "se", "low", "high", "sd", "groups")
WORDS = {"rose": "polarised", "fell": "converged"}
GROUP_SHARES = ("population", "equal")


@dataclass(frozen=True)
class Convergence:
    """`table`: the slope of the spread per year, a row per code with CONVERGENCE_COLUMNS; `waves`: the spread
    in each wave with SPREAD_COLUMNS; `series`: the same with influence values.
    """

    table: pd.DataFrame
    waves: pd.DataFrame
    series: tuple[WaveSeries, ...]


def convergence(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    by: By,
    shares: str = "population",
    code: int | str | None = None,
    statistic: str | None = None,
    where: Where = None,
    time: Mapping[str, float] | None = None,
    family: int = 1,
    level: float = 0.95,
) -> Convergence:
    """The variance between the groups' figures in each wave that has them all, and its slope per year.

    `shares`: groups count by their estimated share of each wave's population, or `equal`ly. What sampling
    alone puts between groups is taken off, so a spread may be below 0; `sd` is its root, 0 where it is. The
    variance is that of the linear terms, shares being estimates, and never below that of groups which are
    alike, 2 tr(AVAV) for a quadratic form A of figures with covariance V. Two waves suffice. Verdicts:
    polarised (the spread grew), converged, no_clear_change, or as in `trend`.
    EstimationError for one group, and when no two waves have all groups.
    """
    data = pooled(data)
    if shares not in GROUP_SHARES:
        raise EstimationError(f"shares {shares!r} is unknown: type {' or '.join(GROUP_SHARES)}")
    if by is None or not tuple(by):
        raise EstimationError("groups are told apart by a column: type by='sex', or another coded one")
    every = wave_series(
        data, variable, code=code, statistic=statistic, by=by, where=where, time=time, level=level
    )
    codes = list(dict.fromkeys(each.code for each in every))
    found = tuple(_spread([each for each in every if each.code == one], shares, level) for one in codes)
    table = series_trend(found, family=family, level=level, least=2)
    table["verdict"] = table["verdict"].replace(WORDS)
    ends = np.array([[_sd(each.values[0]), _sd(each.values[-1])] for each in found])
    return Convergence(
        table.assign(sd_from=ends[:, 0], sd_to=ends[:, 1]),
        pd.concat([each.rows[list(SPREAD_COLUMNS)] for each in found], ignore_index=True),
        found,
    )


def _spread(groups: Sequence[WaveSeries], shares: str, level: float) -> WaveSeries:
    """The variance between the groups as a series of its own."""
    if len(groups) < 2:
        raise EstimationError(f"{groups[0].group} is the only group: name a column that makes two or more")
    shared = [wave for wave in groups[0].waves if all(wave in each.waves for each in groups)]
    if len(shared) < 2:
        raise EstimationError(
            f"the groups of {groups[0].variable!r} are all there in {len(shared)} wave, and two are needed: "
            "leave out groups that most waves lack"
        )
    parts = [_in_wave(groups, wave, shares) for wave in shared]
    first = groups[0]
    influence = sparse.csr_array(np.column_stack([each for _, each, _ in parts]))
    domain = np.logical_or.reduce([each.domain for each in groups])
    floors = np.array([floor for _, _, floor in parts])
    figures = pd.concat([each.rows.assign(place=each.group) for each in groups], ignore_index=True)
    figures = figures[figures["wave"].isin(shared)]
    series = replace(
        first,
        statistic=f"{first.statistic}_spread",
        group="",
        waves=tuple(shared),
        times=first.times[[first.waves.index(wave) for wave in shared]],
        values=np.array([value for value, _, _ in parts]),
        influence=influence,
        domain=domain,
        beyond=np.diag(np.maximum(0.0, floors - first.data.sample.variances(influence, domain))),
        rows=figures,
        obstacle=next((each.obstacle for each in groups if each.obstacle), ""),
    )
    return replace(series, rows=_rows(series, figures, len(groups), level))


def _in_wave(groups: Sequence[WaveSeries], wave: str, shares: str) -> tuple[float, np.ndarray, float]:
    """One wave's spread, sampling taken off, its influence (n), and its variance were the groups alike."""
    places = [each.waves.index(wave) for each in groups]
    y = np.array([each.values[place] for each, place in zip(groups, places, strict=True)])
    Z = np.column_stack(
        [sparse.csc_array(each.influence)[:, [place]].toarray()[:, 0]
         for each, place in zip(groups, places, strict=True)]
    )  # fmt: skip
    sample = groups[0].data.sample
    domain = np.logical_or.reduce([each.domain for each in groups])
    bases = np.array(
        [each.rows["weighted_base"].iloc[place] for each, place in zip(groups, places, strict=True)]
    )
    p = bases / bases.sum() if shares == "population" else np.full(len(y), 1 / len(y))
    deviations = y - p @ y
    V = sample.covariance(Z, domain)
    scatter = (np.diag(p) - np.outer(p, p)) @ V
    influence = Z @ (2 * p * deviations)
    if shares == "population":
        member = np.column_stack([_members(each, wave) for each in groups]) * sample.weights[:, None]
        influence = (
            influence + (member @ deviations**2 - member.sum(axis=1) * (p @ deviations**2)) / bases.sum()
        )
    alike = 2 * float(np.trace(scatter @ scatter))
    return float(p @ deviations**2) - float(np.trace(scatter)), influence, alike


def _members(series: WaveSeries, wave: str) -> np.ndarray:
    """n booleans: rows in the base of that wave's figure."""
    data = series.data
    return series.domain & (data.wave_place == data.waves.index(wave))


def _rows(series: WaveSeries, figures: pd.DataFrame, groups: int, level: float) -> pd.DataFrame:
    """A row per wave with SPREAD_COLUMNS and what a series tells of itself, the worst group deciding."""
    order = ["show", "flag", "suppress"]
    se = np.sqrt(np.diag(series.covariance)) if not series.obstacle else np.full(len(series.values), np.nan)
    from_wave = figures.groupby("wave", sort=False)
    worst = {wave: order[max(order.index(word) for word in part["publish"])] for wave, part in from_wave}
    reasons = {
        wave: ";".join(dict.fromkeys(r for text in part["reason"] for r in text.split(";") if r))
        for wave, part in from_wave
    }
    t = float(student(np.array([series.df]), level)[0])
    return pd.DataFrame(
        {
            "variable": series.variable,
            "code": pd.array([series.code if isinstance(series.code, int) else None] * len(se), "Int64"),
            "label": figures["label"].iloc[0],
            "wave": series.waves,
            "time": series.times,
            "estimate": series.values,
            "se": se,
            "low": series.values - t * se,
            "high": series.values + t * se,
            "sd": [_sd(value) for value in series.values],
            "groups": groups,
            "base": [int(figures.loc[figures["wave"] == wave, "base"].sum()) for wave in series.waves],
            "weighted_base": [
                float(figures.loc[figures["wave"] == wave, "weighted_base"].sum()) for wave in series.waves
            ],
            "publish": [worst[wave] for wave in series.waves],
            "reason": [reasons[wave] for wave in series.waves],
        }
    )


def _sd(variance: float) -> float:
    return float(np.sqrt(max(0.0, variance)))

"""One outcome and what it may go with in; differences with everything else held equal out (svyglm)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis import AnalysisError, SurveyData, in_family, marginal_effects, svyglm
from instruments import Indicator, Text, Variable
from reports.evidence import records
from reports.grouping import Grouped
from reports.rows import LEAST_BASE, SHOW, SUPPRESS, cell, code_in
from reports.spec import LANGUAGE, Association
from reports.unstated import group_name, joint_label, with_unstated

LEAST_MODEL = 200
"""Answers below which no model is printed."""


@dataclass(frozen=True)
class Effect:
    """The difference a group makes against the first, or one point more of a score, in shares (0..1)."""

    code: int | None
    label: Text
    estimate: float
    low: float
    high: float
    publish: str = SHOW
    reason: str = ""
    """Why its group, or every group it could be compared with, is hidden."""

    @property
    def printable(self) -> bool:
        return self.publish != SUPPRESS

    @property
    def clear(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Predictor:
    """One column of the model; `reference`: the group the others are compared with, empty for a score."""

    variable: Variable
    reference: Text
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Model:
    """What goes with an outcome in the latest wave, all columns at once."""

    outcome: Indicator
    wave: str
    base: int
    predictors: tuple[Predictor, ...]
    sample: "Sample"
    family: int
    """Printed differences, whose intervals are adjusted together."""


@dataclass(frozen=True)
class Sample:
    """Who is in a model: of `interviews`, `answered` the outcome; `small`: whether groups were left out."""

    interviews: int
    answered: int
    complete: int
    small: bool


class Why(StrEnum):
    """Why there is no model."""

    NOT_RANDOM = "not random"
    FEW = "few"
    UNFIT = "unfit"


@dataclass(frozen=True)
class Unfitted:
    """A model that was asked for and is not printed."""

    outcome: Indicator
    wave: str
    why: Why
    sample: Sample


def model_of(data: SurveyData, asked: Association) -> tuple[Model | Unfitted, list[pd.DataFrame]]:
    """The model, all its printed differences one family; or why there is none: no error is defined, too few
    answered, or it cannot be fitted."""
    outcome = next(each for each in data.codebook.indicators if each.name == asked.outcome)
    wave = data.waves[-1]
    names = [LANGUAGE if name == "language" else name for name in asked.predictors]
    names = [name for name in names if name in data.codebook]
    hosts = {name: _host(data, outcome, name, wave) for name in names}
    data = _with_unstated(data, hosts, wave)
    rows, sample = _rows(data, outcome.variable, names, wave)
    if not data.wave_meta(wave).infers:
        return Unfitted(outcome, wave, Why.NOT_RANDOM, sample), []
    if sample.complete < LEAST_MODEL:
        return Unfitted(outcome, wave, Why.FEW, sample), []
    names = [name for name in names if data.frame.loc[rows, name].nunique() > 1]
    terms = [f"C({name})" if data.variable(name).codes else name for name in names]
    try:
        hidden = {name: _hidden(data, outcome, name, wave) for name in names}
        firsts = {name: _first(data, name, rows, hidden[name]) for name in names}
        fit = svyglm(f"{outcome.variable} ~ {' + '.join(terms)}", data, family="binomial", where=rows)
        parts = {
            name: _masked(
                _effects(
                    marginal_effects(fit, name, reference=firsts[name]).table(),
                    f"{outcome.name}@{wave}~",
                    name,
                    hosts[name],
                ),
                firsts[name],
                hidden[name],
            )
            for name in names
        }
    except AnalysisError:
        return Unfitted(outcome, wave, Why.UNFIT, sample), []
    parts = _judged(parts)
    family = sum(int(part["p_adjusted"].notna().sum()) for part in parts.values())
    predictors = tuple(
        _predictor(_labelled(data.variable(name), hosts[name]), parts[name], firsts[name]) for name in names
    )
    frames = [_table(outcome, wave, parts[name], int(fit.n), family) for name in names]
    return Model(outcome, wave, int(fit.n), predictors, sample, family), frames


def _judged(parts: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The differences of all columns as one family by Holm's method; what is hidden is in none."""
    every = in_family(pd.concat(parts.values(), keys=parts.keys()))
    return {name: every.loc[[name]].droplevel(0) for name in parts}


def _host(data: SurveyData, outcome: Indicator, name: str, wave: str) -> int | None:
    """The group with which those who did not say are printed, and so counted in the model too."""
    variable = data.variable(name)
    return Grouped(data, (variable,)).host(outcome.variable, variable, wave) if variable.codes else None


def _with_unstated(data: SurveyData, hosts: Mapping[str, int | None], wave: str) -> SurveyData:
    """The wave's people who did not say in the group that stands for them.

    Without them the group alone would follow from the other groups and the differences.
    """
    within = (data.frame["wave"].astype(str) == wave).to_numpy()
    filled = {
        name: np.where(within & ~data.valid(name), most, data.frame[name].to_numpy())
        for name, most in hosts.items()
        if most is not None
    }
    return data.with_columns(data.codebook, **filled) if filled else data


def _labelled(variable: Variable, most: int | None) -> Variable:
    """The column with the name of the group as it is printed."""
    if most is None:
        return variable
    return replace(variable, codes={**variable.codes, most: joint_label(variable.codes[most])})


def _rows(data: SurveyData, outcome: str, names: Sequence[str], wave: str) -> tuple[np.ndarray, Sample]:
    """The interviews of the wave that answered everything, without groups too small to print."""
    asked = (data.frame["wave"].astype(str) == wave).to_numpy()
    answered = rows = asked & data.valid(outcome)
    for name in names:
        rows = rows & data.valid(name)
    whole = rows
    for name in names:
        if data.variable(name).codes:
            counts = data.frame.loc[rows, name].value_counts()
            rows = rows & data.frame[name].isin(counts[counts >= LEAST_BASE].index).to_numpy()
    kept = int(rows.sum())
    return np.asarray(rows), Sample(int(asked.sum()), int(answered.sum()), kept, kept < int(whole.sum()))


def _hidden(data: SurveyData, outcome: Indicator, name: str, wave: str) -> Mapping[int, str]:
    """Groups whose figure of the outcome may not be printed, with the reason: the gate of groups, once more.

    A difference from a printed group is that figure in other words.
    """
    variable = data.variable(name)
    if not variable.codes:
        return {}
    table = Grouped(data, (variable,)).gated(outcome.variable, variable, wave)
    kept = table[(table["row_code"] == outcome.code) & (table["publish"] == SUPPRESS)]
    return {int(row["column_code"]): str(row["reason"]) for row in records(kept)}


def _first(data: SurveyData, name: str, rows: np.ndarray, hidden: Mapping[int, str]) -> int | None:
    """The group the others are compared with: the first that is printed; None for a score."""
    if not data.variable(name).codes:
        return None
    met = sorted(int(code) for code in data.frame.loc[rows, name].unique())
    return next((code for code in met if code not in hidden), met[0])


def _masked(table: pd.DataFrame, first: int | None, hidden: Mapping[int, str]) -> pd.DataFrame:
    """Without the figures of hidden groups; without any where the group compared with is hidden itself."""
    reasons = [hidden.get(first, hidden.get(code)) if first is not None else None for code in table["of"]]
    masked = np.array([reason is not None for reason in reasons], bool)
    figures = ["estimate", "se", "low", "high", "df", "p"]
    return table.assign(
        **{name: table[name].astype(float).mask(masked) for name in figures},
        publish=np.where(masked, SUPPRESS, SHOW),
        reason=[reason or "" for reason in reasons],
    )


def _effects(table: pd.DataFrame, about: str, name: str, most: int | None) -> pd.DataFrame:
    """The id and code of each row beside its figures: `age6: 2 - 1` is code 2; a score has none."""

    def called(code: int) -> str:
        return group_name(name, with_unstated(code) if code == most else code)

    after = table["effect"].str.partition(": ")[2]
    codes = pd.to_numeric(after.str.partition(" - ")[0], errors="coerce")
    ids = [about + (name if pd.isna(code) else called(int(code))) for code in codes]
    return table.assign(of=codes, id=ids)


def _predictor(variable: Variable, table: pd.DataFrame, first: int | None) -> Predictor:
    effects = tuple(_effect(variable, row) for row in records(table))
    return Predictor(variable, {} if first is None else variable.codes[first], effects)


def _effect(variable: Variable, row: Mapping[str, Any]) -> Effect:
    code = code_in(row, "of")
    label = {} if code is None else variable.codes[code]
    estimate, low, high = (cell(row, name) for name in ("estimate", "low", "high"))
    return Effect(code, label, estimate, low, high, str(row["publish"]), str(row["reason"]))


def _table(outcome: Indicator, wave: str, table: pd.DataFrame, n: int, family: int) -> pd.DataFrame:
    kept = table[["id", "estimate", "se", "low", "high", "df", "p", "p_adjusted", "publish", "reason"]].copy()
    return kept.assign(
        statistic="marginal effect",
        variable=outcome.variable,
        code=outcome.code,
        wave=wave,
        base=n,
        method=f"svyglm, average marginal effect, t 0.95, holm {family}",
    )

"""One outcome and what it may go with in; differences with everything else held equal out (svyglm)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis import AnalysisError, SurveyData, marginal_effects, svyglm
from instruments import Indicator, Text, Variable
from reports.evidence import records
from reports.rows import LEAST_BASE, cell
from reports.spec import LANGUAGE, Association

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


def model_of(data: SurveyData, asked: Association) -> tuple[Model | None, list[pd.DataFrame]]:
    """The model; None where no error is defined, too few answered, or it cannot be fitted."""
    outcome = next(each for each in data.codebook.indicators if each.name == asked.outcome)
    wave = data.waves[-1]
    names = [LANGUAGE if name == "language" else name for name in asked.predictors]
    names = [name for name in names if name in data.codebook]
    rows = _rows(data, outcome.variable, names, wave)
    if not data.wave_meta(wave).infers or rows.sum() < LEAST_MODEL:
        return None, []
    names = [name for name in names if data.frame.loc[rows, name].nunique() > 1]
    terms = [f"C({name})" if data.variable(name).codes else name for name in names]
    try:
        fit = svyglm(f"{outcome.variable} ~ {' + '.join(terms)}", data, family="binomial", where=rows)
        parts = {
            name: _effects(marginal_effects(fit, name).table(), f"{outcome.name}@{wave}~{name}")
            for name in names
        }
    except AnalysisError:
        return None, []
    predictors = tuple(_predictor(data.variable(name), parts[name], data, rows) for name in names)
    frames = [_table(outcome, wave, parts[name], int(fit.n)) for name in names]
    return Model(outcome, wave, int(fit.n), predictors), frames


def _rows(data: SurveyData, outcome: str, names: Sequence[str], wave: str) -> np.ndarray:
    """The interviews of the wave that answered everything, without groups too small to print."""
    rows = (data.frame["wave"].astype(str) == wave).to_numpy() & data.valid(outcome)
    for name in names:
        rows &= data.valid(name)
    for name in names:
        if data.variable(name).codes:
            counts = data.frame.loc[rows, name].value_counts()
            rows &= data.frame[name].isin(counts[counts >= LEAST_BASE].index).to_numpy()
    return np.asarray(rows)


def _effects(table: pd.DataFrame, about: str) -> pd.DataFrame:
    """The id and code of each row beside its figures: `age6: 2 - 1` is code 2; a score has none."""
    after = table["effect"].str.partition(": ")[2]
    codes = pd.to_numeric(after.str.partition(" - ")[0], errors="coerce")
    ids = [about + ("" if pd.isna(code) else f"={int(code)}") for code in codes]
    return table.assign(of=codes, id=ids)


def _predictor(variable: Variable, table: pd.DataFrame, data: SurveyData, rows: np.ndarray) -> Predictor:
    met = sorted(int(code) for code in data.frame.loc[rows, variable.name].unique()) if variable.codes else []
    effects = tuple(_effect(variable, row) for row in records(table))
    return Predictor(variable, variable.codes[met[0]] if met else {}, effects)


def _effect(variable: Variable, row: Mapping[str, Any]) -> Effect:
    code = None if pd.isna(row["of"]) else int(row["of"])
    label = {} if code is None else variable.codes[code]
    return Effect(code, label, cell(row, "estimate"), cell(row, "low"), cell(row, "high"))


def _table(outcome: Indicator, wave: str, table: pd.DataFrame, n: int) -> pd.DataFrame:
    kept = table[["id", "estimate", "se", "low", "high", "df", "p"]].copy()
    return kept.assign(
        statistic="marginal effect",
        variable=outcome.variable,
        code=outcome.code,
        wave=wave,
        base=n,
        method="svyglm, average marginal effect, t 0.95",
        publish="show",
        reason="",
    )

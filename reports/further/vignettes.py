"""Vignettes of the latest wave in; what each varied fact does to the answers about it out (AMCE)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis import AnalysisError, SurveyData, in_family, vignette_effects
from instruments import Level, Role, Text, Variable
from reports import rows
from reports.evidence import records
from reports.rows import Reading

MOST = 2
"""Answers about one vignette that are drawn: scores, in the order in which they were asked."""


@dataclass(frozen=True)
class VignetteLevel:
    """One version of a fact; without an effect it is what the others are compared with."""

    label: Text
    mean: Reading
    effect: Reading | None


@dataclass(frozen=True)
class VignetteFactor:
    """One fact that chance varied."""

    label: Text
    levels: tuple[VignetteLevel, ...]


@dataclass(frozen=True)
class VignetteAnswers:
    """One score given about a vignette, by what the vignette said."""

    outcome: Variable
    scale: tuple[float, float]
    factors: tuple[VignetteFactor, ...]


@dataclass(frozen=True)
class _Estimated:
    """What is known of one score before the effects of all are judged together."""

    outcome: Variable
    factors: Sequence[Variable]
    effects: pd.DataFrame
    means: pd.DataFrame


def vignettes(data: SurveyData) -> tuple[tuple[VignetteAnswers, ...], int, list[pd.DataFrame]]:
    """Every vignette of the latest wave, how many effects are adjusted together, rows of the table; none
    where no error is defined.

    All effects of the chapter are one family by Holm's method.
    """
    wave = data.waves[-1]
    if not data.wave_meta(wave).infers:
        return (), 0, []
    found = list(_estimated(data, wave))
    if not found:
        return (), 0, []
    every = _judged(pd.concat([each.effects for each in found], ignore_index=True))
    ends = np.cumsum([len(each.effects) for each in found])
    effects = [every.iloc[end - len(each.effects) : end] for each, end in zip(found, ends, strict=True)]
    told = tuple(
        VignetteAnswers(
            each.outcome, _scale(data, each.outcome.name), _factors(each.factors, table, each.means)
        )
        for each, table in zip(found, effects, strict=True)
    )
    frames = [part for each, table in zip(found, effects, strict=True) for part in (table, each.means)]
    return told, int(every["p_adjusted"].notna().sum()), frames


def _estimated(data: SurveyData, wave: str) -> Iterator[_Estimated]:
    for item, factors in _vignettes(data):
        for outcome in _outcomes(data, factors[0], wave)[:MOST]:
            try:
                made = vignette_effects(data, item, outcome.name, where={"wave": [wave]})
            except AnalysisError:
                continue
            yield _Estimated(
                outcome,
                factors,
                _named(made.effects, f"{outcome.name}@{wave}~", wave),
                _named(made.marginal_means, f"{outcome.name}@{wave}|", wave),
            )


def _judged(effects: pd.DataFrame) -> pd.DataFrame:
    """The effects as one family; those that are not printed are in none."""
    shown = effects["publish"] != rows.SUPPRESS
    judged = in_family(effects.assign(p=effects["p"].where(shown)))
    told = effects["method"].astype(str) + f", holm {int(judged['p'].notna().sum())}"
    return judged.assign(p=effects["p"], method=told.where(judged["p"].notna(), effects["method"]))


def _vignettes(data: SurveyData) -> Iterator[tuple[str, list[Variable]]]:
    """Columns of chance by the item they vary: an item that stores no answer of its own."""
    by_item: dict[str, list[Variable]] = {}
    for variable in data.codebook.variables:
        chance = variable.role is Role.ASSIGNMENT and variable.codes
        if chance and variable.item and variable.item not in data.codebook:
            by_item.setdefault(variable.item, []).append(variable)
    yield from by_item.items()


def _outcomes(data: SurveyData, factor: Variable, wave: str) -> list[Variable]:
    """The scores asked in the vignette's module in this wave."""
    asked = data.frame["wave"].astype(str) == wave
    return [
        each
        for each in data.codebook.variables
        if each.module == factor.module
        and each.role is Role.ANSWER
        and each.level is Level.INTERVAL
        and not each.design
        and (asked & data.valid(each.name)).any()
    ]


def _named(table: pd.DataFrame, about: str, wave: str) -> pd.DataFrame:
    ids = about + table["factor"].astype(str) + "=" + table["level"].astype(int).astype(str)
    kept = table.drop(columns=[name for name in ("factor", "level", "baseline") if name in table])
    kept = kept.assign(of=table["factor"].astype(str), level=table["level"].astype(int), wave=wave)
    kept.insert(0, "id", ids)
    return kept.drop(columns=["of", "level"]).assign(code=pd.Series(pd.NA, index=kept.index))


def _scale(data: SurveyData, name: str) -> tuple[float, float]:
    """From the lowest to the highest score given in any wave."""
    given = data.frame.loc[data.valid(name), name]
    return float(given.min()), float(given.max())


def _factors(
    factors: Sequence[Variable], effects: pd.DataFrame, means: pd.DataFrame
) -> tuple[VignetteFactor, ...]:
    by_effect, by_mean = (_readings(table) for table in (effects, means))
    return tuple(
        VignetteFactor(
            factor.label,
            tuple(
                VignetteLevel(label, by_mean[key], by_effect.get(key))
                for code, label in sorted(factor.codes.items())
                if (key := f"{factor.name}={code}") in by_mean
            ),
        )
        for factor in factors
    )


def _readings(table: pd.DataFrame) -> dict[str, Reading]:
    """By factor and level, as the ids end."""
    return {
        row["id"].replace("|", "~").rpartition("~")[2]: replace(rows.reading(row)) for row in records(table)
    }

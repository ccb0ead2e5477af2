"""A release and a specification's keys in; codes of every step and the variables they become out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.public.searching import Ladder
from analysis.public.spec import WITHHELD, Key, KeyStep, PublicSpec
from instruments import Level, Role, Text, Variable

TEXT_COLUMNS: Mapping[str, Text] = {
    "language": {
        "kk": "Сұхбат тілі",
        "ru": "Язык интервью",
        "uz": "Suhbat tili",
        "en": "Language of the interview",
    },
    "mode": {"kk": "Сұхбат тәсілі", "ru": "Способ опроса", "uz": "Soʻrov usuli", "en": "Mode"},
}
"""Reserved columns of words that may be keys."""
NO_ANSWER = -7


def step_problems(data: SurveyData, spec: PublicSpec) -> list[tuple[KeyStep, str, str]]:
    """Each step that the release cannot carry out: the step, what it would need, what was found."""
    return [
        (step, *problem)
        for key in spec.keys
        for step in key.steps
        if (problem := _problem(step, data)) is not None
    ]


def _problem(step: KeyStep, data: SurveyData) -> tuple[str, str] | None:
    if step.column in TEXT_COLUMNS:
        return None if step.groups else ("groups of a column of words", f"{step.column} without groups")
    if step.column not in data.codebook:
        return "a column of the codebook", step.column
    variable = data.codebook.variable(step.column)
    if variable.level is Level.TEXT:
        return "a column of codes or numbers", f"{step.column}, which holds words"
    if step.edges or variable.codes:
        unknown = sorted({v for g in step.groups for v in g.values} - set(variable.codes), key=str)
        if step.edges and variable.codes:
            return "a column of numbers to cut", f"{step.column}, which has codes"
        return ("codes of the column", f"{', '.join(map(str, unknown))} in groups") if unknown else None
    return "a column of codes, or `at` to cut one of numbers", f"{step.column}, exact numbers"


def ladder(key: Key, data: SurveyData) -> Ladder:
    """The key's codes at each step; a removable one ends in a column of one code."""
    levels = [key_codes(step, data) for step in key.steps]
    if key.removable:
        levels.append(np.zeros(len(data.frame), int))
    return Ladder(tuple(levels), key.importance, len(key.steps))


def key_codes(step: KeyStep, data: SurveyData) -> np.ndarray:
    """n codes; whatever has none (no answer of any kind, a value in no group) is WITHHELD."""
    if step.edges:
        values = data.values(step.column)
        cut = 1 + np.searchsorted(step.edges, np.nan_to_num(values), side="right")
        return np.where(np.isnan(values), WITHHELD, cut)
    column = data.frame[step.column]
    if step.groups:
        to = {value: group.code for group in step.groups for value in group.values}
        return column.map(to).fillna(WITHHELD).to_numpy(int)
    known = column.isin(list(data.codebook.variable(step.column).codes))
    return column.where(known, WITHHELD).to_numpy(int)


def became(step: KeyStep, data: SurveyData) -> Variable:
    """The public file's variable of a step."""
    if step.column in TEXT_COLUMNS:
        base = Variable(step.name, step.label or TEXT_COLUMNS[step.column], Level.NOMINAL)
    else:
        base = data.codebook.variable(step.column)
    if not step.groups and not step.edges:
        return replace(base, missing=(), rule=None)
    codes: Mapping[int, Text] = {group.code: group.label for group in step.groups} or _bands(step.edges, base)
    level = Level.ORDINAL if base.level is Level.INTERVAL else base.level
    return Variable(
        step.name, step.label or base.label, level, codes, base.question, base.item, role=Role.DERIVED
    )


def _bands(edges: Sequence[int], base: Variable) -> dict[int, Text]:
    """Names of the bands in figures, which every language writes alike."""
    names = [
        f"< {edges[0]}",
        *(f"{low}–{high - 1}" if high - low > 1 else str(low) for low, high in pairwise(edges)),
        f"{edges[-1]}+",
    ]
    return {code: dict.fromkeys(base.label, name) for code, name in enumerate(names, start=1)}


def answers(column: pd.Series) -> np.ndarray:
    """n floats of a column for counting different answers: all kinds of no answer are one."""
    values = column.to_numpy(float)
    return np.where(np.isnan(values) | (values < 0), NO_ANSWER, values)

"""What was asked of each interview and what came back: SurveyData in, arrays of rows by question out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.data import SurveyData
from instruments import Group, Level, Missing, Role, Variable

NOT_PUT = (Missing.NOT_APPLICABLE, Missing.NOT_ASKED, Missing.NOT_REACHED)
NO_SUBSTANCE = (Missing.DONT_KNOW, Missing.REFUSED, Missing.NO_ANSWER)


@dataclass(frozen=True)
class Questions:
    """The questions of a wave; a question of several columns is one. Arrays are n rows x k questions."""

    columns: tuple[tuple[Variable, ...], ...]
    asked: np.ndarray
    """Whether it was put to this respondent."""
    answered: np.ndarray
    """Whether there is an answer with substance."""


def questions(data: SurveyData) -> Questions:
    """Every question with an answer in figures: respondents' own words may be blank."""
    items: dict[str, list[Variable]] = {}
    for variable in data.codebook.variables:
        if variable.role is Role.ANSWER and variable.level is not Level.TEXT:
            items.setdefault(variable.item or variable.name, []).append(variable)
    columns = tuple(tuple(found) for found in items.values())
    asked = np.zeros((len(data.frame), len(columns)), bool)
    answered = np.zeros_like(asked)
    for place, found in enumerate(columns):
        for variable in found:
            valid = data.valid(variable.name)
            answered[:, place] |= valid
            asked[:, place] |= valid | ~data.frame[variable.name].isin([int(code) for code in NOT_PUT])
    return Questions(columns, asked, answered)


def answers(data: SurveyData, names: Sequence[str]) -> np.ndarray:
    """n x k answers, NaN where there is none with substance."""
    return np.column_stack([data.values(name) for name in names])


def batteries(data: SurveyData) -> tuple[Group, ...]:
    """The batteries with statements keyed both ways."""
    found = []
    for group in data.codebook.groups:
        keys = {data.codebook.variable(name).key for name in group.variables}
        if group.kind == "battery" and {1, -1} <= keys:
            found.append(group)
    return tuple(found)

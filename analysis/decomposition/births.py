"""When people were born: columns of birth year or age come in, birth years and bands of them go out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, setting
from instruments import Level, Missing, Role, Variable


def birth_years(
    data: SurveyData, times: Mapping[str, float], *, cohort: str | None, age: str | None
) -> np.ndarray:
    """n birth years, NaN where not known: the column `cohort`, or the wave's time minus the column `age`.

    EstimationError unless exactly one is named, and for a column of codes.
    """
    if (cohort is None) == (age is None):
        raise EstimationError("name the column of birth years, cohort='...', or that of ages, age='...'")
    name = cohort or age or ""
    if data.variable(name).level is not Level.INTERVAL:
        raise EstimationError(f"{name!r} holds codes, not years: name a column of numbers")
    values = data.values(name)
    if cohort is not None:
        return values
    return np.array([times[wave] for wave in data.waves])[data.wave_place] - values


def bands(data: SurveyData, name: str, edges: Sequence[float], *, into: str) -> SurveyData:
    """The data with a coded column `into`: 1, 2, ... for the bands [edge, next edge) of the numbers in
    `name`.

    Rows below the first edge, at or above the last, or without a number are "not applicable" there.
    EstimationError for fewer than two edges, edges that do not rise, and a name that is taken.
    """
    return banded(data, data.values(name), edges, into=into, origin=name)


def banded(
    data: SurveyData, values: np.ndarray, edges: Sequence[float], *, into: str, origin: str
) -> SurveyData:
    """`bands` of n numbers that are no column; `origin`: what they are called."""
    limits = np.asarray(list(edges), float)
    if len(limits) < 2 or not (np.diff(limits) > 0).all():
        raise EstimationError(
            Said(
                setting("edges", list(edges)),
                ": type two or more years that rise, such as ",
                setting("edges", [1950, 1970, 1990, 2010]),
            )
        )
    if into in data.frame or into in data.codebook:
        raise EstimationError(
            f"column {into!r} is there already: type another name for the bands of {origin}"
        )
    place = np.digitize(np.nan_to_num(values, nan=-np.inf), limits)
    codes = np.where((place >= 1) & (place < len(limits)), place, int(Missing.NOT_APPLICABLE))
    labels = {
        number: {data.codebook.source_language: f"{low:g} to under {high:g}"}
        for number, (low, high) in enumerate(pairwise(limits), start=1)
    }
    variable = Variable(
        into, {data.codebook.source_language: f"{origin}, in bands"}, Level.ORDINAL, labels, role=Role.DERIVED
    )
    book = replace(data.codebook, variables=(*data.codebook.variables, variable))
    return data.with_columns(book, **{into: codes})

"""A key of 40_decompositions.json in, R's values beside those of `analysis` out.

R's errors come from numerical derivatives by the clusters' weights, ours from influence values.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from analysis import (
    Parts,
    SurveyData,
    age_period_cohort,
    firebaugh,
    kitagawa,
    oaxaca,
    pool,
    standardise,
)

Pairs = Iterator[tuple[str, Any, Any]]
Figures = tuple[list[str], np.ndarray, np.ndarray]
"""Names, values and their covariance."""
ENDS = {"code": 1, "wave_from": "2002", "wave_to": "2023"}
CELLS = ["faith", "college"]
SHARES = {(faith, college): (0.05, 0.1, 0.2, 0.15)[faith - 1] for college in (0, 1) for faith in (1, 2, 3, 4)}


def decomposition(parts: list[str], theirs: dict[str, Any], waves: Callable[[], SurveyData]) -> Pairs:
    """Values, standard errors and correlations; `waves` gives the marriages with their birth years."""
    names, values, covariance = FOUND[parts[0]](waves(), parts[1:])
    assert names == [name.strip() for name in theirs["part"]]
    vcov = np.array(theirs["vcov"])
    yield "estimate", theirs["estimate"], values
    yield "se", np.sqrt(np.diag(vcov)), np.sqrt(np.diag(covariance))
    # a correlation near 0 has no relative difference to speak of
    yield "correlation + 2", 2 + correlation(vcov), 2 + correlation(covariance)


def correlation(covariance: np.ndarray) -> np.ndarray:
    se = np.sqrt(np.diag(covariance))
    return covariance / np.outer(se, se)


def _parts(parts: Parts) -> Figures:
    return [f"{part} {detail}".strip() for part, detail in parts.names], parts.values, parts.covariance


def _kitagawa(data: SurveyData, _: list[str]) -> Figures:
    return _parts(kitagawa(data, "affair", by=CELLS, **ENDS).parts)


def _standardised(standard: Any) -> Callable[[SurveyData, list[str]], Figures]:
    def found(data: SurveyData, _: list[str]) -> Figures:
        series = standardise(data, "affair", code=1, by=CELLS, standard=standard).series
        return list(series.waves), series.values, series.covariance

    return found


def _oaxaca(data: SurveyData, parts: list[str]) -> Figures:
    model, fold, reference = parts
    factors = ["college", "faith", "age"]
    found = oaxaca(data, "affair", factors=factors, model=model, fold=int(fold), reference=reference, **ENDS)
    assert not found.note
    return _parts(found.parts)


def _firebaugh(data: SurveyData, _: list[str]) -> Figures:
    return _parts(firebaugh(data, "affair", code=1, age="age").parts)


def _bends(data: SurveyData, _: list[str]) -> Figures:
    fit = age_period_cohort(data, "affair", code=1, age="age").fit
    names = ["age bend", "period bend", "cohort bend"]
    return names, fit.params[names].to_numpy(), fit.covariance.loc[names, names].to_numpy()


FOUND: Mapping[str, Callable[[SurveyData, list[str]], Figures]] = {
    "kitagawa": _kitagawa,
    "standardised_to_2013": _standardised("2013"),
    "standardised_to_shares": _standardised(SHARES),
    "oaxaca": _oaxaca,
    "firebaugh": _firebaugh,
    "age_period_cohort": _bends,
}


@lru_cache
def marriages(surveys: Any) -> SurveyData:
    """The seven waves with faith coded too."""
    coded = ("affair", "content", "college", "faith")
    design = surveys.DESIGNS["marriages.waves"]
    groups = surveys.studies()["marriages"].groupby("wave")
    return pool([surveys.declared(part, design, coded, str(wave)) for wave, part in groups])

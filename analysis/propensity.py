"""Response propensities: everybody sampled comes in, respondents who stand for all of them go out."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.models import ModelResult, svyglm
from analysis.weighting import NonresponseReport
from analysis.weighting.nonresponse import adjusted, nonresponse_report, respondents_of, respondents_with
from analysis.weighting.raking import base_weights

METHODS = ("classes", "inverse")


@dataclass(frozen=True)
class Propensity:
    """`model`: the logit; `propensities`: n fitted chances of answering; `report`: what weighting did."""

    model: ModelResult
    propensities: np.ndarray
    report: NonresponseReport


def response_propensity(
    data: SurveyData,
    response: str,
    predictors: str,
    *,
    method: str = "classes",
    classes: int = 5,
    base: str | None = None,
) -> tuple[SurveyData, Propensity]:
    """Respondents, weighted by the inverse of their chance to answer.

    `data`: everybody sampled; `response`: 1 for who answered, 0 for who did not; `predictors`: the right side
    of a formula over columns known of everybody (`C(sex) + C(region)`), of a logit by the design. `method`:
    `classes` (default; Little 1986), cells of the fitted chances with equal weighted shares of the sample,
    five for quintiles, and in each the inverse of its weighted response rate; `inverse`, one over the fitted
    chance itself, which is exact where the model is and lets single weights grow large.
    EstimationError for missing predictors, chances that do not vary, and a class in which nobody answered.
    """
    if method not in METHODS:
        raise EstimationError(f"method {method!r} is unknown: type one of {', '.join(METHODS)}")
    answered = respondents_of(data, response)
    weights = base_weights(data, base)
    _refuse_gaps(data, predictors)
    model = svyglm(f"{response} ~ {predictors}", data, family="binomial")
    chance = model.predict(data.frame)["estimate"].to_numpy(float)
    if method == "inverse":
        made = weights / chance
        report = nonresponse_report("inverse response propensity", answered, weights, made)
        return respondents_with(data, answered, weights, made), Propensity(model, chance, report)
    cell, names = _classes(chance, weights, classes)
    made_data, report = adjusted(
        data, answered, weights, cell, names=names, method=f"response propensity, {len(names)} classes"
    )
    return made_data, Propensity(model, chance, report)


def _refuse_gaps(data: SurveyData, predictors: str) -> None:
    names = [name for name in dict.fromkeys(re.findall(r"[^\W\d]\w*", predictors)) if name in data.codebook]
    gaps = {name: int((~data.valid(name)).sum()) for name in names}
    listed = ", ".join(f"{name} ({count})" for name, count in gaps.items() if count)
    if listed:
        raise EstimationError(
            f"response propensities need columns known of everybody sampled; missing in {listed}: "
            "give the missing ones a code of their own, or leave the column out"
        )


def _classes(chance: np.ndarray, weights: np.ndarray, classes: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """n classes of equal weighted shares, equal chances together, and the chances each spans."""
    if classes < 2:
        raise EstimationError(f"classes={classes}: type 2 or more, 5 for quintiles")
    values, place = np.unique(np.round(chance, 12), return_inverse=True)
    if len(values) < 2:
        raise EstimationError("everybody has the same chance to answer: name predictors that tell them apart")
    size = np.bincount(place, weights)
    middle = (np.cumsum(size) - size / 2) / size.sum()
    of_value = np.minimum((middle * classes).astype(int), classes - 1)
    of_value = np.unique(of_value, return_inverse=True)[1]
    spans = pd.Series(values).groupby(of_value).agg(["min", "max"])
    names = tuple(f"chance {row['min']:.3f} to {row['max']:.3f}" for _, row in spans.iterrows())
    return of_value[place], names

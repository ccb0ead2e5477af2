"""Vignettes and conjoint choices: SurveyData and factors in, effects, marginal means and tests out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.design import Design, PooledDesign
from analysis.errors import EstimationError, Said, setting, unknown_name
from analysis.experiments.balance import Balance, balance
from analysis.experiments.factorial import Outcome, answers_of, factorial
from analysis.experiments.figures import one_survey
from analysis.models import ModelResult
from instruments import Level, Role


@dataclass(frozen=True)
class VignetteEffects:
    """`effects`: average effects (AMCE) of a level against the factor's first, COLUMNS and p, factor, level,
    baseline.

    `marginal_means`: the outcome's mean or share at each level; `interactions`: how much larger the effect of
    one level is with another's; `tests`: Wald F of each factor and each pair; `fits`: the linear models, by
    (outcome, code), whose `influence` gives the covariance with any other estimate.
    """

    effects: pd.DataFrame
    marginal_means: pd.DataFrame
    interactions: pd.DataFrame
    tests: pd.DataFrame
    balance: dict[str, Balance]
    fits: dict[Outcome, ModelResult]


def vignette_effects(
    data: SurveyData | Sequence[SurveyData],
    item: str | None = None,
    outcome: str | Sequence[str] | None = None,
    *,
    code: int | str | None = None,
    factors: Sequence[str] | None = None,
    where: Where = None,
    respondent: str | None = None,
    level: float = 0.95,
) -> VignetteEffects:
    """Average marginal component effects of a vignette's factors on the answers about it.

    `item`: the vignette, whose assignment columns are the factors (or name them by `factors`). `outcome`: one
    or more variables, by default all answers of the vignette's module; of a nominal one the share of each
    code, or of `code`. Effects are the coefficients of a linear model in the factors'
    indicators (Hainmueller, Hopkins and Yamamoto 2014, Political Analysis 22: 1-30), for factors drawn
    independently; marginal means are those of Leeper, Hobolt and Tilley (2020, ibid. 28: 207-221).
    `respondent`: the column of people who judged several profiles, one row each: they become clusters
    inside the design. EstimationError for an item without factors.
    """
    data = one_survey(data)
    if respondent is not None:
        data = by_respondent(data, respondent)
    names = _known(data, factors) if factors is not None else _factors(data, item)
    domain = data.domain(where)
    for name in names:
        domain = domain & data.valid(name)
    if not domain.any():
        raise EstimationError(f"nobody in the domain has a level of all of {', '.join(names)}")
    asked = _outcomes(data, item, names, outcome)
    outcomes = [o for name in asked for o in _figures(data, name, code) if _varies(data, o, domain)]
    if not outcomes:
        raise EstimationError(
            f"all answers to {', '.join(asked)} are alike, or there are none: no effect to estimate"
        )
    results = [factorial(data, names, each, domain, level) for each in outcomes]
    return VignetteEffects(
        effects=pd.concat([r.effects for r in results], ignore_index=True),
        marginal_means=pd.concat([r.means for r in results], ignore_index=True),
        interactions=pd.concat([r.interactions for r in results], ignore_index=True),
        tests=pd.concat([r.tests for r in results], ignore_index=True),
        balance={name: balance(data, name, where=domain) for name in names},
        fits={each: r.fit for each, r in zip(outcomes, results, strict=True)},
    )


def by_respondent(data: SurveyData, respondent: str) -> SurveyData:
    """The data with the rows of one person as a cluster below the design's own."""
    if respondent not in data.frame:
        raise EstimationError(unknown_name("column", respondent, list(data.frame.columns)))
    if data.frame[respondent].isna().any():
        raise EstimationError(f"column {respondent!r} is empty in some rows: every row needs its respondent")

    def clustered(design: Design) -> Design:
        if respondent in design.cluster:
            return design
        return replace(design, cluster=(*design.cluster, respondent))

    if isinstance(data.design, PooledDesign):
        parts = tuple((wave, clustered(design)) for wave, design in data.design.parts)
        return replace(data, design=replace(data.design, parts=parts))
    if not isinstance(data.design, Design):
        raise EstimationError(
            "respondent= needs a design of strata and clusters: replicate weights carry their own already"
        )
    return replace(data, design=clustered(data.design))


def _known(data: SurveyData, factors: Sequence[str]) -> list[str]:
    for name in factors:
        if not data.variable(name).codes:
            raise EstimationError(f"the factor {name!r} has no codes: give it classes")
    if not factors:
        raise EstimationError("factors= names no column")
    return list(dict.fromkeys(factors))


def _factors(data: SurveyData, item: str | None) -> list[str]:
    if item is None:
        raise EstimationError(
            Said("name the vignette, or the columns of its factors by ", setting("factors"))
        )
    variables = data.codebook.variables
    found = [v.name for v in variables if v.role is Role.ASSIGNMENT and v.item == item]
    if not found:
        known = sorted({v.item for v in variables if v.role is Role.ASSIGNMENT and v.item})
        raise EstimationError(
            Said(
                f"no assignment column belongs to {item!r}: ",
                f"type one of {', '.join(known)}, or " if known else "",
                "name the factors' columns by ",
                setting("factors"),
            )
        )
    return found


def _outcomes(
    data: SurveyData, item: str | None, factors: Sequence[str], outcome: str | Sequence[str] | None
) -> list[str]:
    if outcome is not None:
        names = [outcome] if isinstance(outcome, str) else list(outcome)
        for name in names:
            data.variable(name)
            if name in factors:
                raise EstimationError(Said(f"{name!r} is a factor: name another by ", setting("outcome")))
        return names
    module = data.variable(factors[0]).module
    variables = list(data.codebook.variables)
    found = [
        v.name
        for v in variables
        if v.module == module
        and module
        and v.role is Role.ANSWER
        and v.level is not Level.TEXT
        and not _indirect(data, v.name)
    ]
    if not found:
        raise EstimationError(
            f"no answers stand in one module with {item or ', '.join(factors)!r}: name them by outcome="
        )
    return found


def _indirect(data: SurveyData, name: str) -> bool:
    """Counts and crosswise answers say nothing by themselves."""
    return bool({"list_experiment", "crosswise"} & set(data.variable(name).design))


def _figures(data: SurveyData, name: str, code: int | str | None) -> list[Outcome]:
    variable = data.variable(name)
    if code is not None:
        data.codes_of(name, code)
        return [(name, code)]
    if variable.level is Level.NOMINAL and not set(variable.codes) <= {0, 1}:
        return [(name, int(each)) for each in sorted(variable.codes)]
    return [(name, None)]


def _varies(data: SurveyData, outcome: Outcome, domain: np.ndarray) -> bool:
    """Whether people differ in the outcome; a code that nobody, or everybody, gave has no effects."""
    y = answers_of(data, outcome, domain & data.valid(outcome[0]))
    return len(y) > 0 and bool((y != y[0]).any())

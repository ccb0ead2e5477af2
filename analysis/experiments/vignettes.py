"""Vignettes and conjoint choices: SurveyData and factors in, effects, marginal means and tests out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.design import Design, PooledDesign
from analysis.errors import EstimationError, unknown_name
from analysis.estimates import mean_estimates, proportion_estimates
from analysis.experiments.balance import Balance, balance
from analysis.experiments.figures import Test, figures, make_one, one_survey, table_of, wald, with_p
from analysis.models import ModelResult, family_of, fit_matrix
from instruments import Level, Role

Outcome = tuple[str, int | str | None]
"""A variable, and the code (or net) whose share is the outcome; None for the mean."""


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
    outcomes = [o for name in _outcomes(data, item, names, outcome) for o in _figures(data, name, code)]
    domain = data.domain(where)
    for name in names:
        domain = domain & data.valid(name)
    if not domain.any():
        raise EstimationError(f"nobody in the domain has a level of all of {', '.join(names)}")
    results = [_one(data, names, each, domain, level) for each in outcomes]
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
    return list(factors)


def _factors(data: SurveyData, item: str | None) -> list[str]:
    if item is None:
        raise EstimationError("name the vignette, or the columns of its factors by factors=")
    variables = data.codebook.variables
    found = [v.name for v in variables if v.role is Role.ASSIGNMENT and v.item == item]
    if not found:
        known = sorted({v.item for v in variables if v.role is Role.ASSIGNMENT and v.item})
        raise EstimationError(
            f"no assignment column belongs to {item!r}: type one of {', '.join(known) or 'factors=[...]'}, "
            "or name the factors' columns by factors="
        )
    return found


def _outcomes(
    data: SurveyData, item: str | None, factors: Sequence[str], outcome: str | Sequence[str] | None
) -> list[str]:
    if outcome is not None:
        names = [outcome] if isinstance(outcome, str) else list(outcome)
        for name in names:
            data.variable(name)
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


@dataclass(frozen=True)
class _Tables:
    effects: pd.DataFrame
    means: pd.DataFrame
    interactions: pd.DataFrame
    tests: pd.DataFrame
    fit: ModelResult


def _one(
    data: SurveyData, factors: Sequence[str], outcome: Outcome, domain: np.ndarray, level: float
) -> _Tables:
    name, code = outcome
    inside = domain & data.valid(name)
    used = np.flatnonzero(inside)
    if not len(used):
        raise EstimationError(f"nobody in the domain has a valid answer to {name!r}: name another outcome=")
    make_one(data, name, inside)
    y = data.values(name)[used]
    if code is not None:
        y = np.isin(y, data.codes_of(name, code)).astype(float)
    levels = {factor: _levels(data, factor, used) for factor in factors}
    main = _indicators(data, levels, used)
    fit = fit_matrix(data, y, main, used, family_of("gaussian"))
    figure = _Rows(data, outcome, inside, level)
    effects = figure.of("amce", fit, list(main.columns[1:]))
    tests = [_test(fit, factor, [_term(factor, c) for c in codes[1:]]) for factor, codes in levels.items()]
    crossed, pairs = [], []
    for one, other in combinations(factors, 2):
        extra = _products(main, levels, one, other)
        try:
            joint = fit_matrix(data, y, pd.concat([main, extra], axis=1), used, family_of("gaussian"))
        except EstimationError:
            pairs.append(Test(f"{one} x {other}", np.nan, 0, 0, np.nan))
            continue
        crossed.append(figure.of("interaction", joint, list(extra.columns)))
        pairs.append(_test(joint, f"{one} x {other}", list(extra.columns)))
    empty = effects.iloc[:0]
    return _Tables(
        _described(effects, levels),
        _means(data, factors, outcome, inside, level),
        pd.concat(crossed, ignore_index=True) if crossed else empty,
        pd.DataFrame([t.__dict__ for t in [*tests, *pairs]])
        .rename(columns={"name": "term"})
        .assign(variable=name, code=_column(code, len(tests) + len(pairs))),
        fit,
    )


def _column(code: int | str | None, n: int) -> pd.api.extensions.ExtensionArray:
    return pd.array([code if isinstance(code, int) else None] * n, "Int64")


def _levels(data: SurveyData, factor: str, used: np.ndarray) -> list[int]:
    occurring = set(data.frame[factor].to_numpy()[used])
    codes = [int(code) for code in sorted(data.variable(factor).codes) if code in occurring]
    if len(codes) < 2:
        raise EstimationError(
            f"the factor {factor!r} has one level among those who answered: leave it out by factors="
        )
    return codes


def _term(factor: str, code: int) -> str:
    return f"{factor}={code}"


def _indicators(data: SurveyData, levels: dict[str, list[int]], used: np.ndarray) -> pd.DataFrame:
    columns: dict[str, np.ndarray] = {"level": np.ones(len(used))}
    for factor, codes in levels.items():
        given = data.frame[factor].to_numpy()[used]
        columns |= {_term(factor, code): (given == code).astype(float) for code in codes[1:]}
    return pd.DataFrame(columns)


def _products(main: pd.DataFrame, levels: dict[str, list[int]], one: str, other: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            f"{_term(one, a)},{_term(other, b)}": main[_term(one, a)] * main[_term(other, b)]
            for a in levels[one][1:]
            for b in levels[other][1:]
        }
    )


def _test(fit: ModelResult, name: str, terms: list[str]) -> Test:
    V = fit.covariance.loc[terms, terms].to_numpy()
    b = fit.params[terms].to_numpy()
    if not np.isfinite(V).all():
        return Test(name, np.nan, 0, fit.df_residual, np.nan)
    found = wald(name, b, V, fit.df)
    # as R's regTermTest: the degrees of freedom of the fit, whatever the size of the test
    f = fit.wald(terms) if found.df == len(terms) else None
    return found if f is None else Test(name, f.f, f.df, f.ddf, f.p)


@dataclass(frozen=True)
class _Rows:
    """Coefficients of models of one outcome, for the rows `inside` (n booleans), as estimate tables."""

    data: SurveyData
    outcome: Outcome
    inside: np.ndarray
    level: float

    def of(self, statistic: str, fit: ModelResult, terms: list[str]) -> pd.DataFrame:
        """A row a coefficient."""
        name, code = self.outcome
        places = fit.params.index.get_indexer(pd.Index(terms))
        estimates = figures(
            statistic,
            name,
            self.data,
            make_one(self.data, name, self.inside),
            index=np.where(self.inside, 0, -1),
            cell=np.zeros(len(places), int),
            values=fit.params.to_numpy()[places],
            influence=fit.influence[:, places],
            codes=[code] * len(places),
        )
        return with_p(table_of(estimates, self.level, ddf=fit.df_residual).assign(group=terms))


def _described(effects: pd.DataFrame, levels: dict[str, list[int]]) -> pd.DataFrame:
    parts = [text.rsplit("=", 1) for text in effects["group"]]
    return effects.assign(
        factor=[factor for factor, _ in parts],
        level=[int(code) for _, code in parts],
        baseline=[levels[factor][0] for factor, _ in parts],
    )


def _means(
    data: SurveyData, factors: Sequence[str], outcome: Outcome, inside: np.ndarray, level: float
) -> pd.DataFrame:
    name, code = outcome
    tables = []
    for factor in factors:
        if code is None:
            found = mean_estimates(data, name, by=factor, where=inside)
        else:
            found = proportion_estimates(data, name, code=code, by=factor, where=inside)
        tables.append(
            table_of(found, level, interval="mean" if code is None else "logit").assign(
                factor=factor, level=list(found.cells.codes[factor])
            )
        )
    return pd.concat(tables, ignore_index=True)

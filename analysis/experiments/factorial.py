"""One outcome of a factorial experiment: answers and factors come in, effects, means and tests go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, setting
from analysis.estimates import mean_estimates, proportion_estimates
from analysis.experiments.figures import Test, figures, make_one, table_of, wald, with_p
from analysis.models import ModelResult, family_of, fit_matrix

Outcome = tuple[str, int | str | None]
"""A variable, and the code (or net) whose share is the outcome; None for the mean."""


def answers_of(data: SurveyData, outcome: Outcome, inside: np.ndarray) -> np.ndarray:
    """The outcome of the rows `inside` (n booleans), all of them valid."""
    name, code = outcome
    y = data.values(name)[inside]
    return y if code is None else np.isin(y, data.codes_of(name, code)).astype(float)


@dataclass(frozen=True)
class Tables:
    """The rows and the model of one outcome."""

    effects: pd.DataFrame
    means: pd.DataFrame
    interactions: pd.DataFrame
    tests: pd.DataFrame
    fit: ModelResult


def factorial(
    data: SurveyData, factors: Sequence[str], outcome: Outcome, domain: np.ndarray, level: float
) -> Tables:
    """A linear model in the factors' indicators, and one with products for each pair of factors.

    A pair that was never fully crossed has no interaction: its test is NaN. `domain`: n booleans.
    """
    name, code = outcome
    inside = domain & data.valid(name)
    used = np.flatnonzero(inside)
    make_one(data, name, inside)
    y = answers_of(data, outcome, inside)
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
    return Tables(
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
            Said(
                f"the factor {factor!r} has one level among those who answered: name the others by ",
                setting("factors"),
            )
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
    if not (fit.infers and np.isfinite(V).all()):
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

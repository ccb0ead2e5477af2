"""Groups compared under the design: a variable and a grouping come in, t and rank tests go out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.breaks import refuse_broken_groups
from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates import mean_estimates
from analysis.estimates.intervals import student
from analysis.estimates.judging import ROUNDING, judged, refuse_no_df
from analysis.estimates.mean import refuse_nominal
from analysis.tables.association import TestResult, refuse_without_error
from analysis.tables.shares import levels

SCORES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "wilcoxon": lambda u: u,
    "vanderwaerden": stats.norm.ppf,
    "median": lambda u: (u > 0.5).astype(float),
}


def t_test(
    data: SurveyData,
    variable: str,
    group: str | None = None,
    *,
    null: float = 0.0,
    where: Where = None,
    level: float = 0.95,
) -> TestResult:
    """Whether the mean is `null`, or with `group` whether the means of its two codes differ by it.

    The difference is the higher code's mean minus the lower's. Degrees of freedom are those of the rows with
    both answers, less 1, as R survey's svyttest. EstimationError unless exactly two codes occur.
    """
    refuse_without_error(data)
    answered = data.domain(where) & data.valid(variable)
    if group is None:
        if not answered.any():
            raise EstimationError(f"nobody in the domain has a valid answer to {variable!r}")
        estimates = mean_estimates(data, variable, where=answered)
        found = _Found(estimates.values[0], estimates.variance[0], answered)
        return _t("design-based t test of a mean", data, found, null, level)
    base = answered & (levels(data, group)[0] >= 0)
    if not base.any():
        raise EstimationError(f"nobody in the domain has valid answers to both {variable!r} and {group!r}")
    refuse_broken_groups(data, [variable, group], np.where(base, levels(data, group)[0], -1))
    estimates = mean_estimates(data, variable, by=group, where=base)
    if estimates.cells.count != 2:
        raise EstimationError(
            f"{group!r} has {estimates.cells.count} codes in this domain, a t test compares two: choose them "
            f"with where={{{group!r}: [code, code]}}, or type rank_test for several"
        )
    for df, wave, codes in zip(estimates.df, estimates.cells.waves, estimates.cells.groups, strict=True):
        refuse_no_df(float(df), f"{variable!r} of {codes or wave}")
    values, covariance = estimates.contrast(np.array([-1.0, 1.0]))
    found = _Found(values[0], covariance[0, 0], base)
    return _t("design-based t test of two means", data, found, null, level)


@dataclass(frozen=True)
class _Found:
    """An estimate that a t test judges: its variance and the rows (n booleans) it is from."""

    value: float
    variance: float
    rows: np.ndarray


def _t(method: str, data: SurveyData, found: _Found, null: float, level: float) -> TestResult:
    df = data.sample.df(found.rows) - 1
    if df < 1:
        raise EstimationError("no degrees of freedom are left for a t test: widen the domain")
    value = float(found.value)
    if not found.variance > 0:
        raise EstimationError("the answers do not vary, so nothing can be tested: widen the domain")
    test = judged(value - null, float(found.variance), df)
    half = float(student(np.array([df]), level)[0]) * test.se
    n = data.interviews(found.rows)
    return TestResult(method, test.t, df, np.nan, test.p, n, value, test.se, value - half, value + half)


def rank_test(
    data: SurveyData, variable: str, group: str, *, scores: str = "wilcoxon", where: Where = None
) -> TestResult:
    """Whether the answers of groups are as high in rank (Lumley and Scott 2013), as R survey's svyranktest.

    Two groups: Student's t, `estimate` is the mean score of the higher code minus that of the lower; several:
    F, with `df` one less than the groups (Kruskal-Wallis). `scores`: wilcoxon (weighted mid-ranks over the
    population's size), vanderwaerden (their normal quantiles) or median (above a half). EstimationError for
    fewer than two groups, and a nominal variable.
    """
    if scores not in SCORES:
        raise EstimationError(f"scores {scores!r} are unknown: type one of {', '.join(SCORES)}")
    refuse_without_error(data)
    data.refuse_grouped("a rank test")
    refuse_nominal(data, variable)
    at = levels(data, group)[0]
    base = data.domain(where) & data.valid(variable) & (at >= 0)
    refuse_broken_groups(data, [variable, group], np.where(base, at, -1))
    found, place = np.unique(at[base], return_inverse=True)
    if len(found) < 2:
        raise EstimationError(
            f"{group!r} has {len(found)} groups with answers to {variable!r}: two are needed"
        )
    weights = data.sample.weights[base]
    score = SCORES[scores](_ranks(data.values(variable)[base], weights))
    X = np.column_stack([np.ones(len(place)), place[:, None] == np.arange(1, len(found))])
    beta, Z = _regression(X, score, weights)
    influence = np.zeros((len(base), X.shape[1]))
    influence[base] = Z
    V = data.sample.covariance(influence, base)[1:, 1:]
    ndf, n = len(found) - 1, int(base.sum())
    ddf = data.sample.df(base) - ndf
    if ddf < 1:
        raise EstimationError(
            f"{len(found)} groups leave no degrees of freedom: widen the domain or join groups"
        )
    spread = float(np.sqrt(np.diag(V).min()))
    if not spread > ROUNDING * np.abs(score).max() or np.linalg.matrix_rank(V, hermitian=True) < ndf:
        raise EstimationError("the ranks do not vary enough to be tested: join groups, or widen the domain")
    method = f"design-based rank test, {scores}"
    if ndf == 1:
        return _t(method, data, _Found(beta[1], V[0, 0], base), 0.0, 0.95)
    f = float(beta[1:] @ np.linalg.solve(V, beta[1:])) / ndf
    return TestResult(method, f, ndf, ddf, float(stats.f.sf(f, ndf, ddf)), n)


def _ranks(y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Each row's weighted mid-rank over the sum of weights; equal answers share the mean of theirs."""
    order = np.argsort(y, kind="stable")
    middle = np.empty(len(y))
    middle[order] = np.cumsum(weights[order]) - weights[order] / 2
    tie = np.unique(y, return_inverse=True)[1]
    return np.asarray((np.bincount(tie, middle) / np.bincount(tie))[tie] / weights.sum())


def _regression(X: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares coefficients, and their influence (n x p)."""
    inverse = np.linalg.inv(X.T @ (X * weights[:, None]))
    beta = inverse @ (X.T @ (weights * y))
    return beta, (X * (weights * (y - X @ beta))[:, None]) @ inverse

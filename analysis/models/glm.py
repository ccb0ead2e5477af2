"""Generalised linear models: a formula and SurveyData come in, a fit with design-based errors goes out.

Point estimates are pseudo-maximum likelihood; the covariance is that of the scores' weighted totals (Binder
1983), with the expected information as in R survey's svyglm.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import PerfectSeparationError

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.models.engine import Outcomes
from analysis.models.families import family_of, refuse_response
from analysis.models.formula import Rows, read_formula, refuse_dependent
from analysis.models.result import ModelResult, Solution, under_the_design
from analysis.refitting import Answers, covariate_cells, refit_glm
from analysis.replicates import ReplicateSample

_SATURATED = 1e-12
_VANISHED = 1e-9
_NO_SOLUTION = (
    "the model has no finite solution ({}): a group may answer all alike; join its codes or "
    "leave that column out"
)


def svyglm(
    formula: str,
    data: SurveyData,
    *,
    family: str | Any = "gaussian",
    link: str | Any = None,
    where: Where = None,
) -> ModelResult:
    """A generalised linear model; `formula` as in statsmodels, codes categorical by C(name).

    `family`: gaussian, binomial, poisson, gamma, inverse_gaussian, negative_binomial, tweedie, or a
    statsmodels family; `link`: one of LINKS, or a statsmodels link. Rows with a missing code in a column of
    the formula leave the base; the whole design is kept. EstimationError for a formula that does not fit the
    data, a response outside the family and where no finite coefficients exist (dependent columns,
    separation).
    """
    chosen = family_of(family, link)
    rows = read_formula(formula, data, where)
    refuse_response(rows.response, chosen)
    return fit_rows(rows, chosen)


def fit_matrix(
    data: SurveyData, y: np.ndarray, X: pd.DataFrame, used: np.ndarray, family: Any
) -> ModelResult:
    """A model of y (m) on the columns of X (m rows), both for the rows `used` (m positions) of the data."""
    refuse_dependent(X)
    terms = {str(name): (str(name),) for name in X.columns}
    rows = Rows("", data, used, np.asarray(y, float), X, terms, None, (), {})
    return fit_rows(rows, family, summed=True)


def fit_model(
    data: SurveyData, model: Any, used: np.ndarray, *, formula: str, terms: Mapping[str, tuple[str, ...]]
) -> ModelResult:
    """Fits a statsmodels GLM of the rows `used`, under their weights, and gives it the design's
    covariance."""
    X = pd.DataFrame(np.asarray(model.exog, float), columns=list(model.exog_names))
    refuse_dependent(X)
    rows = Rows(formula, data, used, np.asarray(model.endog, float), X, dict(terms), None, (), {})
    return fit_rows(rows, model.family)


def fit_rows(rows: Rows, family: Any, *, summed: bool = False) -> ModelResult:
    """Fits a weighted statsmodels GLM and gives it the design's covariance.

    `summed`: rows alike in response and columns are one row of the statsmodels model, with their weights
    together; the fit is the same.
    """
    every = np.arange(len(rows.used))
    cell, first = (every, every)
    if summed:
        cell, first = covariate_cells(np.column_stack([rows.response, rows.X.to_numpy(float)]))
    together = np.bincount(cell, rows.weights)
    model = _model(rows.response[first], rows.X.iloc[first], family, together)
    fit = _converged(model)
    params = np.asarray(fit.params)
    score = np.asarray(model.score_obs(params, scale=1.0))
    if summed:
        score = (score / together[:, None])[cell] * rows.weights[:, None]
    information = -model.hessian(params, scale=1.0, observed=False)
    naive = np.linalg.inv(information)
    found = Solution(
        params=fit.params,
        influence=score @ naive,
        naive=naive,
        deviance=float(fit.deviance),
        engine=LinearEngine(rows, family, params),
        terms=rows.terms,
        lost=len(params),
        again=partial(fit_rows, family=family),
        fit=fit,
        replicates=_replicates(rows, family, params),
    )
    result = under_the_design(rows, found)
    results = fit._results  # what is set on the wrapper around it reaches no summary and no prediction
    results.cov_params_default = result.covariance.to_numpy()
    results.use_t = True
    results.df_resid_inference = result.df_residual
    if rows.spec is not None and not rows.dropped:
        model.formula, model.data.model_spec = rows.formula, rows.spec  # so that fit.predict(frame) works
    return result


def _replicates(rows: Rows, family: Any, params: np.ndarray) -> np.ndarray | None:
    sample = rows.data.sample
    if not isinstance(sample, ReplicateSample):
        return None
    return refit_glm(sample, Answers(rows.response, rows.X.to_numpy(float), rows.used, family), params)


@dataclass(frozen=True)
class LinearEngine:
    """A generalised linear model: one mean, one linear predictor."""

    rows: Rows
    family: Any
    params: np.ndarray
    outcomes: Outcomes = ("",)
    equations: Outcomes = ("",)

    @property
    def is_share(self) -> bool:
        return isinstance(self.family, families.Binomial)

    @property
    def kind(self) -> str:
        return f"{type(self.family).__name__}, {type(self.family.link).__name__}"

    def mean(self, X: np.ndarray) -> np.ndarray:
        return np.asarray(self.family.link.inverse(X @ self.params))[:, None]

    def gradient(self, X: np.ndarray) -> np.ndarray:
        slope = np.asarray(self.family.link.inverse_deriv(X @ self.params))
        return (slope[:, None] * X)[:, None, :]

    def linear(self, X: np.ndarray) -> np.ndarray:
        return (X @ self.params)[:, None]

    def linear_gradient(self, X: np.ndarray) -> np.ndarray:
        return X[:, None, :]

    def deviance(self, keep: np.ndarray) -> float:
        y, X, weights = self.rows.response, self.rows.X.to_numpy(float)[:, keep], self.rows.weights
        if X.shape[1] == 0:
            mean = np.asarray(self.family.link.inverse(np.zeros(len(y))))
            return float(self.family.deviance(y, mean, freq_weights=weights))
        return float(_converged(_model(y, X, self.family, weights)).deviance)


def _model(y: np.ndarray, X: Any, family: Any, weights: np.ndarray) -> Any:
    with warnings.catch_warnings():
        # a link that may leave the family's domain is the caller's choice; the fit refuses to leave it
        warnings.simplefilter("ignore")
        return GLM(y, X, family=family, freq_weights=weights)


def _converged(model: Any) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fit = model.fit(tol=1e-12, tol_criterion="params", maxiter=200)
    except (
        Warning,
        ValueError,
        np.linalg.LinAlgError,
        PerfectSeparationError,
    ) as error:
        raise EstimationError(_NO_SOLUTION.format(error)) from error
    _refuse_boundary(model, np.asarray(fit.fittedvalues))
    return fit


def _refuse_boundary(model: Any, fitted: np.ndarray) -> None:
    """A group that answers all alike drives a coefficient to infinity, where the steps stop for want of
    digits."""
    if not np.isfinite(fitted).all():
        raise EstimationError(_NO_SOLUTION.format("a fitted mean is not finite"))
    if isinstance(model.family, families.Binomial) and (min(fitted.min(), (1 - fitted).min()) < _SATURATED):
        raise EstimationError(_NO_SOLUTION.format("a fitted share reached 0 or 1"))
    counts = (families.Poisson, families.NegativeBinomial, families.Tweedie)
    if isinstance(model.family, counts) and fitted.min() < _VANISHED * fitted.mean():
        raise EstimationError(_NO_SOLUTION.format("a fitted mean reached 0"))

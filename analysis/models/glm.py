"""Generalised linear models: a formula and SurveyData come in, a fit with design-based errors goes out.

Point estimates are pseudo-maximum likelihood; the covariance is that of the scores' weighted totals (Binder
1983), with the expected information as in R survey's svyglm.
"""

import re
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.models.families import family_of
from analysis.models.result import ModelResult

_SATURATED = 1e-12
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
    data and where no finite coefficients exist (dependent columns, separation).
    """
    rows = data.domain(where)
    names = [name for name in dict.fromkeys(re.findall(r"[^\W\d]\w*", formula)) if name in data.frame]
    columns = {name: data.values(name) if name in data.codebook else data.frame[name] for name in names}
    frame = pd.DataFrame(columns).reset_index(drop=True)
    used = np.flatnonzero(rows & frame.notna().all(axis=1).to_numpy())
    if len(used) == 0:
        raise EstimationError(f"nobody has valid answers in all of {', '.join(names)}")
    weights = data.sample.weights[used]
    chosen = family_of(family, link)
    try:
        model = sm.GLM.from_formula(
            formula, frame.iloc[used], family=chosen, freq_weights=weights / weights.mean(), missing="raise"
        )
    except (
        Exception
    ) as error:  # the formula engines raise many kinds, all meaning a formula that does not fit
        raise EstimationError(f"the formula {formula!r} does not fit the data: {error}") from error
    slices = model.data.model_spec.term_name_slices
    terms = {name: tuple(model.exog_names[part]) for name, part in slices.items()}
    return fit_model(data, model, used, formula=formula, terms=terms)


def fit_matrix(
    data: SurveyData, y: np.ndarray, X: pd.DataFrame, used: np.ndarray, family: Any
) -> ModelResult:
    """A model of y (m) on the columns of X (m rows), both for the rows `used` (m positions) of the data."""
    weights = data.sample.weights[used]
    model = sm.GLM(y, X, family=family, freq_weights=weights / weights.mean())
    return fit_model(data, model, used, formula="", terms={name: (name,) for name in X.columns})


def fit_model(
    data: SurveyData, model: Any, used: np.ndarray, *, formula: str, terms: Mapping[str, tuple[str, ...]]
) -> ModelResult:
    """Fits a weighted statsmodels GLM and gives it the design's covariance."""
    fit = _converged(model)
    score = model.score_obs(np.asarray(fit.params), scale=1.0)
    information = -model.hessian(np.asarray(fit.params), scale=1.0, observed=False)
    influence = np.zeros((len(data.frame), len(fit.params)))
    influence[used] = np.linalg.solve(information, np.asarray(score).T).T
    domain = np.zeros(len(data.frame), bool)
    domain[used] = True
    covariance = data.sample.covariance(influence, domain)
    df = data.sample.df(domain)
    names = list(fit.params.index)
    results = fit._results  # what is set on the wrapper around it reaches no summary and no prediction
    results.cov_params_default = covariance
    results.use_t = True
    results.df_resid_inference = df + 1 - len(names)
    return ModelResult(
        formula=formula,
        params=fit.params,
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        influence=influence,
        n=len(used),
        df=df,
        terms=dict(terms),
        fit=fit,
    )


def _converged(model: Any) -> Any:
    rank = np.linalg.matrix_rank(model.exog)
    if rank < model.exog.shape[1]:
        raise EstimationError(
            f"the columns {', '.join(model.exog_names)} are linearly dependent: leave one of them out"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fit = model.fit(tol=1e-12, tol_criterion="params", maxiter=200)
    except (
        Warning,
        ValueError,
        np.linalg.LinAlgError,
        sm.tools.sm_exceptions.PerfectSeparationError,
    ) as error:
        raise EstimationError(_NO_SOLUTION.format(error)) from error
    # a group that answers all alike drives a coefficient to infinity, where the steps stop for want of digits
    if isinstance(model.family, sm.families.Binomial):
        shares = np.asarray(fit.fittedvalues)
        if min(shares.min(), (1 - shares).min()) < _SATURATED:
            raise EstimationError(_NO_SOLUTION.format("a fitted share reached 0 or 1"))
    return fit

"""Regression under the design: a formula and SurveyData come in, a fit with design-based errors goes out.

Point estimates are pseudo-maximum likelihood; the covariance is that of the scores' weighted totals (Binder
1983), with the expected information as in R survey's svyglm.
"""

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.intervals import student

FAMILIES: Mapping[str, Any] = {
    "gaussian": sm.families.Gaussian,
    "binomial": sm.families.Binomial,
    "poisson": sm.families.Poisson,
    "gamma": sm.families.Gamma,
    "inverse_gaussian": sm.families.InverseGaussian,
    "negative_binomial": sm.families.NegativeBinomial,
    "tweedie": sm.families.Tweedie,
}
LINKS: Mapping[str, Any] = {
    "identity": sm.families.links.Identity,
    "log": sm.families.links.Log,
    "logit": sm.families.links.Logit,
    "probit": sm.families.links.Probit,
    "cloglog": sm.families.links.CLogLog,
    "loglog": sm.families.links.LogLog,
    "cauchy": sm.families.links.Cauchy,
    "inverse": sm.families.links.InversePower,
    "inverse_squared": sm.families.links.InverseSquared,
    "sqrt": sm.families.links.Sqrt,
}


_SATURATED = 1e-12
_NO_SOLUTION = (
    "the model has no finite solution ({}): a group may answer all alike; join its codes or "
    "leave that column out"
)


@dataclass(frozen=True)
class Wald:
    """A test that several coefficients are 0: F on df and ddf degrees of freedom."""

    f: float
    df: int
    ddf: int
    p: float


@dataclass(frozen=True)
class ModelResult:
    """A fitted model. `influence` (n x p) gives the covariance with any other estimate of the same data.

    `fit`: the statsmodels results, which carry the design covariance and its degrees of freedom, so that
    `fit.summary()` and tests made from it are design-based too.
    """

    formula: str
    params: pd.Series
    covariance: pd.DataFrame
    influence: np.ndarray
    n: int
    df: int
    terms: Mapping[str, tuple[str, ...]]
    fit: Any

    @property
    def df_residual(self) -> int:
        """Design degrees of freedom + 1 - number of coefficients."""
        return self.df + 1 - len(self.params)

    @cached_property
    def se(self) -> pd.Series:
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """A row per coefficient: estimate, se, low, high, t, p with `df_residual` degrees of freedom."""
        t = self.params / self.se
        half = float(student(np.array([self.df_residual]), level)[0]) * self.se
        p = 2 * stats.t.sf(np.abs(t), self.df_residual) if self.df_residual > 0 else np.nan
        columns = {
            "estimate": self.params,
            "se": self.se,
            "low": self.params - half,
            "high": self.params + half,
        }
        return pd.DataFrame({**columns, "t": t, "p": p})

    def wald(self, names: str | Sequence[str]) -> Wald:
        """Tests the named coefficients, or all coefficients of the named terms, together."""
        wanted = [
            part for name in ([names] if isinstance(names, str) else names) for part in self._parts(name)
        ]
        return self.wald_contrast(np.eye(len(wanted)), wanted)

    def wald_contrast(self, contrasts: np.ndarray, names: Sequence[str]) -> Wald:
        """Tests that m linear combinations (m x len(names)) of the named coefficients are 0."""
        b = contrasts @ self.params[list(names)].to_numpy()
        V = contrasts @ self.covariance.loc[list(names), list(names)].to_numpy() @ contrasts.T
        f = float(b @ np.linalg.solve(V, b)) / len(b)
        ddf = self.df_residual
        return Wald(f, len(b), ddf, float(stats.f.sf(f, len(b), ddf)) if ddf > 0 else np.nan)

    def predict(self, frame: pd.DataFrame, *, scale: str = "response") -> pd.DataFrame:
        """Predictions for the rows of `frame` with standard errors; scale: response or link."""
        if scale not in ("response", "link"):
            raise EstimationError(f"scale {scale!r} is unknown: type response or link")
        prediction = self.fit.get_prediction(frame)
        eta = prediction.linpred if scale == "link" else prediction
        return pd.DataFrame({"estimate": eta.predicted, "se": eta.se}, index=frame.index)

    def _parts(self, name: str) -> tuple[str, ...]:
        if name in self.params.index:
            return (name,)
        if name in self.terms:
            return self.terms[name]
        known = ", ".join([*self.terms, *self.params.index])
        raise EstimationError(f"the model has no coefficient or term {name!r}: type one of {known}")


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


def family_of(family: str | Any, link: str | Any = None) -> Any:
    """A statsmodels family with its link; EstimationError for an unknown name."""
    if not isinstance(family, str):
        return family
    if family not in FAMILIES:
        raise EstimationError(f"family {family!r} is unknown: type one of {', '.join(FAMILIES)}")
    if isinstance(link, str) and link not in LINKS:
        raise EstimationError(f"link {link!r} is unknown: type one of {', '.join(LINKS)}")
    chosen = LINKS[link]() if isinstance(link, str) else link
    try:
        return FAMILIES[family](link=chosen) if chosen is not None else FAMILIES[family]()
    except (ValueError, TypeError) as error:
        raise EstimationError(f"family {family!r} does not take link {link!r}: {error}") from error


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

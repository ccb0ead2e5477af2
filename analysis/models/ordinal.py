"""Cumulative models: a formula and SurveyData come in, a fit with design-based errors goes out.

P(Y <= j) = F(zeta_j - x'b), F logistic (McCullagh 1980, JRSS B 42) or normal. statsmodels' OrderedModel
ignores weights without an error, so the weighted likelihood is maximised here, by Newton's method on analytic
derivatives.
"""

from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.models.cumulative import LINKS, Cumulative
from analysis.models.engine import Outcomes
from analysis.models.formula import Rows, read_formula
from analysis.models.levels import read_levels
from analysis.models.result import ModelResult, Solution, under_the_design

INFORMATION = ("observed", "expected")


def svyolr(
    formula: str,
    data: SurveyData,
    *,
    link: str = "logit",
    where: Where = None,
    information: str = "observed",
) -> ModelResult:
    """A cumulative model of the codes on the left side, in their numeric order; `link`: logit or probit.

    Coefficients: those of the columns (a positive one moves answers up), then thresholds "1|2", "2|3", ...
    between the codes met. `information`: observed (R svyolr, Stata) or expected (R svyVGAM). EstimationError
    as in svyglm, and for a response of one code. R: svyolr.
    """
    if link not in LINKS:
        raise EstimationError(f"link {link!r} is unknown: type {' or '.join(LINKS)}")
    if information not in INFORMATION:
        raise EstimationError(f"information {information!r} is unknown: type {' or '.join(INFORMATION)}")
    rows = without_intercept(read_formula(formula, data, where))
    return fit_ordered(rows, link=link, information=information)


def fit_ordered(rows: Rows, *, link: str, information: str) -> ModelResult:
    """The cumulative model of rows without an intercept."""
    levels, y = read_levels(rows.response)
    model = Cumulative(rows.X.to_numpy(float), y, rows.weights, len(levels), LINKS[link])
    theta = model.maximum()
    naive = np.linalg.inv(model.information(theta, expected=information == "expected"))
    names = [*rows.X.columns, *(f"{low:g}|{high:g}" for low, high in pairwise(levels))]
    found = Solution(
        params=pd.Series(theta, index=names),
        influence=model.scores(theta) @ naive,
        naive=naive,
        deviance=-2 * model.log_likelihood(theta),
        engine=OrdinalEngine(model, theta, tuple(float(level) for level in levels), link),
        terms=rows.terms,
        lost=rows.X.shape[1] + 1,
        again=partial(fit_ordered, link=link, information=information),
    )
    return under_the_design(rows, found)


def without_intercept(rows: Rows) -> Rows:
    """Thresholds take the intercept's place."""
    if "Intercept" not in rows.X.columns:
        raise EstimationError(
            f"the formula {rows.formula!r} leaves the intercept out, and the thresholds are one: write it "
            "without 0 or -1"
        )
    terms = {name: columns for name, columns in rows.terms.items() if name != "Intercept"}
    return replace(rows, X=rows.X.drop(columns="Intercept"), terms=terms, dropped=("Intercept",))


@dataclass(frozen=True)
class OrdinalEngine:
    """A cumulative model: J codes, one linear predictor x'b."""

    model: Cumulative
    params: np.ndarray
    outcomes: Outcomes
    link: str
    equations: Outcomes = ("",)
    is_share: bool = True

    @property
    def kind(self) -> str:
        return f"cumulative {self.link}"

    def mean(self, X: np.ndarray) -> np.ndarray:
        return self.model.probabilities(X, self.params)

    def gradient(self, X: np.ndarray) -> np.ndarray:
        return self.model.gradient(X, self.params)

    def linear(self, X: np.ndarray) -> np.ndarray:
        return (X @ self.params[: X.shape[1]])[:, None]

    def linear_gradient(self, X: np.ndarray) -> np.ndarray:
        zero = np.zeros((len(X), len(self.params) - X.shape[1]))
        return np.hstack([X, zero])[:, None, :]

    def deviance(self, keep: np.ndarray) -> float:
        smaller = replace(self.model, X=self.model.X[:, keep])
        return -2 * smaller.log_likelihood(smaller.maximum())

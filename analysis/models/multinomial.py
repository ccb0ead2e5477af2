"""Multinomial logit: a formula and SurveyData come in, a fit with design-based errors goes out.

log(P(Y = k) / P(Y = reference)) = x'b_k. statsmodels' MNLogit ignores weights without an error, so the
weighted likelihood is maximised here, by Newton's method; observed and expected information are the same.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.models.engine import Outcomes
from analysis.models.formula import Rows, read_formula
from analysis.models.levels import read_levels
from analysis.models.newton import maximise
from analysis.models.result import ModelResult, Solution, under_the_design


def svymultinomial(
    formula: str, data: SurveyData, *, reference: int | float | None = None, where: Where = None
) -> ModelResult:
    """A multinomial logit of the codes on the left side against `reference` (default: the lowest code met).

    Coefficients are named "code: column", code by code. A term is tested over all codes at once.
    EstimationError as in svyglm, for a response of one code and for a reference nobody answers. R: svy_vglm,
    family multinomial.
    """
    return fit_unordered(read_formula(formula, data, where), reference=reference)


def fit_unordered(rows: Rows, *, reference: int | float | None) -> ModelResult:
    """The multinomial logit of rows."""
    levels, y = read_levels(rows.response)
    base = float(levels[0] if reference is None else reference)
    if base not in levels:
        known = ", ".join(f"{level:g}" for level in levels)
        raise EstimationError(f"nobody in the base answers {base:g}, the reference: type one of {known}")
    place = int(np.flatnonzero(levels == base)[0])
    model = Multinomial(rows.X.to_numpy(float), y, rows.weights, len(levels), place)
    theta = model.maximum()
    naive = np.linalg.inv(model.information(theta))
    others = [level for level in levels if level != base]
    names = [f"{level:g}: {column}" for level in others for column in rows.X.columns]
    terms = {
        term: tuple(f"{level:g}: {column}" for level in others for column in columns)
        for term, columns in rows.terms.items()
    }
    found = Solution(
        params=pd.Series(theta, index=names),
        influence=model.scores(theta) @ naive,
        naive=naive,
        deviance=-2 * model.log_likelihood(theta),
        engine=MultinomialEngine(
            model, theta, tuple(float(c) for c in levels), tuple(float(c) for c in others)
        ),
        terms=terms,
        lost=rows.X.shape[1],
        again=partial(fit_unordered, reference=reference),
    )
    return under_the_design(rows, found)


@dataclass(frozen=True)
class Multinomial:
    """X: m x q; y: m positions 0..J-1; weights: m; reference: a position. Parameters: q for each other
    answer."""

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    J: int
    reference: int

    @property
    def others(self) -> np.ndarray:
        return np.delete(np.arange(self.J), self.reference)

    def maximum(self) -> np.ndarray:
        """(J - 1) q coefficients; EstimationError where they are not finite."""
        start = np.zeros((self.J - 1) * self.X.shape[1])
        return maximise(start, self.log_likelihood, self.derivatives)

    def log_likelihood(self, theta: np.ndarray) -> float:
        eta = self.linear(self.X, theta)
        chosen = eta[np.arange(len(self.y)), self.y]
        return float(self.weights @ (chosen - special.logsumexp(eta, axis=1)))

    def linear(self, X: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """m x J linear predictors, 0 for the reference."""
        eta = np.zeros((len(X), self.J))
        eta[:, self.others] = X @ theta.reshape(self.J - 1, -1).T
        return eta

    def probabilities(self, X: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """m x J."""
        return special.softmax(self.linear(X, theta), axis=1)

    def scores(self, theta: np.ndarray) -> np.ndarray:
        """m x p weighted scores."""
        residual = (self.y[:, None] == self.others) - self.probabilities(self.X, theta)[:, self.others]
        weighted = residual * self.weights[:, None]
        return (weighted[:, :, None] * self.X[:, None, :]).reshape(len(self.y), -1)

    def information(self, theta: np.ndarray) -> np.ndarray:
        """p x p."""
        p = self.probabilities(self.X, theta)[:, self.others]
        K, q = p.shape[1], self.X.shape[1]
        information = np.zeros((K, q, K, q))
        for j in range(K):
            for k in range(j, K):
                weight = self.weights * p[:, j] * ((j == k) - p[:, k])
                block = self.X.T @ (weight[:, None] * self.X)
                information[j, :, k, :] = information[k, :, j, :] = block
        return information.reshape(K * q, K * q)

    def gradient(self, X: np.ndarray, theta: np.ndarray) -> np.ndarray:
        """m x J x p derivatives of the probabilities."""
        p = self.probabilities(X, theta)
        slope = p[:, :, None] * ((np.arange(self.J)[:, None] == self.others) - p[:, None, self.others])
        return (slope[:, :, :, None] * X[:, None, None, :]).reshape(len(X), self.J, len(theta))

    def derivatives(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient (p) and observed information (p x p) of the log-likelihood."""
        return self.scores(theta).sum(axis=0), self.information(theta)


@dataclass(frozen=True)
class MultinomialEngine:
    """A multinomial logit: J codes, a linear predictor for each but the reference."""

    model: Multinomial
    params: np.ndarray
    outcomes: Outcomes
    equations: Outcomes
    is_share: bool = True
    kind: str = "multinomial logit"

    def mean(self, X: np.ndarray) -> np.ndarray:
        return self.model.probabilities(X, self.params)

    def gradient(self, X: np.ndarray) -> np.ndarray:
        return self.model.gradient(X, self.params)

    def linear(self, X: np.ndarray) -> np.ndarray:
        return self.model.linear(X, self.params)[:, self.model.others]

    def linear_gradient(self, X: np.ndarray) -> np.ndarray:
        each = np.eye(self.model.J - 1)
        size = (len(X), self.model.J - 1, len(self.params))
        return (each[None, :, :, None] * X[:, None, None, :]).reshape(size)

    def deviance(self, keep: np.ndarray) -> float:
        smaller = replace(self.model, X=self.model.X[:, keep])
        if not keep.any():
            return -2 * smaller.log_likelihood(np.zeros(0))
        return -2 * smaller.log_likelihood(smaller.maximum())

"""Columns, observed answers and a generator come in, answers drawn for those who gave none go out.

Each draw is proper in Rubin's sense: first the coefficients from their posterior, then the answers given
these.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import linalg

from analysis.errors import EstimationError
from analysis.models.cumulative import LINKS, Cumulative
from analysis.models.multinomial import Multinomial
from analysis.models.newton import maximise

PRIOR_SPREAD = 5.0
"""Standard deviation of the normal prior on coefficients of standardised columns: it keeps them finite where
a column parts the answers without overlap, and is wide against any effect seen in surveys."""
_RIDGE = 1e-5
_TRIES = 200
Draw = Callable[[np.ndarray, np.ndarray, np.ndarray, np.random.Generator, int], np.ndarray]


def predictive_mean(
    X: np.ndarray, y: np.ndarray, X_missing: np.ndarray, draw: np.random.Generator, donors: int
) -> np.ndarray:
    """Each missing value is the observed one of a donor: one at random of the `donors` whose predicted mean
    lies nearest (Little 1988, Journal of Business & Economic Statistics 6; type 1 matching of van Buuren
    2018)."""
    free = len(y) - X.shape[1]
    if free < 1:
        raise EstimationError(
            f"{len(y)} observed answers cannot carry {X.shape[1]} predictors: impute with fewer columns"
        )
    gram = X.T @ X
    cross = linalg.cholesky(gram + _RIDGE * np.diag(np.diag(gram)), lower=True)
    beta = linalg.cho_solve((cross, True), X.T @ y)
    residual = y - X @ beta
    spread = np.sqrt(residual @ residual / draw.chisquare(free))
    drawn = beta + spread * linalg.solve_triangular(cross.T, draw.standard_normal(len(beta)))
    return y[_nearest(X @ beta, X_missing @ drawn, donors, draw)]


def _nearest(observed: np.ndarray, wanted: np.ndarray, donors: int, draw: np.random.Generator) -> np.ndarray:
    """A position among the `donors` nearest observed values, for each wanted one; ties in random order."""
    count = min(donors, len(observed))
    shuffled = draw.permutation(len(observed))
    order = shuffled[np.argsort(observed[shuffled], kind="stable")]
    ordered = observed[order]
    right = np.searchsorted(ordered, wanted)
    window = right[:, None] + np.arange(-count, count)
    inside = (window >= 0) & (window < len(ordered))
    place = np.clip(window, 0, len(ordered) - 1)
    distance = np.where(inside, np.abs(ordered[place] - wanted[:, None]), np.inf)
    best = np.argpartition(distance, count - 1, axis=1)[:, :count]
    picked = best[np.arange(len(wanted)), draw.integers(count, size=len(wanted))]
    return order[place[np.arange(len(wanted)), picked]]


def unordered(
    X: np.ndarray, y: np.ndarray, X_missing: np.ndarray, draw: np.random.Generator, donors: int
) -> np.ndarray:
    """A code drawn from a (multinomial) logit."""
    levels, place = np.unique(y, return_inverse=True)
    if len(levels) == 1:
        return np.repeat(levels, len(X_missing))
    model = Multinomial(X, place, np.ones(len(y)), len(levels), int(np.bincount(place).argmax()))
    mode, information = _posterior(model, np.zeros((len(levels) - 1) * X.shape[1]), np.arange(0))
    return levels[_codes(model.probabilities(X_missing, _normal(mode, information, draw)), draw)]


def ordered(
    X: np.ndarray, y: np.ndarray, X_missing: np.ndarray, draw: np.random.Generator, donors: int
) -> np.ndarray:
    """A code drawn from a cumulative logit; thresholds out of order are drawn again."""
    levels, place = np.unique(y, return_inverse=True)
    if len(levels) == 1:
        return np.repeat(levels, len(X_missing))
    columns, columns_missing = X[:, 1:], X_missing[:, 1:]
    model = Cumulative(columns, place, np.ones(len(y)), len(levels), LINKS["logit"])
    q = columns.shape[1]
    mode, information = _posterior(model, model.start(), np.arange(q, q + len(levels) - 1))
    for _ in range(_TRIES):
        theta = _normal(mode, information, draw)
        if (np.diff(theta[q:]) > 0).all():
            break
    else:
        theta = mode
    return levels[_codes(model.probabilities(columns_missing, theta), draw)]


def _posterior(
    model: Multinomial | Cumulative, start: np.ndarray, free: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mode and information under independent normal priors, none on the positions `free`."""
    precision = np.full(len(start), PRIOR_SPREAD**-2)
    precision[free] = 0.0

    def value(theta: np.ndarray) -> float:
        return model.log_likelihood(theta) - float(precision @ theta**2) / 2

    def derivatives(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient, information = model.derivatives(theta)
        return gradient - precision * theta, information + np.diag(precision)

    mode = maximise(start, value, derivatives)
    return mode, derivatives(mode)[1]


def _normal(mode: np.ndarray, information: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    root = linalg.cholesky(information, lower=True)
    return mode + linalg.solve_triangular(root.T, draw.standard_normal(len(mode)))


def _codes(probabilities: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """A position a row."""
    cumulative = np.cumsum(probabilities, axis=1)
    at = draw.random(len(probabilities))[:, None] * cumulative[:, -1:]
    return np.minimum((cumulative < at).sum(axis=1), probabilities.shape[1] - 1)


DRAWS: Mapping[str, Draw] = {
    "pmm": predictive_mean,
    "logit": unordered,
    "multinomial": unordered,
    "ordered": ordered,
}

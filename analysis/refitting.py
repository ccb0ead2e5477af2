"""Models under replicate weights: rows and a fit come in, each replicate's coefficients go out.

Generalised linear models: rows alike in all covariates enter a replicate's likelihood by two sums, of
weights and of weighted answers, so that sums by unit and covariate cell give the same fits as the rows. All
replicates of a block are solved beside each other by Fisher scoring from the whole sample's coefficients.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.errors import EstimationError
from analysis.replicates import ReplicateSample

_CELLS = 0.25
"""Cells are summed where there are at most this share as many as rows."""
_DENSE = 4_000_000
_BLOCK = 4_000_000
_QUADRATIC = 1e-6
_LINEAR = 1e-10
_MOST_STEPS = 100
_CANONICAL = {
    "Gaussian": "Identity",
    "Binomial": "Logit",
    "Poisson": "Log",
    "Gamma": "InversePower",
    "InverseGaussian": "InverseSquared",
}
"""Links whose scoring steps are Newton's, so that the error after a step is the square of the step."""
_SATURATED = 1e-12
_VANISHED = 1e-9
_COUNTS = ("Poisson", "NegativeBinomial", "Tweedie")


@dataclass(frozen=True)
class Answers:
    """m rows of a model: answers y, covariates X (m x p), their positions in the sample, the family."""

    y: np.ndarray
    X: np.ndarray
    used: np.ndarray
    family: Any


def refit_glm(sample: ReplicateSample, rows: Answers, params: np.ndarray) -> np.ndarray:
    """R x p coefficients under every replicate's weights, to 1e-9 of a fit of the rows.

    EstimationError names the first replicate without a finite solution.
    """
    weights, unit = sample.weights[rows.used], sample.unit[rows.used]
    scaled = weights / weights.mean()
    cell, first = covariate_cells(rows.X)
    X = rows.X[first]
    sums = [_by_unit(unit, cell, values, (sample.units, len(X))) for values in (scaled, scaled * rows.y)]
    products = _products(X)
    found = np.empty((sample.count, X.shape[1]))
    most = _BLOCK // max(len(X), sample.units, 1) * sample.units
    start = _first_step(sample, rows, params, scaled) if len(X) > sample.units else None
    for part, factors in sample.factors(most):
        begin = np.repeat(params[:, None], factors.shape[1], axis=1) if start is None else start[part].T
        weight, answers = (np.asarray(total.T @ factors) for total in sums)
        cells = _Cells(X, products, weight, answers, rows.family)
        found[part] = _solve(cells, begin, part.start).T
    return found


def covariate_cells(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row's cell among the distinct rows of X, and the first row of each; itself where most differ."""
    every = np.arange(len(X))
    code = np.zeros(len(X), np.int64)
    for column in X.T:
        values, distinct = pd.factorize(column)
        code = pd.factorize(code * len(distinct) + values)[0]
        if code.max(initial=0) >= len(X) * _CELLS:
            return every, every
    first = np.full(code.max(initial=-1) + 1, len(X))
    first[code[::-1]] = every[::-1]
    return code, first


def _by_unit(
    unit: np.ndarray, cell: np.ndarray, values: np.ndarray, shape: tuple[int, int]
) -> np.ndarray | sparse.csr_array:
    """Sums of values by unit and cell."""
    if shape[0] * shape[1] <= _DENSE:
        flat = np.bincount(unit * shape[1] + cell, values, minlength=shape[0] * shape[1])
        return flat.reshape(shape)
    return sparse.csr_array((values, (unit, cell)), shape=shape)


def _products(X: np.ndarray) -> np.ndarray:
    """m x p(p + 1)/2 products of two covariates."""
    one, other = np.triu_indices(X.shape[1])
    return X[:, one] * X[:, other]


@dataclass(frozen=True)
class _Cells:
    """C cells: covariates, their products, sums of weights and weighted answers in b replicates (C x b)."""

    X: np.ndarray
    products: np.ndarray
    weight: np.ndarray
    answers: np.ndarray
    family: Any


def _first_step(
    sample: ReplicateSample, rows: Answers, params: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """R x p coefficients after one step, from each unit's scores and information at the whole sample's."""
    mu, slope, variance = _moments(rows.family, rows.X @ params)
    unit, count = sample.unit[rows.used], sample.units
    scores = rows.X * (weights * (rows.y - mu) * slope / variance)[:, None]
    information = _products(rows.X) * (weights * slope**2 / variance)[:, None]
    sums = [
        np.column_stack([np.bincount(unit, column, minlength=count) for column in part.T])
        for part in (scores, information)
    ]
    found = np.empty((sample.count, len(params)))
    for part, factors in sample.factors():
        step = _step(factors.T @ sums[0], factors.T @ sums[1], part.start)
        found[part] = params + step
    return found


def _solve(cells: _Cells, begin: np.ndarray, number: int) -> np.ndarray:
    """p x b coefficients; `number`: the first replicate's place, for messages."""
    linear = _name(cells.family) == "Gaussian" and _name(cells.family.link) == "Identity"
    canonical = _CANONICAL.get(_name(cells.family)) == _name(cells.family.link)
    tolerance = _QUADRATIC if canonical else _LINEAR
    beta = begin.copy()
    for _ in range(_MOST_STEPS):
        mu, slope, variance = _moments(cells.family, cells.X @ beta)
        inverse = slope / variance
        score = cells.X.T @ ((cells.answers - cells.weight * mu) * inverse)
        information = cells.products.T @ (cells.weight * slope * inverse)
        step = _step(score.T, information.T, number).T
        beta += step
        if linear or (np.abs(step) <= tolerance * (1 + np.abs(beta))).all():
            _refuse_saturated(cells, beta, number)
            return beta
    moving = int(np.argmax(np.abs(step).max(axis=0)))
    raise EstimationError(_no_solution(number + moving, "its coefficients do not settle"))


def _moments(family: Any, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, their derivative by the linear predictor, and variances."""
    with np.errstate(all="ignore"):
        mu = family.link.inverse(eta)
        return mu, 1 / family.link.deriv(mu), family.variance(mu)


def _step(score: np.ndarray, information: np.ndarray, number: int) -> np.ndarray:
    """b x p steps from b scores and b informations (upper triangles)."""
    p = score.shape[1]
    square = np.zeros((len(score), p, p))
    one, other = np.triu_indices(p)
    square[:, one, other] = information
    square[:, other, one] = information
    try:
        step: np.ndarray = np.linalg.solve(square, score[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        singular = [place for place, matrix in enumerate(square) if np.linalg.matrix_rank(matrix) < p]
        raise EstimationError(
            _no_solution(number + (singular or [0])[0], "nobody is left in a group")
        ) from None
    wrong = np.flatnonzero(~np.isfinite(step).all(axis=1))
    if len(wrong):
        raise EstimationError(_no_solution(number + int(wrong[0]), "its steps leave all bounds"))
    return step


def _refuse_saturated(cells: _Cells, beta: np.ndarray, number: int) -> None:
    """A group that answers all alike, or counts nothing, drives a coefficient to infinity by small steps."""
    if _name(cells.family) not in ("Binomial", *_COUNTS):
        return
    means = _moments(cells.family, cells.X @ beta)[0]
    if _name(cells.family) == "Binomial":
        edge = (np.minimum(means, 1 - means) < _SATURATED) & (cells.weight > 0)
    else:
        average = (cells.weight * means).sum(axis=0) / cells.weight.sum(axis=0)
        edge = (means < _VANISHED * average) & (cells.weight > 0)
    if edge.any():
        place = int(np.argmax(edge.any(axis=0)))
        raise EstimationError(_no_solution(number + place, "a group answers all alike"))


def _no_solution(place: int, reason: str) -> str:
    return (
        f"replicate {place + 1} has no finite coefficients ({reason}): join small groups, leave that column "
        "out, or use a design without replicates"
    )


def _name(part: Any) -> str:
    return type(part).__name__

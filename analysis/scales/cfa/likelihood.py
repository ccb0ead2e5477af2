"""Maximum likelihood of a factor model: a structure and moments come in, estimates and information go out.

Normal-theory likelihood with means (Bollen 1989, chapter 4, appendix 8A): a group's score is D'W d, where d
are sample minus model moments, D their derivatives and W the normal-theory weight at the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from analysis.errors import EstimationError
from analysis.scales.cfa.samples import GroupSample
from analysis.scales.cfa.structure import (
    FACTOR,
    INTERCEPT,
    LOADING,
    RESIDUAL,
    Structure,
    derivatives,
    matrices,
)
from analysis.scales.figures import jacobian

MOST_STEPS = 500
TOLERANCE = 1e-9
SINGULAR = 1e-9


@dataclass(frozen=True)
class Fitted:
    """Free parameters at the maximum, and half of -2 log likelihood against the saturated model over n."""

    theta: np.ndarray
    discrepancy: float


Samples: TypeAlias = Sequence[GroupSample]


def normal_weight(inverse: np.ndarray) -> np.ndarray:
    """(p + q) x (p + q) weight of means and vech of the covariance, from the inverse covariance."""
    p = len(inverse)
    column, row = np.triu_indices(p)
    twice = np.where(row == column, 1.0, 2.0)
    part = inverse[np.ix_(row, row)] * inverse[np.ix_(column, column)]
    part = part + inverse[np.ix_(row, column)] * inverse[np.ix_(column, row)]
    result = np.zeros((p + len(row), p + len(row)), inverse.dtype)
    result[:p, :p] = inverse
    result[p:, p:] = part * np.outer(twice, twice) / 4
    return result


def discrepancy(structure: Structure, theta: np.ndarray, samples: Samples) -> float:
    """F / 2 summed over groups, weighted by size over n; infinite where the model is no covariance."""
    total = sum(sample.size for sample in samples)
    result = 0.0
    for group, sample in enumerate(samples):
        at = matrices(structure, theta, group)
        try:
            root = np.linalg.cholesky(at.covariance)
        except np.linalg.LinAlgError:
            return np.inf
        half = np.linalg.solve(root, np.column_stack([sample.covariance, sample.mean - at.mean]))
        trace = np.trace(np.linalg.solve(root.T, half[:, :-1]))
        determinant = 2 * np.log(np.diag(root)).sum() - np.linalg.slogdet(sample.covariance)[1]
        value = determinant + trace - len(root) + (half[:, -1] ** 2).sum() * structure.with_means
        result += sample.size / total * value / 2
    return float(result)


def score(structure: Structure, theta: np.ndarray, samples: Samples) -> np.ndarray:
    """Derivatives of the log likelihood (weights sum to n) by the free parameters; theta may be complex."""
    result = np.zeros(structure.free, theta.dtype)
    for group, sample in enumerate(samples):
        at = matrices(structure, theta, group)
        D = derivatives(structure, theta, group)
        inverse = np.linalg.inv(at.covariance)
        gap = (sample.mean - at.mean) * structure.with_means
        p = len(gap)
        outer = inverse @ (sample.covariance + np.outer(gap, gap) - at.covariance) @ inverse
        column, row = np.triu_indices(p)
        twice = np.where(row == column, 0.5, 1.0)
        result += sample.size * (D[:p].T @ (inverse @ gap) + D[p:].T @ (outer[row, column] * twice))
    return result


def expected_information(structure: Structure, theta: np.ndarray, samples: Samples) -> np.ndarray:
    """Sum over groups of size D'W D."""
    result = np.zeros((structure.free, structure.free))
    for group, sample in enumerate(samples):
        D = derivatives(structure, theta, group)
        W = normal_weight(np.linalg.inv(matrices(structure, theta, group).covariance))
        result += sample.size * D.T @ W @ D
    return result


def observed_information(structure: Structure, theta: np.ndarray, samples: Samples) -> np.ndarray:
    """Minus the second derivatives of the log likelihood, by complex steps of the score."""
    H = -jacobian(lambda at: score(structure, at, samples), theta)
    return (H + H.T) / 2


def maximise(structure: Structure, samples: Samples) -> Fitted:
    """Fisher scoring with halved steps from moment-based starts.

    EstimationError for a model that the data do not identify and where no maximum is reached.
    """
    theta = starts(structure, [(sample.covariance, sample.mean) for sample in samples])
    value = discrepancy(structure, theta, samples)
    damping = 0.0
    for _ in range(MOST_STEPS):
        U = score(structure, theta, samples)
        information = expected_information(structure, theta, samples)
        scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
        if (np.abs(U / scale) < TOLERANCE * np.sqrt(sum(s.size for s in samples))).all() and damping < 1e-3:
            refuse_singular(information, structure)
            return Fitted(theta, value)
        moved = False
        while damping < 1e8:
            step = _solve(information / np.outer(scale, scale), U / scale, damping) / scale
            tried = discrepancy(structure, theta + step, samples)
            if tried <= value + 1e-15:
                theta, value, moved = theta + step, tried, True
                damping = damping / 10 if damping > 1e-6 else 0.0
                break
            damping = max(damping * 10, 1e-6)
        if not moved:
            break
    U = score(structure, theta, samples)
    information = expected_information(structure, theta, samples)
    refuse_singular(information, structure)
    scale = np.sqrt(np.diag(information))
    if (np.abs(U / scale) < 1e-5).all():
        return Fitted(theta, value)
    raise EstimationError(
        "the factor model reached no maximum of the likelihood: it does not fit these items (a factor may "
        "have too few items or none that go together); leave out the weakest item, or join factors"
    )


def _solve(information: np.ndarray, U: np.ndarray, damping: float) -> np.ndarray:
    damped = information + damping * np.eye(len(U))
    try:
        return np.linalg.solve(damped, U)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(damped, U, rcond=None)[0]


def refuse_singular(information: np.ndarray, structure: Structure) -> None:
    """EstimationError naming the parameters that the data cannot tell apart."""
    scale = np.sqrt(np.maximum(np.diag(information), 0))
    if (scale > 0).all():
        values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
        if values[0] > SINGULAR:
            return
        loose = np.flatnonzero(np.abs(vectors[:, 0]) > 0.1)
    else:
        loose = np.flatnonzero(scale <= 0)
    names = {q.index: q.name for q in structure.parameters if q.index >= 0}
    listed = ", ".join(dict.fromkeys(names[int(i)] for i in loose[:6]))
    raise EstimationError(
        f"the model is not identified: the data cannot tell {listed} apart; fix one of them, give the factor "
        "at least three items, or leave out a pair"
    )


def starts(structure: Structure, moments: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """From each group's covariance and means: loadings by sums of covariances, residuals half a variance."""
    theta = np.zeros(structure.free)
    for q in structure.parameters:
        if q.index < 0:
            continue
        S, mean = moments[q.group]
        if q.kind == LOADING:
            theta[q.index] = _start(structure, S, q.row, q.column)
        elif q.kind == RESIDUAL:
            theta[q.index] = S[q.row, q.row] / 2 if q.row == q.column else 0.0
        elif q.kind == INTERCEPT:
            theta[q.index] = mean[q.row]
        elif q.kind == FACTOR and q.row == q.column:
            marker = _first(structure, q.row)
            theta[q.index] = S[marker, marker] / 2
    return theta


def _first(structure: Structure, factor: int) -> int:
    return next(q.row for q in structure.of_group(0) if q.kind == LOADING and q.column == factor)


def _start(structure: Structure, S: np.ndarray, item: int, factor: int) -> float:
    own = [q for q in structure.of_group(0) if q.kind == LOADING and q.column == factor]
    others = [q.row for q in own if q.row != item]
    marker = next((q for q in own if q.index < 0), None)
    if marker is None:
        total = S[np.ix_([q.row for q in own], [q.row for q in own])]
        return float(S[item, others].sum() / np.sqrt(max(total.sum(), 1e-12)) * 1.2)
    above = np.array([S[item, j] for j in others if j != marker.row] or [S[item, marker.row]])
    below = np.array([S[marker.row, j] for j in others if j != marker.row] or [S[marker.row, marker.row] / 2])
    ratio = above.sum() / below.sum() if abs(below.sum()) > 1e-12 else 1.0
    return float(np.clip(ratio, -5, 5)) if ratio else 1.0

"""Estimating equations: scores of rows and weights come in, a solution with its influence values goes out.

The derivative of the scores is exact: complex steps (Squire and Trapp 1998, SIAM Review 40: 110-112) need
scores that are analytic, so they are written with numpy functions that take complex numbers.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import optimize

from analysis.errors import EstimationError, Said, setting

Scores = Callable[[np.ndarray], np.ndarray]
"""k parameters -> m x k scores of the rows."""
_STEP = 1e-20
_LARGEST = 40.0
_STEPS = 100
_CLOSE = 1e-10


def logistic(eta: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-eta)), also for complex numbers."""
    return 1 / (1 + np.exp(-eta))


def jacobian(scores: Scores, theta: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """k x k derivative of the weighted total of the scores."""
    columns = []
    for place in range(len(theta)):
        moved = theta.astype(complex)
        moved[place] += 1j * _STEP
        columns.append(weights @ scores(moved).imag / _STEP)
    return np.column_stack(columns)


def maximise(
    objective: Callable[[np.ndarray], float],
    scores: Scores,
    weights: np.ndarray,
    starts: Sequence[np.ndarray],
) -> np.ndarray:
    """The best of the maxima reached from the starts, polished by Newton's method.

    `scores` are the objective's derivative, row by row. EstimationError where none is reached in finite
    coefficients: a group answers all alike.
    """
    found = []
    for start in starts:
        with np.errstate(all="ignore"):
            rough = optimize.minimize(
                lambda theta: _finite(-objective(theta)),
                start,
                jac=lambda theta: np.nan_to_num(-(weights @ scores(theta))),
                method="BFGS",
                options={"gtol": 1e-7, "maxiter": 2000},
            ).x
            theta = newton(scores, rough, weights)
        if theta is not None:
            found.append((objective(theta), theta))
    if not found:
        raise EstimationError(
            Said(
                "the model has no finite solution: a group may count or answer all alike, or the groups may "
                "hardly differ; leave a covariate out, join its codes, or type ",
                setting("method", "lm"),
            )
        )
    return max(found, key=lambda pair: pair[0])[1]


def _finite(value: float) -> float:
    return value if np.isfinite(value) else 1e300


def newton(scores: Scores, theta: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
    """The maximum near theta; None where the steps lead to none."""
    for _ in range(_STEPS):
        slope = jacobian(scores, theta, weights)
        if not np.isfinite(slope).all() or np.linalg.matrix_rank(slope) < len(theta):
            return None
        step = np.linalg.solve(slope, weights @ scores(theta))
        if np.abs(step).max() > 1e3:
            return None
        theta = theta - step
        if np.abs(theta).max() > _LARGEST:
            return None
        if np.abs(step).max() < _CLOSE * (1 + np.abs(theta).max()):
            at = jacobian(scores, theta, weights)
            return theta if np.linalg.eigvalsh((at + at.T) / 2).max() < 0 else None
    return None


def distinct_rows(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position of the first row of each kind, and each row's kind (m): alike rows are one row of more weight.

    `columns`: m x c. Fits of coded covariates cost as much as their combinations, not as their rows.
    """
    frame = pd.DataFrame(columns)
    kind = frame.groupby(list(frame.columns), sort=False).ngroup().to_numpy()
    first = np.full(kind.max() + 1, -1)
    first[kind[::-1]] = np.arange(len(kind))[::-1]
    return first, kind


def influence_of(scores: np.ndarray, information: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """m x k influence values w s A^-1' of the solution, A the information (k x k)."""
    return np.asarray(np.linalg.solve(information, (weights[:, None] * scores).T).T)

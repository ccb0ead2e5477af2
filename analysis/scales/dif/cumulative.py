"""A weighted cumulative logit: places of answers and columns come in, coefficients with row scores go out.

P(Y <= c) = logistic(tau_c - X b) (McCullagh 1980), by Newton's method with the observed information.
"""

from dataclasses import dataclass

import numpy as np

from analysis.errors import EstimationError
from analysis.scales.irt.likelihood import logistic

_MOST_STEPS = 100
_FAR = 30.0


@dataclass(frozen=True)
class CumulativeFit:
    """`thresholds` c - 1, `coefficients` k with `influence` m x k, `log_likelihood` weighted."""

    thresholds: np.ndarray
    coefficients: np.ndarray
    log_likelihood: float
    influence: np.ndarray


def fit_cumulative(place: np.ndarray, X: np.ndarray, w: np.ndarray, said: str) -> CumulativeFit:
    """`place` m whole numbers from 0, every one of which occurs; X m x k; w m weights.

    EstimationError where the columns are dependent or the likelihood has no finite maximum (separation).
    """
    count, k = int(place.max()) + 1, X.shape[1]
    centre = w @ X / w.sum()
    spread = np.sqrt(np.maximum(w @ (X - centre) ** 2 / w.sum(), 1e-300))
    S = (X - centre) / spread
    if k and np.linalg.matrix_rank(S) < k:
        raise EstimationError(
            f"{said}: score and groups are linearly dependent; a group may have one score only"
        )
    share = np.cumsum(np.bincount(place, w, minlength=count))[:-1] / w.sum()
    theta = np.concatenate([np.log(share / (1 - share)), np.zeros(k)])
    value, row_scores, H = _parts(theta, place, S, w)
    for _ in range(_MOST_STEPS):
        U = w @ row_scores
        try:
            step = np.linalg.solve(H, U)
        except np.linalg.LinAlgError:
            break
        if np.abs(step).max() < 1e-12 * max(1.0, np.abs(theta).max()):
            break
        size = 1.0
        while size > 1e-8:
            moved = _parts(theta + size * step, place, S, w)
            if moved[0] >= value - 1e-13 * abs(value):
                break
            size /= 2
        theta = theta + size * step
        value, row_scores, H = moved
        if np.abs(theta).max() > _FAR:
            break
    if np.abs(theta).max() > _FAR or np.abs(np.linalg.lstsq(H, w @ row_scores, rcond=None)[0]).max() > 1e-6:
        raise EstimationError(
            f"{said}: the ordinal model has no finite solution, a group or score may answer all alike; join "
            "answers or groups"
        )
    slopes = theta[count - 1 :] / spread
    tau = theta[: count - 1] + slopes @ centre
    Z = (w[:, None] * row_scores) @ np.linalg.inv(H)
    return CumulativeFit(tau, slopes, value, Z[:, count - 1 :] / spread)


def _parts(
    theta: np.ndarray, place: np.ndarray, S: np.ndarray, w: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Log likelihood, m x (c - 1 + k) row scores, and the observed information."""
    k, m = S.shape[1], len(place)
    cuts = len(theta) - k
    if (np.diff(theta[:cuts]) <= 0).any():
        return -np.inf, np.zeros((m, len(theta))), np.eye(len(theta))
    eta = S @ theta[cuts:]
    ends = np.concatenate([[-np.inf], theta[:cuts], [np.inf]])
    high, low = ends[place + 1] - eta, ends[place] - eta
    with np.errstate(over="ignore", invalid="ignore"):
        gap = np.where(np.isinf(high) | np.isinf(low), 1.0, -np.expm1(low - high))
    above, below = logistic(np.clip(high, -700, 700)), logistic(np.clip(-low, -700, 700))
    P = np.maximum(np.where(np.isinf(high), 1, above) * np.where(np.isinf(low), 1, below) * gap, 1e-300)
    f1 = np.where(np.isinf(high), 0, above * (1 - above))
    f0 = np.where(np.isinf(low), 0, below * (1 - below))
    d1, d0 = f1 / P, -f0 / P
    # by the upper cut, the lower cut and the slope; second derivatives of log P by the two arguments
    g1, g0 = f1 * (1 - 2 * above), f0 * (2 * below - 1)
    h11, h00, h10 = g1 / P - d1**2, -g0 / P - d0**2, -d1 * d0
    J1 = np.hstack([np.eye(cuts + 1)[place][:, :cuts], -S])
    lower = np.eye(cuts + 1)[np.maximum(place - 1, 0)][:, :cuts] * (place > 0)[:, None]
    J0 = np.hstack([lower, -S])
    row_scores = d1[:, None] * J1 + d0[:, None] * J0
    cross = J1.T @ ((w * h10)[:, None] * J0)
    H = -(J1.T @ ((w * h11)[:, None] * J1) + J0.T @ ((w * h00)[:, None] * J0) + cross + cross.T)
    return float(w @ np.log(P)), row_scores, H

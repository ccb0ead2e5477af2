"""Weights of a chi-bar-squared distribution: a correlation matrix comes in, k + 1 chances go out."""

from itertools import combinations

import numpy as np
from scipy import stats

_EXACT = 3
_SEED = 1


def chi_bar_weights(correlation: np.ndarray) -> np.ndarray:
    """w_0..w_k: chances that the point of the positive orthant nearest to N(0, R) has j coordinates above 0.

    Kudo (1963, Biometrika 50: 403-418): w_j sums, over the sets A of j coordinates, the chance that
    N(0, inverse of R outside A) is positive times that of N(0, R of A given the others) being positive.
    """
    k = len(correlation)
    weights = np.zeros(k + 1)
    for size in range(k + 1):
        for chosen in combinations(range(k), size):
            inside = np.array(chosen, int)
            outside = np.array([j for j in range(k) if j not in chosen], int)
            weights[size] += _beyond(correlation, outside) * _given(correlation, inside, outside)
    return weights / weights.sum()


def _beyond(R: np.ndarray, outside: np.ndarray) -> float:
    if not len(outside):
        return 1.0
    return _positive(np.linalg.pinv(R[np.ix_(outside, outside)], hermitian=True))


def _given(R: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> float:
    if not len(inside):
        return 1.0
    S = R[np.ix_(inside, inside)]
    if len(outside):
        across = R[np.ix_(inside, outside)]
        S = S - across @ np.linalg.pinv(R[np.ix_(outside, outside)], hermitian=True) @ across.T
    return _positive(S)


def _positive(S: np.ndarray) -> float:
    """Chance that N(0, S) is positive in every coordinate; closed form up to three."""
    scale = np.sqrt(np.maximum(np.diag(S), 1e-300))
    R = np.clip(S / np.outer(scale, scale), -1, 1)
    k = len(R)
    if k == 1:
        return 0.5
    if k <= _EXACT:
        angles = np.arccos(R[np.triu_indices(k, 1)])
        share = (np.pi - angles[0]) / (2 * np.pi) if k == 2 else (2 * np.pi - angles.sum()) / (4 * np.pi)
        return float(max(share, 0.0))
    normal = stats.multivariate_normal(np.zeros(k), R, allow_singular=True, seed=_SEED)
    return float(normal.cdf(np.zeros(k)))

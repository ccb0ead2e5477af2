"""Wave-to-wave variation: wave estimates with their variances come in, a random-effects line goes out."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class WaveLevelFit:
    """A weighted line through k wave estimates.

    params: q coefficients; covariance: q x q under the weights alone; knapp_hartung: q x q, scaled by the
    weighted residual variance (Knapp and Hartung 2003), t with `df` = k - q; tau2: between-wave variance;
    q_resid: Cochran's Q around the line with fixed effects.
    """

    params: np.ndarray
    covariance: np.ndarray
    knapp_hartung: np.ndarray
    tau2: float
    q_resid: float
    df: int


def wave_level_fit(
    y: np.ndarray, variance: np.ndarray, X: np.ndarray, *, random: bool = True
) -> WaveLevelFit:
    """Meta-regression of y (k) on X (k x q); tau2 by DerSimonian and Laird (1986), 0 unless `random`.

    `variance`: k variances of independent waves, or the k x k covariance of waves that are not. Where tau2 is
    0 the Knapp-Hartung factor is at least 1, so that agreement by chance does not shrink the error below that
    of sampling (Röver, Knapp and Friede 2015).
    """
    V = np.diag(variance) if np.ndim(variance) == 1 else np.asarray(variance)
    df = len(y) - X.shape[1]
    fixed, inverse, precision = _line(y, V, X)
    q_resid = _quadratic(y - X @ fixed, precision)
    tau2 = 0.0
    if random:
        trace = np.trace(precision) - np.trace(inverse @ X.T @ precision @ precision @ X)
        tau2 = max(0.0, (q_resid - df) / float(trace))
    params, covariance, precision = _line(y, V + tau2 * np.eye(len(y)), X)
    factor = _quadratic(y - X @ params, precision) / df if df > 0 else np.nan
    scaled = covariance * (factor if tau2 > 0 else max(1.0, factor))
    return WaveLevelFit(params, covariance, scaled, tau2, q_resid, df)


def _line(y: np.ndarray, V: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients of generalised least squares, their covariance, and the inverse of V."""
    precision = np.linalg.inv(V)
    inverse = np.linalg.inv(X.T @ precision @ X)
    return inverse @ X.T @ precision @ y, inverse, precision


def _quadratic(residual: np.ndarray, precision: np.ndarray) -> float:
    return float(residual @ precision @ residual)

"""Extraction and rotation of factors: a correlation matrix comes in, loadings and fit go out."""

import numpy as np
from scipy import optimize, stats
from statsmodels.multivariate.factor_rotation import rotate_factors

from analysis.errors import EstimationError

LEAST = 0.005
"""The lowest uniqueness, as in psych::fa."""


def most_factors(p: int) -> int:
    return max((k for k in range(1, p) if (p - k) ** 2 - p - k >= 0), default=0)


def uniquenesses(R: np.ndarray, k: int, method: str) -> np.ndarray:
    """p uniquenesses by Jöreskog's (1967) likelihood or least squares, loadings concentrated out."""
    of = _likelihood if method == "ml" else _least_squares
    start = np.clip((1 - k / (2 * len(R))) / np.diag(np.linalg.inv(R)), LEAST * 2, 0.999)
    bounds = [(np.log(LEAST), np.log(2.0))] * len(R)
    found = optimize.minimize(
        lambda t: of(np.exp(t), R, k),
        np.log(start),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 5000, "maxfun": 20000, "ftol": 1e-18, "gtol": 1e-12, "maxcor": 30},
    )
    free = found.x > np.log(LEAST) + 1e-9
    slope = np.abs(of(np.exp(found.x), R, k)[1][free]).max(initial=0)
    if slope > 1e-5:
        raise EstimationError(
            f"the factor analysis with {k} factors did not converge: take fewer factors, or another method"
        )
    return np.exp(found.x)


def _likelihood(psi: np.ndarray, R: np.ndarray, k: int) -> tuple[float, np.ndarray]:
    root = np.sqrt(psi)
    values, vectors = np.linalg.eigh(R / np.outer(root, root))
    small, v = values[:-k], vectors[:, :-k]
    value = float((small - np.log(small) - 1).sum())
    return value, -((small - 1) * v**2).sum(axis=1)


def _least_squares(psi: np.ndarray, R: np.ndarray, k: int) -> tuple[float, np.ndarray]:
    values, vectors = np.linalg.eigh(R - np.diag(psi))
    small, v = values[:-k], vectors[:, :-k]
    return float((small**2).sum() / 2), -psi * (small * v**2).sum(axis=1)


def loadings(R: np.ndarray, psi: np.ndarray, k: int, method: str) -> np.ndarray:
    root = np.sqrt(psi) if method == "ml" else np.ones(len(psi))
    values, vectors = np.linalg.eigh(
        R / np.outer(root, root) - (np.eye(len(R)) if method == "ml" else np.diag(psi))
    )
    return np.asarray(root[:, None] * vectors[:, ::-1][:, :k] * np.sqrt(np.maximum(values[::-1][:k], 0)))


def rotated(L: np.ndarray, rotation: str) -> tuple[np.ndarray, np.ndarray]:
    k = L.shape[1]
    Phi = np.eye(k)
    if k > 1 and rotation != "none":
        said = {
            "oblimin": ("quartimin", {"max_tries": 5000, "tol": 1e-9}),
            "varimax": ("varimax", {"max_tries": 5000, "tol": 1e-9}),
        }
        name, options = said[rotation]
        L, T = rotate_factors(L, name, **options)
        Phi = T.T @ T if rotation == "oblimin" else Phi
    signs = np.where(L.sum(axis=0) < 0, -1.0, 1.0)
    L, Phi = L * signs, Phi * np.outer(signs, signs)
    order = np.argsort(-np.diag(Phi @ L.T @ L), kind="stable")
    return L[:, order], Phi[np.ix_(order, order)]


def fit(R: np.ndarray, common: np.ndarray, n: int, k: int, df: int) -> tuple[float, int, float, float, float]:
    """Bartlett's (1951) chi-square, its p, RMSEA and TLI as in psych::fa."""
    p = len(R)
    model = common - np.diag(np.diag(common)) + np.eye(p)
    gap = float(np.trace(np.linalg.solve(model, R)) - np.linalg.slogdet(np.linalg.solve(model, R))[1] - p)
    factor = (n - 1) - (2 * p + 5) / 6 - 2 * k / 3
    chisq = max(gap * factor, 0.0)
    if df == 0:
        return chisq, df, np.nan, 0.0, 1.0
    null = float(-np.linalg.slogdet(R)[1]) * 2 / (p * (p - 1))
    rmsea = float(np.sqrt(max(chisq / (df * n) - 1 / (n - 1), 0)))
    tli = (null - gap / df) / (null - 1 / factor)
    return chisq, df, float(stats.chi2.sf(chisq, df)), rmsea, float(tli)

"""Exploratory factor analysis: data and items come in; eigenvalues, adequacy and rotated loadings go out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats
from statsmodels.multivariate.factor_rotation import rotate_factors

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.scales import polychoric as poly
from analysis.scales.figures import Figures
from analysis.scales.items import Items, Keys, Scale, scale_items
from analysis.scales.moments import moments, symmetric
from analysis.scales.reliability import correlations, covariance_figures

CORRELATIONS = ("pearson", "polychoric")
METHODS = ("ml", "minres")
ROTATIONS = ("oblimin", "varimax", "none")
_LEAST = 0.005


@dataclass(frozen=True)
class FactorLoadings:
    """k factors of p items: `loadings` (p x k, factors by the variance they explain, each turned so that its
    loadings sum above 0), `factors` (k x k correlations), `communalities`, `uniquenesses`; `chisq`, `df`,
    `p`, `rmsea`, `tli` hold for a simple random sample of normal answers; `notes`: Heywood cases.
    """

    loadings: pd.DataFrame
    factors: pd.DataFrame
    communalities: pd.Series
    uniquenesses: pd.Series
    n: int
    chisq: float
    df: int
    p: float
    rmsea: float
    tli: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Adequacy:
    """Kaiser, Meyer and Olkin's measure: `overall` (with influence in `figures`, first), `items` by name."""

    overall: float
    items: pd.Series
    figures: Figures


@dataclass(frozen=True)
class Eigenvalues:
    """`figures`: eigenvalues of the correlation matrix, largest first, with influence values."""

    figures: Figures

    @property
    def values(self) -> np.ndarray:
        return self.figures.values


def correlation_figures(items: Items, kind: str, missing: str) -> tuple[np.ndarray, Figures]:
    """The correlation matrix, and its elements below the diagonal as figures, column by column."""
    if kind not in CORRELATIONS:
        raise EstimationError(f"correlation={kind!r} is unknown: type {' or '.join(CORRELATIONS)}")
    if kind == "polychoric":
        found = poly.of_items(items, missing)
        return found.correlations, found.correlation_figures
    p = items.count
    one, other = np.triu_indices(p, 1)
    covariances = covariance_figures(items, moments(items, missing))
    names = [f"{items.names[i]}~~{items.names[j]}" for i, j in zip(one, other, strict=True)]
    figures = covariances.transform(names, lambda at: correlations(symmetric(at, p))[one, other])
    return _matrix(figures.values, p), figures


def _matrix(elements: np.ndarray, p: int) -> np.ndarray:
    R = np.eye(p, dtype=elements.dtype)
    one, other = np.triu_indices(p, 1)
    R[one, other] = R[other, one] = elements
    return R


def _read(
    data: SurveyData, scale: Scale, keys: Keys, where: Where, correlation: str, missing: str
) -> tuple[Items, np.ndarray, Figures]:
    items = scale_items(data, scale, keys=keys, where=where)
    R, figures = correlation_figures(items, correlation, missing)
    if np.linalg.eigvalsh(R)[0] < 1e-10:
        raise EstimationError(
            f"the correlations of {', '.join(items.names)} are no positive definite matrix: an item is a sum of "
            "others, or pairs were answered by different people; leave one out, or type missing='complete'"
        )
    return items, R, figures


def kmo(
    data: SurveyData,
    scale: Scale,
    *,
    keys: Keys = None,
    where: Where = None,
    correlation: str = "pearson",
    missing: str = "complete",
) -> Adequacy:
    """Kaiser's (1974) measure of sampling adequacy: squared correlations over themselves plus squared partials."""
    items, _, figures = _read(data, scale, keys, where, correlation, missing)
    p = items.count

    def of(elements: np.ndarray) -> np.ndarray:
        R = _matrix(elements, p)
        inverse = np.linalg.inv(R)
        d = np.sqrt(np.diag(inverse))
        off = 1 - np.eye(p)
        simple, partial = (R * off) ** 2, (inverse / np.outer(d, d) * off) ** 2
        by_item = simple.sum(axis=0) / (simple + partial).sum(axis=0)
        return np.concatenate([[simple.sum() / (simple + partial).sum()], by_item])

    found = figures.transform(["overall", *items.names], of)
    by_item = pd.Series(found.values[1:], index=list(items.names))
    return Adequacy(float(found.values[0]), by_item, found)


def eigenvalues(
    data: SurveyData,
    scale: Scale,
    *,
    keys: Keys = None,
    where: Where = None,
    correlation: str = "pearson",
    missing: str = "complete",
) -> Eigenvalues:
    """Eigenvalues of the correlation matrix; influence v' dR v of each (distinct) one."""
    items, R, figures = _read(data, scale, keys, where, correlation, missing)
    values, vectors = np.linalg.eigh(R)
    values, vectors = values[::-1], vectors[:, ::-1]
    one, other = np.triu_indices(items.count, 1)
    slopes = 2 * vectors[one] * vectors[other]
    names = tuple(f"eigenvalue {k + 1}" for k in range(len(values)))
    Z = np.asarray(figures.influence @ slopes)
    return Eigenvalues(Figures(data, names, values, Z, figures.domain, np.zeros(len(values), bool)))


def parallel_analysis(
    data: SurveyData,
    scale: Scale,
    *,
    seed: int,
    draws: int = 200,
    quantile: float = 0.95,
    keys: Keys = None,
    where: Where = None,
) -> pd.DataFrame:
    """Horn's (1965) parallel analysis on permuted answers (Buja and Eyuboglu 1992), weights kept.

    A row per eigenvalue: `eigenvalue`, `random_mean`, `random_quantile`, `keep` (it and all before it exceed
    the quantile). Each draw permutes every item's answers over the complete rows, so the spread of weights
    counts; clusters do not.
    """
    items = scale_items(data, scale, keys=keys, where=where)
    rows = items.complete
    _, R, _ = _read(data, scale, keys, where, "pearson", "complete")
    X, w = items.values[rows], items.weights[rows] / items.weights[rows].sum()
    draw = np.random.default_rng(seed)
    random = np.array([_permuted(X, w, draw) for _ in range(draws)])
    observed = np.linalg.eigvalsh(R)[::-1]
    limit = np.quantile(random, quantile, axis=0)
    table = pd.DataFrame(
        {
            "eigenvalue": observed,
            "random_mean": random.mean(axis=0),
            "random_quantile": limit,
            "keep": np.logical_and.accumulate(observed > limit),
        }
    )
    return table.set_axis(np.arange(1, len(table) + 1), axis=0)


def _permuted(X: np.ndarray, w: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    mixed = draw.permuted(X, axis=0)
    deviation = mixed - w @ mixed
    return np.linalg.eigvalsh(correlations((deviation * w[:, None]).T @ deviation))[::-1]


def factor_analysis(
    data: SurveyData,
    scale: Scale,
    factors: int,
    *,
    method: str = "minres",
    rotation: str = "oblimin",
    keys: Keys = None,
    where: Where = None,
    correlation: str = "pearson",
    missing: str = "complete",
) -> FactorLoadings:
    """Exploratory factor analysis of weighted correlations by ML or least squares (minres), rotated.

    `rotation`: oblimin (direct quartimin), varimax, none. EstimationError for more factors than the items
    carry and where the solution does not converge; a uniqueness at its lower limit is told in `notes`.
    """
    _check(method, rotation)
    items, R, figures = _read(data, scale, keys, where, correlation, missing)
    p = items.count
    df = ((p - factors) ** 2 - p - factors) // 2
    if factors < 1 or df < 0:
        raise EstimationError(
            f"{factors} factors for {p} items: type a number from 1 to {_most_factors(p)}, or name more items"
        )
    psi = _uniquenesses(R, factors, method)
    L, Phi = _rotated(_loadings(R, psi, factors, method), rotation)
    names = [f"F{k + 1}" for k in range(factors)]
    common = np.asarray(((L @ Phi) * L).sum(axis=1))
    index = list(items.names)
    notes = tuple(
        f"the uniqueness of {name} is at its lower limit (a Heywood case): take fewer factors or leave it out"
        for name, value in zip(index, psi, strict=True)
        if value <= _LEAST * 1.001
    )
    return FactorLoadings(
        pd.DataFrame(L, index=index, columns=names),
        pd.DataFrame(Phi, index=names, columns=names),
        pd.Series(common, index=index),
        pd.Series(1 - common, index=index),
        figures.base,
        *_fit(R, L @ Phi @ L.T, figures.base, factors, df),
        notes,
    )


def _check(method: str, rotation: str) -> None:
    for what, value, known in (("method", method, METHODS), ("rotation", rotation, ROTATIONS)):
        if value not in known:
            raise EstimationError(f"{what} {value!r} is unknown: type one of {', '.join(known)}")


def _most_factors(p: int) -> int:
    return max((k for k in range(1, p) if (p - k) ** 2 - p - k >= 0), default=0)


def _uniquenesses(R: np.ndarray, k: int, method: str) -> np.ndarray:
    """p uniquenesses; concentrated objectives of Jöreskog (1967) and of Harman and Jöreskog's least squares."""
    of = _likelihood if method == "ml" else _least_squares
    start = np.clip((1 - k / (2 * len(R))) / np.diag(np.linalg.inv(R)), _LEAST * 2, 0.999)
    bounds = [(np.log(_LEAST), np.log(2.0))] * len(R)
    found = optimize.minimize(
        lambda t: of(np.exp(t), R, k),
        np.log(start),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 5000, "maxfun": 20000, "ftol": 1e-18, "gtol": 1e-12, "maxcor": 30},
    )
    free = found.x > np.log(_LEAST) + 1e-9
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


def _loadings(R: np.ndarray, psi: np.ndarray, k: int, method: str) -> np.ndarray:
    root = np.sqrt(psi) if method == "ml" else np.ones(len(psi))
    values, vectors = np.linalg.eigh(
        R / np.outer(root, root) - (np.eye(len(R)) if method == "ml" else np.diag(psi))
    )
    return np.asarray(root[:, None] * vectors[:, ::-1][:, :k] * np.sqrt(np.maximum(values[::-1][:k], 0)))


def _rotated(L: np.ndarray, rotation: str) -> tuple[np.ndarray, np.ndarray]:
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


def _fit(
    R: np.ndarray, common: np.ndarray, n: int, k: int, df: int
) -> tuple[float, int, float, float, float]:
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

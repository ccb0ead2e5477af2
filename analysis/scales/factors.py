"""Exploratory factor analysis: data and items come in; eigenvalues, adequacy and rotated loadings go out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting
from analysis.scales import polychoric as poly
from analysis.scales.extraction import LEAST, fit, loadings, most_factors, rotated, uniquenesses
from analysis.scales.figures import NO_TEST, Figures
from analysis.scales.items import Items, Keys, Scale, scale_items
from analysis.scales.moments import moments, symmetric
from analysis.scales.reliability import correlations, covariance_figures

CORRELATIONS = ("pearson", "polychoric")
METHODS = ("ml", "minres")
ROTATIONS = ("oblimin", "varimax", "none")


@dataclass(frozen=True)
class FactorLoadings:
    """k factors of p items: `loadings` (p x k, factors by the variance they explain, each turned so that its
    loadings sum above 0), `factors` (k x k correlations), `communalities`, `uniquenesses`; `chisq`, `df`,
    `p`, `rmsea`, `tli` hold for a simple random sample of normal answers (of a non-probability sample `chisq`
    and `p` are NaN); `notes`: Heywood cases, a sample without a test.
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
    data: SurveyData, scale: Scale, keys: Keys, where: Where, *, correlation: str, missing: str
) -> tuple[Items, np.ndarray, Figures]:
    items = scale_items(data, scale, keys=keys, where=where)
    R, figures = correlation_figures(items, correlation, missing)
    if np.linalg.eigvalsh(R)[0] < 1e-10:
        raise EstimationError(
            Said(
                f"the correlations of {', '.join(items.names)} are no positive definite matrix: an item is a "
                "sum of others, or pairs were answered by different people; leave one out, or type ",
                setting("missing", "complete"),
            )
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
    """Kaiser's (1974) sampling adequacy: squared correlations over themselves plus squared partials."""
    items, _, figures = _read(data, scale, keys, where, correlation=correlation, missing=missing)
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
    items, R, figures = _read(data, scale, keys, where, correlation=correlation, missing=missing)
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
    _, R, _ = _read(data, scale, keys, where, correlation="pearson", missing="complete")
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
    items, R, figures = _read(data, scale, keys, where, correlation=correlation, missing=missing)
    p = items.count
    df = ((p - factors) ** 2 - p - factors) // 2
    if factors < 1 or df < 0:
        raise EstimationError(
            f"{factors} factors for {p} items: type a number from 1 to {most_factors(p)}, or name more items"
        )
    psi = uniquenesses(R, factors, method)
    L, Phi = rotated(loadings(R, psi, factors, method), rotation)
    names = [f"F{k + 1}" for k in range(factors)]
    common = np.asarray(((L @ Phi) * L).sum(axis=1))
    index = list(items.names)
    notes = tuple(
        f"the uniqueness of {name} is at its lower limit (a Heywood case): take fewer factors or leave it out"
        for name, value in zip(index, psi, strict=True)
        if value <= LEAST * 1.001
    )
    chisq, df, p_value, rmsea, tli = fit(R, L @ Phi @ L.T, figures.base, factors, df)
    if not figures.infers:
        chisq, p_value, notes = np.nan, np.nan, (*notes, NO_TEST)
    return FactorLoadings(
        pd.DataFrame(L, index=index, columns=names),
        pd.DataFrame(Phi, index=names, columns=names),
        pd.Series(common, index=index),
        pd.Series(1 - common, index=index),
        figures.base,
        chisq,
        df,
        p_value,
        rmsea,
        tli,
        notes,
    )


def _check(method: str, rotation: str) -> None:
    for what, value, known in (("method", method, METHODS), ("rotation", rotation, ROTATIONS)):
        if value not in known:
            raise EstimationError(f"{what} {value!r} is unknown: type one of {', '.join(known)}")

"""Omega, reliability under a one-factor model: data and a scale come in, a coefficient with errors goes out.

McDonald (1999): squared sum of loadings over the variance of the sum; the factor by maximum likelihood of the
covariances, or by least squares of the correlations (minres, standardised items).
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By
from analysis.scales.cfa.continuous import fit_continuous
from analysis.scales.cfa.samples import group_samples
from analysis.scales.cfa.spec import Model, Term
from analysis.scales.cfa.structure import LOADING, RESIDUAL, Wanted, make_structure
from analysis.scales.figures import Figures, jacobian
from analysis.scales.groups import Groups
from analysis.scales.items import Items, Keys, Scale
from analysis.scales.moments import moments, symmetric
from analysis.scales.reliability import Reliability, by_group, correlations, covariance_figures

OMEGA_COLUMNS = ("group", "wave", "items", "estimate", "se", "low", "high", "base", "df", "observed", "notes")
METHODS = ("ml", "minres")
_MOST_STEPS = 500


def omega(
    data: SurveyData,
    scale: Scale,
    *,
    keys: Keys = None,
    by: By = None,
    where: Where = None,
    method: str = "ml",
    level: float = 0.95,
) -> Reliability:
    """McDonald's omega of complete rows, by group; `table`: OMEGA_COLUMNS.

    `estimate`: (sum of loadings)^2 over itself plus the sum of residual variances; `observed`: over the
    observed variance of the sum; `notes` says a negative residual variance. EstimationError as in `alpha`,
    and where no one-factor model is reached.
    """
    if method not in METHODS:
        raise EstimationError(f"method {method!r} is unknown: type {' or '.join(METHODS)}")
    rows: list[dict[str, object]] = []
    figures: list[Figures] = []
    for group, wave, items in by_group(data, scale, keys=keys, by=by, where=where):
        figure, observed, notes = (_by_likelihood if method == "ml" else _by_least_squares)(items)
        shown = figure.row(level)
        about = {"group": group, "wave": wave, "items": items.count}
        rows.append({**about, **shown, "observed": observed, "notes": "; ".join(notes)})
        figures.append(figure)
    return Reliability(pd.DataFrame(rows, columns=list(OMEGA_COLUMNS)), tuple(figures))


Found = tuple[Figures, float, tuple[str, ...]]


def _by_likelihood(items: Items) -> Found:
    model = Model(("factor",), items.names, tuple(Term("factor", name) for name in items.names))
    structure = make_structure(model, Wanted(identify="variance", with_means=False))
    samples = group_samples(items, Groups(np.where(items.complete, 0, -1), ("",)))
    fit = fit_continuous(structure, samples, items, "design")
    loadings = [q.index for q in structure.parameters if q.kind == LOADING]
    residuals = [q.index for q in structure.parameters if q.kind == RESIDUAL]

    def of(theta: np.ndarray) -> np.ndarray:
        common = theta[loadings].sum() ** 2
        return np.array([common / (common + theta[residuals].sum())])

    common = fit.theta[loadings].sum() ** 2
    observed = float(common / samples[0].covariance.sum())
    return fit.figures.transform(["omega"], of, bounded=True), observed, fit.notes


def _by_least_squares(items: Items) -> Found:
    found = moments(items, "complete")
    p = items.count
    lower = np.tril_indices(p, -1)

    def off_diagonal(elements: np.ndarray) -> np.ndarray:
        return np.asarray(correlations(symmetric(elements, p))[lower])

    names = [f"{items.names[j]}~{items.names[i]}" for i, j in zip(*lower, strict=True)]
    r = covariance_figures(items, found).transform(names, off_diagonal)
    loadings = one_factor(r.values, p)

    def slope(at: np.ndarray) -> np.ndarray:
        return _slopes(at).T @ (r.values - at[lower[0]] * at[lower[1]])

    # the loadings solve slope = 0; they move with the correlations by the implicit function theorem
    by_r = -np.linalg.solve(jacobian(slope, loadings), _slopes(loadings).T)
    values = np.concatenate([loadings, r.values])
    Z = np.hstack([r.influence @ by_r.T, np.asarray(r.influence)])
    joint = Figures(items.data, (*items.names, *names), values, Z, r.domain, np.zeros(len(values), bool))

    def of(at: np.ndarray) -> np.ndarray:
        total = p + 2 * at[p:].sum()
        return np.array([1 - (p - (at[:p] ** 2).sum()) / total])

    observed = float(loadings.sum() ** 2 / (p + 2 * r.values.sum()))
    notes = tuple(
        f"the residual variance of {name} is negative (a Heywood case): do not use this omega"
        for name, value in zip(items.names, loadings, strict=True)
        if value**2 > 1
    )
    return joint.transform(["omega"], of, bounded=True), observed, notes


def _slopes(loadings: np.ndarray) -> np.ndarray:
    """Derivatives of the off-diagonal products of loadings: pairs x p."""
    row, column = np.tril_indices(len(loadings), -1)
    result = np.zeros((len(row), len(loadings)), loadings.dtype)
    result[np.arange(len(row)), row] = loadings[column]
    result[np.arange(len(row)), column] = loadings[row]
    return result


def one_factor(r: np.ndarray, p: int) -> np.ndarray:
    """Loadings of one factor by least squares of the off-diagonal correlations (Harman and Jones 1966)."""
    lower = np.tril_indices(p, -1)
    R = np.eye(p)
    R[lower] = R[lower[::-1]] = r
    values, vectors = np.linalg.eigh(R)
    loadings = vectors[:, -1] * np.sqrt(values[-1]) * 0.9 * np.sign(vectors[:, -1].sum() or 1)
    gap: Callable[[np.ndarray], np.ndarray] = lambda at: r - at[lower[0]] * at[lower[1]]  # noqa: E731
    damping = 1e-6
    for _ in range(_MOST_STEPS):
        J, d = _slopes(loadings), gap(loadings)
        gradient = J.T @ d
        if np.abs(gradient).max() < 1e-14:
            break
        step = np.linalg.solve(J.T @ J + damping * np.eye(p), gradient)
        better = (gap(loadings + step) ** 2).sum() <= (d**2).sum()
        loadings = loadings + step if better else loadings
        damping = max(damping / 10, 1e-16) if better else damping * 10
        if damping > 1e6:
            break
    if np.abs(_slopes(loadings).T @ gap(loadings)).max() > 1e-8:
        raise EstimationError("the one-factor solution did not converge: the items do not share one factor")
    return np.asarray(loadings)

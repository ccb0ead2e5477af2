"""Few clusters: a model comes in, it goes out with errors corrected for its residuals being too small.

Bell and McCaffrey (2002, Survey Methodology 28): residuals of a cluster are smaller than its errors, the more
so the more leverage it has; each cluster's residuals are multiplied by (I - H_g)^(-1/2), H_g its block of the
weighted hat matrix, and the degrees of freedom are those of Satterthwaite's approximation under the working
model. R survey 4.5: svyglm(std.errors = "Bell-McCaffrey").
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.errors import EstimationError
from analysis.models.glm import LinearEngine
from analysis.models.result import ModelResult
from analysis.sample import PooledSample, Sample

_LARGEST_CLUSTER = 3000
_ALONE = 1e-10


def bell_mccaffrey(fit: ModelResult) -> ModelResult:
    """The fit with corrected covariance and influence, and degrees of freedom of its own for each
    coefficient.

    Clusters are those of the first stage. EstimationError for a model other than svyglm's, for replicate
    weights and where the model gives one cluster a coefficient of its own.
    """
    engine = fit.engine
    if not isinstance(engine, LinearEngine):
        raise EstimationError(f"the correction is known for svyglm, not for a {engine.kind} model")
    cluster, stratum = first_stage(fit)
    X, residual = working(fit, engine)
    adjusted = np.zeros(len(residual))
    projected = np.zeros((cluster.max() + 1, X.shape[1], X.shape[1]))
    own = np.zeros_like(projected)
    for g, rows in enumerate(_members(cluster)):
        root = _inverse_root(np.eye(len(rows)) - X[rows] @ fit.naive @ X[rows].T)
        adjusted[rows] = root @ residual[rows]
        scores = root @ X[rows] @ fit.naive
        projected[g], own[g] = X[rows].T @ scores, scores.T @ scores
    influence = np.zeros_like(fit.influence)
    influence[fit.rows.used] = (X * adjusted[:, None]) @ fit.naive
    covariance = fit.data.sample.covariance(influence, fit.domain)
    names = fit.params.index
    degrees = [
        _satterthwaite(projected[:, :, j], own[:, j, j], fit.naive, stratum) for j in range(len(names))
    ]
    return replace(
        fit,
        influence=influence,
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        df_by_coefficient=pd.Series(degrees, index=names),
        fit=None,
    )


def first_stage(fit: ModelResult) -> tuple[np.ndarray, np.ndarray]:
    """Cluster of each row used (0..G-1), and stratum of each cluster."""
    sample, used = fit.data.sample, fit.rows.used
    unit, stratum = np.zeros(len(fit.data.frame), np.int64), np.zeros(len(fit.data.frame), np.int64)
    if isinstance(sample, Sample):
        parts: list[tuple[np.ndarray, Sample]] = [(np.arange(sample.n), sample)]
    elif isinstance(sample, PooledSample):
        parts = list(zip(sample.rows, sample.samples, strict=True))
    else:
        raise EstimationError("the correction needs strata and clusters, and the data have replicate weights")
    units = strata = 0
    for rows, part in parts:
        stage = part.stages[0]
        unit[rows], stratum[rows] = stage.unit + units, stage.stratum_of_row + strata
        units, strata = units + len(stage.stratum), strata + len(stage.count)
    _, first, cluster = np.unique(unit[used], return_index=True, return_inverse=True)
    return cluster, stratum[used][first]


def working(fit: ModelResult, engine: LinearEngine) -> tuple[np.ndarray, np.ndarray]:
    """m x p columns and m residuals of the last weighted least squares step, both times the root of its
    weights."""
    X = fit.rows.X.to_numpy(float)
    mean, eta = engine.mean(X)[:, 0], X @ engine.params
    slope = np.asarray(engine.family.link.inverse_deriv(eta))
    weight = fit.rows.weights * slope**2 / np.asarray(engine.family.variance(mean))
    root = np.sqrt(weight)
    return X * root[:, None], root * (fit.rows.response - mean) / slope


def _members(cluster: np.ndarray) -> list[np.ndarray]:
    order = np.argsort(cluster, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1)
    largest = max(len(group) for group in groups)
    if largest > _LARGEST_CLUSTER:
        raise EstimationError(
            f"a cluster has {largest} rows: the correction is for few rows a cluster, at most "
            f"{_LARGEST_CLUSTER}; with as many the usual errors do"
        )
    return groups


def _inverse_root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < _ALONE:
        raise EstimationError(
            "a cluster alone decides a coefficient, such as a code that only one cluster has: join its codes "
            "or leave that column out"
        )
    return (vectors / np.sqrt(values)) @ vectors.T


def _satterthwaite(projected: np.ndarray, own: np.ndarray, naive: np.ndarray, stratum: np.ndarray) -> float:
    """trace(M)^2 / trace(M^2), M the variance estimate of one coefficient as a quadratic form in the errors.

    M = S C (D - P N P') C S: D the clusters' own squares, C centres within strata, S^2 = n/(n - 1), 0 for one
    cluster.
    """
    n = np.bincount(stratum)
    scale = np.where(n > 1, n / np.maximum(n - 1, 1), 0.0)
    mean = np.zeros((len(n), projected.shape[1]))
    np.add.at(mean, stratum, projected)
    centred = projected - (mean / np.maximum(n, 1)[:, None])[stratum]
    times = scale[stratum][:, None]
    inner = (centred * times).T @ centred
    crossed = (centred * times**2 * own[:, None]).T @ centred
    first, second = np.bincount(stratum, own), np.bincount(stratum, own**2)
    some = n > 0
    trace = float((scale * first)[some] @ (1 - 1 / n[some])) - float(np.trace(naive @ inner))
    squares = scale[some] ** 2 @ (second[some] * (1 - 2 / n[some]) + first[some] ** 2 / n[some] ** 2)
    squares += -2 * np.trace(naive @ crossed) + np.trace(naive @ inner @ naive @ inner)
    return float(trace**2 / squares) if squares > 0 else 0.0

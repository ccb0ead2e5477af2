"""Few clusters: a model comes in, it goes out with errors corrected for its residuals being too small.

Bell and McCaffrey (2002, Survey Methodology 28): residuals of a cluster are smaller than its errors, the
more so the more leverage it has. Each cluster's working residuals are multiplied by (I - H_g)^(-1/2), H_g
its block of the hat matrix of the columns, and the degrees of freedom are those of Satterthwaite's
approximation, both for errors of equal variance without correlation. R survey 4.5: svyglm(std.errors =
"Bell-McCaffrey", degf = TRUE), which takes no account of strata in the degrees of freedom either.
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
    fit.data.refuse_grouped("the correction for few clusters")
    engine = fit.engine
    if not isinstance(engine, LinearEngine):
        raise EstimationError(f"the correction is known for svyglm, not for a {engine.kind} model")
    cluster = first_stage(fit)
    X = fit.rows.X.to_numpy(float)
    residual, weight = working(fit, engine)
    plain = np.linalg.inv(X.T @ X)
    adjusted = np.zeros(len(residual))
    projected = np.zeros((cluster.max() + 1, X.shape[1], X.shape[1]))
    own = np.zeros_like(projected)
    for g, rows in enumerate(_members(cluster)):
        root = _inverse_root(np.eye(len(rows)) - X[rows] @ plain @ X[rows].T)
        adjusted[rows] = root @ residual[rows]
        scores = root @ X[rows] @ plain
        projected[g], own[g] = X[rows].T @ scores, scores.T @ scores
    influence = np.zeros_like(fit.influence)
    influence[fit.rows.used] = (X * (weight * adjusted)[:, None]) @ fit.naive
    covariance = fit.data.sample.covariance(influence, fit.domain)
    names = fit.params.index
    degrees = [_satterthwaite(projected[:, :, j], own[:, j, j], plain) for j in range(len(names))]
    return replace(
        fit,
        influence=influence,
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        df_by_coefficient=pd.Series(degrees, index=names),
        fit=None,
        replicates=None,
    )


def first_stage(fit: ModelResult) -> np.ndarray:
    """Cluster of each row used, 0..G-1."""
    sample = fit.data.sample
    unit = np.zeros(len(fit.data.frame), np.int64)
    if isinstance(sample, Sample):
        parts: list[tuple[np.ndarray, Sample]] = [(np.arange(sample.n), sample)]
    elif isinstance(sample, PooledSample):
        parts = list(zip(sample.rows, sample.samples, strict=True))
    else:
        raise EstimationError("the correction needs strata and clusters, and the data have replicate weights")
    units = 0
    for rows, part in parts:
        stage = part.stages[0]
        unit[rows] = stage.unit + units
        units += len(stage.stratum)
    return np.unique(unit[fit.rows.used], return_inverse=True)[1]


def working(fit: ModelResult, engine: LinearEngine) -> tuple[np.ndarray, np.ndarray]:
    """m residuals and m weights of the last weighted least squares step."""
    X = fit.rows.X.to_numpy(float)
    mean = engine.mean(X)[:, 0]
    slope = np.asarray(engine.family.link.inverse_deriv(X @ engine.params))
    weight = fit.rows.weights * slope**2 / np.asarray(engine.family.variance(mean))
    return (fit.rows.response - mean) / slope, weight


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


def _satterthwaite(projected: np.ndarray, own: np.ndarray, plain: np.ndarray) -> float:
    """trace(M)^2 / trace(M^2) of one coefficient, M = D - P N P' the covariance of its clusters' parts.

    projected: P, G x p; own: the diagonal of D, G; plain: N, p x p.
    """
    inner = projected.T @ projected
    crossed = (projected * own[:, None]).T @ projected
    trace = float(own.sum() - np.trace(plain @ inner))
    squares = (own**2).sum() - 2 * np.trace(plain @ crossed) + np.trace(plain @ inner @ plain @ inner)
    return trace**2 / float(squares) if squares > 0 else 0.0

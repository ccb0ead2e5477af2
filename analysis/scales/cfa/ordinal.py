"""Factor models of ordered items by diagonally weighted least squares (WLSMV): items come in, a fit goes out.

Muthén (1984); Muthén, du Toit and Spisic (1997); test scaled and shifted as in Asparouhov and Muthén (2010).
One group has items' response variables of variance 1 (delta parameterisation), several have residual
variances of 1 in the first group (theta).
"""

from dataclasses import dataclass

import numpy as np

from analysis.errors import EstimationError
from analysis.scales import polychoric as poly
from analysis.scales.cfa.continuous import ERRORS, middle_of, parameter_names
from analysis.scales.cfa.likelihood import MOST_STEPS, refuse_singular, starts
from analysis.scales.cfa.measures import Test, fit_measures
from analysis.scales.cfa.result import FactorFit, inadmissible
from analysis.scales.cfa.structure import THRESHOLD, Structure, matrices
from analysis.scales.figures import Figures, jacobian
from analysis.scales.groups import Groups
from analysis.scales.items import Items

TOLERANCE = 1e-9
_POLISHES, _STEP = 12, 1e-5


@dataclass(frozen=True)
class OrdinalSample:
    """One group's thresholds and correlations.

    `moments` m; `influence` n x m (weights summing to 1 in the group); `variance` m: of independent rows, the
    weights of least squares; `covariance` p x p correlations and `mean` zeros, where starts are taken from.
    """

    name: str
    rows: np.ndarray
    moments: np.ndarray
    influence: np.ndarray
    variance: np.ndarray
    thresholds: tuple[np.ndarray, ...]
    covariance: np.ndarray
    mean: np.ndarray


def ordinal_samples(items: Items, groups: Groups) -> tuple[OrdinalSample, ...]:
    """Thresholds and polychoric correlations of each group's complete rows.

    EstimationError where an answer that some group gives is given by nobody in another: its threshold does
    not exist there.
    """
    used = items.complete & (groups.place >= 0)
    if not used.any():
        raise EstimationError(f"nobody has valid answers to all of {', '.join(items.names)}")
    _, wanted = poly.categories(items.within(used))
    problems = []
    for group, name in enumerate(groups.names):
        inside = used & (groups.place == group)
        for j, item in enumerate(items.names):
            lacking = sorted(set(wanted[j]) - set(items.values[inside, j]))
            if lacking:
                listed = ", ".join(f"{value:g}" for value in lacking)
                problems.append(
                    f"nobody in {name or 'the domain'} answers {listed} to {item!r}, so its thresholds "
                    "cannot be compared: join answers (recode), leave the item out, or join groups"
                )
    if problems:
        raise EstimationError(problems)
    return tuple(
        _sample(items.within(used & (groups.place == group)), name) for group, name in enumerate(groups.names)
    )


def _sample(items: Items, name: str) -> OrdinalSample:
    found = poly.of_items(items)
    Z = np.asarray(found.figures.influence)
    return OrdinalSample(
        name,
        np.flatnonzero(found.figures.domain),
        found.figures.values,
        Z,
        (Z**2).sum(axis=0),
        found.thresholds,
        found.correlations,
        np.zeros(items.count),
    )


def implied(structure: Structure, theta: np.ndarray, group: int) -> np.ndarray:
    """The model's thresholds and correlations of a group, in the order of the sample's moments."""
    at = matrices(structure, theta, group)
    V, mean = at.covariance, at.mean
    one, other = np.triu_indices(len(mean), 1)
    if structure.delta:
        cuts = [tau - m for tau, m in zip(at.thresholds, mean, strict=True)]
        return np.concatenate([*cuts, V[one, other]])
    sd = np.sqrt(np.diag(V))
    cuts = [(tau - m) / s for tau, m, s in zip(at.thresholds, mean, sd, strict=True)]
    return np.concatenate([*cuts, V[one, other] / (sd[one] * sd[other])])


def fit_ordinal(
    structure: Structure, samples: tuple[OrdinalSample, ...], items: Items, errors: str
) -> FactorFit:
    """Diagonally weighted least squares; errors and test from the design or from independent rows."""
    if errors not in ERRORS[:2]:
        raise EstimationError(f"errors={errors!r} is unknown for wlsmv: type {' or '.join(ERRORS[:2])}")
    theta = _minimise(structure, samples)
    D = _stacked(structure, theta, samples)
    V = 1 / np.concatenate([sample.variance for sample in samples])
    gap = _gap(structure, theta, samples)
    Z = np.hstack([sample.influence for sample in samples])
    domain = np.zeros(len(Z), bool)
    domain[np.concatenate([sample.rows for sample in samples])] = True
    C = middle_of(items.data, domain, errors)(Z)
    # n / (n - groups), as lavaan has it; the design's covariance has a factor of its own, so the test, whose
    # statistic is without, divides by it again
    n = sum(len(sample.rows) for sample in samples)
    small = n / (n - len(samples))
    C = C * small if errors == "sandwich" else C
    M = np.linalg.solve(D.T @ (V[:, None] * D), D.T * V)
    names = parameter_names(structure, [sample.name for sample in samples])
    figures = Figures(items.data, names, theta, Z @ M.T, domain, np.zeros(len(theta), bool))
    own = _weights(samples)
    test = _test(float(own @ gap**2), np.diag(V) - (V[:, None] * D) @ M, C / small, len(V) - structure.free)
    sizes = tuple(len(sample.rows) for sample in samples)
    measures = fit_measures(
        test,
        _baseline(samples, own, V, C / small),
        n=n - len(samples),
        groups=len(samples),
        srmr=_srmr(samples, gap),
    )
    groups = tuple(sample.name for sample in samples)
    kept = {name: value for name, value in measures.items() if not name.endswith("_robust")}
    return FactorFit(
        structure,
        items,
        groups,
        sizes,
        "wlsmv",
        errors,
        figures,
        M @ C @ M.T,
        test,
        kept | {"n_free": float(structure.free)},
        inadmissible(structure, theta, groups),
    )


def _weights(samples: tuple[OrdinalSample, ...]) -> np.ndarray:
    """(n - 1) / n over each moment's variance, n of its group: the test statistic is what is minimised."""
    return np.concatenate([(1 - 1 / len(sample.rows)) / sample.variance for sample in samples])


def _minimise(structure: Structure, samples: tuple[OrdinalSample, ...]) -> np.ndarray:
    """Levenberg-Marquardt, which creeps where the model misses the moments by much, then Newton's method.

    EstimationError where neither settles or the model is not identified.
    """
    theta = starts(structure, [(sample.covariance, sample.mean) for sample in samples])
    for q in structure.parameters:
        if q.kind == THRESHOLD and q.index >= 0:
            theta[q.index] = samples[q.group].thresholds[q.row][q.column]
    root = np.sqrt(_weights(samples))
    theta = _approach(structure, theta, samples, root)
    slope, J = _slope(structure, theta, samples, root)
    for _ in range(_POLISHES):
        size = np.sqrt(np.maximum((J**2).sum(axis=0), 1e-300))
        if np.abs(slope / size).max() < TOLERANCE * max(1.0, np.sqrt(_loss(structure, theta, samples, root))):
            refuse_singular(J.T @ J, structure)
            return theta
        H = np.column_stack(
            [
                (
                    _slope(structure, theta - h, samples, root)[0]
                    - _slope(structure, theta + h, samples, root)[0]
                )
                for h in _STEP * np.eye(len(theta))
            ]
        ) / (2 * _STEP)
        if not np.isfinite(H).all():
            break
        moved = theta + np.linalg.lstsq((H + H.T) / 2, slope, rcond=1e-12)[0]
        if not np.isfinite(_loss(structure, moved, samples, root)):
            break
        found, J_moved = _slope(structure, moved, samples, root)
        if not np.abs(found / size).max() < np.abs(slope / size).max():
            break
        theta, slope, J = moved, found, J_moved
    refuse_singular(J.T @ J, structure)
    raise EstimationError(
        "the factor model of the ordered items did not converge: it does not fit these items (one may want a "
        "negative residual variance); fit each group alone to see which, leave that item out, or join factors"
    )


def _approach(
    structure: Structure, theta: np.ndarray, samples: tuple[OrdinalSample, ...], root: np.ndarray
) -> np.ndarray:
    """Damped Gauss-Newton steps until the loss falls by less than a hundred-thousandth."""
    damping, value = 1e-3, _loss(structure, theta, samples, root)
    for _ in range(MOST_STEPS):
        slope, J = _slope(structure, theta, samples, root)
        size = np.sqrt(np.maximum((J**2).sum(axis=0), 1e-300))
        JJ = (J / size).T @ (J / size)
        before = value
        while damping < 1e10:
            step = np.linalg.solve(JJ + damping * np.eye(len(JJ)), slope / size) / size
            tried = _loss(structure, theta + step, samples, root)
            if tried <= value:
                theta, value, damping = theta + step, tried, max(damping / 10, 1e-14)
                break
            damping *= 10
        if before - value <= 1e-5 * value or damping >= 1e10:
            break
    return theta


def _slope(
    structure: Structure, theta: np.ndarray, samples: tuple[OrdinalSample, ...], root: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Half the fall of the loss by the parameters, and the weighted derivatives of the moments."""
    J = root[:, None] * _stacked(structure, theta, samples)
    return J.T @ (root * _gap(structure, theta, samples)), J


def _loss(
    structure: Structure, theta: np.ndarray, samples: tuple[OrdinalSample, ...], root: np.ndarray
) -> float:
    value = float(((root * _gap(structure, theta, samples)) ** 2).sum())
    return value if np.isfinite(value) else np.inf


def _gap(structure: Structure, theta: np.ndarray, samples: tuple[OrdinalSample, ...]) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):  # a negative variance: NaN, which the callers refuse
        return np.concatenate(
            [sample.moments - implied(structure, theta, group) for group, sample in enumerate(samples)]
        )


def _stacked(structure: Structure, theta: np.ndarray, samples: tuple[OrdinalSample, ...]) -> np.ndarray:
    def all_moments(at: np.ndarray) -> np.ndarray:
        return np.concatenate([implied(structure, at, group) for group in range(len(samples))])

    return jacobian(all_moments, theta)


def _test(chisq: float, U: np.ndarray, C: np.ndarray, df: int) -> Test:
    """T scaled and shifted so that mean and variance are those of a chi-square on df."""
    if df < 0:
        raise EstimationError(
            f"the model has {-df} more parameters than moments: fix some, or take more items"
        )
    if df == 0:
        return Test(chisq, 0, 1.0, chisq)
    UC = U @ C
    first, second = float(np.trace(UC)), float(np.sum(UC * UC.T))
    slope = float(np.sqrt(df / second))
    return Test(chisq, df, first / df, chisq * slope + df - slope * first)


def _baseline(samples: tuple[OrdinalSample, ...], own: np.ndarray, V: np.ndarray, C: np.ndarray) -> Test:
    """Independent items with their thresholds free; `own`: V times (n - 1) / n of each moment's group."""
    flags, moments = [], []
    for sample in samples:
        cuts = sum(len(part) for part in sample.thresholds)
        flags.append(np.arange(len(sample.moments)) >= cuts)
        moments.append(sample.moments)
    pairs = np.concatenate(flags)
    values = np.concatenate(moments)[pairs]
    kept = np.ix_(pairs, pairs)
    return _test(float(own[pairs] @ values**2), np.diag(V[pairs]), C[kept], int(pairs.sum()))


def _srmr(samples: tuple[OrdinalSample, ...], gap: np.ndarray) -> float:
    """Root mean square residual of the correlations, groups weighted by size."""
    total, start, n = 0.0, 0, sum(len(sample.rows) for sample in samples)
    for sample in samples:
        p = len(sample.covariance)
        end = start + len(sample.moments)
        pairs = gap[end - p * (p - 1) // 2 : end]
        total += len(sample.rows) / n * float(np.sqrt((pairs**2).sum() / (p * (p + 1) / 2)))
        start = end
    return total

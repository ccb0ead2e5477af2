"""Factor models of continuous items by (pseudo-) maximum likelihood: samples come in, a fit goes out.

Robust errors and test: the sandwich of Yuan and Bentler (2000) in Mplus' form, its middle the design's
covariance of the score totals (errors="design") or that of independent rows ("sandwich", lavaan's MLR).
"""

from collections.abc import Callable

import numpy as np

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.scales.cfa.likelihood import (
    Samples,
    discrepancy,
    expected_information,
    maximise,
    normal_weight,
    observed_information,
)
from analysis.scales.cfa.measures import Test, fit_measures
from analysis.scales.cfa.result import FactorFit, inadmissible
from analysis.scales.cfa.structure import (
    INTERCEPT,
    RESIDUAL,
    Model,
    Parameter,
    Structure,
    derivatives,
    matrices,
)
from analysis.scales.figures import Figures
from analysis.scales.items import Items

ERRORS = ("design", "sandwich", "information")
Middle = Callable[[np.ndarray], np.ndarray]


def fit_continuous(structure: Structure, samples: Samples, items: Items, errors: str) -> FactorFit:
    """Maximum likelihood with errors from the design, from independent rows, or from the information."""
    if errors not in ERRORS:
        raise EstimationError(f"errors={errors!r} is unknown: type one of {', '.join(ERRORS)}")
    data, df = items.data, degrees_of_freedom(structure)
    fitted = maximise(structure, samples)
    theta = fitted.theta
    domain = np.zeros(len(items.values), bool)
    domain[np.concatenate([sample.rows for sample in samples])] = True
    observed = observed_information(structure, theta, samples)
    scores = score_rows(structure, theta, samples, len(domain))
    bread = np.linalg.inv(observed)
    names = parameter_names(structure, [sample.name for sample in samples])
    figures = Figures(data, names, theta, scores @ bread, domain, np.zeros(len(theta), bool))
    middle = middle_of(data, domain, errors) if errors != "information" else None
    if middle is None:
        covariance = np.linalg.inv(expected_information(structure, theta, samples))
    else:
        covariance = bread @ middle(scores) @ bread
    n = sum(sample.size for sample in samples)
    chisq = 2 * n * fitted.discrepancy
    test = _test(structure, samples, Test(chisq, df), bread=bread, scores=scores, middle=middle)
    groups = tuple(sample.name for sample in samples)
    measures = fit_measures(
        test,
        _baseline(structure, samples, middle, len(domain)),
        n=n,
        groups=len(samples),
        srmr=_srmr(structure, theta, samples),
    )
    return FactorFit(
        structure,
        items,
        groups,
        tuple(len(sample.rows) for sample in samples),
        "ml",
        errors,
        figures,
        covariance,
        test,
        measures | _likelihood(structure, fitted.discrepancy, samples),
        inadmissible(structure, theta, groups),
    )


def parameter_names(structure: Structure, groups: list[str]) -> tuple[str, ...]:
    """Names of the free parameters: with their group where they differ between groups."""
    found: dict[int, list[tuple[str, int]]] = {}
    for q in structure.parameters:
        if q.index >= 0:
            found.setdefault(q.index, []).append((q.name, q.group))
    return tuple(
        found[i][0][0] + (f" [{groups[found[i][0][1]]}]" if len(found[i]) == 1 < len(groups) else "")
        for i in range(structure.free)
    )


def middle_of(data: SurveyData, domain: np.ndarray, errors: str) -> Middle:
    """The covariance of totals of row values (n x k): under the design, or of independent rows."""
    if errors == "design":
        return lambda Z: data.sample.covariance(Z, domain)
    return lambda Z: np.asarray(Z.T @ Z)


def score_rows(structure: Structure, theta: np.ndarray, samples: Samples, n: int) -> np.ndarray:
    """n x free: each row's weighted part of the score."""
    result = np.zeros((n, structure.free))
    for group, sample in enumerate(samples):
        at = matrices(structure, theta, group)
        W = normal_weight(np.linalg.inv(at.covariance))
        D = derivatives(structure, theta, group)
        gap = _deviations(
            structure, sample.products(at.mean if structure.with_means else sample.mean), at.covariance
        )
        result[sample.rows] = sample.weights[:, None] * (gap @ (W @ D))
    return result


def _deviations(structure: Structure, products: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    p = len(covariance)
    column, row = np.triu_indices(p)
    products[:, p:] -= covariance[row, column]
    products[:, :p] *= structure.with_means
    return products


def degrees_of_freedom(structure: Structure) -> int:
    """Moments minus parameters. EstimationError where there are more parameters than moments."""
    p = len(structure.model.items)
    moments = structure.groups * (p * (p + 1) // 2 + p * structure.with_means)
    if structure.free > moments:
        raise EstimationError(
            f"the model has {structure.free} parameters for {moments} moments of {p} items: it is not "
            "identified; fix some parameters, or take more items"
        )
    return moments - structure.free


def _test(
    structure: Structure,
    samples: Samples,
    plain: Test,
    *,
    bread: np.ndarray,
    scores: np.ndarray,
    middle: Middle | None,
) -> Test:
    """The plain test with its scaling, where there is a middle."""
    if middle is None:
        return plain
    if plain.df == 0:
        return Test(plain.chisq, 0, 1.0, plain.chisq)
    saturated = _saturated_trace(structure, samples, middle, len(scores))
    scaling = (saturated - float(np.trace(bread @ middle(scores)))) / plain.df
    return Test(plain.chisq, plain.df, scaling, plain.chisq / scaling if scaling > 0 else np.nan)


def _saturated_trace(structure: Structure, samples: Samples, middle: Middle, n: int) -> float:
    """Trace of the saturated model's information times its errors, group by group."""
    total = 0.0
    for sample in samples:
        gap = _deviations(structure, sample.products(sample.mean), sample.covariance)
        rows = np.zeros((n, gap.shape[1]))
        rows[sample.rows] = sample.weights[:, None] * gap
        W = normal_weight(np.linalg.inv(sample.covariance))
        total += float(np.sum(W * middle(rows))) / sample.size
    return total


def _baseline(structure: Structure, samples: Samples, middle: Middle | None, n: int) -> Test:
    """The model of independent items, every mean and variance free."""
    p = len(structure.model.items)
    independent = _independence(structure)
    theta = np.zeros(independent.free)
    for q in independent.parameters:
        sample = samples[q.group]
        theta[q.index] = sample.mean[q.row] if q.kind == INTERCEPT else sample.covariance[q.row, q.row]
    size = sum(sample.size for sample in samples)
    plain = Test(2 * size * discrepancy(independent, theta, samples), len(samples) * p * (p - 1) // 2)
    bread = np.linalg.inv(observed_information(independent, theta, samples))
    scores = score_rows(independent, theta, samples, n)
    return _test(independent, samples, plain, bread=bread, scores=scores, middle=middle)


def _independence(structure: Structure) -> Structure:
    items = structure.model.items
    parameters: list[Parameter] = []
    for group in range(structure.groups):
        for i, item in enumerate(items):
            kinds = [(RESIDUAL, i, f"{item}~~{item}")]
            kinds += [(INTERCEPT, 0, f"{item}~1")] if structure.with_means else []
            for kind, column, name in kinds:
                parameters.append(Parameter(kind, i, column, group, name, len(parameters)))
    model = Model((), items, ())
    return Structure(
        model, structure.groups, "configural", tuple(parameters), len(parameters), structure.with_means
    )


def _srmr(structure: Structure, theta: np.ndarray, samples: Samples) -> float:
    """Bentler's (1995) standardised root mean square residual, groups weighted by size."""
    total, size = 0.0, sum(sample.size for sample in samples)
    for group, sample in enumerate(samples):
        at = matrices(structure, theta, group)
        sd = np.sqrt(np.diag(sample.covariance))
        column, row = np.triu_indices(len(sd))
        gaps = ((sample.covariance - at.covariance) / np.outer(sd, sd))[row, column]
        if structure.with_means:
            gaps = np.concatenate([gaps, (sample.mean - at.mean) / sd])
        total += sample.size / size * float(np.sqrt((gaps**2).mean()))
    return total


def _likelihood(structure: Structure, discrepancy: float, samples: Samples) -> dict[str, float]:
    """Weighted log likelihood (weights summing to n), AIC and BIC."""
    p, n = len(structure.model.items), sum(sample.size for sample in samples)
    saturated = sum(
        -sample.size / 2 * (p * np.log(2 * np.pi) + np.linalg.slogdet(sample.covariance)[1] + p)
        for sample in samples
    )
    logl = float(saturated - n * discrepancy)
    k = structure.free
    return {"logl": logl, "aic": 2 * k - 2 * logl, "bic": k * float(np.log(n)) - 2 * logl, "n_free": float(k)}

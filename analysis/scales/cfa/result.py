"""A fitted factor model: estimates with influence values, fit measures, notes on what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats

from analysis.scales.cfa.measures import Test
from analysis.scales.cfa.structure import FACTOR, LOADING, MEAN, RESIDUAL, Structure, matrices
from analysis.scales.figures import NO_TEST, Figures
from analysis.scales.items import Items

TESTED = ("chisq", "pvalue", "baseline_chisq", "rmsea_low", "rmsea_high")
"""Measures that are tests or intervals, and the first words of their scaled forms."""
ESTIMATE_COLUMNS = ("group", "parameter", "kind", "estimate", "se", "z", "p", "standardised", "fixed")


@dataclass(frozen=True)
class FactorFit:
    """A factor model's fit.

    `figures`: the free parameters, with influence values (n x free) whatever `errors` say; `covariance`: the
    free parameters' covariance under `errors`; `measures`: fit measures by name; `notes`: sentences on
    inadmissible values (a negative variance, a correlation beyond 1), never to be left out of a report.
    Of a non-probability sample `measures` hold no test (NaN) and `notes` say so; `covariance` and `test` are
    what the design gives of any rows.
    """

    structure: Structure
    items: Items
    groups: tuple[str, ...]
    sizes: tuple[int, ...]
    estimator: str
    errors: str
    figures: Figures
    covariance: np.ndarray
    test: Test
    measures: Mapping[str, float]
    notes: tuple[str, ...]

    @property
    def infers(self) -> bool:
        """Whether every wave of the model has a sampling error."""
        return self.figures.infers

    @property
    def theta(self) -> np.ndarray:
        return self.figures.values

    @property
    def n(self) -> int:
        return sum(self.sizes)

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """A row per parameter and group, ESTIMATE_COLUMNS; fixed ones have se 0, z and p are normal."""
        spread = [_spread(self.structure, self.theta, group) for group in range(len(self.groups))]
        rows = []
        for q in self.structure.parameters:
            free = q.index >= 0
            value = float(self.theta[q.index]) if free else q.value
            if q.kind == RESIDUAL and not free and self.structure.delta and q.row == q.column:
                value = spread[q.group][0][q.row] ** 2 - _common(self.structure, self.theta, q.group)[q.row]
            se = float(np.sqrt(self.covariance[q.index, q.index])) if free else 0.0
            se = se if self.infers or not free else np.nan
            z = value / se if se > 0 else np.nan
            standard = value * _unit(q.kind, q.row, q.column, *spread[q.group])
            rows.append(
                (
                    self.groups[q.group],
                    q.name,
                    q.kind,
                    value,
                    se,
                    z,
                    2 * stats.norm.sf(abs(z)),
                    standard,
                    not free,
                )
            )
        return pd.DataFrame(rows, columns=list(ESTIMATE_COLUMNS))

    @property
    def latent_means(self) -> pd.DataFrame:
        """A row per factor and group: the mean beside the first group's 0, with its error and interval."""
        rows = self.estimates[self.estimates["kind"] == MEAN].reset_index(drop=True)
        half = stats.norm.ppf(0.975) * rows["se"]
        shown = rows[["group", "parameter", "estimate", "se", "p"]].assign(
            low=rows["estimate"] - half, high=rows["estimate"] + half
        )
        return shown.assign(parameter=shown["parameter"].str.removesuffix("~1")).rename(
            columns={"parameter": "factor"}
        )


def as_inferred(fit: FactorFit) -> FactorFit:
    """The fit, without tests where there is no sampling error."""
    if fit.infers:
        return fit
    left = {name: np.nan if name.startswith(TESTED) else value for name, value in fit.measures.items()}
    return replace(fit, measures=left, notes=(*fit.notes, NO_TEST))


def _common(structure: Structure, theta: np.ndarray, group: int) -> np.ndarray:
    at = matrices(structure, theta, group)
    return np.asarray(np.diag(at.loadings @ at.factors @ at.loadings.T))


def _spread(structure: Structure, theta: np.ndarray, group: int) -> tuple[np.ndarray, np.ndarray]:
    """Model standard deviations of the items (1 under the delta parameterisation) and of the factors."""
    at = matrices(structure, theta, group)
    items = np.ones(len(at.intercepts)) if structure.delta else np.sqrt(np.abs(np.diag(at.covariance)))
    return items, np.sqrt(np.abs(np.diag(at.factors)))


def _unit(kind: str, row: int, column: int, items: np.ndarray, factors: np.ndarray) -> float:
    if kind == LOADING:
        return float(factors[column] / items[row])
    if kind == FACTOR:
        return float(1 / (factors[row] * factors[column]))
    if kind == RESIDUAL:
        return float(1 / (items[row] * items[column]))
    return float(1 / (factors[row] if kind == MEAN else items[row]))


def inadmissible(structure: Structure, theta: np.ndarray, groups: tuple[str, ...]) -> tuple[str, ...]:
    """Sentences on negative variances (Heywood cases) and factor correlations of 1 or more."""
    notes = []
    for group, name in enumerate(groups):
        at, said = matrices(structure, theta, group), f" in {name}" if name else ""
        residual = np.diag(at.residuals)
        if structure.delta:
            residual = 1 - _common(structure, theta, group)
        for item, value in zip(structure.model.items, residual, strict=True):
            if value < 0:
                notes.append(
                    f"the residual variance of {item}{said} is {value:.4g}, negative (a Heywood case): the "
                    "model is wrong here or the group too small; do not interpret this item's loading"
                )
        for k, factor in enumerate(structure.model.factors):
            if at.factors[k, k] <= 0:
                notes.append(
                    f"the variance of factor {factor}{said} is {at.factors[k, k]:.4g}, not positive: its "
                    "items do not go together as the model says"
                )
        notes += _beyond(structure, at.factors, said)
    return tuple(notes)


def _beyond(structure: Structure, factors: np.ndarray, said: str) -> list[str]:
    variance = np.diag(factors)
    found = []
    for k, factor in enumerate(structure.model.factors):
        for j in range(k):
            product = variance[k] * variance[j]
            if product > 0 and factors[k, j] ** 2 >= product:
                other = structure.model.factors[j]
                found.append(
                    f"factors {other} and {factor}{said} correlate {factors[k, j] / product**0.5:.3f}: they "
                    "are not two; join them"
                )
    return found

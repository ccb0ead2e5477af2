"""Sampling stages: columns of a frame come in, integer codes and sampling fractions per stage go out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError
from analysis.lookup import distinct


@dataclass(frozen=True)
class Stage:
    """One stage of selection over n rows, U units (PSUs at the first stage) and H strata.

    unit: n codes of the unit; stratum: U codes of the unit's stratum; count: H numbers of sampled units;
    fraction: H sampling fractions n/N (0: with replacement); factor: H products of the fractions of the
    stages above; names: a row's own words for stratum and unit, for messages.
    """

    unit: np.ndarray
    stratum: np.ndarray
    count: np.ndarray
    fraction: np.ndarray
    factor: np.ndarray
    names: tuple[str, str]
    labels: pd.DataFrame

    @property
    def stratum_of_row(self) -> np.ndarray:
        return self.stratum[self.unit]

    def stratum_names(self) -> list[str]:
        """H own names of the strata."""
        first = np.unique(self.stratum_of_row, return_index=True)[1]
        return [str(name) for name in self.labels.iloc[first, 0]]

    def describe(self, stratum: int) -> tuple[str, str]:
        """The stratum's and its first unit's own names."""
        row = int(np.flatnonzero(self.stratum_of_row == stratum)[0])
        return str(self.labels.iloc[row, 0]), str(self.labels.iloc[row, 1])


def build_stages(
    frame: pd.DataFrame,
    strata: str | None,
    cluster: Sequence[str],
    fpc: Sequence[str],
    interviews: np.ndarray | None = None,
) -> tuple[Stage, ...]:
    """The stages that contribute to the variance: the first, and each further one below a stage with fpc.

    `interviews`: how many units each row is, where a stage draws rows and a row stands for several.
    """
    rows = pd.Series(np.arange(len(frame)), name="row")
    parent = distinct(frame[strata])[0] if strata else np.zeros(len(frame), int)
    factor = np.ones(parent.max(initial=0) + 1)
    all_alike = pd.Series(["all"]).take(np.zeros(len(frame), int))
    above = (strata or "(no strata)", frame[strata] if strata else all_alike)
    stages: list[Stage] = []
    for level in range(max(1, len(fpc), min(len(cluster), len(fpc) + 1))):
        column = frame[cluster[level]] if level < len(cluster) else rows
        name = cluster[level] if level < len(cluster) else "row"
        labels = pd.DataFrame({"stratum": above[1].array, "unit": column.array}, copy=False)
        size = frame[fpc[level]].to_numpy(float) if level < len(fpc) else None
        named = fpc[level] if level < len(fpc) else ""
        units = interviews if level >= len(cluster) else None
        stage = _stage(parent, labels, size, factor, names=(above[0], name), fpc=named, units=units)
        stages.append(stage)
        if level >= len(fpc):
            break
        parent, above = stage.unit, (name, column)
        factor = (stage.factor * stage.fraction)[stage.stratum]
    return tuple(stages)


def _stage(
    parent: np.ndarray,
    labels: pd.DataFrame,
    size: np.ndarray | None,
    factor: np.ndarray,
    *,
    names: tuple[str, str],
    fpc: str,
    units: np.ndarray | None,
) -> Stage:
    unit, count_of_units = _nested(parent, distinct(labels["unit"])[0])
    stratum = np.zeros(count_of_units, np.int64)
    stratum[unit] = parent
    count = np.bincount(stratum, minlength=len(factor))
    if units is not None:
        count = np.bincount(parent, units, minlength=len(factor)).astype(np.int64)
    fraction = np.zeros(len(factor))
    stage = Stage(unit, stratum, count, fraction, factor, names, labels)
    if size is not None:
        fraction = _fractions(stage, size, fpc)
    return Stage(unit, stratum, count, fraction, factor, names, labels)


def _nested(parent: np.ndarray, inner: np.ndarray) -> tuple[np.ndarray, int]:
    """Codes of (parent, inner) pairs, and how many there are."""
    return distinct(parent.astype(np.int64) * (int(inner.max(initial=0)) + 1) + inner)


def _fractions(stage: Stage, size: np.ndarray, fpc: str) -> np.ndarray:
    low = np.full(len(stage.count), np.inf)
    high = np.full(len(stage.count), -np.inf)
    np.minimum.at(low, stage.stratum_of_row, size)
    np.maximum.at(high, stage.stratum_of_row, size)
    problems = [
        f"fpc {fpc!r} varies inside {stage.names[0]} {stage.describe(int(h))[0]}: from {low[h]:g} to "
        f"{high[h]:g}; give one population size to all its rows"
        for h in np.flatnonzero(high > low)
    ]
    sizes = np.where(high <= 1, stage.count / high, high) if (size <= 1).all() else high
    problems += [
        f"fpc {fpc!r} says {sizes[h]:g} units of {stage.names[1]} in {stage.names[0]} "
        f"{stage.describe(int(h))[0]}, but {stage.count[h]} were sampled: give the number in the population"
        for h in np.flatnonzero(sizes < stage.count * (1 - 1e-12))
    ]
    if problems:
        raise DataError(problems)
    return stage.count / sizes

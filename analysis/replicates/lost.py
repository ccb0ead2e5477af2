"""Classes of a margin that a replicate draws nobody from: weights come in, targets they can meet go out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.errors import EstimationError

SMALL = 0.10
"""A replicate may lack classes of a margin that hold up to this share of its weight."""
SURE = 64
"""PSUs from which no replicate made here loses a class: each is drawn in half of a bootstrap's or more."""


@dataclass(frozen=True)
class MarginClasses:
    """One margin over U units: each one's class (-1: none), and the K classes' sums after calibration.

    `names`: what each class is called; `psus`: how many PSUs hold it.
    """

    classes: np.ndarray
    sums: np.ndarray
    names: tuple[str, ...]
    psus: np.ndarray

    @cached_property
    def _pick(self) -> sparse.csr_array:
        """K x U: which units a class holds."""
        inside = np.flatnonzero(self.classes >= 0)
        shape = (len(self.sums), len(self.classes))
        return sparse.csr_array((np.ones(len(inside)), (self.classes[inside], inside)), shape=shape)

    def remaining(self, weights: np.ndarray, start: int) -> np.ndarray:
        """The sums (K x b, or K x 1 where no replicate lacks a class) that weights (U x b) can meet.

        Those of classes that a replicate lacks go to its other classes, in proportion. EstimationError names
        the first replicate (`start` stand before it) that lacks classes which are not small.
        """
        wanted = self.sums[:, None]
        lost = (np.asarray(self._pick @ weights) <= 0) & (wanted > 0)
        if not lost.any():
            return wanted
        gone = (lost * wanted).sum(axis=0) / wanted.sum()
        if gone.max() > SMALL:
            place = int(np.argmax(gone > SMALL))
            raise EstimationError(self._refusal(start + place + 1, np.flatnonzero(lost[:, place])))
        kept: np.ndarray = np.where(lost, 0.0, wanted) / (1 - gone)
        return kept

    def _refusal(self, number: int, lost: np.ndarray) -> str:
        shares = self.sums / self.sums.sum()
        named = " and ".join(f"{self.names[k]} ({shares[k]:.1%} of the weight)" for k in lost)
        jackknife = (
            "type make_replicates(data, 'JKn') (--replicates JKn), which leaves out one PSU at a time, or "
            if self.psus[lost].min() > 1
            else ""
        )
        return (
            f"replicate {number} cannot be calibrated as the sample was: it draws nobody with {named}, and "
            f"other classes stand in for at most {SMALL:.0%} of a margin. Join {self.names[lost[0]]} with a "
            f"neighbour, in the codebook and in the targets, and weight again; {jackknife}"
            "type make_replicates(..., recalibrate=False) for the sample's own factors in every replicate"
        )

    def watched(self, every: bool) -> "tuple[Watched, ...]":
        """The classes that a replicate may lack; `every`: whatever the number of their PSUs."""
        return tuple(
            Watched(name, np.flatnonzero(self.classes == k))
            for k, name in enumerate(self.names)
            if every or self.psus[k] < SURE
        )


@dataclass(frozen=True)
class Watched:
    """A class of a margin, and the units that hold it."""

    name: str
    units: np.ndarray

    def moved(self, begin: int, wave: str) -> "Watched":
        """The same, in a sample whose units before it are `begin`."""
        return replace(
            self, name=f"{self.name} in wave {wave}" if wave else self.name, units=self.units + begin
        )


def margin_classes(
    frame: pd.DataFrame, columns: tuple[str, ...], codes: np.ndarray, unit: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of a margin's classes and the number of PSUs in each; `codes`, `unit`: of the n rows."""
    inside = codes >= 0
    found, first = np.unique(codes, return_index=True)
    rows = frame[list(columns)].iloc[first[found >= 0]]
    names = tuple(
        ", ".join(f"{name}={_code(value)}" for name, value in zip(columns, row, strict=True))
        for row in rows.itertuples(index=False, name=None)
    )
    pairs = np.unique(np.column_stack([codes[inside], unit[inside]]), axis=0)
    return names, np.bincount(pairs[:, 0], minlength=len(names))


def lost_notes(watched: Iterable[Watched], blocks: Iterable[np.ndarray]) -> tuple[str, ...]:
    """How many replicates lack a class, from their factors (units x b); empty where none does."""
    classes = list(watched)
    lost = np.hstack([np.vstack([~block[each.units].any(axis=0) for each in classes]) for block in blocks])
    if not lost.any():
        return ()
    counts = lost.sum(axis=1)
    listed = ", ".join(
        f"{each.name} in {count}" for each, count in zip(classes, counts, strict=True) if count
    )
    return (
        f"{int(lost.any(axis=0).sum())} of {lost.shape[1]} replicates draw nobody from a class of a "
        f"weighting margin ({listed}); they are calibrated to the other classes, which stand in for it",
    )


def _code(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value

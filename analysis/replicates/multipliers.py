"""Replicates as factors on weights: strata of PSUs come in, blocks of factors (units x replicates) go out."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from analysis.errors import EstimationError, Said, setting
from analysis.replicates.hadamard import REPLICATES, hadamard_for


class Multipliers(Protocol):
    """Factors on the weights of U units in R replicates, computed by blocks of replicates."""

    @property
    def count(self) -> int:
        """R."""
        ...

    def block(self, start: int, stop: int) -> np.ndarray:
        """U x (stop - start) factors of those replicates."""
        ...


@dataclass(frozen=True)
class Strata:
    """The first stage: each of U units' stratum, the H numbers of sampled units and sampling fractions."""

    stratum: np.ndarray
    count: np.ndarray
    fraction: np.ndarray
    names: tuple[str, ...]
    """What each stratum is called, for messages and for the order of balanced half-samples."""
    first_row: np.ndarray
    """U rows in which the units appear first, which say the first of two."""

    @cached_property
    def certain(self) -> np.ndarray:
        """H booleans: one sampled unit, which adds no variance."""
        return self.count == 1


@dataclass(frozen=True)
class Jackknife:
    """Leaves out one unit a replicate and raises the others of its stratum (Jones 1974; R: jknweights)."""

    strata: Strata

    @cached_property
    def left_out(self) -> np.ndarray:
        """R units, one a replicate."""
        order = np.argsort(self.strata.stratum, kind="stable")
        return order[~self.strata.certain[self.strata.stratum[order]]]

    @property
    def count(self) -> int:
        return len(self.left_out)

    def rscales(self) -> np.ndarray:
        """R factors (1 - f) (n - 1) / n of the strata."""
        s = self.strata
        return ((1 - s.fraction) * (s.count - 1) / s.count)[s.stratum[self.left_out]]

    def block(self, start: int, stop: int) -> np.ndarray:
        s, out = self.strata, self.left_out[start:stop]
        raised = (s.count / np.maximum(s.count - 1, 1))[s.stratum[out]]
        factors = np.where(s.stratum[:, None] == s.stratum[out], raised, 1.0)
        factors[out, np.arange(len(out))] = 0.0
        return factors


@dataclass(frozen=True)
class HalfSamples:
    """Balanced half-samples (McCarthy 1969) of two units a stratum; `rho`: Fay's factor on the other half."""

    strata: Strata
    rho: float = 0.0

    def __post_init__(self) -> None:
        s = self.strata
        wrong = np.flatnonzero((s.count != 2) & ~s.certain)
        if len(wrong):
            raise EstimationError(
                Said(
                    "balanced half-samples need two PSUs in every stratum, and stratum "
                    f"{s.names[wrong[0]]!r} has {s.count[wrong[0]]}: type ",
                    setting("kind", "JKn", "bootstrap", of=REPLICATES),
                )
            )

    @cached_property
    def _matrix(self) -> np.ndarray:
        return hadamard_for(len(self._pairs))

    @cached_property
    def _pairs(self) -> np.ndarray:
        """Strata in the order of their names."""
        named = sorted(np.flatnonzero(~self.strata.certain), key=lambda h: self.strata.names[h])
        return np.array(named, int)

    @property
    def count(self) -> int:
        return len(self._matrix)

    def block(self, start: int, stop: int) -> np.ndarray:
        sign = np.zeros((len(self.strata.count), stop - start))
        sign[self._pairs] = self._matrix[1 : len(self._pairs) + 1, start:stop]
        order = np.lexsort((self.strata.first_row, self.strata.stratum))
        first = order[np.unique(self.strata.stratum[order], return_index=True)[1]]
        side = np.full(len(self.strata.stratum), -1.0)
        side[first] = 1.0
        factors: np.ndarray = 1 + (1 - self.rho) * side[:, None] * sign[self.strata.stratum]
        return factors


@dataclass(frozen=True)
class Bootstrap:
    """Rescaled bootstrap of n - 1 units a stratum, drawn with replacement (Rao and Wu 1988; Rao, Wu and Yue
    1992): factor 1 - a + a t n/(n - 1) for a unit drawn t times, a = sqrt(1 - f). A replicate's draws depend
    on `seed` and its number only.
    """

    strata: Strata
    count: int
    seed: int

    @cached_property
    def _order(self) -> np.ndarray:
        return np.argsort(self.strata.stratum, kind="stable")

    @cached_property
    def _draws(self) -> tuple[np.ndarray, np.ndarray]:
        """Of every draw: where its stratum begins among the sorted units, and how many there are."""
        size = self.strata.count
        begins = np.cumsum(size) - size
        return np.repeat(begins, size - 1), np.repeat(size, size - 1).astype(float)

    def block(self, start: int, stop: int) -> np.ndarray:
        s = self.strata
        begins, size = self._draws
        drawn = np.empty((stop - start, len(s.stratum)))
        for place, number in enumerate(range(start, stop)):
            chance = np.random.default_rng([self.seed, number]).random(len(size))
            picked = self._order[begins + (chance * size).astype(np.int64)]
            drawn[place] = np.bincount(picked, minlength=len(s.stratum))
        spread = np.sqrt(1 - s.fraction)
        slope = np.where(s.certain, 0.0, spread * s.count / np.maximum(s.count - 1, 1))[s.stratum]
        level = np.where(s.certain, 1.0, 1 - spread)[s.stratum]
        factors: np.ndarray = (level + slope * drawn).T
        return factors


@dataclass(frozen=True)
class Given:
    """Factors that came with the data: U x R weights over the unit's weight."""

    weights: np.ndarray
    over: np.ndarray

    @property
    def count(self) -> int:
        return self.weights.shape[1]

    def block(self, start: int, stop: int) -> np.ndarray:
        factors: np.ndarray = self.weights[:, start:stop] / self.over[:, None]
        return factors

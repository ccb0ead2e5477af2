"""Keys of one or more waves with their levels of detail in; what loses least for all of them out, or none.

Every combination of levels is a candidate. What it loses is known before anything is suppressed; the best
candidate is looked for in the order of the least each can lose, so that most are never tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from analysis.public.spec import WITHHELD
from analysis.public.suppressing import classes, suppress


@dataclass(frozen=True)
class Found:
    """The chosen level of each key (its place among the steps; one beyond the last: left out)."""

    levels: tuple[int, ...]
    before: np.ndarray
    """n x m codes of the keys kept, at these levels."""
    after: np.ndarray
    """The same with values withheld."""

    @property
    def withheld(self) -> np.ndarray:
        """n x m booleans."""
        return (self.after == WITHHELD) & (self.before != WITHHELD)


@dataclass(frozen=True)
class Ladder:
    """One key's codes at each of its levels, fine to coarse; the last may be a column of one code."""

    levels: tuple[np.ndarray, ...]
    importance: float
    steps: int

    @cached_property
    def losses(self) -> tuple[float, ...]:
        """The share of the finest level's entropy that each level lacks, times the importance."""
        finest = _entropy(self.levels[0])
        return tuple(
            self.importance * (1 - _entropy(level) / finest if finest else 0.0) for level in self.levels
        )


Ladders = Sequence[Ladder]
"""The keys of one wave."""


def search(
    waves: Sequence[Ladders], k: int, ceiling: float, *, barred: frozenset[tuple[int, int]] = frozenset()
) -> tuple[Found, ...] | None:
    """What loses least over all waves, with at most `ceiling` of any key's values withheld.

    `barred`: levels that may not be taken, each as the key's place and the level's.
    """
    best: tuple[float, tuple[Found, ...]] | None = None
    for least, levels in _candidates(waves, k, ceiling):
        if barred & set(enumerate(levels)):
            continue
        if best is not None and least >= best[0]:
            break
        tried = at_levels(waves, levels, k, ceiling)
        if tried is None:
            continue
        lost = sum(_lost(ladders, found) for ladders, found in zip(waves, tried, strict=True))
        if best is None or lost < best[0]:
            best = lost, tried
    return best[1] if best else None


def at_levels(
    waves: Sequence[Ladders], levels: tuple[int, ...], k: int, ceiling: float
) -> tuple[Found, ...] | None:
    """Every wave at the same levels; None where one cannot be made k-anonymous within the ceiling."""
    tried = []
    for ladders in waves:
        table, importance = _table(ladders, levels)
        after = suppress(table, k, importance)
        if after is None:
            return None
        found = Found(levels, table, after)
        if (found.withheld.mean(axis=0) > ceiling).any():
            return None
        tried.append(found)
    return tuple(tried)


def _lost(ladders: Ladders, found: Found) -> float:
    _, importance = _table(ladders, found.levels)
    return _coarsened(ladders, found.levels) + float(found.withheld.mean(axis=0) @ np.array(importance))


def _coarsened(ladders: Ladders, levels: tuple[int, ...]) -> float:
    return sum(ladder.losses[level] for ladder, level in zip(ladders, levels, strict=True))


def _candidates(waves: Sequence[Ladders], k: int, ceiling: float) -> list[tuple[float, tuple[int, ...]]]:
    """Combinations of levels by the least they can lose: every row at risk withholds one value or more."""
    found = []
    for levels in product(*(range(len(ladder.levels)) for ladder in waves[0])):
        least = 0.0
        for ladders in waves:
            table, importance = _table(ladders, levels)
            at_risk = float((classes(table)[1] < k).mean())
            if at_risk > ceiling * table.shape[1]:
                break
            least += _coarsened(ladders, levels) + at_risk * min(importance)
        else:
            found.append((least, levels))
    return sorted(found)


def _table(ladders: Ladders, levels: tuple[int, ...]) -> tuple[np.ndarray, list[float]]:
    """The keys that are kept, side by side, with their importance; a single column of one code for none."""
    kept = [
        (ladder.levels[level], ladder.importance)
        for ladder, level in zip(ladders, levels, strict=True)
        if level < ladder.steps
    ]
    if not kept:
        return np.zeros((len(ladders[0].levels[0]), 1), int), [1.0]
    return np.column_stack([codes for codes, _ in kept]), [importance for _, importance in kept]


def _entropy(codes: np.ndarray) -> float:
    shares = np.unique(codes, return_counts=True)[1] / len(codes)
    return float(-(shares * np.log(shares)).sum())

"""Variances from sums: a sample and the cells of its rows come in, variances of sums by unit and cell go out.

A variance needs no more of the rows than their sums by last-stage unit and cell. They are made once for a set
of cells; every statistic that is a sum over rows can then be judged on far fewer numbers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.lookup import distinct
from analysis.sample import PooledSample, Sample
from analysis.stages import Stage

_CENSUS = 1e-7


@dataclass(frozen=True)
class _Level:
    """One stage of selection: each group's pair of unit and cell, each pair's pair of stratum and cell."""

    pair: np.ndarray
    pair_count: int
    line: np.ndarray
    line_cell: np.ndarray
    units: np.ndarray
    """Units of each line's stratum, in the cell or not."""
    scale: np.ndarray
    pairs_in_line: np.ndarray


@dataclass(frozen=True)
class Aggregated:
    """Groups of rows of the same last-stage unit and cell.

    `rows`: positions of the m rows in any cell, all in order where it is None; `group`: m numbers; `cell`: G.
    """

    rows: np.ndarray | None
    group: np.ndarray
    cell: np.ndarray
    count: int
    levels: tuple[_Level, ...]

    def of_rows(self, values: np.ndarray) -> np.ndarray:
        """m of n values: those of the rows in any cell."""
        return values if self.rows is None else values[self.rows]

    def by_cell(self, values: np.ndarray) -> np.ndarray:
        """Sums of G values by cell."""
        return np.bincount(self.cell, values, minlength=self.count)

    def variances(self, totals: np.ndarray) -> np.ndarray:
        """count x k variances of the cells' sums; `totals`: sums by group (G x k)."""
        result = np.zeros((self.count, totals.shape[1]))
        for k in range(totals.shape[1]):
            for level in self.levels:
                result[:, k] += self._of_level(level, totals[:, k])
        return result

    def _of_level(self, level: _Level, totals: np.ndarray) -> np.ndarray:
        """Squared deviations from each stratum's mean over all its units, those without the cell too."""
        lines = len(level.units)
        y = np.bincount(level.pair, totals, minlength=level.pair_count)
        mean = np.bincount(level.line, y, minlength=lines) / level.units
        squares = np.bincount(level.line, (y - mean[level.line]) ** 2, minlength=lines)
        squares += (level.units - level.pairs_in_line) * mean**2
        return np.bincount(level.line_cell, level.scale * squares, minlength=self.count)


def aggregate(sample: Any, cell: np.ndarray, count: int) -> Aggregated | None:
    """The groups of the rows with cell 0..count-1; None for a sample whose variances are no such sums.

    Those are calibrated samples, replicates, and strata with one unit, which have a policy of their own.
    """
    stages = _stages(sample)
    if stages is None:
        return None
    inside = cell >= 0
    whole = bool(inside.all())
    last = stages[-1].unit
    key = last.astype(np.int64) * count + cell
    rows = None if whole else np.flatnonzero(inside)
    group, groups = distinct(key if rows is None else key[rows])
    row = np.zeros(groups, np.int64)
    row[group] = np.arange(len(cell)) if rows is None else rows
    cells = cell[row]
    levels = tuple(_level(stage, stage.unit[row], cells, count) for stage in stages)
    return Aggregated(rows, group, cells, count, levels)


def _level(stage: Stage, unit: np.ndarray, cell: np.ndarray, count: int) -> _Level:
    """The stage as the groups (unit and cell of each) see it; a group without a unit is in no pair."""
    pair, pairs = distinct(unit.astype(np.int64) * count + cell)
    first = np.zeros(pairs, np.int64)
    first[pair] = np.arange(len(pair))
    stratum = stage.stratum[unit[first]]
    line, lines = distinct(stratum.astype(np.int64) * count + cell[first])
    of_line = np.zeros(lines, np.int64)
    of_line[line] = first
    h = stage.stratum[unit[of_line]]
    units = stage.count[h].astype(float)
    scale = (1 - stage.fraction[h]) * units / np.maximum(units - 1, 1) * stage.factor[h]
    inside = np.bincount(line, minlength=lines)
    return _Level(pair, pairs, line, cell[of_line], units, scale, inside)


def _stages(sample: Any) -> tuple[Stage, ...] | None:
    """The stages of a plain sample, or of several side by side; None where more than their sums counts."""
    if isinstance(sample, PooledSample):
        parts = [_stages(part) for part in sample.samples]
        found = [part for part in parts if part is not None]
        same = len(found) == len(parts) and len({len(part) for part in found}) == 1
        if not same:
            return None
        return tuple(_side_by_side(sample.rows, stages) for stages in zip(*found, strict=True))
    plain = type(sample) is Sample and sample.projection is None and not sample.lonely_domain
    if not plain or any(_lonely(stage) for stage in sample.stages):
        return None
    return tuple(sample.stages)


def _side_by_side(rows: tuple[np.ndarray, ...], stages: tuple[Stage, ...]) -> Stage:
    """One stage of independent samples as one: units and strata renumbered one after the other."""
    unit = np.zeros(sum(len(index) for index in rows), np.int64)
    units = np.cumsum([0, *(len(stage.stratum) for stage in stages)])
    strata = np.cumsum([0, *(len(stage.count) for stage in stages)])
    for index, stage, start in zip(rows, stages, units, strict=False):
        unit[index] = stage.unit + start
    return Stage(
        unit,
        np.concatenate([stage.stratum + start for stage, start in zip(stages, strata, strict=False)]),
        np.concatenate([stage.count for stage in stages]),
        np.concatenate([stage.fraction for stage in stages]),
        np.concatenate([stage.factor for stage in stages]),
        stages[0].names,
        stages[0].labels,
    )


def _lonely(stage: Stage) -> bool:
    return bool(((stage.count == 1) & (1 - stage.fraction > _CENSUS) & (stage.factor > 0)).any())

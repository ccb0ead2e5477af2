"""Population margins to weight to: what each cell's share is, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.errors import EstimationError, unknown_name

Cell = tuple[int, ...]


@dataclass(frozen=True)
class Margin:
    """One margin: the columns crossed, the share of each cell (adding up to 1), its source and date."""

    variables: tuple[str, ...]
    shares: Mapping[Cell, float]
    source: str = ""
    date: str = ""

    @property
    def name(self) -> str:
        return " x ".join(self.variables)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(sorted(self.shares))

    @cached_property
    def wanted(self) -> np.ndarray:
        """Shares in the order of `cells`."""
        return np.array([self.shares[cell] for cell in self.cells])

    def classes(self, data: SurveyData) -> np.ndarray:
        """n positions in `cells`; -1 where a column holds a missing code: the row stays untargeted."""
        known = np.logical_and.reduce([data.valid(name) for name in self.variables])
        columns = [data.frame[name].to_numpy() for name in self.variables]
        listed = [list(codes) for codes in zip(*self.cells, strict=True)]
        found = pd.MultiIndex.from_arrays(listed).get_indexer(pd.MultiIndex.from_arrays(columns))
        return np.where(known, np.where(found >= 0, found, len(self.cells)), -1)

    def problems(self, data: SurveyData) -> list[str]:
        """Cells without respondents, and respondents without a cell."""
        absent = [
            unknown_name("coded variable", name, [v.name for v in data.codebook.variables if v.codes])
            for name in self.variables
            if name not in data.codebook
        ]
        if absent:
            return absent
        classes = self.classes(data)
        counts = np.bincount(classes[classes >= 0], minlength=len(self.cells) + 1)
        problems = [
            f"margin {self.name}: nobody in the sample has {say(self, cell)}, whose target is {share:.2%}: "
            "join it with a neighbouring code, in the codebook and in the targets"
            for cell, share, count in zip(self.cells, self.wanted, counts[:-1], strict=True)
            if count == 0 and share > 0
        ]
        problems += [
            f"margin {self.name}: {count} respondents have {say(self, cell)}, whose target is 0: "
            "give it a share, or recode those answers"
            for cell, share, count in zip(self.cells, self.wanted, counts[:-1], strict=True)
            if count and share <= 0
        ]
        if counts[-1]:
            rows = data.frame.loc[classes == len(self.cells), list(self.variables)].drop_duplicates()
            listed = "; ".join(say(self, tuple(int(v) for v in row)) for row in rows.to_numpy()[:6])
            problems.append(
                f"margin {self.name}: {counts[-1]} respondents have a code without a target ({listed}): "
                "add its share to the targets, or make it a missing code"
            )
        return problems


@dataclass(frozen=True)
class Targets:
    """Margins of one population; `population`: how many people it has, where known."""

    name: str
    margins: tuple[Margin, ...]
    population: float | None = None
    attribution: str = ""

    @classmethod
    def from_shares(
        cls,
        margins: Mapping[str | tuple[str, ...], Mapping[int | Cell, float]],
        *,
        name: str = "",
        source: str = "",
        date: str = "",
        population: float | None = None,
    ) -> "Targets":
        """Targets from shares or counts by column (or columns) and code; each margin is scaled to 1.

        EstimationError for a negative share, shares that are all 0, and a cell of other columns.
        """
        made = tuple(_margin(key, cells, source, date) for key, cells in margins.items())
        return cls(name, made, population)

    def check(self, data: SurveyData) -> None:
        """EstimationError with every cell of every margin that the sample cannot meet."""
        problems = [problem for margin in self.margins for problem in margin.problems(data)]
        if not self.margins:
            problems.append("the targets hold no margin")
        if problems:
            raise EstimationError(problems)


def say(margin: Margin, cell: Cell) -> str:
    """A cell in words: `age6=3, sex=1`."""
    return ", ".join(f"{name}={code}" for name, code in zip(margin.variables, cell, strict=True))


def _margin(key: str | tuple[str, ...], cells: Mapping[int | Cell, float], source: str, date: str) -> Margin:
    names = (key,) if isinstance(key, str) else tuple(key)
    counts = {(c if isinstance(c, tuple) else (int(c),)): float(v) for c, v in cells.items()}
    whole = sum(counts.values())
    if any(len(cell) != len(names) for cell in counts):
        raise EstimationError(f"margin {' x '.join(names)}: give one code a column in every cell, as (1, 2)")
    if not whole > 0 or any(not 0 <= count < np.inf for count in counts.values()):
        raise EstimationError(f"margin {' x '.join(names)}: give shares or counts of 0 or more, not all 0")
    return Margin(names, {cell: count / whole for cell, count in counts.items()}, source, date)

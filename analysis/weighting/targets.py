"""Population margins to weight to: what each cell's share is, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.adding import as_shares
from analysis.data import SurveyData
from analysis.errors import EstimationError, unknown_name
from analysis.lookup import distinct

Cell = tuple[int, ...]
_MOST_CROSSED = 1 << 40


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
        width = len(self.cells)
        codes = [sorted(data.variable(name).codes) for name in self.variables]
        shape = [len(listed) for listed in codes]
        of_cross = np.full(int(np.prod(shape)) + 1, width, np.int32)
        of_cross[-1] = -1
        for place, cell in enumerate(self.cells):
            if all(code in listed for code, listed in zip(cell, codes, strict=True)):
                at = [listed.index(code) for code, listed in zip(cell, codes, strict=True)]
                of_cross[np.ravel_multi_index(at, shape)] = place
        return of_cross[_crossed(data, self.variables, shape)]

    def absent(self, data: SurveyData) -> list[str]:
        """Columns of the margin that the data lack, or that have no codes."""
        coded = [variable.name for variable in data.codebook.variables if variable.codes]
        return [unknown_name("coded variable", name, coded) for name in self.variables if name not in coded]

    def problems(self, data: SurveyData, counts: np.ndarray) -> list[str]:
        """Cells without respondents, and respondents without a cell; `counts`: by class, no cell's last."""
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
            rows = data.frame.loc[self.classes(data) == len(self.cells), list(self.variables)]
            rows = rows.drop_duplicates()
            listed = "; ".join(say(self, tuple(int(v) for v in row)) for row in rows.to_numpy()[:6])
            problems.append(
                f"margin {self.name}: {counts[-1]} respondents have a code without a target ({listed}): "
                "add its share to the targets, or make it a missing code"
            )
        return problems


def _crossed(data: SurveyData, names: tuple[str, ...], shape: list[int]) -> np.ndarray:
    """n positions among the crossed codes of several variables; -1 where one has no valid answer."""
    if len(names) == 1:
        return np.maximum(data.places(names[0]), -1)
    columns = [data.places(name) for name in names]
    known = np.logical_and.reduce([column >= 0 for column in columns])
    cross = np.zeros(len(known), np.int64)
    for column, size in zip(columns, shape, strict=True):
        cross = cross * size + column
    return np.where(known, cross, -1)


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

        EstimationError for a negative share, shares that are all 0 or do not add up to 1, and a cell of other
        columns.
        """
        made = tuple(_margin(key, cells, source, date) for key, cells in margins.items())
        return cls(name, made, population)

    def check(self, data: SurveyData) -> None:
        """EstimationError with every cell of every margin that the sample cannot meet."""
        self.crossing(data)

    def crossing(self, data: SurveyData) -> "Crossing":
        """The sample's rows by their classes in all margins; EstimationError as `check`."""
        problems = [problem for margin in self.margins for problem in margin.absent(data)]
        if not self.margins:
            problems.append("the targets hold no margin")
        if problems:
            raise EstimationError(problems)
        crossing = cross(data, self.margins)
        for place, margin in enumerate(self.margins):
            problems += margin.problems(data, crossing.by_class(place, crossing.count).astype(int))
        if problems:
            raise EstimationError(problems)
        return crossing


@dataclass(frozen=True)
class Crossing:
    """Rows with the same class in every margin are one cell: what weighting needs of them are its sums.

    `row`: n cells; `classes`: each cell's class by margin, -1 where it has none; `count`: rows by cell.
    """

    row: np.ndarray
    classes: tuple[np.ndarray, ...]
    count: np.ndarray
    widths: tuple[int, ...]

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sums of n values by cell."""
        return np.bincount(self.row, values, minlength=len(self.count))

    def by_class(self, margin: int, cell_sums: np.ndarray) -> np.ndarray:
        """Sums by class of a margin, one more for rows with a code without a target."""
        classes = self.classes[margin]
        inside = classes >= 0
        return np.bincount(classes[inside], cell_sums[inside], minlength=self.widths[margin] + 1)

    def without(self, margin: int) -> int:
        """Rows that a margin leaves alone."""
        return int(self.count[self.classes[margin] < 0].sum())


def cross(data: SurveyData, margins: tuple[Margin, ...]) -> Crossing:
    """The rows' cells, over the classes of all margins."""
    classes = [margin.classes(data) for margin in margins]
    widths = tuple(len(margin.cells) for margin in margins)
    key, most = np.zeros(len(data.frame), np.int64), 1
    for found, width in zip(classes, widths, strict=True):
        most *= width + 2
        if most > _MOST_CROSSED:
            key, cells = distinct(key)
            most = cells * (width + 2)
        key *= width + 2
        key += found  # from -1 to width: each sum is another one
    row, cells = distinct(key)
    first = np.zeros(cells, np.int64)
    first[row] = np.arange(len(row))
    count = np.bincount(row, minlength=cells)
    return Crossing(row, tuple(found[first] for found in classes), count, widths)


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
    shares = as_shares(np.array(list(counts.values())), f"margin {' x '.join(names)}")
    return Margin(names, dict(zip(counts, shares.tolist(), strict=True)), source, date)

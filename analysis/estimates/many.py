"""Shares of many variables at once: SurveyData and names come in, one EstimateTable goes out.

Rows are summed once by last-stage unit, cell and answer; shares and errors follow from the sums. What is
computed is what `proportion` computes, variable by variable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.aggregated import Aggregated, aggregate
from analysis.estimates.cells import By, Cells, make_cells
from analysis.estimates.influence import over
from analysis.estimates.judging import scale_of, settled
from analysis.estimates.proportion import classes_of, proportion
from analysis.estimates.table import EstimateTable, Figures, figures_table

Code = int | str | None


def proportions(
    data: SurveyData,
    variables: Sequence[str],
    *,
    code: Code | Mapping[str, Code] = None,
    by: By = None,
    where: Where = None,
    interval: str = "logit",
    level: float = 0.95,
) -> EstimateTable:
    """`proportion` of each variable, one table under the other.

    `code`: one code or net of all the variables, or by the variable's name; those not named get all codes.
    Designs whose variances are sums over units and cells are estimated from those sums, a fraction of the
    rows; calibrated and replicate ones row by row. EstimationError as in `proportion`.
    """
    names = _names(data, variables)
    asked = {name: code.get(name) if isinstance(code, Mapping) else code for name in names}
    cells = make_cells(data, by, where)
    sums = aggregate(data.sample, cells.index, cells.count)
    if sums is None:
        parts = [
            proportion(data, name, code=asked[name], by=by, where=where, interval=interval, level=level)
            for name in names
        ]
        return pd.concat(parts, ignore_index=True)
    base = _Base(data, cells, sums)
    made = [_of_variable(base, name, asked[name]) for name in names]
    return figures_table(_figures(base, made), interval=interval, level=level)


def _names(data: SurveyData, variables: Sequence[str]) -> list[str]:
    if isinstance(variables, str) or not variables:
        raise EstimationError(f"variables={variables!r}: give a list of one or more names")
    return [data.variable(name).name for name in variables]


@dataclass(frozen=True)
class _Made:
    """One variable's figures, cell by cell and code by code: count x width arrays."""

    name: str
    codes: tuple[int | str, ...]
    shares: np.ndarray
    variance: np.ndarray
    base: np.ndarray
    weighted_base: np.ndarray


class _Base:
    """What all variables share: cells, sums, and the rows in any cell with their weights."""

    def __init__(self, data: SurveyData, cells: Cells, sums: Aggregated) -> None:
        self.data, self.cells, self.sums = data, cells, sums
        self.weights = sums.of_rows(data.sample.weights)
        self.counts = sums.of_rows(data.counts) if data.grouped else None
        self.rows = self.interviews(slice(None))
        self._starts: dict[int, np.ndarray] = {}

    def interviews(self, rows: np.ndarray | slice) -> np.ndarray:
        """How many interviews each group has among some of the rows."""
        counts = None if self.counts is None else self.counts[rows]
        return np.bincount(self.sums.group[rows], counts, minlength=len(self.sums.cell))

    def starts(self, width: int) -> np.ndarray:
        """Each row's first place in a table of `width` classes a group."""
        if width not in self._starts:
            self._starts = {width: self.sums.group * width}
        return self._starts[width]


def _of_variable(base: _Base, name: str, code: Code) -> _Made:
    codes, class_of = classes_of(base.data, name, code)
    sums, width, groups = base.sums, len(codes), len(base.sums.cell)
    place = sums.of_rows(base.data.places(name))
    # two more classes than codes: other valid answers, and no valid answer, which is thrown away
    flat = base.starts(width + 2) + class_of[place]
    total = np.bincount(flat, base.weights, minlength=groups * (width + 2)).reshape(groups, width + 2)
    valid = total[:, :-1].sum(axis=1)
    size, n = sums.by_cell(valid), sums.by_cell(base.rows - base.interviews(place < 0))
    if not n.any():
        raise EstimationError(f"nobody in the domain has a valid answer to {name!r}")
    shares = over(np.column_stack([sums.by_cell(total[:, j]) for j in range(width)]), size[:, None])
    residual = total[:, :width] - np.nan_to_num(shares)[sums.cell] * valid[:, None]
    variance = over(sums.variances(residual), size[:, None] ** 2)
    return _Made(name, codes, shares, variance, n.astype(int), size)


def _figures(common: _Base, made: list[_Made]) -> Figures:
    data, cells = common.data, common.cells
    df = data.sample.df_by(cells.index, cells.count)
    cell = np.concatenate([np.repeat(np.arange(cells.count), len(part.codes)) for part in made])
    values = np.concatenate([part.shares.ravel() for part in made])
    base = np.concatenate([np.repeat(part.base, len(part.codes)) for part in made])
    simple = over(values * (1 - values), base - 1.0)
    variance = settled(
        np.concatenate([part.variance.ravel() for part in made]),
        scale_of(values, simple, base),
        simple,
        df[cell],
        lambda: _df_answering(common, made),
    )
    return Figures(
        statistic="proportion",
        data=data,
        variables=tuple(part.name for part in made for _ in range(part.shares.size)),
        codes=tuple(code for part in made for code in part.codes * cells.count),
        groups=tuple(cells.groups[i] for i in cell),
        waves=tuple(cells.waves[i] for i in cell),
        values=values,
        variance=variance,
        simple_variance=simple,
        base=base,
        weighted_base=np.concatenate([np.repeat(part.weighted_base, len(part.codes)) for part in made]),
        df=df[cell],
    )


def _df_answering(common: _Base, made: list[_Made]) -> np.ndarray:
    """Degrees of freedom of those who answered, figure by figure."""
    data, cells = common.data, common.cells
    found = [data.sample.df_by(cells.within(data.valid(part.name)), cells.count) for part in made]
    return np.concatenate([np.repeat(df, len(part.codes)) for df, part in zip(found, made, strict=True)])

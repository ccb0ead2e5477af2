"""Crosstabs: two coded variables come in, a row per cell with counts, share and error goes out."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates import Estimates, Rules, apply_rules, class_shares, make_cells, read_rules, to_table
from analysis.tables.shares import Codes, TwoWay, two_way
from analysis.tables.suppression import suppress_complements

PERCENTS = ("column", "row", "total")
TABLE_RULES = "tables"
TABLE_COLUMNS = (
    "percent",
    "row",
    "row_code",
    "row_label",
    "column",
    "column_code",
    "column_label",
    "count",
    "weighted_count",
    "statistic",
    "wave",
    "estimate",
    "se",
    "low",
    "high",
    "base",
    "weighted_base",
    "n_eff",
    "deff",
    "df",
    "method",
    "publish",
    "reason",
)
Place = tuple[int, int]
"""Row and column of a cell in the table; the number of codes is the margin."""


def crosstab(
    data: SurveyData,
    row: str,
    column: str,
    *,
    percent: str = "column",
    where: Where = None,
    interval: str = "logit",
    level: float = 0.95,
    rules: str | Path | Rules = TABLE_RULES,
    known_margins: bool = False,
) -> pd.DataFrame:
    """TABLE_COLUMNS, a row per cell and margin of `row` by `column` (`wave` is a column too).

    `percent`: shares of each column (default), of each row, or of the whole table. The margin's code is
    empty, and its label "all": of column percentages the margin is the distribution of `row` over all
    columns. `count` and `weighted_count` are of the cell, `base` of what 100 % is. Rows without one of the
    answers are left out. `rules`: a set of publication rules; complements are hidden with what it hides
    (reason `complementary`), margins too. `known_margins`: they are printed elsewhere, the cells come alone.
    EstimationError for an unknown percent and variables without codes.
    """
    if percent not in PERCENTS:
        raise EstimationError(f"percent {percent!r} is unknown: type one of {', '.join(PERCENTS)}")
    chosen = read_rules(rules)
    table = two_way(data, row, column, where=where)
    gated = gated_cells(
        table, percent, interval=interval, level=level, rules=chosen, margins=not known_margins
    )
    return suppress_complements(gated, chosen)


def gated_cells(
    table: TwoWay, percent: str, *, interval: str, level: float, rules: Rules, margins: bool = True
) -> pd.DataFrame:
    """TABLE_COLUMNS of the cells and margins, each judged by itself: no complements are hidden yet."""
    made = [
        _cells(table, percent, part, places, to_table(part, interval=interval, level=level, rules=None))
        for part, places in (_parts(table, percent) if margins else [_inner(table, percent)])
    ]
    return apply_rules(pd.concat(made, ignore_index=True), rules)[list(TABLE_COLUMNS)]


def column_estimates(table: TwoWay) -> Estimates:
    """Shares of each column's rows: C x R values, column by column, with their influence."""
    C = len(table.columns)
    at, across = np.divmod(table.cell, C)
    return _shares(table, table.row, table.rows, at, by=table.column, order=across)


def _parts(table: TwoWay, percent: str) -> list[tuple[Estimates, list[Place]]]:
    """Estimates of the cells and of the margins, and where each of their values stands in the table."""
    R, C = table.count.shape
    at, across = np.divmod(table.cell, C)
    parts = [_inner(table, percent)]
    if percent != "row":
        parts.append((_shares(table, table.row, table.rows, at), [(i, C) for i in range(R)]))
    if percent != "column":
        parts.append((_shares(table, table.column, table.columns, across), [(R, j) for j in range(C)]))
    return parts


def _inner(table: TwoWay, percent: str) -> tuple[Estimates, list[Place]]:
    """The same of the cells alone."""
    R, C = table.count.shape
    if percent == "column":
        return column_estimates(table), [(i, j) for j in range(C) for i in range(R)]
    places = [(i, j) for i in range(R) for j in range(C)]
    if percent == "row":
        at, across = np.divmod(table.cell, C)
        return _shares(table, table.column, table.columns, across, by=table.row, order=at), places
    return _shares(table, table.row, (None,) * (R * C), table.cell), places


def _shares(
    table: TwoWay,
    variable: str,
    codes: tuple[int | str | None, ...],
    places: np.ndarray,
    *,
    by: str | None = None,
    order: np.ndarray | None = None,
) -> Estimates:
    """Shares of classes in all of the base, or in each code of `by`."""
    cells = make_cells(table.data, by, table.base)
    index = cells.within(table.base) if order is None else np.where(table.base, order, -1)
    named = tuple(None if isinstance(code, str) else code for code in codes)
    return class_shares(
        table.data,
        variable,
        cells,
        index=index,
        places=np.where(table.base, places, -1),
        codes=named,
    )


def _cells(
    table: TwoWay, percent: str, part: Estimates, places: list[Place], estimates: pd.DataFrame
) -> pd.DataFrame:
    """The estimates with the names of their cells, and the cells' counts."""
    i, j = (np.array(place) for place in zip(*places, strict=True))
    row, column = Side(table, table.row, table.rows), Side(table, table.column, table.columns)
    return estimates.assign(
        percent=percent,
        row=table.row,
        row_code=row.codes(i),
        row_label=row.labels(i),
        column=table.column,
        column_code=column.codes(j),
        column_label=column.labels(j),
        count=_with_margins(table.count)[i, j].astype(int),
        weighted_count=_with_margins(table.total)[i, j],
    )


class Side:
    """The codes and labels of one side of a table, its margin last."""

    def __init__(self, table: TwoWay, name: str, codes: Codes) -> None:
        self._codes = np.array([*codes, None], dtype=object)
        self._labels = np.array([*(label(table.data, name, code) for code in codes), "all"], dtype=object)

    def codes(self, places: np.ndarray) -> pd.Series:
        return pd.Series(self._codes[places], dtype=object)

    def labels(self, places: np.ndarray) -> np.ndarray:
        return np.asarray(self._labels[places])


def label(data: SurveyData, name: str, code: int | str) -> str:
    """A code's words in the source language; a wave's name is its own."""
    if isinstance(code, str):
        return code
    words = data.variable(name).codes[code]
    return words.get(data.codebook.source_language) or next(iter(words.values()), "")


def _with_margins(cells: np.ndarray) -> np.ndarray:
    whole = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1))
    whole[:-1, :-1] = cells
    whole[-1], whole[:, -1] = whole.sum(axis=0), whole.sum(axis=1)
    whole[-1, -1] = cells.sum()
    return whole

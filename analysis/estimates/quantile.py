"""Quantiles: SurveyData and a variable come in, a table with Woodruff's (1952) intervals goes out."""

from dataclasses import replace

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By
from analysis.estimates.influence import Estimates, by_cell, over, sums
from analysis.estimates.intervals import normal, student
from analysis.estimates.mean import mean_estimates
from analysis.estimates.publish import NO_ERROR, gate
from analysis.estimates.table import COLUMNS, EstimateTable, to_table


def quantile(
    data: SurveyData,
    variable: str,
    *,
    p: float = 0.5,
    by: By = None,
    where: Where = None,
    level: float = 0.95,
) -> EstimateTable:
    """The smallest value whose weighted share of the base at or below it reaches `p`; a row per cell.

    The interval inverts that of the distribution function at the estimate; se is its width over 2 t. An end
    beyond the data is empty. `statistic` is "quantile P".
    """
    if not 0 < p < 1:
        raise EstimationError(f"p={p:g} is no quantile: type a number between 0 and 1")
    base = mean_estimates(data, variable, by=by, where=where)
    shares = _distribution(base, data.values(variable), p)
    low, high = normal(shares.values, shares.se, shares.df, level)
    table = to_table(shares, interval="mean", level=level)
    y, weights = data.values(variable), data.sample.weights
    for row, cell in enumerate(shares.cell):
        rows = base.base_index == cell
        points = np.array([p, low[row], high[row]])
        table.loc[row, ["estimate", "low", "high"]] = _inverse(y[rows], weights[rows], points)
    infers = (table["method"] != NO_ERROR).to_numpy()
    table["se"] = (table["high"] - table["low"]) / (2 * student(shares.df, level))
    table.loc[~infers, ["se", "low", "high"]] = np.nan
    table["statistic"] = f"quantile {p:g}"
    table.loc[infers, "method"] = f"woodruff, mean {level:.6g}"
    table[["publish", "reason"]] = gate(table, infers)
    return table[list(COLUMNS)]


def _distribution(base: Estimates, y: np.ndarray, p: float) -> Estimates:
    """Shares at or below each cell's quantile, with their influence."""
    index, count, weights = base.base_index, base.cells.count, base.data.sample.weights
    values = np.array([_of_cell(index == cell, y, weights, p) for cell in range(count)])
    below = (y <= values[index]).astype(float)
    size = sums(index, weights, count)
    share = over(sums(index, weights * below, count), size)
    influence = by_cell(index, over(weights, size[index]) * (below - share[index]), count)
    spread = over(share * (1 - share), base.base - 1.0)
    return replace(base, values=share, influence=influence, simple_variance=spread)


def _of_cell(rows: np.ndarray, y: np.ndarray, weights: np.ndarray, p: float) -> float:
    return float(_inverse(y[rows], weights[rows], np.array([p]))[0]) if rows.any() else np.nan


def _inverse(y: np.ndarray, weights: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Smallest y whose cumulative weight share reaches each point; NaN for points outside 0..1."""
    if len(y) == 0:
        return np.full(len(points), np.nan)
    order = np.argsort(y, kind="stable")
    share = np.cumsum(weights[order])
    share /= share[-1]
    place = np.searchsorted(share, points - 1e-12, side="left").clip(max=len(y) - 1)
    inside = (points >= 0) & (points <= 1)
    return np.where(inside, y[order][place], np.nan)

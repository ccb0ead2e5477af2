"""Means, totals and ratios: SurveyData and a variable come in, an EstimateTable goes out."""

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By, Cells, make_cells
from analysis.estimates.influence import Estimates, by_cell, one_a_cell, over, sums
from analysis.estimates.table import EstimateTable, to_table
from instruments import Level


def mean(
    data: SurveyData, variable: str, *, by: By = None, where: Where = None, level: float = 0.95
) -> EstimateTable:
    """Weighted means with Student intervals. EstimationError for a nominal variable or an empty domain."""
    return to_table(mean_estimates(data, variable, by=by, where=where), interval="mean", level=level)


def total(
    data: SurveyData,
    variable: str,
    *,
    code: int | None = None,
    by: By = None,
    where: Where = None,
    level: float = 0.95,
) -> EstimateTable:
    """Weighted totals of a variable, or with `code` the number of people with that code."""
    estimates = total_estimates(data, variable, code=code, by=by, where=where)
    return to_table(estimates, interval="mean", level=level)


def ratio(
    data: SurveyData,
    variable: str,
    denominator: str,
    *,
    by: By = None,
    where: Where = None,
    level: float = 0.95,
) -> EstimateTable:
    """Ratios of two weighted totals over the rows where both variables are valid."""
    estimates = ratio_estimates(data, variable, denominator, by=by, where=where)
    return to_table(estimates, interval="mean", level=level)


def mean_estimates(data: SurveyData, variable: str, *, by: By = None, where: Where = None) -> Estimates:
    """Influence w (y - mean) / sum of w, inside the cell."""
    refuse_nominal(data, variable)
    cells, index, y = _base(data, variable, by, where)
    weights = data.sample.weights
    size = sums(index, weights, cells.count)
    values = over(sums(index, weights * y, cells.count), size)
    residual = y - values[index]
    share = over(weights, size[index])
    influence = by_cell(index, share * residual, cells.count)
    spread = _simple_variance(data, index, residual, cells.count)
    return one_a_cell(
        "mean",
        variable,
        data,
        cells,
        index=index,
        values=values,
        influence=influence,
        spread=spread,
        denominator=share,
    )


def total_estimates(
    data: SurveyData, variable: str, *, code: int | None = None, by: By = None, where: Where = None
) -> Estimates:
    """Influence w y inside the cell; with `code`, y is whether the answer is that code."""
    if code is None:
        refuse_nominal(data, variable)
    cells, index, y = _base(data, variable, by, where)
    if code is not None:
        data.codes_of(variable, code)
        y = (y == code).astype(float)
    weights = data.sample.weights
    size = sums(index, weights, cells.count)
    values = sums(index, weights * y, cells.count)
    residual = y - over(values, size)[index]
    spread = _simple_variance(data, index, residual, cells.count) * size**2
    influence = by_cell(index, weights * y, cells.count)
    return one_a_cell(
        "total",
        variable,
        data,
        cells,
        index=index,
        values=values,
        influence=influence,
        spread=spread,
        code=code,
    )


def ratio_estimates(
    data: SurveyData, variable: str, denominator: str, *, by: By = None, where: Where = None
) -> Estimates:
    """Influence w (y - ratio x) / sum of w x, inside the cell.

    EstimationError where the denominator adds up to 0 in a cell.
    """
    for name in (variable, denominator):
        refuse_nominal(data, name)
    cells, index, y = _base(data, variable, by, where)
    index = np.where(data.valid(denominator), index, -1)
    x = np.nan_to_num(data.values(denominator))
    weights = data.sample.weights
    below = sums(index, weights * x, cells.count)
    _refuse_no_denominator(denominator, cells, (below == 0) & (sums(index, data.counts, cells.count) > 0))
    values = over(sums(index, weights * y, cells.count), below)
    residual = y - values[index] * x
    influence = by_cell(index, over(weights, below[index]) * residual, cells.count)
    scale = over(sums(index, weights, cells.count), below) ** 2
    spread = _simple_variance(data, index, residual, cells.count) * scale
    name = f"{variable}/{denominator}"
    return one_a_cell(
        "ratio",
        name,
        data,
        cells,
        index=index,
        values=values,
        influence=influence,
        spread=spread,
        denominator=over(weights * x, below[index]),
    )


def _refuse_no_denominator(denominator: str, cells: Cells, nothing: np.ndarray) -> None:
    if nothing.any():
        place = int(np.argmax(nothing))
        wave = cells.waves[place] if len(set(cells.waves)) > 1 else ""
        where = " ".join(word for word in (cells.groups[place], wave) if word)
        raise EstimationError(
            f"the denominator {denominator!r} adds up to 0{f' in {where}' if where else ''}, so there is no "
            "ratio: leave that group out with where, or name another denominator"
        )


def refuse_nominal(data: SurveyData, name: str) -> None:
    """A mean of codes says something for ordered or 0/1 codes only."""
    variable = data.variable(name)
    if variable.level is Level.TEXT or (
        variable.level is Level.NOMINAL and not set(variable.codes) <= {0, 1}
    ):
        raise EstimationError(
            f"{name!r} is {variable.level.value}, its codes have no mean: ask for proportion, or name a code"
        )


def _base(data: SurveyData, variable: str, by: By, where: Where) -> tuple[Cells, np.ndarray, np.ndarray]:
    """Cells, the cell of each row with a valid answer (-1: none), and the answers, 0 where there is none."""
    cells = make_cells(data, by, where)
    index = cells.within(data.valid(variable))
    if not (index >= 0).any():
        raise EstimationError(f"nobody in the domain has a valid answer to {variable!r}")
    return cells, index, np.nan_to_num(data.values(variable))


def _simple_variance(data: SurveyData, index: np.ndarray, residual: np.ndarray, count: int) -> np.ndarray:
    """Variance of a mean of the base's size under simple random sampling with replacement."""
    weights = data.sample.weights
    size = sums(index, weights, count)
    n = sums(index, data.counts, count)
    return over(over(sums(index, weights * residual**2, count), size), n - 1)

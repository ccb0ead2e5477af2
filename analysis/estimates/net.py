"""Net shares, for minus against: SurveyData and two sets of codes come in, an EstimateTable goes out."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By, make_cells
from analysis.estimates.influence import Estimates, by_cell, one_a_cell, over, sums
from analysis.estimates.table import EstimateTable, to_table

Answers: TypeAlias = int | str | Sequence[int]
"""One code, the name of a net, or several codes."""


def net_share(
    data: SurveyData,
    variable: str,
    plus: Answers,
    minus: Answers,
    *,
    by: By = None,
    where: Where = None,
    level: float = 0.95,
) -> EstimateTable:
    """The share that answered `plus` minus the share that answered `minus` (-1..1); a row per cell.

    Both shares are of everybody with a valid answer. EstimationError when they have a code in common.
    """
    estimates = net_estimates(data, variable, plus, minus, by=by, where=where)
    return to_table(estimates, interval="mean", level=level)


def net_estimates(
    data: SurveyData, variable: str, plus: Answers, minus: Answers, *, by: By = None, where: Where = None
) -> Estimates:
    """Influence w (y - net) / sum of w, y being 1, -1 or 0: the two shares' covariance is in it."""
    up, down = (_codes(data, variable, answers) for answers in (plus, minus))
    if set(up) & set(down):
        raise EstimationError(
            f"net share of {variable!r}: {sorted(set(up) & set(down))} are on both sides: name each code once"
        )
    cells = make_cells(data, by, where)
    index = cells.within(data.valid(variable))
    if not (index >= 0).any():
        raise EstimationError(f"nobody in the domain has a valid answer to {variable!r}")
    answers = data.frame[variable]
    y: np.ndarray = answers.isin(up).to_numpy(float) - answers.isin(down).to_numpy(float)
    weights = data.sample.weights
    size = sums(index, weights, cells.count)
    values = over(sums(index, weights * y, cells.count), size)
    residual = y - values[index]
    n = sums(index, data.counts, cells.count)
    share = over(weights, size[index])
    return one_a_cell(
        "net",
        variable,
        data,
        cells,
        index=index,
        values=values,
        influence=by_cell(index, share * residual, cells.count),
        spread=over(over(sums(index, weights * residual**2, cells.count), size), n - 1),
        denominator=share,
    )


def _codes(data: SurveyData, variable: str, answers: Answers) -> tuple[int, ...]:
    listed = [answers] if isinstance(answers, int | str) else list(answers)
    if not listed:
        raise EstimationError(f"net share of {variable!r}: name one or more codes on each side")
    return tuple(dict.fromkeys(code for each in listed for code in data.codes_of(variable, each)))

"""Proportions: SurveyData and a coded variable come in, an EstimateTable with linearised errors goes out."""

import numpy as np
from scipy import sparse

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates.cells import By, Cells, make_cells
from analysis.estimates.influence import Estimates, over, sums
from analysis.estimates.table import EstimateTable, to_table
from analysis.lookup import UNKNOWN


def proportion(
    data: SurveyData,
    variable: str,
    *,
    code: int | str | None = None,
    by: By = None,
    where: Where = None,
    interval: str = "logit",
    level: float = 0.95,
) -> EstimateTable:
    """Shares (0..1) of each code, or of one, among those with a valid answer; a row per cell and code.

    `code`: one code, or the name of a net of the variable (`agree`): the share that gave any of its codes,
    with the error a 0/1 column of it would have. A net's row has its label and no code.
    `interval`: logit (default; xlogit is R's name of the same), mean, beta (Korn and Graubard 1998),
    beta_capped (its effective size at most the base), wilson, asin or likelihood, all with Student's t on the
    design's degrees of freedom. A share of exactly 0 or 1 always gets a beta interval.
    """
    estimates = proportion_estimates(data, variable, code=code, by=by, where=where)
    return to_table(estimates, interval=interval, level=level)


def proportion_estimates(
    data: SurveyData, variable: str, *, code: int | str | None = None, by: By = None, where: Where = None
) -> Estimates:
    """Influence w (1[answer is the code, or in the net] - share) / sum of w, inside the cell."""
    cells = make_cells(data, by, where)
    index = cells.within(data.valid(variable))
    if not (index >= 0).any():
        raise EstimationError(f"nobody in the domain has a valid answer to {variable!r}")
    codes, place_of = classes_of(data, variable, code)
    places = place_of[data.places(variable)]
    places[places >= len(codes)] = -1
    return class_shares(data, variable, cells, index=index, places=places, codes=codes)


def class_shares(
    data: SurveyData,
    variable: str,
    cells: Cells,
    *,
    index: np.ndarray,
    places: np.ndarray,
    codes: tuple[int | str | None, ...],
) -> Estimates:
    """Shares of classes of rows among the rows of each cell.

    `index`: n cells, -1 outside the base; `places`: n positions in `codes`, -1 in none of them.
    """
    weights = data.sample.weights
    inside = index >= 0
    answers = places[inside]
    width = len(codes)
    size = sums(index, weights, cells.count)
    n = sums(index, data.counts, cells.count)
    flat = np.where(answers >= 0, index[inside] * width + answers, -1)
    shares = over(sums(flat, weights[inside], cells.count * width), np.repeat(size, width))
    return Estimates(
        statistic="proportion",
        variable=variable,
        data=data,
        cells=cells,
        cell=np.repeat(np.arange(cells.count), width),
        codes=codes * cells.count,
        values=shares,
        influence=_influence(index, answers, shares.reshape(-1, width), over(weights, size[index])),
        base_index=index,
        base=np.repeat(n, width).astype(int),
        weighted_base=np.repeat(size, width),
        simple_variance=over(shares * (1 - shares), np.repeat(n - 1, width)),
        denominator=over(weights, size[index]),
    )


def _codes(data: SurveyData, name: str, code: int | str | None) -> dict[int | str, tuple[int, ...]]:
    """What shares are taken of: each code, or the net, with the codes it stands for."""
    if code is not None:
        return {code if isinstance(code, str) else int(code): data.codes_of(name, code)}
    codes = sorted(data.variable(name).codes)
    if not codes:
        raise EstimationError(f"{name!r} has no codes to take shares of: ask for its mean, total or quantile")
    return {int(each): (int(each),) for each in codes}


def classes_of(
    data: SurveyData, name: str, code: int | str | None
) -> tuple[tuple[int | str, ...], np.ndarray]:
    """What shares are taken of, and the class of each place of the variable, as `SurveyData.places` has them.

    Class width: another valid answer; width + 1: no valid answer, which negative places find at the end.
    """
    codes = _codes(data, name, code)
    width = len(codes)
    of_code = {member: place for place, members in enumerate(codes.values()) for member in members}
    listed = [of_code.get(int(each), width) for each in sorted(data.variable(name).codes)]
    return tuple(codes), np.array([*listed, *[width + 1] * -UNKNOWN])


def _influence(
    index: np.ndarray, answers: np.ndarray, shares: np.ndarray, weights: np.ndarray
) -> sparse.csr_array:
    """n x (cells * codes), filled only in the columns of each row's own cell."""
    inside = index >= 0
    cell, width = index[inside], shares.shape[1]
    values = -shares[cell]
    picked = np.flatnonzero(answers >= 0)
    values[picked, answers[picked]] += 1
    values *= weights[inside][:, None]
    columns = cell[:, None] * width + np.arange(width)
    pointer = np.concatenate([[0], np.cumsum(inside)]) * width
    return sparse.csr_array((values.ravel(), columns.ravel(), pointer), shape=(len(index), shares.size))

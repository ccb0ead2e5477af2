"""Figures of an experiment: values and influence come in, Estimates and rows of the estimate table go out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, setting
from analysis.estimates import Estimates
from analysis.estimates.cells import By, Cells, make_cells
from analysis.estimates.influence import over, sums
from analysis.estimates.intervals import student
from analysis.estimates.table import to_table
from analysis.sample import Matrix
from analysis.waves import pooled

_ROUNDING = 1e-12


def one_survey(data: SurveyData | Sequence[SurveyData]) -> SurveyData:
    """The data, or the waves pooled; EstimationError where a row stands for several interviews."""
    data = pooled(data)
    data.refuse_grouped("an experiment's estimate")
    return data


def comparable_cells(data: SurveyData, variable: str, by: By, where: object) -> Cells:
    """The cells of `by`; EstimationError where one cell would join waves whose wording does not compare."""
    cells = make_cells(data, by, where)  # type: ignore[arg-type]
    broken = [b for b in data.breaks if b.variable == variable]
    for cell in range(cells.count if broken else 0):
        if cells.waves[cell]:
            continue
        found = {data.waves[place] for place in np.unique(data.wave_place[cells.index == cell])}
        for each in broken:
            if {each.wave_from, each.wave_to} <= found:
                raise EstimationError(
                    Said(
                        f"{variable!r} does not compare between waves {each.wave_from} and "
                        f"{each.wave_to}: type ",
                        setting("by", "wave"),
                        ", or name the waves that compare, as ",
                        setting("where", {"wave": [each.wave_to]}),
                    )
                )
    return cells


def make_one(data: SurveyData, variable: str, inside: np.ndarray) -> Cells:
    """The one cell of the rows `inside`; see comparable_cells."""
    return comparable_cells(data, variable, None, inside)


def figures(
    statistic: str,
    variable: str,
    data: SurveyData,
    cells: Cells,
    *,
    index: np.ndarray,
    cell: np.ndarray,
    values: np.ndarray,
    influence: Matrix,
    codes: Sequence[int | str | None] | None = None,
) -> Estimates:
    """Estimates of k figures; `index` n cells of the base, `cell` k cells of the figures.

    The simple variance, for the design effect, is that of the same figure under simple random sampling with
    replacement: with z a row's influence, W sum(z^2 / w) / (n - 1) over the n rows of the cell of weight W.
    """
    weights = data.sample.weights
    n = sums(index, np.ones(len(index)), cells.count)
    size = sums(index, weights, cells.count)
    squares = np.asarray(
        (influence.multiply(influence) if hasattr(influence, "multiply") else influence**2).T @ (1 / weights)
    )
    return Estimates(
        statistic=statistic,
        variable=variable,
        data=data,
        cells=cells,
        cell=cell,
        codes=tuple(codes) if codes is not None else (None,) * len(cell),
        values=values,
        influence=influence,
        base_index=index,
        base=n[cell].astype(int),
        weighted_base=size[cell],
        simple_variance=over(squares * size[cell], n[cell] - 1),
    )


def table_of(
    estimates: Estimates, level: float, *, interval: str = "mean", ddf: int | None = None
) -> pd.DataFrame:
    """The estimate table; `ddf` replaces the degrees of freedom of the design in Student's intervals."""
    table = to_table(estimates, interval=interval, level=level)
    if ddf is not None:
        half = student(np.array([ddf]), level)[0] * table["se"]
        table = table.assign(df=ddf, low=table["estimate"] - half, high=table["estimate"] + half)
    unknown = table["estimate"].isna()
    table.loc[unknown, ["se", "low", "high", "n_eff", "deff"]] = np.nan
    return table


def with_p(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `p`, two-sided Student's t of the estimate being 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (table["estimate"] / table["se"]).to_numpy(float)
    df = table["df"].to_numpy(float)
    p = np.where((df > 0) & np.isfinite(t), 2 * stats.t.sf(np.abs(t), np.maximum(df, 1)), np.nan)
    return table.assign(p=p)


@dataclass(frozen=True)
class Test:
    """A test of several figures being 0: F on df and ddf degrees of freedom, NaN where it is not defined."""

    name: str
    f: float
    df: int
    ddf: float
    p: float

    __test__ = False  # not a test of pytest's


def wald(name: str, values: np.ndarray, covariance: np.ndarray, ddf: int) -> Test:
    """Wald's F; directions without variance and value are left out, as when shares add up to 1.

    A value without variance cannot be chance: F is infinite and p 0.
    """
    if not (np.isfinite(covariance).all() and np.isfinite(values).all()):
        return Test(name, np.nan, 0, ddf, np.nan)
    scale = np.sqrt(np.maximum(np.diag(covariance), 0))
    sound = np.flatnonzero(scale > 0)
    if (np.abs(values[scale == 0]) > _ROUNDING).any():
        return Test(name, np.inf, len(values), ddf, 0.0)
    b, s = values[sound], scale[sound]
    if not len(sound):
        return Test(name, np.nan, 0, ddf, np.nan)
    correlation = covariance[np.ix_(sound, sound)] / np.outer(s, s)
    rank = int(np.linalg.matrix_rank(correlation, tol=1e-8, hermitian=True))
    z = b / s
    f = float(z @ np.linalg.pinv(correlation, rcond=1e-8, hermitian=True) @ z) / rank
    ddf = ddf + 1 - rank
    return Test(name, f, rank, ddf, float(stats.f.sf(f, rank, ddf)) if ddf > 0 else np.nan)

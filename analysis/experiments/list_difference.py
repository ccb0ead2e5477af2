"""List experiment: SurveyData and an item's name come in, the sensitive share and its tests go out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates import Estimates
from analysis.estimates.cells import By, Cells
from analysis.estimates.influence import over, sums
from analysis.experiments.admissible import with_limits
from analysis.experiments.attention import without_flagged
from analysis.experiments.balance import Balance, balance
from analysis.experiments.figures import comparable_cells, figures, one_survey, table_of
from analysis.experiments.list_ends import ends_test
from analysis.experiments.list_tests import DesignTest, design_test
from analysis.experiments.lists import Counts, read_counts

STATISTIC = "list_difference"


@dataclass(frozen=True)
class ListExperiment:
    """`table`: the sensitive share a cell, COLUMNS and admissible, note; `estimates`: with influence values.

    `design`: the test that the long list changed no answer to the others; `ends`: shares at the floor and the
    ceiling and the tests that people there hide; `balance`: sizes and composition of the two lists' groups;
    `attention`: the share without the interviews that quality flags mark. Tests are over the whole domain.
    """

    table: pd.DataFrame
    estimates: Estimates
    design: DesignTest
    ends: pd.DataFrame
    balance: Balance
    attention: pd.DataFrame
    control_items: int


def list_experiment(
    data: SurveyData | Sequence[SurveyData],
    item: str,
    *,
    by: By = None,
    where: Where = None,
    group: str | None = None,
    control_items: int | None = None,
    level: float = 0.95,
) -> ListExperiment:
    """The share for whom the sensitive item holds: mean count of the long list minus that of the short one.

    Miller (1984); influence +-w (y - mean of the list) / (sum of w of the list). The estimate is not cut to
    0..1: `admissible` is the share it allows and `note` says when the two differ. Several waves are pooled;
    by="wave" gives one row each, and `estimates.contrast` a change with its error. `group`, `control_items`:
    see read_counts. EstimationError where a list has nobody or a count is impossible.
    """
    data = one_survey(data)
    found = read_counts(data, item, group=group, control_items=control_items)
    estimates = list_estimates(data, found, by=by, where=where)
    domain = data.domain(where) & found.valid
    table = _without_spread(with_limits(table_of(estimates, level), 0.0, 1.0))
    whole = by is None
    return ListExperiment(
        table=table,
        estimates=estimates,
        design=design_test(data, found, domain),
        ends=ends_test(data, found, domain),
        balance=balance(data, found.group, where=data.domain(where)),
        attention=without_flagged(
            data, lambda kept: list_estimates(data, found, by=None, where=data.domain(where) & kept)
        )
        if whole
        else without_flagged(data, None),
        control_items=found.items,
    )


def _without_spread(table: pd.DataFrame) -> pd.DataFrame:
    """Where all counts of a list are alike there is no error to estimate, which is not an error of 0."""
    alike = (table["se"] == 0).to_numpy()
    table.loc[alike, ["se", "low", "high"]] = np.nan
    table.loc[alike, "note"] = "all counts of each list are alike: no error can be estimated"
    return table


def list_estimates(data: SurveyData, found: Counts, *, by: By, where: Where) -> Estimates:
    """A difference a cell; NaN where one of the lists has nobody, and refused where that is so everywhere."""
    cells = comparable_cells(data, found.item, by, where)
    index = cells.within(found.valid)
    values, influence = _differences(data, found, cells, index)
    if np.isnan(values).all():
        raise EstimationError(
            f"in no group have both lists of {found.item!r} a valid answer: take larger groups"
        )
    return figures(
        STATISTIC,
        found.item,
        data,
        cells,
        index=index,
        cell=np.arange(cells.count),
        values=values,
        influence=influence,
    )


def _differences(
    data: SurveyData, found: Counts, cells: Cells, index: np.ndarray
) -> tuple[np.ndarray, sparse.csr_array]:
    weights, y = data.sample.weights, np.nan_to_num(found.count)
    arm = np.where(index >= 0, 2 * index + found.treated, -1)
    size = sums(arm, weights, 2 * cells.count)
    means = over(sums(arm, weights * y, 2 * cells.count), size)
    short, long = means[0::2], means[1::2]
    sign = np.where(found.treated, 1.0, -1.0)
    inside = index >= 0
    z = np.zeros(len(index))
    z[inside] = (sign * weights * (y - means[arm]) / size[arm])[inside]
    pointer = np.concatenate([[0], np.cumsum(inside)])
    influence = sparse.csr_array((z[inside], index[inside], pointer), shape=(len(index), cells.count))
    return long - short, influence

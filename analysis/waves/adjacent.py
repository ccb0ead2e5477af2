"""Changes from each wave to the next: SurveyData and a variable come in, one adjusted family goes out."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError
from analysis.estimates import Estimates, EstimateTable
from analysis.estimates.cells import By, columns_of
from analysis.estimates.intervals import student
from analysis.estimates.table import to_table
from analysis.multiplicity import adjust, step_levels
from analysis.waves.changes import POWER, change_rows, estimates_of, pairs_of, withheld
from analysis.waves.pooling import pooled

DECIDED = ("rose", "fell", "no_clear_change")
DIFFERS = ("differs", "differs", "no_clear_difference")
"""Verdicts of an interval above 0, below 0 and around it: of a change, and of a difference."""
_MANY = 10**9


def adjacent_changes(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    code: int | str | None = None,
    statistic: str | None = None,
    by: By = None,
    where: Where = None,
    adjustment: str = "holm",
    normal: bool = False,
    level: float = 0.95,
) -> EstimateTable:
    """Each wave that asked the variable minus the one before; CHANGE_COLUMNS, all rows one family.

    `adjustment`: one of ADJUSTMENTS; `p_adjusted`, the interval (level of `step_levels`) and the verdict read
    from it agree. `normal`: p and intervals of the normal distribution instead of Student's t.
    EstimationError when fewer than two waves asked, and as in `change`.
    """
    data = pooled(data)
    names = columns_of(by)
    estimates = estimates_of(data, variable, code=code, statistic=statistic, by=(*names, "wave"), where=where)
    asked = _asked(estimates)
    if len(asked) < 2:
        raise EstimationError(
            f"{variable!r} was asked in one wave only ({', '.join(asked)}): no change to take"
        )
    figures = to_table(estimates, interval="mean", level=level)
    parts = [
        change_rows(estimates, pairs_of(estimates, names, pair), 1, level, figures)
        for pair in pairwise(asked)
    ]
    return withheld(adjusted_rows(pd.concat(parts, ignore_index=True), adjustment, level, normal=normal))


def _asked(estimates: Estimates) -> list[str]:
    some = {estimates.cells.waves[cell] for cell in estimates.cell[estimates.base > 0]}
    return [wave for wave in estimates.data.waves if wave in some]


def adjusted_rows(
    rows: pd.DataFrame,
    adjustment: str,
    level: float,
    *,
    normal: bool = False,
    words: tuple[str, str, str] = DECIDED,
) -> pd.DataFrame:
    """Rows (estimate se df p verdict) as one family: p_adjusted, interval, mdc and verdict anew.

    `words`: the verdicts for an interval above 0, below 0 and around it. A verdict that says why nothing was
    tested stays; such a row takes no part in the family.
    """
    tested = rows["verdict"].isin(words).to_numpy()
    df = np.full(len(rows), float(_MANY)) if normal else rows["df"].to_numpy(float)
    estimate, se = rows["estimate"].to_numpy(float), rows["se"].to_numpy(float)
    p = _p(estimate, se, rows["p"].to_numpy(float), normal=normal)
    p_family = np.where(tested, p, np.nan)
    size = step_levels(p_family, adjustment, 1 - level)
    half = np.array([float(student(np.array([d]), 1 - s)[0]) for d, s in zip(df, size, strict=True)])
    low, high = estimate - half * se, estimate + half * se
    p_adjusted = adjust(p_family, adjustment)
    clear = np.where(low > 0, words[0], np.where(high < 0, words[1], words[2]))
    method = rows["method"].str.replace(r"bonferroni \d+", f"{adjustment} {int(tested.sum())}", regex=True)
    return rows.assign(
        p=p,
        p_adjusted=p_adjusted,
        low=low,
        high=high,
        mdc=(half + stats.t.ppf(POWER, np.maximum(df, 1))) * se,
        verdict=np.where(tested, clear, rows["verdict"]),
        method=method,
    )


def _p(estimate: np.ndarray, se: np.ndarray, p: np.ndarray, *, normal: bool) -> np.ndarray:
    if not normal:
        return p
    sound = se > 0
    z = np.divide(np.abs(estimate), se, out=np.zeros(len(se)), where=sound)
    return np.where(sound, 2 * stats.norm.sf(z), p)

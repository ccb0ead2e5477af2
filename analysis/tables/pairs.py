"""Groups side by side: a variable and columns to group by in, the difference of every two groups out."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting
from analysis.estimates import Estimates, infers, mean_estimates, proportion_estimates, to_table
from analysis.estimates.cells import By
from analysis.estimates.intervals import normal
from analysis.multiplicity import adjusted
from analysis.tables.banner import ADJUSTMENTS

PAIR_COLUMNS = (
    *("statistic", "variable", "code", "label", "group", "group_other", "estimate_group", "estimate_other"),
    *(
        "estimate",
        "se",
        "low",
        "high",
        "t",
        "df",
        "p",
        "p_adjusted",
        "base",
        "base_other",
        "publish",
        "reason",
    ),
)
Pair = tuple[int, int]


def compare_groups(
    data: SurveyData,
    variable: str,
    *,
    by: By,
    code: int | str | None = None,
    where: Where = None,
    adjust: str = "holm",
    level: float = 0.95,
) -> pd.DataFrame:
    """PAIR_COLUMNS, a row per code and pair of groups: the first group's share or mean minus the other's.

    Groups that share PSUs are not independent: the error is that of the difference, by the covariance of both
    (Kish 1965, section 4.4). p: t test on the degrees of freedom of both groups together; `p_adjusted` by
    `adjust` (holm, bonferroni, fdr_bh, fdr_by or none) over all rows; `low`, `high` are not adjusted.
    `publish` is the stricter ruling on the two figures. EstimationError for fewer than two groups with
    answers, and for waves that a break lies between.
    """
    if adjust not in ADJUSTMENTS:
        raise EstimationError(f"adjust={adjust!r} is unknown: type one of {', '.join(ADJUSTMENTS)}")
    estimates = _estimates(data, variable, by, code, where)
    figures = to_table(estimates, interval="logit", level=level)
    if figures["wave"].nunique() == 1:
        figures = figures.assign(wave="")
    pairs = _pairs(estimates)
    if not pairs:
        found = ", ".join(_group(figures.iloc[place]) for place in np.flatnonzero(estimates.base > 0))
        raise EstimationError(f"two groups are needed, and {variable!r} has answers in one only: {found}")
    table = pd.DataFrame([_named(figures, pair) | _tested(estimates, pair, level) for pair in pairs])
    table["p_adjusted"] = adjusted(table["p"].to_numpy(float), adjust)
    return table[list(PAIR_COLUMNS)].astype({"code": "Int64"})


def _estimates(data: SurveyData, variable: str, by: By, code: int | str | None, where: Where) -> Estimates:
    if not by:
        raise EstimationError("no groups are named: give the columns whose groups are compared as by=")
    broken = next((found for found in data.breaks if found.variable == variable), None)
    if broken is not None and "wave" in ([by] if isinstance(by, str) else by):
        raise EstimationError(
            Said(
                f"{variable!r} does not compare between waves {broken.wave_from} and {broken.wave_to}: "
                "compare groups inside one wave, with ",
                setting("where", {"wave": [broken.wave_to]}),
                ", or name two waves that compare in change",
            )
        )
    if data.variable(variable).codes or code is not None:
        return proportion_estimates(data, variable, code=code, by=by, where=where)
    return mean_estimates(data, variable, by=by, where=where)


def _pairs(estimates: Estimates) -> list[Pair]:
    """Positions of two groups' figures of one code, code by code."""
    width = len(estimates.codes) // estimates.cells.count
    by_code = [np.arange(estimates.cells.count) * width + place for place in range(width)]
    return [pair for places in by_code for pair in combinations(places[estimates.base[places] > 0], 2)]


def _named(figures: pd.DataFrame, pair: Pair) -> dict[str, object]:
    one, other = figures.iloc[pair[0]], figures.iloc[pair[1]]
    stricter = max((one, other), key=lambda row: ("show", "flag", "suppress").index(row["publish"]))
    reasons = dict.fromkeys(key for row in (one, other) for key in row["reason"].split(";") if key)
    return {
        "statistic": f"{one['statistic']}_difference",
        "variable": one["variable"],
        "code": one["code"],
        "label": one["label"],
        "group": _group(one),
        "group_other": _group(other),
        "estimate_group": one["estimate"],
        "estimate_other": other["estimate"],
        "base": one["base"],
        "base_other": other["base"],
        "publish": stricter["publish"],
        "reason": ";".join(reasons),
    }


def _group(figure: pd.Series) -> str:
    """Its codes, the wave's among them."""
    wave = f"wave={figure['wave']}" if figure["wave"] else ""
    return ",".join(part for part in (figure["group"], wave) if part)


def _tested(estimates: Estimates, pair: Pair, level: float) -> dict[str, float]:
    weights = np.zeros(len(estimates.values))
    weights[list(pair)] = 1.0, -1.0
    values, covariance = estimates.contrast(weights)
    data, cells = estimates.data, estimates.cell[list(pair)]
    df = data.sample.df(np.isin(estimates.cells.index, cells))
    se = float(np.sqrt(max(covariance[0, 0], 0.0))) if infers(data) else np.nan
    low, high = normal(values, np.array([se]), np.array([df]), level)
    t = float(values[0]) / se if se > 0 else np.nan
    p = 2 * float(stats.t.sf(abs(t), df)) if df > 0 else np.nan
    names = ("estimate", "se", "low", "high", "t", "df", "p")
    return dict(zip(names, (float(values[0]), se, float(low[0]), float(high[0]), t, df, p), strict=True))

"""Change between two waves: SurveyData and a variable come in, differences and verdicts go out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse, stats

from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, Said, setting, unknown_name
from analysis.estimates import (
    COLUMNS,
    Estimates,
    EstimateTable,
    mean_estimates,
    proportion_estimates,
)
from analysis.estimates.cells import By, columns_of
from analysis.estimates.influence import over
from analysis.estimates.intervals import normal, student
from analysis.estimates.table import to_table
from analysis.waves.pooling import pooled

CHANGE_COLUMNS = (*COLUMNS, "wave_from", "wave_to", "p", "p_adjusted", "mdc", "verdict")
POWER = 0.80


def change(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    wave_from: str,
    wave_to: str,
    code: int | str | None = None,
    statistic: str | None = None,
    by: By = None,
    where: Where = None,
    family: int = 1,
    level: float = 0.95,
) -> EstimateTable:
    """Differences `wave_to` minus `wave_from` of shares (or means), a row per group and code.

    `statistic`: proportion or mean; by default proportion where the variable has codes. `family`: how many
    comparisons are declared together: the interval has level 1 - (1 - level) / family (Bonferroni),
    `p_adjusted` is p times family, and `verdict` is read from that interval: rose, fell, no_clear_change;
    or not_comparable (wording broken), not_inferable (no probability sample, no model), too_few (a figure of
    one wave is suppressed). `mdc`: the smallest change seen with power 80 % at the adjusted
    level, (t(1 - alpha/2) + t(0.8)) se. `base`, `weighted_base`, `n_eff`: the smaller of the two waves'.
    EstimationError for an unknown wave and for a variable a wave did not ask.
    """
    data = pooled(data)
    _check(data, variable, (wave_from, wave_to), family)
    both = data.domain(where) & data.frame["wave"].astype(str).isin([wave_from, wave_to]).to_numpy()
    names = columns_of(by)
    estimates = estimates_of(data, variable, code=code, statistic=statistic, by=(*names, "wave"), where=both)
    pairs = pairs_of(estimates, names, (wave_from, wave_to))
    return change_rows(estimates, pairs, family, level)


def estimates_of(
    data: SurveyData, variable: str, *, code: int | str | None, statistic: str | None, by: By, where: Where
) -> Estimates:
    """Shares or means, as `statistic` says or the variable's codes suggest."""
    if "wave" in tuple(by or ())[:-1]:
        raise EstimationError(
            Said(setting("by", "wave"), " is what is compared already: group by other columns")
        )
    asked = statistic or ("proportion" if data.variable(variable).codes else "mean")
    if asked == "proportion":
        return proportion_estimates(data, variable, code=code, by=by, where=where)
    if asked == "mean":
        if code is not None:
            data.codes_of(variable, code)
            raise EstimationError(f"a mean of {variable!r} is over all codes: leave the code {code} out")
        return mean_estimates(data, variable, by=by, where=where)
    raise EstimationError(f"statistic {asked!r} has no change: type proportion or mean")


def _check(data: SurveyData, variable: str, waves: tuple[str, str], family: int) -> None:
    if family < 1:
        raise EstimationError(f"family={family} must count the comparisons declared together: type 1 or more")
    if waves[0] == waves[1]:
        raise EstimationError(f"wave {waves[0]!r} is named twice: name two waves of {', '.join(data.waves)}")
    for wave in waves:
        if wave not in data.waves:
            raise EstimationError(unknown_name("wave", wave, data.waves))
        refuse_unasked(data, variable, wave)


def refuse_unasked(data: SurveyData, variable: str, wave: str) -> None:
    """EstimationError when nobody in the wave has a valid answer."""
    rows = (data.frame["wave"].astype(str) == wave).to_numpy()
    if not (data.valid(variable) & rows).any():
        raise EstimationError(f"{variable!r} was not asked in wave {wave!r}: name waves that asked it")


@dataclass(frozen=True)
class Pairs:
    """m differences: positions of the two figures among the estimates (-1: none), and each one's group."""

    before: np.ndarray
    after: np.ndarray
    group: np.ndarray
    cells: tuple[tuple[int, int], ...]
    waves: tuple[str, str]


def pairs_of(estimates: Estimates, by: Sequence[str], waves: tuple[str, str]) -> Pairs:
    """The two waves' figures side by side, for each group and code of estimates by (*by, wave)."""
    codes = estimates.cells.codes
    keys = [tuple(row[name] for name in by) for row in codes.to_dict("records")]
    place = {(key, wave): cell for cell, (key, wave) in enumerate(zip(keys, codes["wave"], strict=True))}
    groups = list(dict.fromkeys(keys))
    cells = tuple((place.get((key, waves[0]), -1), place.get((key, waves[1]), -1)) for key in groups)
    width = len(estimates.codes) // estimates.cells.count
    spread = np.repeat(np.array(cells), width, axis=0)
    offset = np.tile(np.arange(width), len(groups))
    before, after = (np.where(column >= 0, column * width + offset, -1) for column in spread.T)
    return Pairs(before, after, np.repeat(np.arange(len(groups)), width), cells, waves)


def change_rows(
    estimates: Estimates, pairs: Pairs, family: int, level: float, figures: EstimateTable | None = None
) -> EstimateTable:
    """A row a pair with CHANGE_COLUMNS; `figures`: the table of all estimates, where it exists already."""
    waves = figures if figures is not None else to_table(estimates, interval="mean", level=level)
    both = (pairs.before >= 0) & (pairs.after >= 0)
    first = waves.iloc[np.where(pairs.before >= 0, pairs.before, pairs.after)].reset_index(drop=True)
    last = waves.iloc[np.where(pairs.after >= 0, pairs.after, pairs.before)].reset_index(drop=True)
    difference = np.where(both, last["estimate"] - first["estimate"], np.nan)
    infers = first["se"].notna() & last["se"].notna()
    variance = _variance(estimates, pairs)
    se = np.where(both & infers, np.sqrt(variance), np.nan)
    df = _df(estimates, pairs)
    low, high = normal(difference, se, df, 1 - (1 - level) / family)
    p = two_sided(difference, se, df)
    table = first[["variable", "code", "label", "group"]].assign(
        statistic=f"{estimates.statistic}_change",
        wave="",
        estimate=difference,
        se=se,
        low=low,
        high=high,
        base=np.where(both, np.minimum(first["base"], last["base"]), 0),
        weighted_base=np.where(both, np.minimum(first["weighted_base"], last["weighted_base"]), 0.0),
        n_eff=np.where(both, np.minimum(first["n_eff"], last["n_eff"]), np.nan),
        deff=np.where(both & infers, over(variance, _simple_variance(estimates, pairs)), np.nan),
        df=df,
        method=np.where(
            infers, f"{estimates.data.sample.method}, t {level:.6g}, bonferroni {family}", first["method"]
        ),
        wave_from=pairs.waves[0],
        wave_to=pairs.waves[1],
        p=p,
        p_adjusted=np.minimum(1.0, p * family),
        mdc=(student(df, 1 - (1 - level) / family) + stats.t.ppf(POWER, np.maximum(df, 1))) * se,
    )
    table[["publish", "reason"]] = _publish(first, last, both)
    table["verdict"] = _verdicts(estimates, table, pairs.waves)
    return table[list(CHANGE_COLUMNS)]


def _variance(estimates: Estimates, pairs: Pairs) -> np.ndarray:
    """Design variance of each difference, from the joint influence of its two figures."""
    k, m = len(estimates.values), len(pairs.before)
    columns = np.arange(m)
    signs = sparse.csc_array(
        (
            np.concatenate([np.where(pairs.after >= 0, 1.0, 0.0), np.where(pairs.before >= 0, -1.0, 0.0)]),
            (
                np.concatenate([np.maximum(pairs.after, 0), np.maximum(pairs.before, 0)]),
                np.concatenate([columns, columns]),
            ),
        ),
        shape=(k, m),
    )
    return estimates.variances_of(signs)


def _simple_variance(estimates: Estimates, pairs: Pairs) -> np.ndarray:
    return estimates.simple_variance[pairs.before] + estimates.simple_variance[pairs.after]


def _df(estimates: Estimates, pairs: Pairs) -> np.ndarray:
    """PSUs minus strata among those who answered in either wave: a comparison counts the rows it uses."""
    group_of = np.full(estimates.cells.count + 1, -1)
    for group, cells in enumerate(pairs.cells):
        for cell in cells:
            if cell >= 0:
                group_of[cell] = group
    rows = group_of[estimates.base_index]
    return estimates.data.sample.df_by(rows, len(pairs.cells))[pairs.group]


def two_sided(difference: np.ndarray, se: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Student's p values (m); 1 for no difference and 0 for one without any error."""
    t = over(np.abs(difference), se)
    exact = np.where(difference == 0, 1.0, np.where(se == 0, 0.0, np.nan))
    return np.where(np.isnan(t), np.where(np.isnan(se), np.nan, exact), 2 * stats.t.sf(t, np.maximum(df, 1)))


def _publish(first: EstimateTable, last: EstimateTable, both: np.ndarray) -> pd.DataFrame:
    """The stricter of the two waves' rulings, with both waves' reasons."""
    order = ["show", "flag", "suppress"]
    ranks = [[order.index(word) for word in side["publish"]] for side in (first, last)]
    rank = np.max(ranks, axis=0)
    reasons = [
        ";".join(dict.fromkeys(part for text in pair for part in text.split(";") if part))
        for pair in zip(first["reason"], last["reason"], strict=True)
    ]
    return pd.DataFrame(
        {
            "publish": np.where(both, np.array(order)[rank], "suppress"),
            "reason": np.where(both, np.array(reasons, dtype=object), "base_under_30"),
        }
    )


def _verdicts(estimates: Estimates, table: EstimateTable, waves: tuple[str, str]) -> np.ndarray:
    data = estimates.data
    if any(b.variable == estimates.variable and {b.wave_from, b.wave_to} == set(waves) for b in data.breaks):
        return np.full(len(table), "not_comparable")
    if not all(data.wave_meta(wave).infers for wave in waves):
        return np.full(len(table), "not_inferable")
    clear = np.where(table["low"] > 0, "rose", np.where(table["high"] < 0, "fell", "no_clear_change"))
    return np.where((table["publish"] == "suppress") | table["low"].isna(), "too_few", clear)

"""Several comparisons declared together: their p values come in, adjusted ones and test levels go out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.errors import EstimationError

ADJUSTMENTS: Mapping[str, str] = {
    "none": "",
    "bonferroni": "bonferroni",
    "holm": "holm",
    "hommel": "hommel",
    "fdr": "fdr_bh",
    "fdr_dependent": "fdr_by",
}
"""Our names and those of statsmodels. Holm (1979) and Hommel (1988) keep the chance of any false claim below
1 - level, Benjamini and Hochberg (1995, fdr) the share of false claims; Benjamini and Yekutieli (2001) too,
whatever the dependence."""


def adjusted(p: np.ndarray, method: str) -> np.ndarray:
    """Adjusted p values (m) of one family by statsmodels' name of the method, none or "" for as they are.

    NaN (no test) stays NaN and does not count.
    """
    p = np.asarray(p, float)
    known = ~np.isnan(p)
    result = p.copy()
    if known.any() and method not in ("", "none"):
        result[known] = multipletests(p[known], method=method)[1]
    return result


def adjust(p: np.ndarray, method: str) -> np.ndarray:
    """The same by our name of the method; EstimationError for what is no p value."""
    name, found = _name(method), np.asarray(p, float)
    bad = ~np.isnan(found) & ~((found >= 0) & (found <= 1))
    if bad.any():
        raise EstimationError(
            f"{found[bad][0]:g} is no p value: give numbers from 0 to 1, NaN for what was not tested"
        )
    return adjusted(found, name)


def step_levels(p: np.ndarray, method: str, alpha: float) -> np.ndarray:
    """The size (m) at which each comparison is tested, so that its interval agrees with its adjusted p.

    Bonferroni alpha/m; Holm alpha/(m - rank + 1), for those after the first that fails the size of that one;
    Hommel alpha/j (his j); false-discovery control R alpha/m for R claims (Benjamini and Yekutieli 2005),
    with none as if R were 1.
    """
    name = _name(method)
    p = np.asarray(p, float)
    known = ~np.isnan(p)
    m = max(1, int(known.sum()))
    result = np.full(len(p), alpha / m)
    if name == "":
        return np.full(len(p), alpha)
    if name == "bonferroni" or not known.any():
        return result
    if name == "hommel":
        result[known] = alpha / _hommel_count(np.sort(p[known]), alpha)
        return result
    claims = adjust(p, method)[known] <= alpha
    if name == "holm":
        rank = np.empty(m, int)
        rank[np.argsort(p[known], kind="stable")] = np.arange(m)
        result[known] = alpha / (m - np.minimum(rank, min(int(claims.sum()), m - 1)))
        return result
    harmonic = float((1 / np.arange(1, m + 1)).sum()) if name == "fdr_by" else 1.0
    result[known] = max(1, int(claims.sum())) * alpha / (m * harmonic)
    return result


def in_family(table: pd.DataFrame, adjustment: str = "holm", level: float = 0.95) -> pd.DataFrame:
    """Rows with estimate, se, df and p as one family: `p_adjusted`, and `low`, `high` at the level at which
    the adjustment tests each, so that they agree. A row without p is in no family and stays as it is."""
    p, estimate, se, df = (table[name].to_numpy(float) for name in ("p", "estimate", "se", "df"))
    tested = ~np.isnan(p)
    t = stats.t.isf(step_levels(p, adjustment, 1 - level) / 2, np.where(tested, df, 1.0))
    ends = {
        name: np.where(tested, estimate + sign * t * se, table[name].to_numpy(float))
        for name, sign in (("low", -1), ("high", 1))
    }
    return table.assign(**ends, p_adjusted=adjust(p, adjustment))


def _hommel_count(p: np.ndarray, alpha: float) -> int:
    """The most hypotheses i that could all be true: each k-th of the last i p values above alpha k / i."""
    m = len(p)
    fits = [i for i in range(1, m + 1) if (p[m - i :] > alpha * np.arange(1, i + 1) / i).all()]
    return max(fits, default=1)


def _name(method: str) -> str:
    if method not in ADJUSTMENTS:
        raise EstimationError(f"adjustment {method!r} is unknown: type one of {', '.join(ADJUSTMENTS)}")
    return ADJUSTMENTS[method]

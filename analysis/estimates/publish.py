"""Whether a figure may be printed: estimates with their bases come in, show, flag or suppress and why go out.

Bases under 30 are suppressed and under 100 flagged; shares then follow the data presentation standards for
proportions of the National Center for Health Statistics (Vital and Health Statistics 2(175), 2017).
"""

import numpy as np
import pandas as pd

from analysis.estimates.intervals import beta_interval, student

SUPPRESS = {
    "base_under_30": "fewer than 30 in the base",
    "n_eff_under_30": "effective size under 30",
    "no_df": "no degrees of freedom",
    "interval_wide": "interval of 30 points or more",
    "interval_relatively_wide": "interval wider than 130 % of the share",
}
FLAG = {
    "base_under_100": "30 to 99 in the base",
    "df_under_8": "fewer than 8 degrees of freedom",
    "share_0_or_1": "nobody or everybody",
}


def gate(table: pd.DataFrame, infers: np.ndarray) -> pd.DataFrame:
    """Columns `publish` (show, flag, suppress) and `reason` (keys of SUPPRESS and FLAG, joined by ;).

    `table` has the columns statistic estimate se base n_eff df. Where `infers` is false (a non-probability
    sample) only the base counts, because nothing else is defined.
    """
    found = _found(table, infers)
    names = list(found)
    hits = np.column_stack([found[name] for name in names])
    hidden = hits[:, [name in SUPPRESS for name in names]].any(axis=1)
    publish = np.where(hidden, "suppress", np.where(hits.any(axis=1), "flag", "show"))
    reason = [";".join(name for name, hit in zip(names, row, strict=True) if hit) for row in hits]
    return pd.DataFrame({"publish": publish, "reason": reason}, index=table.index)


def _found(table: pd.DataFrame, infers: np.ndarray) -> dict[str, np.ndarray]:
    base = table["base"].to_numpy(float)
    n_eff = table["n_eff"].fillna(table["base"]).to_numpy(float)
    df = table["df"].to_numpy(float)
    share = (table["statistic"] == "proportion").to_numpy() & infers
    p = table["estimate"].to_numpy(float)
    width = _width(p, table["se"].to_numpy(float), base, df)
    return {
        "base_under_30": base < 30,
        "n_eff_under_30": infers & (base >= 30) & (n_eff < 30),
        "no_df": infers & (base >= 30) & (df < 1),
        "interval_wide": share & (width >= 0.30),
        "interval_relatively_wide": share & (width > 0.05) & (width < 0.30) & (width > 1.30 * p),
        "base_under_100": (base >= 30) & (base < 100),
        "df_under_8": infers & (df >= 1) & (df < 8),
        "share_0_or_1": share & ((p <= 0) | (p >= 1)),
    }


def _width(p: np.ndarray, se: np.ndarray, base: np.ndarray, df: np.ndarray) -> np.ndarray:
    """Width of the 95 % Korn-Graubard interval, its effective size capped at the base."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = p * (1 - p) / se**2 * (student(base - 1, 0.95) / student(df, 0.95)) ** 2
        size = np.where((p <= 0) | (p >= 1), base, np.minimum(size, base))
        low, high = beta_interval(p, size, 0.95)
    return high - low

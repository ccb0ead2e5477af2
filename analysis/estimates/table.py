"""The estimate table: Estimates come in, one row per figure with its error, base and origin goes out."""

from typing import TypeAlias

import numpy as np
import pandas as pd

from analysis.estimates.influence import Estimates, over
from analysis.estimates.intervals import Shares, normal, share_interval
from analysis.estimates.publish import NO_ERROR, gate
from instruments import Missing

EstimateTable: TypeAlias = pd.DataFrame
COLUMNS = (
    "statistic",
    "variable",
    "code",
    "label",
    "group",
    "wave",
    "estimate",
    "se",
    "low",
    "high",
    "base",
    "weighted_base",
    "n_eff",
    "deff",
    "df",
    "method",
    "publish",
    "reason",
)


def to_table(estimates: Estimates, *, interval: str, level: float) -> EstimateTable:
    """The rows of `estimates` with the columns COLUMNS; `code` is empty where a figure has none, or a net.

    Rows of waves without a probability sample or a declared model have no se, low, high, n_eff, deff.
    """
    waves = [estimates.cells.waves[i] for i in estimates.cell]
    infers = np.array([_infers(estimates, wave) for wave in waves])
    some = estimates.base > 0
    se = np.where(some, estimates.se, np.nan) if infers.any() else np.full(len(some), np.nan)
    low, high, method = _interval(estimates, se, interval, level)
    table = pd.DataFrame(
        {
            "statistic": estimates.statistic,
            "variable": estimates.variable,
            "code": pd.array([code if isinstance(code, int) else None for code in estimates.codes], "Int64"),
            "label": [_label(estimates, code) for code in estimates.codes],
            "group": [estimates.cells.groups[i] for i in estimates.cell],
            "wave": waves,
            "estimate": estimates.values,
            "se": se,
            "low": low,
            "high": high,
            "base": estimates.base,
            "weighted_base": estimates.weighted_base,
            "n_eff": over(estimates.base.astype(float), estimates.deff) if infers.any() else np.nan,
            "deff": estimates.deff if infers.any() else np.nan,
            "df": estimates.df,
            "method": np.where(some, method, "nobody in the base"),
        }
    )
    table.loc[~infers, ["se", "low", "high", "n_eff", "deff"]] = np.nan
    table.loc[~infers, "method"] = NO_ERROR
    modelled = infers & np.array([_modelled(estimates, wave) for wave in waves])
    table.loc[modelled, "method"] = "modelled, " + table["method"]
    return pd.concat([table, gate(table, infers)], axis=1)[list(COLUMNS)]


def _interval(
    estimates: Estimates, se: np.ndarray, interval: str, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if estimates.statistic == "proportion":
        shares = Shares(estimates.values, se, estimates.base.astype(float), estimates.df, level)
        low, high, used = share_interval(shares, interval)
    else:
        low, high = normal(estimates.values, se, estimates.df, level)
        used = np.full(len(se), "t")
    return low, high, np.array([f"taylor, {name} {level:.6g}" for name in used], dtype=object)


def _modelled(estimates: Estimates, wave: str) -> bool:
    data = estimates.data
    return any(
        data.wave_meta(name).sample_type == "nonprobability" for name in ([wave] if wave else data.waves)
    )


def _infers(estimates: Estimates, wave: str) -> bool:
    data = estimates.data
    if wave:
        return data.wave_meta(wave).infers
    return all(data.wave_meta(name).infers for name in data.waves)


def _label(estimates: Estimates, code: int | str | None) -> str:
    codebook = estimates.data.codebook
    if estimates.variable not in codebook:
        return ""
    variable = codebook.variable(estimates.variable)
    if isinstance(code, str):
        words = variable.nets[code].label
    elif code is not None and code < 0 and code not in variable.codes:
        return Missing(code).name.lower().replace("_", " ")
    else:
        words = variable.codes[code] if code is not None else variable.label
    return words.get(codebook.source_language) or next(iter(words.values()), "")

"""Whether anything changed over all waves: series come in, a joint test with its power goes out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, stats

from analysis.errors import EstimationError
from analysis.models import Wald
from analysis.trends.line import Scale
from analysis.trends.lines import stopped
from analysis.trends.series import SERIES_COLUMNS, WaveSeries, contrast_test
from analysis.waves.changes import POWER

ANY_CHANGE_COLUMNS = (
    *SERIES_COLUMNS,
    "range",
    "f",
    "df",
    "ddf",
    "p",
    "p_adjusted",
    "mdc",
    "verdict",
    "note",
    "base",
    "weighted_base",
    "method",
    "publish",
    "reason",
)


def any_change(
    series: Sequence[WaveSeries],
    *,
    link: str = "identity",
    adjusted: bool = True,
    family: int = 1,
    level: float = 0.95,
) -> pd.DataFrame:
    """Tests that all waves are alike; a row per series with ANY_CHANGE_COLUMNS.

    `adjusted`: see `contrast_test`. `range`: largest figure minus smallest. `mdc`: how far one wave,
    whichever, has to lie from all the others to be seen with power 80 %. `verdict`: changed, no_clear_change
    (read from p times `family`), or what a trend says in place of a test.
    """
    scale = Scale(link, level, family)
    rows = [_row(each, scale, adjusted=adjusted) for each in series]
    return pd.DataFrame(rows, columns=list(ANY_CHANGE_COLUMNS)).astype({"code": "Int64"})


def _row(series: WaveSeries, scale: Scale, *, adjusted: bool) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ANY_CHANGE_COLUMNS, np.nan)
    kind = "adjusted wald" if adjusted else "wald"
    row |= series.describe() | {
        "link": scale.link,
        "note": "",
        "method": f"{kind} {scale.level:.6g}, bonferroni {scale.family}",
    }
    if series.obstacle:
        return stopped(row, series.obstacle)
    row["range"] = float(np.ptp(series.values))
    if row["range"] == 0 and not series.covariance.any():
        return row | {
            "p": 1.0,
            "p_adjusted": 1.0,
            "note": "the same in every wave",
            "verdict": "no_clear_change",
        }
    try:
        there = series.on(scale.link)
        differences = successive(len(there.waves))
        test = contrast_test(there, differences, adjusted=adjusted)
    except EstimationError as error:
        return row | {"verdict": "too_few", "note": str(error)}
    p = min(1.0, test.p * scale.family)
    clear = "changed" if p < 1 - scale.level else "no_clear_change"
    return row | {
        "range": float(np.ptp(there.values)),
        "f": test.f,
        "df": test.df,
        "ddf": test.ddf,
        "p": test.p,
        "p_adjusted": p,
        "mdc": _departure_seen(there, differences, test, scale),
        "verdict": "too_few" if row["publish"] == "suppress" else clear,
    }


def successive(k: int) -> np.ndarray:
    """(k - 1) x k: each wave minus the one before."""
    return np.diff(np.eye(k), axis=0)


def _departure_seen(series: WaveSeries, contrasts: np.ndarray, test: Wald, scale: Scale) -> float:
    """The departure of one wave from the others that has the power, in the wave where it shows least."""
    covariance = contrasts @ series.covariance @ contrasts.T
    information = contrasts.T @ np.linalg.solve(covariance, contrasts)
    needed = noncentrality(test.df, test.ddf, 1 - scale.adjusted)
    return float(np.sqrt(needed / np.diag(information).min()))


def noncentrality(df: int, ddf: float, alpha: float) -> float:
    """The noncentrality at which an F test of size alpha has power 80 %."""
    critical = stats.f.isf(alpha, df, ddf)

    def shortfall(value: float) -> float:
        return float(stats.ncf.sf(critical, df, ddf, value)) - POWER

    high = 1.0
    while shortfall(high) < 0:
        high *= 2
    return float(optimize.brentq(shortfall, 0.0, high, xtol=1e-8))

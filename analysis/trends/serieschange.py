"""Changes between waves of a series: `WaveSeries` come in, differences with verdicts go out."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.errors import EstimationError, unknown_name
from analysis.estimates.judging import student_test
from analysis.trends.series import WaveSeries
from analysis.waves.adjacent import DECIDED, adjusted_rows
from analysis.waves.changes import CHANGE_COLUMNS, withheld


def series_changes(
    series: Sequence[WaveSeries],
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
    adjustment: str = "holm",
    level: float = 0.95,
) -> pd.DataFrame:
    """Later minus earlier figure of each series, CHANGE_COLUMNS; `pairs`: (wave_from, wave_to), by default
    each wave with the next. All rows are one family, as in `adjacent_changes`.

    EstimationError for a wave that a series lacks.
    """
    rows = [
        _row(each, pair)
        for each in series
        for pair in (pairs if pairs is not None else list(pairwise(each.waves)))
    ]
    table = pd.DataFrame(rows, columns=list(CHANGE_COLUMNS)).astype({"code": "Int64"})
    return withheld(adjusted_rows(table, adjustment, level))


def _row(series: WaveSeries, pair: tuple[str, str]) -> dict[str, Any]:
    for wave in pair:
        if wave not in series.waves:
            raise EstimationError(unknown_name(f"wave of the series {series.variable}", wave, series.waves))
    before, after = (series.waves.index(wave) for wave in pair)
    weights = np.zeros(len(series.waves))
    weights[after], weights[before] = weights[after] + 1.0, weights[before] - 1.0
    data = series.data
    influence = sparse.csr_array(sparse.csr_array(series.influence) @ weights[:, None])
    domain = _touched(series, influence)
    estimate = float(weights @ series.values)
    se = float(np.sqrt(max(0.0, weights @ series.covariance @ weights)))
    df = data.sample.df(domain)
    ends = series.rows.iloc[[before, after]]
    order = ["show", "flag", "suppress"]
    publish = max(ends["publish"], key=order.index)
    decided = "too_few" if publish == "suppress" or df < 1 else DECIDED[2]
    row: dict[str, Any] = dict.fromkeys(CHANGE_COLUMNS, np.nan)
    return row | {
        **{name: value for name, value in series.describe().items() if name in CHANGE_COLUMNS},
        "statistic": f"{series.statistic}_change",
        "wave": "",
        "estimate": estimate,
        "se": np.nan if series.obstacle else se,
        "base": int(ends["base"].min()),
        "weighted_base": float(ends["weighted_base"].min()),
        "n_eff": float(ends["n_eff"].min()),
        "df": df,
        "method": "taylor, t, bonferroni 1",
        "publish": publish,
        "reason": ";".join(dict.fromkeys(r for text in ends["reason"] for r in text.split(";") if r)),
        "wave_from": pair[0],
        "wave_to": pair[1],
        "p": float(student_test(estimate, se, df)[1]),
        "verdict": series.obstacle or decided,
    }


def _touched(series: WaveSeries, influence: sparse.csr_array) -> np.ndarray:
    """Rows of the waves that carry the difference, the bridge's among them."""
    data = series.data
    rows = np.zeros(len(data.frame), bool)
    rows[influence.nonzero()[0]] = True
    waves = np.unique(data.wave_place[rows & series.domain])
    return series.domain & np.isin(data.wave_place, waves)

"""What careless answers move: an estimator and flagged SurveyData in, a difference a flag out."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.data import SurveyData
from analysis.errors import EstimationError
from analysis.estimates import Estimates, joint_covariance
from analysis.quality import flag_names

ATTENTION_COLUMNS = ("flag", "flagged", "estimate", "estimate_without", "difference", "se")


def without_flagged(data: SurveyData, estimate: Callable[[np.ndarray], Estimates] | None) -> pd.DataFrame:
    """The figure with all interviews and without those each flag of the data marks.

    `estimate` takes n booleans, who is kept. `se` is of the difference, with the covariance of the two.
    """
    rows = list(_rows(data, estimate)) if estimate else []
    return pd.DataFrame(rows, columns=list(ATTENTION_COLUMNS))


def _rows(data: SurveyData, estimate: Callable[[np.ndarray], Estimates]) -> list[tuple[object, ...]]:
    whole = estimate(np.ones(len(data.frame), bool))
    infers = all(data.wave_meta(wave).infers for wave in data.waves)
    rows: list[tuple[object, ...]] = []
    for name in flag_names(data.codebook):
        marked = data.frame[name].to_numpy() == 1
        count = int((marked & whole.domain).sum())
        if not count:
            continue
        try:
            part = estimate(~marked)
        except EstimationError:
            rows.append((name, count, float(whole.values[0]), np.nan, np.nan, np.nan))
            continue
        V = joint_covariance([whole, part]) if infers else np.full((2, 2), np.nan)
        variance = V[0, 0] + V[1, 1] - 2 * V[0, 1]
        difference = float(part.values[0] - whole.values[0])
        se = float(np.sqrt(np.maximum(variance, 0)))
        rows.append((name, count, float(whole.values[0]), float(part.values[0]), difference, se))
    return rows

"""Many tests at once: p values come in, adjusted ones go out."""

import numpy as np
from statsmodels.stats.multitest import multipletests


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's (1979) adjusted p values; NaN stays NaN and counts for none."""
    result, known = np.full(len(p), np.nan), ~np.isnan(p)
    if known.any():
        result[known] = multipletests(p[known], method="holm")[1]
    return result

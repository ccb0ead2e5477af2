"""What a line leaves of a series: `WaveSeries` come in, departure from it and variation around it go out."""

from typing import Any

import numpy as np

from analysis.errors import EstimationError
from analysis.trends.heterogeneity import wave_level_fit
from analysis.trends.line import WAVES_FOR_VARIATION, Scale, slope_columns
from analysis.trends.lines import LEAST_WAVES
from analysis.trends.series import WaveSeries, complement, contrast_test

_SINGULAR = 1e-12


def line_design(series: WaveSeries) -> np.ndarray:
    """k x 2: a constant and the times, centred."""
    return np.column_stack([np.ones(len(series.times)), series.times - series.times.mean()])


def departure_columns(series: WaveSeries, X: np.ndarray) -> dict[str, Any]:
    """Wald test that the figures lie on X (k x q); empty where nothing is left to test or to test it by.

    The same number as the waves' dummies beside X in a regression of the answers.
    """
    if len(series.waves) < max(LEAST_WAVES, X.shape[1] + 1):
        return {}
    try:
        test = contrast_test(series, complement(X), adjusted=False)
    except EstimationError:
        return {}
    return {
        "departure_f": test.f,
        "departure_df": test.df,
        "departure_ddf": test.ddf,
        "departure_p": test.p,
    }


def variation_columns(series: WaveSeries, scale: Scale) -> dict[str, Any]:
    """The random-effects line, or why there is none."""
    k = len(series.waves)
    if k < WAVES_FOR_VARIATION:
        return {"note": f"wave-to-wave variation not estimable with {k} waves"}
    V = series.covariance
    spread = np.sqrt(np.diag(V))
    if not (spread > 0).all():
        return {"note": "wave-to-wave variation not estimable: a wave has no variance"}
    if np.linalg.eigvalsh(V / np.outer(spread, spread))[0] < _SINGULAR:
        return {"note": "wave-to-wave variation not estimable: one wave's figure follows from the others'"}
    fit = wave_level_fit(series.values, V, line_design(series))
    se = float(np.sqrt(fit.knapp_hartung[1, 1]))
    slope = slope_columns(float(fit.params[1]), se, fit.df, scale, "_waves")
    return {**slope, "tau2": fit.tau2, "q_waves": fit.q_resid, "decides": "waves"}

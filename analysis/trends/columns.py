"""Columns of people as columns of a model: a name comes in, indicators or a centred number go out."""

import numpy as np
import pandas as pd

from analysis.data import SurveyData


def covariates(data: SurveyData, name: str, used: np.ndarray) -> pd.DataFrame:
    """For the m rows `used`: an indicator of each code met but the first, or the number less its mean."""
    values = data.frame[name].to_numpy(float)[used]
    if not data.variable(name).codes:
        return pd.DataFrame({name: values - values.mean()})
    present = sorted(set(values))
    return pd.DataFrame({f"{name}={code:g}": (values == code).astype(float) for code in present[1:]})

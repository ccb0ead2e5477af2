"""Base weights: columns of selection probabilities come in, weights go out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import DataError, unknown_name


def selection_weights(frame: pd.DataFrame, probabilities: str | Sequence[str]) -> np.ndarray:
    """n weights: one over the product of the stages' selection probabilities (Horvitz and Thompson 1952).

    `probabilities`: one column a stage, in 0..1. DataError says which column holds what is no probability,
    in how many rows and where first.
    """
    names = [probabilities] if isinstance(probabilities, str) else list(probabilities)
    if not names:
        raise DataError("name one or more columns of selection probabilities")
    absent = [unknown_name("column", name, list(frame.columns)) for name in names if name not in frame]
    if absent:
        raise DataError(absent)
    values = {name: pd.to_numeric(frame[name], errors="coerce").to_numpy(float) for name in names}
    problems = [problem for name, column in values.items() for problem in _problems(name, column)]
    if problems:
        raise DataError(problems)
    product: np.ndarray = np.prod(list(values.values()), axis=0)
    return 1 / product


def _problems(name: str, values: np.ndarray) -> list[str]:
    kinds = {
        "missing or no number": np.isnan(values),
        "0 or negative": values <= 0,
        "above 1": values > 1,
    }
    return [
        f"probability {name!r} is {kind} in {int(bad.sum())} rows, first row {int(np.argmax(bad))}: give the "
        "chance of selection, above 0 and at most 1 (for a weight or count w, type 1 / w)"
        for kind, bad in kinds.items()
        if bad.any()
    ]

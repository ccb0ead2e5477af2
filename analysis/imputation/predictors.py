"""Completed columns come in, the standardised design matrix of an imputation model goes out."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import linalg

from analysis.data import SurveyData

_CONSTANT = 1e-10
_COLLINEAR = 1e-6


def block(values: np.ndarray, codes: Sequence[int]) -> np.ndarray:
    """n x q columns of one variable: indicators of codes, or the numbers; NaN (not put to a person) apart.

    The most frequent code is the one left out.
    """
    absent = np.isnan(values)
    if codes:
        found, count = np.unique(values[~absent], return_counts=True)
        kept = np.delete(found, count.argmax()) if len(found) else found
        columns = (values[:, None] == kept).astype(float)
    else:
        centre = values[~absent].mean() if (~absent).any() else 0.0
        columns = np.where(absent, centre, values)[:, None]
    return np.column_stack([columns, absent]) if absent.any() else columns


def log_weight(data: SurveyData) -> np.ndarray:
    """n x 1: the weights carry the design into the model (Quartagno, Carpenter and Goldstein 2020, JSSAM
    8)."""
    return np.log(data.sample.weights)[:, None]


def design_matrix(blocks: Mapping[str, np.ndarray], target: str, observed: np.ndarray) -> np.ndarray:
    """n x q: a constant and the standardised blocks of all variables but the target.

    Columns that do not vary, or depend on others, over the `observed` rows (n booleans) are left out.
    """
    columns = [values for name, values in blocks.items() if name != target]
    n = len(observed)
    if not columns:
        return np.ones((n, 1))
    X = np.column_stack(columns)
    seen = X[observed]
    spread = seen.std(axis=0)
    varying = spread > _CONSTANT * (1 + np.abs(seen).max(axis=0))
    X = (X[:, varying] - seen[:, varying].mean(axis=0)) / spread[varying]
    if X.shape[1] == 0:
        return np.ones((n, 1))
    _, triangle, order = linalg.qr(X[observed], mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    kept = np.sort(order[: len(size)][size > _COLLINEAR * size[0]])
    return np.column_stack([np.ones(n), X[:, kept]])

"""A weighted cumulative logit with row scores: places of answers and columns come in, coefficients go out."""

from dataclasses import dataclass

import numpy as np

from analysis.errors import EstimationError
from analysis.models.cumulative import LINKS, Cumulative


@dataclass(frozen=True)
class CumulativeFit:
    """`coefficients` k with `influence` m x k, `log_likelihood` weighted."""

    coefficients: np.ndarray
    log_likelihood: float
    influence: np.ndarray


def fit_cumulative(place: np.ndarray, X: np.ndarray, w: np.ndarray, said: str) -> CumulativeFit:
    """`place` m whole numbers from 0, every one of which occurs; X m x k; w m weights.

    The likelihood is that of `svyolr`, on columns of mean 0 and variance 1 for the digits. EstimationError,
    naming what is `said`, where the columns are dependent or the likelihood has no finite maximum.
    """
    k, centre = X.shape[1], w @ X / w.sum()
    spread = np.sqrt(np.maximum(w @ (X - centre) ** 2 / w.sum(), 1e-300))
    S = (X - centre) / spread
    if k and np.linalg.matrix_rank(S) < k:
        raise EstimationError(
            f"{said}: score and groups are linearly dependent; a group may have one score only"
        )
    model = Cumulative(S, place, w, int(place.max()) + 1, LINKS["logit"])
    try:
        theta = model.maximum()
    except EstimationError as error:
        raise EstimationError(f"{said}: {error}") from error
    inverse = np.linalg.inv(model.information(theta, expected=False))
    Z = (model.scores(theta) @ inverse)[:, :k] / spread
    return CumulativeFit(theta[:k] / spread, model.log_likelihood(theta), Z)

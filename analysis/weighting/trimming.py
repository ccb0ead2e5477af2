"""Trimming: weights and limits come in, weights inside them with the same sum go out."""

import numpy as np

from analysis.errors import EstimationError


def trim_weights(
    weights: np.ndarray, *, lower: float = 0.0, upper: float = np.inf, strict: bool = False
) -> np.ndarray:
    """Cuts at `lower` and `upper` and spreads the difference evenly over the rows that were inside.

    The spread can push others past a limit; `strict` repeats until none is. The rule is that of trimWeights
    in R survey 4.5. EstimationError when the limits leave nobody to take the difference.
    """
    if not lower < upper:
        raise EstimationError(f"lower={lower:g} must be below upper={upper:g}")
    result = np.asarray(weights, float)
    while True:
        outside = (result < lower) | (result > upper)
        if not outside.any():
            return result
        if outside.all():
            raise EstimationError("every weight is outside the limits: widen them")
        cut = np.clip(result, lower, upper)
        cut[~outside] += (result - cut).sum() / (~outside).sum()
        if not strict:
            return cut
        result = cut

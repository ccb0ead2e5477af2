"""Coded answers come in, the codes met in order and each answer's place among them go out."""

import numpy as np

from analysis.errors import EstimationError

_MOST = 30


def read_levels(response: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """J codes in numeric order and m positions; EstimationError for one code alone, or too many for a code
    list."""
    if not np.isfinite(response).all():
        raise EstimationError(
            "the response is not a finite number in some row: leave those rows out by where"
        )
    levels, place = np.unique(response, return_inverse=True)
    if len(levels) < 2:
        raise EstimationError(
            f"everybody in the base answers {levels[0]:g}: a model needs two codes or more; widen the domain"
        )
    if len(levels) > _MOST:
        raise EstimationError(
            f"the response has {len(levels)} different values, so it is no list of codes: use svyglm, or cut "
            "it into classes"
        )
    return levels, place

"""Shares that must add up: numbers someone typed come in, shares of 1 or a refusal go out."""

import numpy as np

from analysis.errors import EstimationError

ROUNDING = 0.005
"""How far typed shares may be from 1 in sum: printed tables are rounded."""


def as_shares(values: np.ndarray, what: str) -> np.ndarray:
    """Shares that add up to 1, from shares or counts (k numbers of 0 or more).

    Numbers of which none is above 1 and not all are whole are shares: EstimationError where they do not add
    up to 1. Others are counts.
    """
    given = np.asarray(values, float)
    whole = float(given.sum())
    meant_as_shares = (given <= 1).all() and (given % 1 != 0).any()
    if meant_as_shares and abs(whole - 1) > ROUNDING:
        raise EstimationError(
            f"the shares of {what} add up to {whole:g}, not to 1: correct them, or give counts of people"
        )
    return given / whole

"""What an error is worth: variances and degrees of freedom come in, errors, t and p or a refusal go out.

One rule for every estimator. Without degrees of freedom there is no error, and nothing made of one. An error
that is no more than the rounding of sums is 0: the answers do not vary. An error of 0 gives no t and no p.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.errors import EstimationError

ROUNDING = 1e-12
"""An error below this part of the figure it is of (or of its spread) is what rounding left of 0."""


_NO_EFFECT = 1e-10


def scale_of(values: np.ndarray, simple_variance: np.ndarray, base: np.ndarray) -> np.ndarray:
    """k sizes that rounding is measured against: a figure, and the spread of what it is made of."""
    spread = np.sqrt(np.maximum(np.nan_to_num(simple_variance), 0) * base)
    return np.abs(np.nan_to_num(values)) + spread


def without_rounding(variance: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Variances, 0 where their root is no more than the rounding of figures of that scale."""
    return np.where(np.sqrt(np.maximum(variance, 0)) <= ROUNDING * scale, 0.0, variance)


def cleared(covariance: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """A covariance (k x k) whose rows and columns of rounding alone are 0."""
    kept = without_rounding(np.diag(covariance), scale) != 0
    return covariance * np.outer(kept, kept) if not kept.all() else covariance


def settled(
    variance: np.ndarray,
    scale: np.ndarray,
    simple_variance: np.ndarray,
    df: np.ndarray,
    answering: Callable[[], np.ndarray],
) -> np.ndarray:
    """k variances as they may be read: NaN without degrees of freedom, 0 where the answers do not vary.

    Where answers vary and the variance is rounding alone, those who answered may stand in one PSU a stratum:
    `answering` gives their degrees of freedom (k), and is asked only then.
    """
    found = without_rounding(variance, scale)
    odd = (found == 0) & (df > 0) & (np.nan_to_num(simple_variance) > 0)
    if odd.any():
        found = np.where(odd & (answering() < 1), np.nan, found)
    return np.where(df > 0, found, np.nan)


def student_test(
    gap: np.ndarray | float, se: np.ndarray | float, df: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """t and two-sided p of each difference from 0; NaN where there is no error, or it is 0, or no df."""
    gaps, errors, degrees = np.broadcast_arrays(*(np.asarray(each, float) for each in (gap, se, df)))
    sound = (errors > 0) & (degrees >= 1)
    t = np.divide(gaps, errors, out=np.full(gaps.shape, np.nan), where=sound)
    return t, 2 * stats.t.sf(np.abs(t), np.where(sound, degrees, 1.0))


@dataclass(frozen=True)
class Judged:
    """The error, t and p of one difference; NaN where it has none."""

    se: float
    t: float
    p: float


def judged(gap: float, variance: float, df: float) -> Judged:
    """One difference with its variance (NaN: unknown); no df, no error."""
    se = float(np.sqrt(max(variance, 0.0))) if np.isfinite(variance) and df >= 1 else np.nan
    t, p = student_test(gap, se, df)
    return Judged(se, float(t), float(p))


def refuse_no_df(df: float, what: str) -> None:
    """EstimationError where no degrees of freedom are left to judge `what` by."""
    if df < 1:
        raise EstimationError(
            f"{what}: no degrees of freedom (as many strata as PSUs in these rows), so no error and no test: "
            "widen the domain, or join small groups"
        )


def refuse_unvarying(effect: float, what: str) -> None:
    """EstimationError where a design effect (variance over that of a simple random sample) is rounding."""
    if not effect > _NO_EFFECT:
        raise EstimationError(
            f"{what}: the answers do not vary from PSU to PSU, so nothing can be tested: widen the domain, "
            "or join small groups"
        )

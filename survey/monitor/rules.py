"""What the monitor may say: exact counts and seconds in, rounded figures or None out.

Whoever looks after a reminder must not learn who has answered since: counts are rounded down to five, shares
are made of the rounded counts, and one snapshot stands the whole day.
"""

from collections.abc import Sequence
from statistics import median
from typing import Final

from survey.store.snapshots import STEP

SMALLEST_BASE: Final = 30
"""Below it no share of answers and no median is shown: the smallest base of every publication."""


def at_least(count: int) -> int:
    """The count rounded down to five."""
    return count - count % STEP


def percent(part: int, base: int) -> int | None:
    """A share in whole per cent, made of rounded counts; None for a small base."""
    below = at_least(base)
    if below < SMALLEST_BASE:
        return None
    return min(100, round(100 * at_least(part) / below))


def minutes(seconds: Sequence[float]) -> int | None:
    """The median in whole minutes, at least one; None for a small base."""
    if len(seconds) < SMALLEST_BASE:
        return None
    return max(1, round(median(seconds) / 60))

"""Means and covariances of items: answers and weights come in, moments with their influence values go out."""

from dataclasses import dataclass

import numpy as np

from analysis.errors import EstimationError, Said, setting
from analysis.scales.items import Items

MISSING = ("pairwise", "complete")


@dataclass(frozen=True)
class Moments:
    """Weighted moments of p items.

    `means` p; `covariance` p x p, each element times n / (n - 1) of its own rows as R's cov; `influence`
    n x q of the q = p (p + 1) / 2 elements on and below the diagonal, in the order of `pairs(p)`; `bases`
    p x p rows of each element; `rows` n booleans: rows that carry any of them.
    """

    means: np.ndarray
    covariance: np.ndarray
    influence: np.ndarray
    bases: np.ndarray
    rows: np.ndarray


def pairs(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the elements of a symmetric matrix, column by column below the diagonal."""
    column, row = np.triu_indices(count)
    return row, column


def symmetric(elements: np.ndarray, count: int) -> np.ndarray:
    """The count x count matrix of elements in the order of `pairs`."""
    row, column = pairs(count)
    result = np.zeros((count, count), elements.dtype)
    result[row, column] = elements
    result[column, row] = elements
    return result


def moments(items: Items, missing: str = "pairwise") -> Moments:
    """Weighted covariances over the rows with both answers (pairwise) or with all (complete).

    Influence of a covariance: w ((x - x̄)(y - ȳ) - c) / Σw over its rows, times n / (n - 1). EstimationError
    where two items have fewer than two common rows.
    """
    answered = base_of(items, missing)
    p, n = items.count, len(items.values)
    row, column = pairs(p)
    influence = np.zeros((n, len(row)))
    elements, sizes = np.zeros(len(row)), np.zeros(len(row), int)
    means = np.zeros(p)
    for k, (i, j) in enumerate(zip(row, column, strict=True)):
        both = np.flatnonzero(answered[:, i] & answered[:, j])
        if len(both) < 2:
            raise EstimationError(
                f"{items.names[i]!r} and {items.names[j]!r} have {len(both)} rows with both answers: they "
                "were not asked together; leave one of them out"
            )
        w = items.weights[both] / items.weights[both].sum()
        x, y = items.values[both, i], items.values[both, j]
        product = (x - w @ x) * (y - w @ y)
        factor = len(both) / (len(both) - 1)
        elements[k], sizes[k] = factor * (w @ product), len(both)
        influence[both, k] = factor * w * (product - w @ product)
        if i == j:
            means[i] = w @ x
    return Moments(
        means, symmetric(elements, p), influence, symmetric(sizes, p), np.asarray(answered.any(axis=1))
    )


def base_of(items: Items, missing: str) -> np.ndarray:
    """n x p booleans: the answers used under a way with missing ones."""
    if missing not in MISSING:
        raise EstimationError(f"missing={missing!r} is unknown: type {' or '.join(MISSING)}")
    if missing == "pairwise":
        return items.answered
    if items.complete.sum() < 2:
        raise EstimationError(
            Said(
                f"only {int(items.complete.sum())} rows have valid answers to all of "
                f"{', '.join(items.names)}: type ",
                setting("missing", "pairwise"),
                ", or leave the item with most gaps out",
            )
        )
    return items.answered & items.complete[:, None]

"""What a factor model is fitted to: items and groups come in, each group's weighted moments go out."""

from dataclasses import dataclass

import numpy as np

from analysis.errors import EstimationError
from analysis.scales.groups import Groups
from analysis.scales.items import Items


@dataclass(frozen=True)
class GroupSample:
    """One group's rows (m positions in the data) with weights that sum to its size, and moments.

    `X` m x p; `mean` p; `covariance` p x p with the divisor of maximum likelihood; `size`: sum of the
    weights, which over all groups sum to the number of rows.
    """

    name: str
    rows: np.ndarray
    weights: np.ndarray
    X: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray
    size: float

    def products(self, centre: np.ndarray) -> np.ndarray:
        """m x (p + q): the answers about `centre`, and their products in the order of vech."""
        deviation = self.X - centre
        column, row = np.triu_indices(self.X.shape[1])
        return np.hstack([deviation, deviation[:, row] * deviation[:, column]])


def group_samples(items: Items, groups: Groups) -> tuple[GroupSample, ...]:
    """Complete rows of each group. EstimationError where a group is too small or its items are dependent."""
    used = items.complete & (groups.place >= 0)
    n = int(used.sum())
    if n == 0:
        raise EstimationError(f"nobody has valid answers to all of {', '.join(items.names)}")
    scale = n / items.weights[used].sum()
    return tuple(
        _sample(items, used & (groups.place == g), name, scale) for g, name in enumerate(groups.names)
    )


def _sample(items: Items, inside: np.ndarray, name: str, scale: float) -> GroupSample:
    rows = np.flatnonzero(inside)
    said = f" in {name}" if name else ""
    if len(rows) <= items.count:
        raise EstimationError(
            f"{len(rows)} complete rows{said} for {items.count} items: more rows than items are needed; join "
            "groups or take fewer items"
        )
    X, w = items.values[rows], items.weights[rows] * scale
    flat = [items.names[j] for j in np.flatnonzero(X.max(axis=0) == X.min(axis=0))]
    if flat:
        raise EstimationError(f"all answers to {', '.join(flat)}{said} are alike: leave the item out")
    size = float(w.sum())
    mean = w @ X / size
    deviation = X - mean
    covariance = (deviation * w[:, None]).T @ deviation / size
    spread = np.sqrt(np.diag(covariance))
    if np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < 1e-10:
        raise EstimationError(
            f"the items{said} are linearly dependent (one is a sum or a copy of others): leave one out"
        )
    return GroupSample(name, rows, w, X, mean, covariance, size)

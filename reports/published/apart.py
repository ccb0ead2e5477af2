"""Two ways to part the same people in, sums of parts that differ by few of them out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

_MOST = 14
"""Parts whose every sum is looked at; of more, sums of one and of two."""


@dataclass(frozen=True)
class Difference:
    """Groups of each parting whose people are the same but for a few."""

    one: tuple[int, ...]
    other: tuple[int, ...]
    people: int


def differences(first: np.ndarray, second: np.ndarray, fewest: int) -> Iterator[Difference]:
    """Every such pair of sums, the smaller side of the first parting named; of the second the nearest sum.

    The people in a sum A of the first and not in the nearest sum of the second, or the other way round, are
    the smaller part of each of the second's groups inside or outside A.
    """
    rows, columns, count = _crossed(first, second)
    parts = _inseparable(count, fewest)
    for sides in _sums(len(parts)):
        inside = np.array([parts[i] for i in range(len(parts)) if sides[i]], dtype=object)
        at = np.concatenate([np.asarray(part, int) for part in inside]) if len(inside) else np.array([], int)
        within = count[at].sum(axis=0)
        outside = count.sum(axis=0) - within
        people = int(np.minimum(within, outside).sum())
        near = within > outside
        # All or nobody on the other side: the sum itself is small, which its own table answers for.
        if 0 < people < fewest and near.any() and not near.all():
            yield Difference(
                tuple(int(c) for c in sorted(rows[at])), tuple(int(c) for c in columns[near]), people
            )


def parts_in_common(first: np.ndarray, second: np.ndarray) -> int:
    """Into how many parts both cut the people alike; 1 where they share no sum but the whole."""
    _, _, count = _crossed(first, second)
    return len(_inseparable(count, 1))


def _crossed(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes of both, and how many people each pair of codes has."""
    rows, i = np.unique(first, return_inverse=True)
    columns, j = np.unique(second, return_inverse=True)
    flat = np.bincount(i * len(columns) + j, minlength=len(rows) * len(columns))
    return rows, columns, flat.reshape(len(rows), len(columns))


def _inseparable(count: np.ndarray, fewest: int) -> list[list[int]]:
    """Rows that must stand on one side: a column would be cut into two pieces of `fewest` or more."""
    owner = list(range(len(count)))

    def root(row: int) -> int:
        while owner[row] != row:
            row = owner[row]
        return row

    for column in (count >= fewest).T:
        heavy = np.flatnonzero(column)
        for row in heavy[1:]:
            owner[root(int(row))] = root(int(heavy[0]))
    found: dict[int, list[int]] = {}
    for row in range(len(count)):
        found.setdefault(root(row), []).append(row)
    return list(found.values())


def _sums(parts: int) -> Iterator[np.ndarray]:
    """Which parts are inside: every sum once, its complement left out."""
    if parts <= _MOST:
        for number in range(1, 2 ** (parts - 1)):
            yield np.array([number >> place & 1 for place in range(parts)], bool)
        return
    for one in range(parts):
        for other in range(one, parts):
            sides = np.zeros(parts, bool)
            sides[[one, other]] = True
            yield sides

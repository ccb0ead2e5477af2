"""Complements are few: compared with the least that protects as much, by integer programming."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from analysis.tables.suppression import complements, computable

Edge = tuple[int, int]


def least_hidden(hidden: np.ndarray, guarded: np.ndarray, may_hide: np.ndarray) -> int:
    """The fewest cells that can be hidden: for each guarded one a flow from its column back to its row.

    Unknowns: whether a cell is hidden, and for every guarded cell how much flows through each, both ways.
    """
    edges: list[Edge] = [(int(i), int(j)) for i, j in np.argwhere(may_hide)]
    wanted: list[Edge] = [(int(i), int(j)) for i, j in np.argwhere(guarded)]
    R, C = hidden.shape
    m = len(edges)
    upper = np.ones(m * (1 + 2 * len(wanted)))
    lower = np.zeros_like(upper)
    lower[:m] = [hidden[edge] for edge in edges]
    A = lil_matrix((len(wanted) * (R + C + m), len(upper)))
    least, most, line = [], [], 0
    for number, (row, column) in enumerate(wanted):
        there, back = m * (1 + 2 * number), m * (2 + 2 * number)
        for node in range(R + C):
            for place, (i, j) in enumerate(edges):
                sign = (node == R + j) - (node == i)
                A[line, there + place], A[line, back + place] = sign, -sign
            flow = (node == R + column) - (node == row)
            least, most, line = [*least, flow], [*most, flow], line + 1
        for place in range(m):
            A[line, there + place] = A[line, back + place] = 1
            A[line, place] = -1
            least, most, line = [*least, -np.inf], [*most, 0], line + 1
        own = edges.index((row, column))
        upper[there + own] = upper[back + own] = 0
    cost = np.zeros(len(upper))
    cost[:m] = 1
    whole = np.zeros(len(upper))
    whole[:m] = 1
    found = milp(
        cost,
        constraints=LinearConstraint(A.tocsr(), least, most),
        bounds=Bounds(lower, upper),
        integrality=whole,
    )
    assert found.status == 0, found.message
    return round(found.fun)


def tables() -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Counts with margins as polls have them, what is small in them, and what may be hidden."""
    chance = np.random.default_rng(2026)
    for _ in range(25):
        rows, columns = chance.integers(3, 6), chance.integers(3, 7)
        shares = np.outer(chance.dirichlet(np.full(rows, 2.0)), chance.dirichlet(np.full(columns, 1.5)))
        cells = chance.multinomial(400, (shares / shares.sum()).ravel()).reshape(rows, columns)
        count = np.block([[cells, cells.sum(1, keepdims=True)], [cells.sum(0, keepdims=True), cells.sum()]])
        small = (count > 0) & (count < 10)
        inner = np.ones_like(small)
        inner[-1], inner[:, -1] = False, False
        yield count, small & inner, inner


def test_the_hidden_cells_are_at_most_five_per_cent_more_than_the_least() -> None:
    made, least = 0, 0
    for count, guarded, inner in tables():
        hidden = complements(guarded, guarded, count, inner)
        assert not (computable(hidden) & guarded & inner).any() or not _protectable(guarded, inner)
        if _protectable(guarded, inner):
            made += int(hidden.sum())
            least += least_hidden(guarded, guarded, inner)
    assert made >= least > 100
    assert made <= 1.05 * least


def _protectable(guarded: np.ndarray, inner: np.ndarray) -> bool:
    return not (computable(inner | guarded) & guarded).any()


def test_no_complement_can_be_shown_again() -> None:
    looked = 0
    for count, guarded, inner in tables():
        hidden = complements(guarded, guarded, count, inner)
        lost = computable(hidden) & guarded
        for cell in np.argwhere(hidden & ~guarded):
            looked += 1
            shown = hidden.copy()
            shown[tuple(cell)] = False
            assert (computable(shown) & guarded & ~lost).any()
    assert looked > 20


def test_a_complement_that_a_later_one_made_needless_is_shown() -> None:
    """The cheapest way back of the first cell leads over one that the way of the second does not need."""
    needless = 0
    for count, guarded, inner in tables():
        hidden = complements(guarded, guarded, count, inner)
        first = _without_looking_back(guarded, count, inner)
        assert hidden.sum() <= first.sum()
        needless += int(first.sum() - hidden.sum())
    assert needless > 0


def _without_looking_back(guarded: np.ndarray, count: np.ndarray, inner: np.ndarray) -> np.ndarray:
    from analysis.tables import suppression

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suppression, "_pruned", lambda result, *rest: result)
        return complements(guarded, guarded, count, inner)

"""Local suppression: k is reached as a plain count says, nothing else changes, nothing more is withheld."""

from collections import Counter
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis import WITHHELD
from analysis.public.suppressing import suppress


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, int, list[float]]:
    keys = draw(st.integers(1, 4))
    codes = [draw(st.integers(1, 5)) for _ in range(keys)]
    cell = st.tuples(*(st.one_of(st.integers(1, most), st.just(WITHHELD)) for most in codes))
    rows = draw(st.lists(cell, min_size=1, max_size=60))
    importance = [draw(st.sampled_from([1.0, 2.0, 4.0])) for _ in range(keys)]
    return np.array(rows, int), draw(st.integers(2, 6)), importance


def sizes(table: np.ndarray) -> Counter[tuple[int, ...]]:
    """The oracle: rows counted as they stand, in plain Python."""
    return Counter(tuple(int(value) for value in row) for row in table)


@given(tables())
def test_every_row_equals_k_minus_one_others_and_only_withheld_values_differ(
    made: tuple[np.ndarray, int, list[float]],
) -> None:
    table, k, importance = made
    out = suppress(table, k, importance)
    if len(table) < k:
        assert out is None
        return
    assert out is not None
    assert min(sizes(out).values()) >= k
    assert ((out == table) | (out == WITHHELD)).all()
    assert (out == suppress(table, k, importance)).all()


@given(tables())
def test_no_single_value_could_have_stayed(made: tuple[np.ndarray, int, list[float]]) -> None:
    table, k, importance = made
    out = suppress(table, k, importance)
    if out is None:
        return
    for row, key in np.argwhere((out == WITHHELD) & (table != WITHHELD)):
        tried = out.copy()
        tried[row, key] = table[row, key]
        assert min(sizes(tried).values()) < k


@given(tables())
def test_a_table_that_is_anonymous_stays_as_it_is(made: tuple[np.ndarray, int, list[float]]) -> None:
    table, k, importance = made
    many = np.repeat(table, k, axis=0)
    assert (suppress(many, k, importance) == many).all()


def test_the_least_important_key_is_withheld() -> None:
    table = np.array([[1, 1]] * 6 + [[1, 2]] * 3 + [[2, 1]] * 6 + [[1, 3]] * 3)
    out = suppress(table, 5, [4.0, 1.0])
    assert out is not None
    assert (out[:, 0] == table[:, 0]).all()
    assert Counter(out[:, 1].tolist()) == {1: 12, WITHHELD: 6}


def test_rows_left_over_are_joined_by_others_of_large_classes() -> None:
    table = np.array([[1, 1]] * 9 + [[2, 2]])
    out = suppress(table, 5, [1.0, 1.0])
    assert out is not None
    assert sizes(out) == {(1, 1): 5, (WITHHELD, WITHHELD): 5}


def test_a_row_left_over_beside_classes_of_k_takes_a_whole_one_along() -> None:
    table = np.array([[1, 1]] * 5 + [[2, 1]] * 5 + [[3, 2]])
    out = suppress(table, 5, [4.0, 1.0])
    assert out is not None
    assert sorted(sizes(out).values()) == [5, 6]


def fewest(table: np.ndarray, k: int) -> int:
    """The oracle: every set of cells is tried."""
    cells = range(table.size)
    for count in range(table.size + 1):
        for chosen in combinations(cells, count):
            masked = table.copy().reshape(-1)
            masked[list(chosen)] = WITHHELD
            if min(sizes(masked.reshape(table.shape)).values()) >= k:
                return count
    raise AssertionError


def test_little_more_is_withheld_than_the_least_that_could_be() -> None:
    chance = np.random.default_rng(1)
    made = [chance.integers(1, 4, (6, 2)) for _ in range(20)]
    ours = sum(int((suppress(table, 2, [1.0, 1.0]) == WITHHELD).sum()) for table in made)
    least = sum(fewest(table, 2) for table in made)
    assert least <= ours <= 1.15 * least


def test_too_few_rows_for_any_class_are_refused() -> None:
    assert suppress(np.array([[1], [2], [1]]), 5, [1.0]) is None

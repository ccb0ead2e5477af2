"""Codes are found alike by table and by hash, and values that are none are never taken for one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.lookup import UNKNOWN, distinct, places, surely_known

MISSING = range(-6, 0)


@given(
    st.lists(st.integers(-9, 300), max_size=60),
    st.sets(st.integers(0, 250), min_size=1, max_size=12).map(sorted),
    st.sampled_from(["int64", "int16", "float64", "object", "Int64"]),
)
def test_a_place_is_where_the_code_stands(values: list[int], codes: list[int], kind: str) -> None:
    found = places(pd.Series(values, dtype=kind), codes)
    expected = [codes.index(v) if v in codes else v if v in MISSING else UNKNOWN for v in values]
    assert found.tolist() == expected


@given(
    st.lists(st.integers(-7, 5), min_size=1, max_size=40),
    st.sampled_from([(0, 1), (1, 2, 3), (0, 1, 2, 4), (1, 3), (2, 3), (0, 300)]),
    st.sampled_from(["int64", "int8", "float64", "object", "Int64"]),
)
def test_what_is_surely_known_is_known_value_by_value(
    values: list[int], codes: tuple[int, ...], kind: str
) -> None:
    column = pd.Series(values, dtype=kind)
    whole = kind in ("int64", "int8", "Int64")
    known = bool((places(column, codes) > UNKNOWN).all())
    gaps = len(set(range(max(codes) + 1)) - set(codes))
    assert surely_known(column, codes) == (known and whole and gaps <= 1)
    if surely_known(column, codes):
        assert (places(column, codes, known_already=True) == places(column, codes)).all()


def test_a_gap_in_whole_numbers_is_not_surely_known() -> None:
    assert not surely_known(pd.Series([1, None], dtype="Int64"), (0, 1))
    assert not surely_known(pd.Series([], dtype="int64"), (0, 1))


@pytest.mark.parametrize("value", [2**40, -(2**40), 253, -7])
def test_a_value_out_of_the_tables_reach_is_unknown(value: int) -> None:
    assert places(pd.Series([value, 1, 250]), [1, 250]).tolist() == [UNKNOWN, 0, 1]


def test_truth_values_are_0_and_1_and_gaps_unknown() -> None:
    assert places(pd.Series([True, False]), [0, 1]).tolist() == [1, 0]
    assert places(pd.Series([1.0, np.nan]), [0, 1]).tolist() == [1, UNKNOWN]


@given(st.lists(st.integers(-(2**62), 2**62) | st.integers(0, 9), max_size=50))
def test_distinct_numbers_every_value_once(values: list[int]) -> None:
    codes, count = distinct(pd.Series(values, dtype="int64"))
    assert count == len(set(values))
    assert sorted(set(codes.tolist())) == list(range(count))
    assert len(set(zip(values, codes.tolist(), strict=True))) == count


def test_words_and_gaps_are_told_apart() -> None:
    codes, count = distinct(pd.Series(["b", "a", "b", None]))
    assert (codes.tolist(), count) == ([0, 1, 0, -1], 2)

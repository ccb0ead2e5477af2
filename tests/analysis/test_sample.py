"""Sums by code: of a sparse matrix the same to the last digit as of a full one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analysis.sample import sums_by


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(0, 7), st.integers(1, 9))
def test_sums_by_code_do_not_depend_on_how_the_matrix_is_stored(
    seed: int, rows: int, columns: int, count: int
) -> None:
    chance = np.random.default_rng(seed)
    codes = chance.integers(0, count, rows)
    values = chance.normal(size=(rows, columns)) * (chance.random((rows, columns)) < 0.4)
    by_hand = np.zeros((count, columns))
    for code, row in zip(codes, values, strict=True):
        by_hand[code] += row
    for stored in (values, sparse.csr_array(values), sparse.csc_array(values)):
        assert (sums_by(codes, stored, count) == by_hand).all()

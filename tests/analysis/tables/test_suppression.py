"""Complementary suppression: no hidden cell can be computed from those that are left, whatever the table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from analysis import SurveyData, banner, crosstab
from analysis.tables.suppression import complements, computable


def with_margins(cells: np.ndarray) -> np.ndarray:
    return np.block([[cells, cells.sum(1, keepdims=True)], [cells.sum(0, keepdims=True), cells.sum()]])


def solvable(hidden: np.ndarray) -> np.ndarray:
    """Which hidden cells the equations of rows and columns give, by linear algebra."""
    R, C = hidden.shape
    unknown = np.argwhere(hidden)
    sign = np.ones((R, C))
    sign[-1], sign[:, -1] = -sign[-1], -sign[:, -1]
    rows = [[sign[i, j] * (i == line) for i, j in unknown] for line in range(R)]
    columns = [[sign[i, j] * (j == line) for i, j in unknown] for line in range(C)]
    A = np.array(rows + columns, float).reshape(R + C, len(unknown))
    found = np.zeros_like(hidden)
    rank = np.linalg.matrix_rank(A)
    for place, (i, j) in enumerate(unknown):
        unit = np.eye(len(unknown))[place]
        found[i, j] = np.linalg.matrix_rank(np.vstack([A, unit])) == rank
    return found


TABLES = arrays.arrays(int, st.tuples(st.integers(2, 5), st.integers(2, 5)), elements=st.integers(0, 40))


@settings(max_examples=150, deadline=None)
@given(TABLES, st.integers(1, 15))
def test_no_protected_cell_can_be_computed_back(cells: np.ndarray, least: int) -> None:
    count = with_margins(cells)
    guarded = (count > 0) & (count < least)
    guarded[-1], guarded[:, -1] = False, False
    open_to_hiding = np.ones_like(guarded)
    open_to_hiding[-1, -1] = False
    hidden = complements(guarded, guarded, count, open_to_hiding)
    assert not solvable(hidden)[guarded].any()
    assert hidden[guarded].all()


@settings(max_examples=100, deadline=None)
@given(arrays.arrays(bool, st.tuples(st.integers(2, 5), st.integers(2, 5))))
def test_circles_and_linear_algebra_agree_on_what_can_be_computed(hidden: np.ndarray) -> None:
    assert (computable(hidden) == (solvable(hidden) & hidden)).all()


def test_nothing_more_is_hidden_where_nothing_is() -> None:
    count = with_margins(np.full((3, 3), 50))
    nothing = np.zeros((4, 4), bool)
    assert not complements(nothing, nothing, count, ~nothing).any()


def test_the_smallest_cells_pay() -> None:
    count = with_margins(np.array([[3, 40, 90], [50, 12, 80], [60, 70, 100]]))
    guarded = np.zeros((4, 4), bool)
    guarded[0, 0] = True
    extra = complements(guarded, guarded, count, np.ones((4, 4), bool)) & ~guarded
    assert sorted(count[extra]) == [12, 40, 50]


def few(frame: pd.DataFrame) -> pd.DataFrame:
    """Three men of 400 abstain."""
    vote = np.where(frame["vote"] == 3, 1, frame["vote"])
    men = np.flatnonzero((frame["sex"] == 2) & (frame["vote"] > 0))[:3]
    women = np.flatnonzero((frame["sex"] == 1) & (frame["vote"] > 0))[:40]
    vote[men], vote[women] = 3, 3
    return frame.assign(vote=vote)


@pytest.mark.parametrize("percent", ["column", "row", "total"])
def test_a_small_cell_of_a_table_is_hidden_with_its_complements(
    frame: pd.DataFrame, make, percent: str
) -> None:
    data: SurveyData = make(few(frame))
    table = crosstab(data, "vote", "sex", percent=percent)
    small = (table["row_code"] == 3) & (table["column_code"] == 2)
    assert table.loc[small, "reason"].item().startswith("cell_under_10")
    others = table[table["reason"].str.contains("complementary")]
    assert len(others) >= 3
    assert set(others["publish"]) == {"suppress"}
    places = [{1: 0, 2: 1, 3: 2}.get(code, 3) for code in table["row_code"]]
    across = [{1: 0, 2: 1}.get(code, 2) for code in table["column_code"]]
    hidden = np.zeros((4, 3), bool)
    hidden[places, across] = table["publish"] == "suppress"
    assert not solvable(hidden)[2, 1]


def test_without_rules_on_cells_nothing_is_hidden_for_its_count(frame: pd.DataFrame, make) -> None:
    table = crosstab(make(few(frame)), "vote", "sex", percent="total", rules="minimum_base")
    assert set(table["publish"]) == {"show"}


def grid_of(table: pd.DataFrame, over_all: pd.DataFrame, rows: list[int], columns: list[int]) -> np.ndarray:
    """Which cells of one column variable of a banner are hidden, the item's own distribution as margin."""
    hidden = np.zeros((len(rows) + 1, len(columns) + 1), bool)
    for cell in table.to_dict("records"):
        place = rows.index(cell["row_code"]), columns.index(cell["column_code"])
        hidden[place] = cell["publish"] == "suppress"
    for cell in over_all.to_dict("records"):
        hidden[rows.index(cell["row_code"]), -1] = cell["publish"] == "suppress"
    return hidden


@pytest.mark.parametrize("seed", range(12))
def test_columns_of_a_banner_that_share_their_margin_give_no_cell_away(
    frame: pd.DataFrame, make, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    rare = draw.choice([1, 2, 3], len(frame), p=[0.6, 0.37, 0.03])
    frame = frame.assign(vote=rare, agree=np.where(draw.random(len(frame)) < 0.04, 1, 0))
    table = banner(make(frame), "vote", ["sex", "agree"]).table
    over_all = table[table["column"] == ""]
    for name, codes in (("sex", [1, 2]), ("agree", [0, 1])):
        part = table[table["column"] == name]
        hidden = grid_of(part, over_all, [1, 2, 3], codes)
        small = part[part["reason"].str.contains("cell_under_10|base_under_30")]
        assert len(small) or seed
        computed = solvable(hidden)
        for cell in small.to_dict("records"):
            assert not computed[[1, 2, 3].index(cell["row_code"]), codes.index(cell["column_code"])]

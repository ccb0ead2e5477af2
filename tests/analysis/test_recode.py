"""Computed columns: every form of rule, and what is missing when."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import DataError, derive
from instruments import Codebook, Level, Role, Variable

Columns = Mapping[str, list[float]]


def book(**rules: Mapping[str, Any]) -> Codebook:
    variables = tuple(
        Variable(name, {}, Level.NOMINAL, role=Role.DERIVED, rule=rule) for name, rule in rules.items()
    )
    return Codebook("toy", "1", {}, {}, ("en",), "en", variables)


def computed(rule: Mapping[str, Any], columns: Columns) -> list[float]:
    return derive(pd.DataFrame(columns), book(made=rule))["made"].tolist()


def test_recode_gives_the_key_whose_list_holds_the_code_and_passes_missing_codes() -> None:
    rule = {"recode": "X", "to": {"1": [1, 2, 3], "2": [4]}}
    assert computed(rule, {"X": [1, 3, 4, -1, -2, -4]}) == [1, 1, 2, -1, -2, -4]


def test_recode_refuses_a_code_that_it_says_nothing_about() -> None:
    with pytest.raises(DataError, match="the rule of 'made' says nothing about 9 of 'X': add each to a list"):
        computed({"recode": "X", "to": {"1": [1]}}, {"X": [1, 9]})


def test_cut_counts_the_cut_points_reached() -> None:
    rule = {"cut": "X", "at": [25, 35]}
    assert computed(rule, {"X": [18, 24, 25, 34, 35, 90, -2]}) == [1, 1, 2, 2, 3, 3, -2]


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("eq", 2, [0, 1, 0]),
        ("ne", 2, [1, 0, 1]),
        ("in", [2, 3], [0, 1, 1]),
        ("ge", 2, [0, 1, 1]),
        ("le", 2, [1, 1, 0]),
        ("gt", 2, [0, 0, 1]),
        ("lt", 2, [1, 0, 0]),
    ],
)
def test_a_share_of_a_comparison_is_undecided_for_a_missing_value(
    operator: str, value: Any, expected: list[int]
) -> None:
    rule = {"share": {"item": "X", operator: value}}
    assert computed(rule, {"X": [1, 2, 3, -1, -2]}) == [*expected, -1, -2]


TRUTH = {"X": [1, 1, 1, 2, 2, 2, -1, -1, -1], "Y": [1, 2, -2, 1, 2, -2, 1, 2, -2]}
PARTS = [{"item": "X", "eq": 1}, {"item": "Y", "eq": 1}]


def test_all_is_false_when_one_part_is_and_else_undecided_when_one_is() -> None:
    assert computed({"share": {"all": PARTS}}, TRUTH) == [1, 0, -2, 0, 0, 0, -1, 0, -1]


def test_any_is_true_when_one_part_is_and_else_undecided_when_one_is() -> None:
    assert computed({"share": {"any": PARTS}}, TRUTH) == [1, 1, 1, 1, 0, -2, 1, -1, -1]


def test_not_of_undecided_is_undecided() -> None:
    assert computed({"share": {"not": {"item": "X", "eq": 1}}}, {"X": [1, 2, -1]}) == [0, 1, -1]


def test_answered_is_always_decided() -> None:
    assert computed({"share": {"item": "X", "answered": True}}, {"X": [1, -1, -3]}) == [1, 0, 0]
    assert computed({"share": {"item": "X", "answered": False}}, {"X": [1, -1, -3]}) == [0, 1, 1]


def test_whoever_knows_no_number_does_not_know_the_hotline_and_a_refusal_is_missing() -> None:
    rule = {"share": {"all": [{"item": "KN2", "eq": 1}, {"item": "KN2N", "eq": 1}]}}
    assert computed(rule, {"KN2": [1, 1, 2, -2], "KN2N": [1, 2, -3, -3]}) == [1, 0, 0, -2]


def test_a_share_among_some_is_not_applicable_to_the_others() -> None:
    rule = {"share": {"item": "X", "eq": 1}, "among": {"item": "Y", "eq": 1}}
    assert computed(rule, {"X": [1, 2, 1, 1, -1], "Y": [1, 1, 2, -2, 1]}) == [1, 0, -3, -2, -1]


def test_any_of_needs_enough_valid_answers_whatever_they_say() -> None:
    rule = {"any_of": ["X", "Y", "Z"], "codes": [4, 5], "min_valid": 2}
    columns = {"X": [1, 5, -1, -2, 4], "Y": [2, -1, -2, 1, -1], "Z": [3, 1, 5, 2, -2]}
    assert computed(rule, columns) == [0, 1, -1, 0, -1]


def test_any_of_without_a_minimum_needs_every_answer() -> None:
    assert computed({"any_of": ["X", "Y"], "codes": [1]}, {"X": [1, 1], "Y": [2, -2]}) == [1, -2]


def test_a_mean_turns_reversed_columns_and_needs_enough_valid_answers() -> None:
    rule = {"mean_of": ["X", "Y", "Z"], "reverse": ["Z"], "range": [1, 5], "min_valid": 2}
    columns = {"X": [1, 2, -1], "Y": [2, -1, -2], "Z": [5, 1, 5]}
    assert computed(rule, columns) == pytest.approx([4 / 3, 3.5, -1])


def test_a_count_of_right_answers_may_take_a_dont_know_for_wrong() -> None:
    columns = {"X": [1, 1, -1, -2], "Y": [2, 1, 2, 2]}
    assert computed({"count": {"X": 1, "Y": 2}, "dont_know": 0}, columns) == [2, 1, 1, -2]
    assert computed({"count": {"X": 1, "Y": 2}}, columns) == [2, 1, -1, -2]


def test_the_first_missing_column_in_reading_order_gives_the_code() -> None:
    rule = {"count": {"Y": 1, "X": 1}}
    assert computed(rule, {"X": [-2], "Y": [-4]}) == [-4]


def test_an_empty_cell_is_no_answer() -> None:
    assert computed({"cut": "X", "at": [25]}, {"X": [30, np.nan]}) == [2, -5]


def test_a_rule_may_read_a_column_that_an_earlier_rule_made() -> None:
    rules = book(age2={"cut": "X", "at": [35]}, old={"share": {"item": "age2", "eq": 2}})
    assert derive(pd.DataFrame({"X": [20, 50, -1]}), rules)["old"].tolist() == [0, 1, -1]


def test_absent_columns_of_all_rules_are_told_at_once() -> None:
    rules = book(a={"cut": "X", "at": [1]}, b={"any_of": ["Y", "Z"], "codes": [1]})
    with pytest.raises(DataError) as refused:
        derive(pd.DataFrame({"Z": [1]}), rules)
    assert refused.value.problems == (
        "the rule of 'a' reads X, which the data lack",
        "the rule of 'b' reads Y, which the data lack",
    )


@pytest.mark.parametrize("rule", [{"sum": ["X"]}, {"share": {"item": "X"}}])
def test_a_rule_of_no_known_form_is_refused(rule: Mapping[str, Any]) -> None:
    with pytest.raises(DataError, match=r"none of the forms|needs one of"):
        computed(rule, {"X": [1]})

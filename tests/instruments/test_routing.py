"""Rules hold as their words say; a missing code never satisfies a comparison of size."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments import Missing, Rule
from instruments.routing import read_rule
from instruments.tree import Node

CODES = st.sampled_from([None, 1, 2, 3, *Missing])


def holds(rule: dict[str, Any], **answers: Any) -> bool:
    return Rule(rule).holds(answers)


@pytest.mark.parametrize(
    ("rule", "answer", "expected"),
    [
        ({"item": "X", "eq": 1}, 1, True),
        ({"item": "X", "eq": 1}, 2, False),
        ({"item": "X", "ne": 1}, 2, True),
        ({"item": "X", "ne": 1}, 1, False),
        ({"item": "X", "ne": 1}, Missing.REFUSED, False),
        ({"item": "X", "ne": 1}, None, False),
        ({"item": "X", "in": [1, 2]}, 2, True),
        ({"item": "X", "in": [1, 2]}, [3, 2], True),
        ({"item": "X", "in": [1, 2]}, [3], False),
        ({"item": "X", "eq": -1}, Missing.DONT_KNOW, True),
        ({"item": "X", "ge": 2}, 2, True),
        ({"item": "X", "gt": 2}, 2, False),
        ({"item": "X", "le": 2}, 2, True),
        ({"item": "X", "lt": 2}, 2, False),
        ({"item": "X", "eq": "11616"}, "11616", True),
        ({"item": "X", "answered": True}, 0, True),
        ({"item": "X", "answered": True}, Missing.NO_ANSWER, False),
        ({"item": "X", "answered": True}, None, False),
    ],
)
def test_a_comparison(rule: dict[str, Any], answer: object, expected: bool) -> None:
    assert holds(rule, X=answer) is expected


@pytest.mark.parametrize("missing", list(Missing))
@pytest.mark.parametrize("operator", ["ge", "le", "gt", "lt"])
@pytest.mark.parametrize("bound", [-9, 0, 9])
def test_a_comparison_of_size_never_matches_a_missing_code(
    missing: Missing, operator: str, bound: int
) -> None:
    assert not holds({"item": "X", operator: bound}, X=missing)
    assert not holds({"item": "X", operator: bound}, X=int(missing))


@given(first=CODES, second=CODES)
def test_all_any_and_not_agree_with_logic(first: object, second: object) -> None:
    one, two = {"item": "A", "eq": 1}, {"item": "B", "ge": 2}
    answers = {"A": first, "B": second}
    a, b = Rule(one).holds(answers), Rule(two).holds(answers)
    assert holds({"all": [one, two]}, **answers) is (a and b)
    assert holds({"any": [one, two]}, **answers) is (a or b)
    assert holds({"not": one}, **answers) is (not a)


def test_the_items_of_a_rule_come_in_reading_order_and_once() -> None:
    rule = {
        "any": [{"item": "B", "eq": 1}, {"not": {"all": [{"item": "A", "ge": 2}, {"item": "B", "eq": 2}]}}]
    }
    assert Rule(rule).items() == ("B", "A")


def test_a_rule_is_said_in_words() -> None:
    rule = Rule(
        {
            "all": [
                {"item": "A", "in": [1, 2]},
                {"any": [{"item": "B", "ge": 3}, {"not": {"item": "C", "eq": 1}}]},
            ]
        }
    )
    joints = {"and": "and", "or": "or", "not": "not", "answered": "answered"}
    assert rule.words(lambda item, value: f"{value}", joints) == "A = 1 or 2 and (B ≥ 3 or not (C = 1))"
    assert rule.words(lambda item, value: f"{item}{value}", joints, str.lower).startswith("a = A1 or A2 and")


@pytest.mark.parametrize(
    "rule",
    [
        {"item": "X"},
        {"item": "X", "eq": 1, "ge": 2},
        {"item": "X", "equals": 1},
        {"eq": 1},
        {"item": "X", "in": 1},
        {"item": "X", "ge": "many"},
        {"item": "X", "answered": False},
        {"all": [{"item": "X"}]},
        {"all": [{"item": "X", "eq": 1}], "any": []},
        "X == 1",
    ],
)
def test_a_malformed_rule_is_refused(rule: object) -> None:
    node = Node({"show_if": rule})
    assert read_rule(node, "show_if") is None
    assert node.problems
    assert all(problem.expected and problem.found for problem in node.problems)

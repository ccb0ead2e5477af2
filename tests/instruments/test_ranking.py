"""A ranking: every place once, one column per option, and rules that ask which options were placed."""

from collections.abc import Callable

import pytest

from instruments import Level, Missing, Questionnaire, Ranking

Tiny = Callable[[str], Questionnaire]


def test_each_option_has_a_column_with_its_place(tiny: Tiny) -> None:
    questionnaire = tiny("ranking")
    item = questionnaire.items["FIRST"]
    assert isinstance(item, Ranking)
    assert item.encode([9, 2]) == {"FIRST_1": 0, "FIRST_2": 2, "FIRST_3": 0, "FIRST_9": 1}
    assert item.encode(Missing.REFUSED) == dict.fromkeys(("FIRST_1", "FIRST_2", "FIRST_3", "FIRST_9"), -2)
    column = questionnaire.codebook().variable("FIRST_2")
    assert (column.level, list(column.codes), column.label["en"]) == (Level.NOMINAL, [0, 1, 2], "Schools")
    assert list(questionnaire.codebook().variable("ALL_1").codes) == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([1, 2], None),
        ([1], "ranking"),
        ([1, 1], "ranking"),
        ([1, 2, 3], "ranking"),
        ([1, 4], "not_an_option"),
        ("1-2", "not_an_option"),
        (1, "not_an_option"),
        ([], None),
        (None, None),
        (-1, None),
        (-3, "not_an_option"),
    ],
)
def test_every_place_is_given_once(tiny: Tiny, value: object, code: str | None) -> None:
    problems = tiny("ranking").items["FIRST"].problems(value)
    assert [problem.code for problem in problems] == ([code] if code else [])


def test_a_rule_asks_whether_an_option_was_placed(tiny: Tiny) -> None:
    questionnaire = tiny("ranking")
    draw = questionnaire.draw("x")
    assert questionnaire.next_page(1, {"FIRST": [2, 1]}, draw) == 2
    assert questionnaire.next_page(1, {"FIRST": [1, 3]}, draw) is None


def test_the_place_at_which_an_option_was_shown_is_kept(tiny: Tiny) -> None:
    questionnaire = tiny("ranking")
    item = questionnaire.items["FIRST"]
    assert isinstance(item, Ranking)
    orders = {tuple(o.code for o in item.shown_options(questionnaire.draw(str(n)))) for n in range(200)}
    assert len(orders) == 6
    assert {order[-1] for order in orders} == {9}
    assert "FIRST_POS_2" in questionnaire.draw("x").variables()

"""Pages, routes and the one value each column ends with."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruments import (
    Digits,
    Draw,
    Item,
    ListExperiment,
    Missing,
    Number,
    OpenText,
    Questionnaire,
    Role,
    SeveralOf,
    SingleChoice,
    load_library,
)

CORE = load_library("kz_thb_core")
COMPUTED = (Role.DERIVED, Role.INDICATOR)
COLLECTED = {
    variable.name: variable for variable in CORE.codebook().variables if variable.role not in COMPUTED
}


def answers_to(item: Item) -> st.SearchStrategy[Any]:
    """Every value that can be stored for an item."""
    given_values: st.SearchStrategy[Any]
    if isinstance(item, SingleChoice):
        given_values = st.sampled_from([option.code for option in item.options])
    elif isinstance(item, SeveralOf):
        given_values = st.sampled_from([[option.code] for option in item.options])
    elif isinstance(item, Number):
        given_values = st.integers(item.min, item.max)
    elif isinstance(item, Digits):
        given_values = st.sampled_from(["11616", "87010000000"])
    elif isinstance(item, OpenText):
        given_values = st.sampled_from(["", "sealed"])
    else:
        assert isinstance(item, ListExperiment)
        given_values = st.integers(0, item.highest(None))
    missing = [*item.allow] if item.required else [*item.allow, Missing.NO_ANSWER]
    return st.one_of(given_values, st.sampled_from(missing)) if missing else given_values


def any_answers() -> st.SearchStrategy[dict[str, Any]]:
    """Answers to any part of the questionnaire, reached in order or not."""
    asked = {item.id: answers_to(item) for item in CORE.items.values() if item.stores}
    return st.fixed_dictionaries({}, optional=asked)


def walked(answers: dict[str, Any], draw: Draw, pages: int) -> dict[str, Any]:
    """What is stored after answering the first `pages` pages one by one."""
    stored: dict[str, Any] = {}
    page = CORE.next_page(0, stored, draw)
    while page is not None and pages > 0:
        for item in CORE.items_on(page, stored, draw):
            if item.stores:
                stored[item.id] = answers.get(item.id, Missing.NO_ANSWER)
        page, pages = CORE.next_page(page, stored, draw), pages - 1
    return stored


@settings(max_examples=150, deadline=None)
@given(answers=any_answers(), ballot=st.text(min_size=1, max_size=8), complete=st.booleans())
def test_every_column_gets_exactly_one_value_it_may_hold(
    answers: dict[str, Any], ballot: str, complete: bool
) -> None:
    values = CORE.encode(answers, CORE.draw(ballot), complete)
    assert list(values) and set(values) == set(COLLECTED)
    for name, value in values.items():
        variable = COLLECTED[name]
        if value < 0:
            assert Missing(int(value)) in variable.missing, name
        elif variable.codes:
            assert value in variable.codes, name


@settings(max_examples=80, deadline=None)
@given(answers=any_answers(), ballot=st.text(min_size=1, max_size=8), pages=st.integers(0, 30))
def test_a_walk_leaves_no_column_unexplained(answers: dict[str, Any], ballot: str, pages: int) -> None:
    """Reached items hold what was given, later ones are not reached, routed-past ones do not apply."""
    draw = CORE.draw(ballot)
    stored = walked(answers, draw, pages)
    values = CORE.encode(stored, draw, complete=False)
    route = CORE.route(stored, draw)
    for item in CORE.items.values():
        if not item.stores:
            continue
        found = {values[variable.name] for variable in item.variables()}
        if item.id in stored:
            assert found.isdisjoint({Missing.NOT_REACHED, Missing.NOT_APPLICABLE})
        elif item.id in route:
            assert found == {Missing.NOT_REACHED}
        else:
            assert found <= {Missing.NOT_REACHED, Missing.NOT_APPLICABLE}


@settings(max_examples=60, deadline=None)
@given(answers=any_answers(), ballot=st.text(min_size=1, max_size=8))
def test_next_and_previous_page_are_each_others_inverse(answers: dict[str, Any], ballot: str) -> None:
    draw = CORE.draw(ballot)
    page: int | None = CORE.next_page(0, answers, draw)
    assert page is not None and CORE.previous_page(page, answers, draw) is None
    while (following := CORE.next_page(page, answers, draw)) is not None:
        assert CORE.previous_page(following, answers, draw) == page
        page = following


@settings(max_examples=60, deadline=None)
@given(answers=any_answers(), ballot=st.text(min_size=1, max_size=8))
def test_a_page_shows_one_to_five_items_and_each_item_once(answers: dict[str, Any], ballot: str) -> None:
    draw = CORE.draw(ballot)
    shown = [[item.id for item in CORE.items_on(page.number, answers, draw)] for page in CORE.pages]
    assert all(len(page) <= 5 for page in shown)
    flat = [name for page in shown for name in page]
    assert len(flat) == len(set(flat))
    assert flat == list(CORE.route(answers, draw))


def test_a_routed_past_answer_does_not_apply_even_if_one_is_stored() -> None:
    stored = {"KN2": 3, "KN2N": "11616"}
    assert CORE.encode(stored, CORE.draw("b"), complete=True)["KN2N"] == Missing.NOT_APPLICABLE


def test_an_unanswered_item_is_no_answer_when_complete_and_not_reached_when_broken_off() -> None:
    draw = CORE.draw("b")
    assert CORE.encode({}, draw, complete=True)["AW1"] == Missing.NO_ANSWER
    assert CORE.encode({}, draw, complete=False)["AW1"] == Missing.NOT_REACHED


def test_what_hangs_on_an_unreached_item_is_unreached(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("routing")
    draw = questionnaire.draw("b")
    broken_off = questionnaire.encode({"HEARD": 1}, draw, complete=False)
    assert broken_off["NUMBER"] == broken_off["RIGHT"] == Missing.NOT_REACHED
    assert broken_off["OTHER"] == Missing.NOT_APPLICABLE
    complete = questionnaire.encode({"HEARD": 2, "MEDIA": [1]}, draw, complete=True)
    assert complete["NUMBER"] == complete["RIGHT"] == Missing.NOT_APPLICABLE


def test_a_change_of_mind_takes_the_whole_branch_along(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("routing")
    draw = questionnaire.draw("b")
    stored = {"HEARD": 1, "MEDIA": [1], "NUMBER": 20, "RIGHT": 1}
    assert questionnaire.route(stored, draw) == ("HEARD", "MEDIA", "NUMBER", "RIGHT")
    changed = {**stored, "HEARD": 2}
    assert questionnaire.route(changed, draw) == ("HEARD", "MEDIA", "OTHER")
    assert questionnaire.encode(changed, draw, complete=True)["RIGHT"] == Missing.NOT_APPLICABLE


def test_a_refused_filter_leads_to_no_follow_up(tiny: Callable[[str], Questionnaire]) -> None:
    draw = CORE.draw("b")
    assert "KN2N" not in CORE.route({"KN2": Missing.REFUSED}, draw)
    assert "KN2N" in CORE.route({"KN2": 1}, draw)
    assert "EX2" in CORE.route({"EX1": [8, 3]}, draw)
    assert "EX2" not in CORE.route({"EX1": [8]}, draw)


def test_a_skipped_page_is_passed_over(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("routing")
    draw = questionnaire.draw("b")
    assert questionnaire.items_on(2, {"HEARD": 2}, draw) == ()
    assert questionnaire.next_page(1, {"HEARD": 2}, draw) == 4
    assert questionnaire.previous_page(4, {"HEARD": 2}, draw) == 1
    assert questionnaire.next_page(4, {"HEARD": 2}, draw) is None


def test_a_page_number_that_does_not_exist_says_so() -> None:
    for number in (0, -1, len(CORE.pages) + 1):
        with pytest.raises(IndexError, match="numbered 1 to 24"):
            CORE.page(number)


def test_what_stands_beside_a_battery_stays_at_its_edges(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("battery")
    draw = questionnaire.draw("b")
    first, second = (questionnaire.items_on(number, {}, draw) for number in (1, 2))
    assert [item.id for item in (first[0], second[-1])] == ["FIRST", "AFTERWARDS"]
    assert tuple(item.id for item in (*first[1:], *second[:-1])) == draw.order("OPINION")


@pytest.mark.parametrize(
    ("answers", "to"),
    [
        ({"CONSENT": 2}, "refusal"),
        ({"CONSENT": 2, "Z_AGE": 15}, "refusal"),
        ({"CONSENT": 1, "Z_AGE": 9}, "minor"),
        ({"CONSENT": 1, "Z_AGE": 17, "S_RES": 2}, "minor"),
        ({"CONSENT": 1, "Z_AGE": 18, "S_RES": 2}, "screenout"),
        ({"CONSENT": 1, "Z_AGE": 18, "S_RES": 1}, None),
        ({"CONSENT": 1, "Z_AGE": None, "S_RES": None}, None),
        ({}, None),
    ],
)
def test_who_may_not_take_part_leaves_before_anything_is_judged(
    answers: dict[str, Any], to: str | None
) -> None:
    found = CORE.exit_for(answers)
    assert (found.to if found else None) == to
    assert found is None or not found.keep


def test_the_universe_of_a_follow_up_is_said_in_every_language() -> None:
    universe = CORE.codebook().variable("KN2N").universe
    assert universe == {
        "kk": "KN2 = “Иә, нөмірін білемін”",
        "ru": "KN2 = “Да, знаю номер”",
        "uz": "KN2 = “Ha, raqamini bilaman”",
        "en": "KN2 = “Yes, I know the number”",
    }
    assert CORE.codebook().variable("KN2").universe == {}


def test_every_column_has_words_in_every_language() -> None:
    for variable in CORE.codebook().variables:
        assert set(variable.label) == set(CORE.languages), variable.name
        for words in variable.codes.values():
            assert set(words) == set(CORE.languages), variable.name

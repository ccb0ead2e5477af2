"""Each kind judges and encodes one answer."""

from collections.abc import Callable
from typing import Any

import pytest

from instruments import Item, Level, Missing, Questionnaire, Role

ACCEPTED: list[tuple[str, str, Any, dict[str, float]]] = [
    ("single", "COLOUR", 2, {"COLOUR": 2}),
    ("single", "TOWN", Missing.REFUSED, {"TOWN": -2}),
    ("single", "TOWN", Missing.NO_ANSWER, {"TOWN": -5}),
    ("single", "MUCH", 10, {"MUCH": 10}),
    ("several", "MEDIA", [1, 3], {"MEDIA_1": 1, "MEDIA_2": 0, "MEDIA_3": 1, "MEDIA_9": 0}),
    ("several", "MEDIA", [9], {"MEDIA_1": 0, "MEDIA_2": 0, "MEDIA_3": 0, "MEDIA_9": 1}),
    ("several", "MEDIA", [], {"MEDIA_1": -5, "MEDIA_2": -5, "MEDIA_3": -5, "MEDIA_9": -5}),
    ("several", "MEDIA", -1, {"MEDIA_1": -1, "MEDIA_2": -1, "MEDIA_3": -1, "MEDIA_9": -1}),
    ("entry", "DISTANCE", 0, {"DISTANCE": 0}),
    ("entry", "PHONE", "11616", {"PHONE": 1}),
    ("entry", "PHONE", "111", {"PHONE": 2}),
    ("entry", "PHONE", "87010000000", {"PHONE": 0}),
    ("entry", "WORDS", "", {"WORDS": 0}),
    ("entry", "WORDS", "sealed", {"WORDS": 1}),
    ("battery", "OP_B", 3, {"OP_B": 3}),
    ("list_experiment", "COUNTED", 3, {"COUNTED": 3}),
    ("date", "BORN", "1987", {"BORN": 1987}),
    ("date", "MOVED", "2001-09", {"MOVED_Y": 2001, "MOVED_M": 9}),
    ("date", "MOVED", Missing.REFUSED, {"MOVED_Y": -2, "MOVED_M": -2}),
    ("date", "VISIT", "2024-02-29", {"VISIT_Y": 2024, "VISIT_M": 2, "VISIT_D": 29}),
    ("date", "VISIT", Missing.DONT_KNOW, {"VISIT_Y": -1, "VISIT_M": -1, "VISIT_D": -1}),
    ("date", "VISIT", Missing.NO_ANSWER, {"VISIT_Y": -5, "VISIT_M": -5, "VISIT_D": -5}),
    ("crosswise", "PAID", 1, {"PAID": 1}),
    ("crosswise", "PAID", 2, {"PAID": 2}),
    ("crosswise", "PAID", Missing.REFUSED, {"PAID": -2}),
    ("other", "WORK", 9, {"WORK": 9}),
    ("other", "WORK_OTHER", "sealed", {"WORK_OTHER": 1}),
    ("other", "WORK_OTHER", "", {"WORK_OTHER": 0}),
]
REFUSED: list[tuple[str, str, Any, str]] = [
    ("single", "COLOUR", 3, "not_an_option"),
    ("single", "COLOUR", "2", "not_an_option"),
    ("single", "COLOUR", True, "not_an_option"),
    ("single", "COLOUR", None, "required"),
    ("single", "COLOUR", Missing.NO_ANSWER, "required"),
    ("single", "COLOUR", Missing.REFUSED, "not_an_option"),
    ("single", "TOWN", Missing.DONT_KNOW, "not_an_option"),
    ("single", "TOWN", Missing.NOT_REACHED, "not_an_option"),
    ("single", "MUCH", 11, "not_an_option"),
    ("several", "MEDIA", [1, 2, 3], "too_many"),
    ("several", "MEDIA", [1, 9], "exclusive"),
    ("several", "MEDIA", [4], "not_an_option"),
    ("several", "MEDIA", 1, "not_an_option"),
    ("entry", "DISTANCE", "far", "not_a_number"),
    ("entry", "DISTANCE", 501, "too_large"),
    ("entry", "DISTANCE", -7, "too_small"),
    ("entry", "PHONE", "one", "not_digits"),
    ("entry", "PHONE", "١١٦", "not_digits"),
    ("entry", "PHONE", "1" * 13, "too_long"),
    ("entry", "WORDS", "x" * 101, "too_long"),
    ("entry", "WORDS", 5, "not_text"),
    ("list_experiment", "COUNTED", 5, "too_large"),
    ("list_experiment", "COUNTED", "three", "not_a_number"),
    ("date", "BORN", None, "required"),
    ("date", "BORN", "1919", "date_too_early"),
    ("date", "BORN", "2027", "date_too_late"),
    ("date", "BORN", 1987, "no_such_date"),
    ("date", "BORN", "1987-05", "no_such_date"),
    ("date", "BORN", "١٩٨٧", "no_such_date"),
    ("date", "BORN", "0000", "no_such_date"),
    ("date", "MOVED", "2001-13", "no_such_date"),
    ("date", "MOVED", "1989-12", "date_too_early"),
    ("date", "MOVED", "2026-07", "date_too_late"),
    ("date", "VISIT", "2025-02-29", "no_such_date"),
    ("date", "VISIT", "2025-02-31", "no_such_date"),
    ("date", "VISIT", "2025-2-3", "no_such_date"),
    ("date", "VISIT", Missing.REFUSED, "not_an_option"),
    ("crosswise", "PAID", 3, "not_an_option"),
    ("crosswise", "PAID", "1", "not_an_option"),
    ("crosswise", "PAID", True, "not_an_option"),
    ("other", "WORK_OTHER", "x" * 61, "too_long"),
    ("other", "WORK_OTHER", 9, "not_text"),
    ("info", "READ_THIS", 1, "takes_no_answer"),
    ("vignette", "STORY", 1, "takes_no_answer"),
]


@pytest.mark.parametrize(("name", "item", "value", "columns"), ACCEPTED)
def test_an_answer_becomes_its_columns(
    tiny: Callable[[str], Questionnaire], name: str, item: str, value: Any, columns: dict[str, float]
) -> None:
    found: Item = tiny(name).items[item]
    assert found.problems(value) == ()
    assert found.encode(value) == columns
    assert list(columns) == [variable.name for variable in found.variables()]


@pytest.mark.parametrize(("name", "item", "value", "code"), REFUSED)
def test_an_impossible_answer_is_refused_with_its_reason(
    tiny: Callable[[str], Questionnaire], name: str, item: str, value: Any, code: str
) -> None:
    assert [problem.code for problem in tiny(name).items[item].problems(value)] == [code]


def test_the_control_group_cannot_count_the_item_it_does_not_see(
    tiny: Callable[[str], Questionnaire],
) -> None:
    questionnaire = tiny("list_experiment")
    item = questionnaire.items["COUNTED"]
    draws = {draw.group("COUNTED"): draw for draw in map(questionnaire.draw, "abcdefghijk")}
    assert item.problems(4, draws[2]) == ()
    assert [problem.code for problem in item.problems(4, draws[1])] == ["too_large"]
    assert len(item.shown_list(draws[1])) == 3
    assert len(item.shown_list(draws[2])) == 4
    assert item.sensitive_item not in item.shown_list(draws[1])


def test_a_reversed_scale_keeps_its_codes(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("battery")
    row = questionnaire.items["OP_A"]
    shown = {draw.reversed("agree3"): row.shown_options(draw) for draw in map(questionnaire.draw, "abcdefgh")}
    assert [option.code for option in shown[False]] == [1, 2, 3]
    assert [option.code for option in shown[True]] == [3, 2, 1]
    assert shown[True] == shown[False][::-1]


def test_a_row_keyed_the_other_way_means_the_opposite_attitude(tiny: Callable[[str], Questionnaire]) -> None:
    items = tiny("battery").items
    assert (items["OP_A"].higher, items["OP_B"].higher) == ("harmful", "protective")
    assert items["OP_CHECK"].higher == "neutral"


def test_the_drawn_vignette_is_what_is_read_and_what_is_kept(tiny: Callable[[str], Questionnaire]) -> None:
    questionnaire = tiny("vignette")
    for ballot in "abcdefgh":
        draw = questionnaire.draw(ballot)
        text = questionnaire.items["STORY"].shown_text(draw)["en"]
        kept = draw.variables()
        assert text.startswith("She" if kept["STORY_WHO"] == 1 else "He")
        assert ("deceived" in text) is (kept["STORY_HOW"] == 1)


def test_an_attention_row_is_paradata_and_no_part_of_its_group(tiny: Callable[[str], Questionnaire]) -> None:
    codebook = tiny("battery").codebook()
    assert codebook.variable("OP_CHECK").role is Role.PARADATA
    assert codebook.groups[0].variables == ("OP_A", "OP_B", "OP_C", "OP_LAST")


def test_levels_follow_from_the_kind(tiny: Callable[[str], Questionnaire]) -> None:
    levels = {
        variable.name: variable.level
        for name in ("single", "entry", "battery")
        for variable in tiny(name).codebook().variables
    }
    assert levels["COLOUR"] is Level.NOMINAL
    assert levels["MUCH"] is Level.INTERVAL
    assert levels["OP_A"] is Level.ORDINAL
    assert levels["PHONE"] is Level.NOMINAL
    assert levels["WORDS"] is Level.TEXT


def test_digits_never_reach_a_column() -> None:
    """A typed number may be somebody's own telephone: only the recognised ones are told apart."""
    from instruments import Digits

    item = Digits(id="PHONE", text={"en": "Which?"}, max_len=12, known=("111",))
    assert item.encode("87011234567") == {"PHONE": 0}
    assert set(item.variables()[0].codes) == {0, 1}

"""Other-specify, dates and crosswise items in a questionnaire: pages, routes, columns, every missing case."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import (
    Codebook,
    FileProblem,
    Level,
    Missing,
    OtherText,
    Questionnaire,
    Role,
    load,
    walk_randomly,
)

Tiny = Callable[[str], Questionnaire]
Edited = Callable[[str, str, str], Path]
ALL = {"WORK": 9, "WORK_OTHER": "sealed", "MEDIA": [1, 8], "MEDIA_OTHER": "sealed", "WHY": 1, "WHY_OTHER": ""}


def coded(
    questionnaire: Questionnaire, answers: dict[str, object], complete: bool = True
) -> dict[str, float]:
    """The columns of answers, without those that chance decides."""
    roles = {variable.name: variable.role for variable in questionnaire.codebook().variables}
    values = questionnaire.encode(answers, questionnaire.draw("x"), complete)
    return {name: value for name, value in values.items() if roles[name] is Role.ANSWER}


def test_the_box_stands_directly_under_its_item_whatever_was_answered(tiny: Tiny) -> None:
    questionnaire = tiny("other")
    draw = questionnaire.draw("x")
    shown = [item.id for item in questionnaire.items_on(1, {}, draw)]
    assert shown == ["WORK", "WORK_OTHER", "MEDIA", "MEDIA_OTHER"]
    assert [item.id for item in questionnaire.items_on(1, {"WORK": 1}, draw)] == shown
    assert questionnaire.items_on(2, {"WORK": 2}, draw) == ()
    assert [item.id for item in questionnaire.items_on(2, {"WORK": 9}, draw)] == ["WHY", "WHY_OTHER"]


def test_the_box_asks_for_no_names_and_says_beside_which_answer_it_counts(tiny: Tiny) -> None:
    questionnaire = tiny("other")
    box = questionnaire.items["WORK_OTHER"]
    assert isinstance(box, OtherText)
    assert box.hint == questionnaire.texts["free_text_notice"]
    assert (box.option["en"], box.max_len, box.beside) == ("Something else", 60, "WORK")


def test_words_beside_an_option_count_only_with_it(tiny: Tiny) -> None:
    columns = coded(tiny("other"), ALL | {"LAST": 2})
    assert (columns["WORK_OTHER"], columns["MEDIA_OTHER"], columns["WHY_OTHER"]) == (1, 1, -3)
    columns = coded(tiny("other"), ALL | {"WORK": 1, "MEDIA": [1]})
    assert (columns["WORK_OTHER"], columns["MEDIA_OTHER"]) == (-3, -3)
    columns = coded(tiny("other"), ALL | {"WORK_OTHER": ""})
    assert columns["WORK_OTHER"] == 0


@pytest.mark.parametrize(
    ("answers", "complete", "work", "why"),
    [
        ({"WORK": -2}, True, (-2, -3), (-3, -3)),
        ({"WORK": -5, "MEDIA": [9]}, True, (-5, -3), (-3, -3)),
        ({"WORK": 2}, True, (2, -3), (-3, -3)),
        ({"WORK": 9}, True, (9, -5), (-5, -3)),
        ({"WORK": 9, "WORK_OTHER": ""}, False, (9, 0), (-6, -6)),
        ({}, False, (-6, -6), (-6, -6)),
        ({}, True, (-5, -3), (-3, -3)),
    ],
)
def test_every_way_of_saying_nothing_has_its_code_in_both_columns(
    tiny: Tiny,
    answers: dict[str, object],
    complete: bool,
    work: tuple[int, int],
    why: tuple[int, int],
) -> None:
    columns = coded(tiny("other"), answers, complete)
    assert (columns["WORK"], columns["WORK_OTHER"]) == work
    assert (columns["WHY"], columns["WHY_OTHER"]) == why


def test_a_rule_may_ask_whether_words_were_given_and_blank_ones_are_none(tiny: Tiny) -> None:
    questionnaire = tiny("other")
    draw = questionnaire.draw("x")
    assert questionnaire.items_on(3, ALL, draw)
    assert not questionnaire.items_on(3, ALL | {"MEDIA_OTHER": ""}, draw)
    assert not questionnaire.items_on(3, ALL | {"MEDIA": [1]}, draw), "words left over count no more"


def test_the_codebook_says_whom_the_words_were_asked_of(tiny: Tiny) -> None:
    variable = tiny("other").codebook().variable("WHY_OTHER")
    assert variable.level is Level.TEXT
    assert variable.label["en"] == "Why that? – Please say which"
    assert variable.universe["en"] == ("WORK = “I work” or “Something else” and WHY = “Another reason”")
    assert Missing.NOT_APPLICABLE in tiny("other").codebook().variable("WORK_OTHER").missing


def test_an_item_of_a_form_that_was_not_drawn_takes_its_box_along(edited: Edited) -> None:
    split = 'splits: {form: {title: "Form", forms: {a: [WORK], b: [MEDIA]}}}\nmodules:'
    path = edited("other", "modules:", split)
    for language, words in (("kk", "Нұсқа"), ("ru", "Вариант"), ("uz", "Variant")):
        with path.with_suffix(f".{language}.yaml").open("a", encoding="utf-8") as file:
            file.write(f'splits: {{form: {{title: "{words}"}}}}\n')
    questionnaire = load(path)
    forms = {draw.variables()["form"]: draw for draw in map(questionnaire.draw, "abcdefgh")}
    assert [item.id for item in questionnaire.items_on(1, {}, forms[1])] == ["WORK", "WORK_OTHER"]
    columns = questionnaire.encode({"WORK": 1}, forms[1], complete=True)
    assert (columns["MEDIA_8"], columns["MEDIA_OTHER"], columns["LAST"]) == (-4, -4, -4)
    assert Missing.NOT_ASKED in questionnaire.codebook().variable("WORK_OTHER").missing


def test_a_box_may_not_hang_on_a_row_nor_take_another_item_s_name(
    edited: Edited, problems_in: Callable[[Path], tuple[FileProblem, ...]]
) -> None:
    path = edited("other", "  LAST:", "  WORK_OTHER: {kind: info, text: x}\n  LAST:")
    assert "duplicate_id" in {problem.rule for problem in problems_in(path)}
    path = edited("battery", "OP_A: {", 'OP_A: {other: {code: 1, text: "x", max_len: 5}, ')
    found = [problem for problem in problems_in(path) if problem.path.endswith("OP_A.other")]
    assert [problem.rule for problem in found] == ["row"]


def test_a_year_routes_by_comparison(tiny: Tiny) -> None:
    questionnaire = tiny("date")
    draw = questionnaire.draw("x")

    def asks(born: object) -> bool:
        return "SINCE" in [item.id for item in questionnaire.items_on(2, {"BORN": born}, draw)]

    assert [asks(year) for year in ("1959", "1960", "1991", "2000", -1, None)] == [
        False,
        True,
        False,
        True,
        False,
        False,
    ]


def test_dates_are_interval_columns_named_after_their_parts(tiny: Tiny) -> None:
    codebook = tiny("date").codebook()
    columns = [variable for variable in codebook.variables if variable.item == "VISIT"]
    assert [(c.name, c.level, c.label["ru"]) for c in columns] == [
        ("VISIT_Y", Level.INTERVAL, "Последний визит: год"),
        ("VISIT_M", Level.INTERVAL, "Последний визит: месяц"),
        ("VISIT_D", Level.INTERVAL, "Последний визит: день"),
    ]
    assert all(not variable.codes for variable in columns)


def test_a_date_routed_past_or_never_reached_is_so_in_all_its_columns(edited: Edited) -> None:
    path = edited(
        "date",
        "kind: date\n    precision: day",
        "kind: date\n    show_if: {item: BORN, lt: 1950}\n    precision: day",
    )
    questionnaire = load(path)
    names = ("VISIT_Y", "VISIT_M", "VISIT_D")
    for answers, complete, code in (
        ({"BORN": "1987", "VISIT": "2025-01-01"}, True, -3),
        ({}, False, -6),
        ({"BORN": "1930"}, True, -5),
    ):
        columns = coded(questionnaire, answers, complete)
        assert [columns[name] for name in names] == [code] * 3


def test_random_dates_are_dates_the_item_takes(tiny: Tiny) -> None:
    item = tiny("date").items["VISIT"]
    draw = tiny("date").draw("x")
    days = {item.sample(draw, lambda n, at=at: at % n) for at in range(0, 900, 7)}
    assert len(days) > 100
    assert all(item.problems(day) == () for day in days)
    assert item.sample(draw, lambda n: 0) == "2024-02-01"
    assert item.sample(draw, lambda n: n - 1) == "2026-06-30"


def test_the_order_of_two_statements_is_drawn_and_never_kept(tiny: Tiny) -> None:
    questionnaire = tiny("crosswise")
    item = questionnaire.items["PAID"]
    first = [item.shown_statements(questionnaire.draw(str(n)))[0][0] for n in range(400)]
    assert 150 < first.count("innocuous") < 250
    assert questionnaire.draw("x").variables() == {}
    assert {variable.name for variable in questionnaire.codebook().variables} == {"PAID", "AFTER"}


def test_the_known_share_and_its_source_reach_the_codebook_and_survive_its_json(tiny: Tiny) -> None:
    codebook = tiny("crosswise").codebook()
    again = Codebook.from_json(codebook.to_json()).variable("PAID")
    assert again.level is Level.NOMINAL
    assert again.codes[2]["en"] == "Exactly one of them is true"
    assert again.design["crosswise"]["prevalence"] == 0.25
    assert "statistics" in again.design["crosswise"]["source"]
    assert '"design"' not in tiny("single").codebook().to_json(), "a release of other kinds keeps its sum"


@pytest.mark.parametrize("name", ["other", "date", "crosswise"])
def test_random_walks_meet_everything(tiny: Tiny, name: str) -> None:
    report = walk_randomly(tiny(name), walks=200, seed=3)
    assert report.troubles == ()

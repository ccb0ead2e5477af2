"""Periods and telephone numbers typed into what respondents read are told; names, years and amounts pass."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from instruments import check, load, load_library, warn

Edited = Callable[[str, str, str], Path]
TODAY = date(2026, 2, 1)
TYPED: dict[str, tuple[str, str, str, str]] = {
    "a period": ("exits", "Did you see it?", "In the past 12 months, did you see it?", "typed_period"),
    "a period without a number": ("exits", "Did you see it?", "Did you see it last year?", "typed_period"),
    "a number declared": ("exits", "Did you see it?", "Did you call 1 11?", "typed_phone"),
    "a number in an option": (
        "exits",
        'text: "Did you see it?", options: {1: "Yes"',
        'text: "Did you see it?", options: {1: "Yes, I called 111"',
        "typed_phone",
    ),
    "a short number nobody declared": ("exits", "Did you see it?", "Would you call 102?", "typed_phone"),
    "a long number": ("exits", "Thank you, we", "Thank you (+7 727 250-00-00), we", "typed_phone"),
    "a number in a shared text": (
        "exits",
        "Help: {phone:line}.",
        "Help: {phone:line} or 111.",
        "typed_phone",
    ),
}
IN_LANGUAGE = [
    ("kk", "Соңғы 12 айда оларға сендіңіз бе?", "typed_period"),
    ("kk", "Былтыр оларға сендіңіз бе?", "typed_period"),
    ("kk", "Сенсеңіз, 102 нөміріне қоңырау шаласыз ба?", "typed_phone"),
    ("ru", "Доверяли ли Вы им за последние 12 месяцев?", "typed_period"),
    ("ru", "Доверяли ли Вы им в прошлом году?", "typed_period"),
    ("ru", "Знаете ли Вы телефон 116 16?", "typed_phone"),
    ("uz", "Soʻnggi 12 oyda ularga ishondingizmi?", "typed_period"),
    ("uz", "Oʻtgan yili ularga ishondingizmi?", "typed_period"),
    ("uz", "102 ga qoʻngʻiroq qilasizmi?", "typed_phone"),
]
PASSING = [
    "Did you see it in 2018-2019?",
    "Is an income of 100 000 - 250 000 enough?",
    "Have you lived here for 12 months?",
    "In {period:last_year}, did you call {phone:line}?",
    "Are 300 people many?",
]


@pytest.mark.parametrize("words", TYPED)
def test_what_is_typed_is_told_and_refuses_nothing(words: str, edited: Edited) -> None:
    name, old, new, rule = TYPED[words]
    questionnaire = load(edited(name, old, new))
    assert [problem.rule for problem in warn(questionnaire, TODAY)] == [rule]
    assert check(questionnaire) == ()


@pytest.mark.parametrize(("language", "words", "rule"), IN_LANGUAGE)
def test_what_is_typed_is_told_in_the_file_of_its_language(
    edited: Edited, language: str, words: str, rule: str
) -> None:
    path = edited("languages", "minutes: 1", "minutes: 1").with_name(f"languages.{language}.yaml")
    text = path.read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if "TRUST:" in line]
    new = line.split('text: "')[0] + f'text: "{words}"' + line.split('text: "')[1].partition('"')[2]
    path.write_text(text.replace(line, new), encoding="utf-8")
    found = warn(load(path.with_name("languages.yaml")), TODAY)
    assert [(problem.rule, problem.file) for problem in found] == [(rule, str(path))]


@pytest.mark.parametrize("words", PASSING)
def test_years_amounts_and_placeholders_are_let_pass(edited: Edited, words: str) -> None:
    assert warn(load(edited("exits", "Did you see it?", words)), TODAY) == ()


def test_a_label_and_a_reason_may_say_a_period(edited: Edited) -> None:
    path = edited("exits", "SAW: {kind: single,", 'SAW: {label: "Seen in the past year", kind: single,')
    assert warn(load(path), TODAY) == ()


@pytest.mark.parametrize("name", ["kz_thb_core", "kz_thb_pulse", "kz_thb_professionals", "kz_dv_attitudes"])
def test_the_library_types_no_period_and_no_number(name: str) -> None:
    assert {problem.rule for problem in warn(load_library(name), TODAY)} <= {"phone"}

"""Earlier answers said again: in the plural forms of each language, and never one that does not count."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import FileProblem, Missing, Questionnaire

ANSWERED = {"HAS_KIDS": 1, "TOWN": 2, "KIDS": 3}


@pytest.fixture
def recalls(tiny: Callable[[str], Questionnaire]) -> Questionnaire:
    return tiny("recalls")


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("ru", 1, "1 ребёнок"),
        ("ru", 3, "3 ребёнка"),
        ("ru", 5, "5 детей"),
        ("ru", 11, "11 детей"),
        ("ru", 20, "20 детей"),
        ("en", 1, "1 child"),
        ("en", 0, "0 children"),
        ("kk", 2, "2 бала"),
        ("uz", 1, "1 nafar bola"),
    ],
)
def test_a_number_takes_the_form_of_its_language(
    recalls: Questionnaire, language: str, number: int, words: str
) -> None:
    answers = {**ANSWERED, "KIDS": number}
    said = recalls.recalled(answers, recalls.draw("b"), language)["recall:kids"]
    assert said == words.replace(" ", "\u00a0", 1), "a no-break space keeps number and noun together"


def test_a_choice_is_said_by_its_label(recalls: Questionnaire) -> None:
    said = {lang: recalls.recalled(ANSWERED, recalls.draw("b"), lang)["recall:town"] for lang in ("en", "kk")}
    assert said == {"en": "Astana", "kk": "Астана"}


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"HAS_KIDS": 1, "KIDS": Missing.REFUSED},
        {"HAS_KIDS": 1, "KIDS": Missing.NO_ANSWER},
        {"HAS_KIDS": 2, "KIDS": 3},
    ],
    ids=["never reached", "refused", "left blank", "routed past since"],
)
def test_what_is_no_answer_is_not_said_again(recalls: Questionnaire, answers: dict[str, int]) -> None:
    assert recalls.recalled(answers, recalls.draw("b"), "ru")["recall:kids"] == "дети"


def test_items_whose_words_are_one_respondent_s_are_known(recalls: Questionnaire) -> None:
    assert recalls.recalling == {"SCHOOL", "OP_A", "OP_B", "STORY"}


def test_a_codebook_names_the_item_in_place_of_the_answer(recalls: Questionnaire) -> None:
    codebook = recalls.codebook()
    school = codebook.variable("SCHOOL")
    assert school.question["en"] == school.label["en"] == "You spoke of [KIDS]. Is there a school nearby?"
    assert "recall:" not in codebook.to_json()


def test_a_language_is_asked_for_the_plural_forms_it_has(
    problems_in: Callable[[Path], tuple[FileProblem, ...]], edited: Callable[[str, str, str], Path]
) -> None:
    path = edited("recalls", "minutes: 1", "minutes: 1")
    russian = path.with_name("recalls.ru.yaml")
    text = russian.read_text(encoding="utf-8")
    russian.write_text(text.replace('few: "{n} ребёнка", ', ""), encoding="utf-8")
    (problem,) = problems_in(path)
    assert (problem.rule, problem.file) == ("plural", str(russian))
    assert problem.line == text[: text.index("  kids:")].count("\n") + 1
    assert problem.expected == "the plural forms one, few, many, other in ru"
    assert problem.found == "no few"


def test_a_form_that_a_language_lacks_is_found(
    problems_in: Callable[[Path], tuple[FileProblem, ...]], edited: Callable[[str, str, str], Path]
) -> None:
    path = edited("recalls", 'one: "{n} child", ', 'one: "{n} child", few: "{n} childs", ')
    (problem,) = problems_in(path)
    assert (problem.rule, problem.found) == ("plural", "few")


def test_an_instrument_without_recalls_loads_no_plural_rules() -> None:
    script = (
        "import sys; from instruments import load_library, check; q = load_library('kz_thb_core');"
        "q.recalled({}, q.draw('b'), 'ru'); check(q); sys.exit('babel' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

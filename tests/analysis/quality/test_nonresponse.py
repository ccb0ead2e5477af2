"""How many were asked a question and lack an answer to it, counted by hand on small tables."""

import pandas as pd

from analysis import Design, Meta, SurveyData, item_nonresponse
from instruments import Codebook, Level, Role, Variable

CODES = {0: {"en": "none"}, 1: {"en": "one"}, 2: {"en": "two"}}


def survey(**columns: list[int]) -> SurveyData:
    """Columns T_A and T_B are one question, WORDS are respondents' own, D is computed."""
    levels = {"WORDS": Level.TEXT}
    variables = tuple(
        Variable(
            name,
            {"en": name},
            levels.get(name, Level.NOMINAL),
            codes={} if name in levels else CODES,
            item=name.split("_")[0],
            role=Role.DERIVED if name == "D" else Role.ANSWER,
        )
        for name in columns
    )
    frame = pd.DataFrame(columns).assign(wave="w", weight=1.0)
    book = Codebook("tiny", "1", {}, {}, ("en",), "en", variables)
    return SurveyData(frame, book, Design(weight="weight"), Meta("s", "w"))


def test_each_kind_of_missing_answer_is_counted_among_those_asked() -> None:
    table = item_nonresponse(survey(A=[1, -1, -2, -5, -3, -4, -6, 2]))
    assert table.to_dict("records") == [
        {"item": "A", "asked": 5, "dont_know": 1, "refused": 1, "no_answer": 1}
    ]


def test_a_question_of_two_columns_is_one() -> None:
    table = item_nonresponse(survey(T_A=[1, -2, -5], T_B=[0, -2, -5]))
    assert table.to_dict("records") == [
        {"item": "T", "asked": 3, "dont_know": 0, "refused": 1, "no_answer": 1}
    ]


def test_own_words_and_computed_columns_are_no_questions() -> None:
    assert item_nonresponse(survey(WORDS=[0, 1], D=[-1, 1])).empty

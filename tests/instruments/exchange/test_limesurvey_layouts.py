"""Older layouts of LimeSurvey's file, its ways of naming an answer, and settings with a language."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.sax.saxutils import escape

import pytest

from instruments import Questionnaire, Report, SingleChoice
from instruments.exchange.expressions import Unconvertible
from instruments.exchange.leaves import Target
from instruments.exchange.limesurvey.conditions import Known, conditions_rule, relevance_rule
from instruments.exchange.limesurvey.tables import Row

Run = Callable[..., tuple[Questionnaire, Report]]


def old_layout(path: Path, **tables: list[dict[str, Any]]) -> Path:
    """A file in which every language has rows of its own, as versions 1.91 to 3 write it."""
    parts = ["<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>155</DBVersion>"]
    parts.append("<languages><language>en</language><language>ru</language></languages>")
    for table, rows in tables.items():
        cells = "".join(
            "<row>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in row.items()) + "</row>\n"
            for row in rows
        )
        parts.append(f"<{table}><rows>\n{cells}</rows></{table}>")
    path.write_text("\n".join([*parts, "</document>"]), encoding="utf-8")
    return path


def question(qid: int, kind: str, title: str, en: str, ru: str, **fields: Any) -> list[dict[str, Any]]:
    common = {
        "qid": qid,
        "parent_qid": 0,
        "sid": 7,
        "gid": 1,
        "type": kind,
        "title": title,
        "question_order": qid,
    }
    return [
        {**common, "language": code, "question": words, "help": "", **fields}
        for code, words in (("en", en), ("ru", ru))
    ]


def test_rows_of_each_language_are_one_question_and_old_conditions_a_rule(
    tmp_path: Path, imported: Run
) -> None:
    groups = [
        {"gid": 1, "sid": 7, "group_order": 0, "language": code, "group_name": name, "description": ""}
        for code, name in (("ru", "Часть"), ("en", "Part"))
    ]
    asked = [
        *question(1, "L", "Q1", "Which?", "Какой?", other="N", mandatory="Y"),
        *question(2, "M", "Q2", "What?", "Что?", other="Y"),
        *question(3, "N", "Q3", "How many?", "Сколько?"),
    ]
    subs = [
        {**row, "parent_qid": 2, "scale_id": 0}
        for qid, title in ((21, "a"), (22, "b"))
        for row in question(qid, "T", title, f"Option {title}", f"Вариант {title}")
    ]
    answers = [
        {
            "qid": 1,
            "code": name,
            "answer": f"{words} {name}",
            "sortorder": order,
            "language": code,
            "scale_id": 0,
        }
        for order, name in enumerate(("X", "Y"))
        for code, words in (("en", "Answer"), ("ru", "Ответ"))
    ]
    conditions = [
        {"cid": 1, "qid": 3, "scenario": 1, "cqid": 1, "cfieldname": "7X1X1", "method": "==", "value": "Y"},
        {"cid": 2, "qid": 3, "scenario": 1, "cqid": 2, "cfieldname": "+7X1X2b", "method": "==", "value": "Y"},
        {"cid": 3, "qid": 3, "scenario": 2, "cqid": 2, "cfieldname": "7X1X2", "method": "==", "value": "a"},
    ]
    attributes = [
        {"qid": 2, "attribute": "other_replace_text", "value": "Elsewhere", "language": "en"},
        {"qid": 2, "attribute": "other_replace_text", "value": "В другом месте", "language": "ru"},
    ]
    path = old_layout(
        tmp_path / "old.lss",
        groups=groups,
        questions=asked,
        subquestions=subs,
        answers=answers,
        conditions=conditions,
        question_attributes=attributes,
    )
    questionnaire, report = imported(path)
    first, many = questionnaire.items["Q1"], questionnaire.items["Q2"]
    assert isinstance(first, SingleChoice) and first.required
    assert [(o.code, o.label) for o in first.options][1] == (2, {"en": "Answer Y", "ru": "Ответ Y"})
    assert many.options[-1].label == {"en": "Elsewhere", "ru": "В другом месте"}  # type: ignore[attr-defined]
    rule = questionnaire.items["Q3"].show_if
    assert rule is not None
    assert rule.holds({"Q1": 2, "Q2": [2]}) and rule.holds({"Q2": [1]})
    assert not rule.holds({"Q1": 2}) and not rule.holds({"Q2": [2]})
    assert report.counts()["rule"]["not carried"] == 0
    assert questionnaire.modules["G1"].title == {"en": "Part", "ru": "Часть"}


KNOWN = Known(titles=frozenset(["later"]))
KNOWN.add("sex", "11", {"": Target("SEX", "single", {"F": 1, "M": 2}, place=1)})
KNOWN.add(
    "media",
    "12",
    {"": Target("MEDIA", "several", {"a": 1}), "a": Target("MEDIA", "several", {"a": 1}, tick=1)},
)
KNOWN.add(
    "dual",
    "13",
    {"s_0": Target("DUAL_s_1", "single", {"A1": 1}), "s_1": Target("DUAL_s_2", "single", {"A1": 1})},
)
KNOWN.add("age", "14", {"": Target("AGE", "number")})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('((sex.NAOK == "F"))', {"item": "SEX", "eq": 1}),
        ('sex.valueNAOK == "M"', {"item": "SEX", "eq": 2}),
        ('{sex == "F"}', {"item": "SEX", "eq": 1}),
        ('77X1X11.NAOK == "F"', {"item": "SEX", "eq": 1}),
        ('77X1X12a.NAOK == "Y"', {"item": "MEDIA", "eq": 1}),
        (
            'media_a == "Y" or media_a == ""',
            {"any": [{"item": "MEDIA", "eq": 1}, {"not": {"item": "MEDIA", "eq": 1}}]},
        ),
        ('dual_s_1.NAOK == "A1"', {"item": "DUAL_s_2", "eq": 1}),
        ('77X1X13s#1.NAOK == "A1"', {"item": "DUAL_s_2", "eq": 1}),
        ('age.NAOK >= "18"', {"item": "AGE", "ge": 18}),
        ("!is_empty(age.NAOK)", {"item": "AGE", "answered": True}),
    ],
)
def test_an_answer_is_found_by_each_of_its_names(text: str, rule: Any) -> None:
    assert relevance_rule(text, KNOWN, 9)[0] == rule


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('later.NAOK == "Y"', "later comes later"),
        ('nobody == "Y"', "no question is named nobody"),
        ("age > sex", "two answers"),
        ("count(media_a) > 1", "how many were ticked"),
        ('substr(sex, 1, 1) == "F"', "substr()"),
    ],
)
def test_an_expression_without_a_counterpart_says_why(text: str, reason: str) -> None:
    with pytest.raises(Unconvertible) as refused:
        relevance_rule(text, KNOWN, 9)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "fields",
    [
        {"cfieldname": "{TOKEN:ATTRIBUTE_1}", "method": "==", "value": "x"},
        {"cfieldname": "77X1X11", "method": "RX", "value": "/a/"},
        {"cfieldname": "77X1X11", "method": "==", "value": "@77X1X12@"},
        {"cfieldname": "77X1X99", "method": "==", "value": "x"},
    ],
)
def test_an_old_condition_on_something_else_than_an_answer_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(Unconvertible):
        conditions_rule([Row("conditions", 0, 1, {"cqid": "1", "scenario": "1", **fields})], KNOWN, 9)


def test_a_condition_on_one_row_is_listed_because_all_rows_are_shown(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    survey = forms.Survey()
    survey.group("One")
    survey.ask("Y", "has", "Has it?")
    survey.ask("F", "rows", "How?", subs=["One", "Two"], answers=["A", "B"])
    survey.tables["subquestions"][1]["relevance"] = 'has.NAOK == "Y"'
    _, report = imported(survey.write(tmp_path / "rows.lss"))
    assert [item for item, _ in report.unruled] == ["rows"]


def test_questions_one_by_one_stay_on_pages_of_their_own(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    survey = forms.Survey()
    survey.group("One")
    for number in range(3):
        survey.ask("Y", f"q{number}", "Yes?")
    survey.add("surveys", sid=77, language="en", additional_languages="ru", format="S")
    questionnaire, _ = imported(survey.write(tmp_path / "s.lss"))
    assert [len(page.items) for page in questionnaire.pages] == [1, 1, 1]


def test_languages_with_one_code_are_refused_until_one_is_named(
    tmp_path: Path, forms: ModuleType, imported: Run, refused: Callable[..., list[tuple[str, str]]]
) -> None:
    survey = forms.Survey(("de", "de-informal"))
    survey.group("Eins")
    survey.ask("Y", "q", "Ja?")
    path = survey.write(tmp_path / "d.lss")
    assert refused(path) == [("language", "languages")]
    questionnaire, _ = imported(path, languages="dei=de-informal")
    assert questionnaire.languages == ("de", "dei")

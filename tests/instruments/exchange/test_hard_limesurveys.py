"""LimeSurvey structures that are meant to break the importer: all is mapped or listed, and it loads."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from instruments import Battery, Questionnaire, Ranking, Report, SeveralOf, load

Run = Callable[..., tuple[Questionnaire, Report]]
Survey = Any
THREE = ["One", "Two", "Three"]
BROKEN = {"forward_reference", "unknown_item", "unknown_code", "page_size", "page_twice", "no_page", "name"}
BROKEN |= {"duplicate_id", "markup", "fill", "duplicate_column", "block"}


def every_type(survey: Survey) -> None:
    survey.group("All")
    for number, letter in enumerate("L!OZW"):
        survey.ask(letter, f"one{number}", "Choose", answers=THREE, other="Y" if letter in "L!O" else "N")
    for number, letter in enumerate("5GYDNSTUX"):
        survey.ask(letter, f"plain{number}", "Plain")
    for number, letter in enumerate("ABCEFH"):
        survey.ask(letter, f"rows{number}", "Rows", subs=["x", "y"], answers=THREE)
    heads = {"dualscale_headerA": "First", "dualscale_headerB": "Second"}
    survey.ask("1", "dual", "Dual", subs=["x"], answers=THREE, second=["a", "b"], attributes=heads)
    survey.ask(":", "cells", "Cells", subs=["x", "y"], columns=["c", "d"])
    survey.ask(";", "texts", "Texts", subs=["x", "y"], columns=["c", "d"])
    survey.ask("M", "several", "Several", subs=THREE, other="Y")
    survey.ask("P", "comments", "Comments", subs=THREE, other="Y")
    survey.ask("R", "order", "Order", answers=THREE)
    survey.ask("Q", "lines", "Lines", subs=["x", "y"])
    survey.ask("K", "sums", "Sums", subs=["x", "y"])
    for number, letter in enumerate(("I", "*", "|", "^", "?", "")):
        survey.ask(letter, f"gone{number}", "Gone")


def nothing_in_them(survey: Survey) -> None:
    survey.group("Empty")
    for number, letter in enumerate("L!OMPRFABCEH1:;QK"):
        survey.ask(letter, f"q{number}", "Nothing to choose", other="Y" if letter in "LM" else "N")
    survey.ask("Y", "last", "Yes?", relevance='q0 == "A1" or q3_SQ001 == "Y"')
    survey.group("Without questions")


def names(survey: Survey) -> None:
    survey.group("Names")
    title = "a_very_long_title_of_a_question_with_other"
    survey.ask("O", title, "Long", answers=THREE, other="Y", attributes={"answer_order": "random"})
    survey.ask("M", title + "_s", "Long", subs=THREE, attributes={"random_order": "1"})
    for name in ("A", "a", "вопрос", "weight", "A_1", "A_OTHER"):
        survey.ask("L", name, "Named", answers=THREE, other="Y" if name == "A" else "N")


def settings(survey: Survey) -> None:
    survey.group("Settings")
    computed = {"min_num_value_n": "{n}", "max_num_value_n": "5.5", "prefix": "$", "suffix": "kg"}
    survey.ask("N", "n", "Number", attributes=computed)
    odd = {"max_answers": "{n}", "exclude_all_others": "SQ009", "array_filter": "q", "min_answers": "2"}
    survey.ask("M", "m", "Several", subs=THREE, attributes=odd)
    survey.ask("L", "h", "Hidden", answers=THREE, attributes={"hidden": "1", "answer_order": "random"})
    sums = {"equals_num_value": "100", "min_num_value": "1", "em_validation_q": "sum(self) > 3"}
    survey.ask("K", "k", "Sums", subs=["x"], attributes=sums)
    odd = {"maximum_chars": "99999", "time_limit": "30", "cssclass": "x", "unheard_of": "1"}
    survey.ask("T", "t", "Words", attributes=odd)
    survey.ask("D", "d", "Date", attributes={"date_min": "2020-01-01", "date_max": "{today()}"})


def parts_of_other_types(survey: Survey) -> None:
    survey.group("More than the type shows")
    for number, letter in enumerate("LY5STNXDGR"):
        survey.ask(letter, f"q{number}", "Words", subs=["x", "y"], answers=THREE)
    survey.group("Drawn", randomization_group="g")
    survey.ask("L", "a", "A", answers=THREE, other="Y")
    survey.ask("L", "a_OTHER", "A", answers=THREE)
    survey.group("Drawn too", randomization_group="g")
    survey.ask("Y", "b", "B", relevance='a_OTHER.NAOK == "A1"')


HARD = {
    "every type": every_type,
    "empty": nothing_in_them,
    "names": names,
    "settings": settings,
    "parts": parts_of_other_types,
}


@pytest.mark.parametrize("version", [146, 366, 623])
@pytest.mark.parametrize("name", HARD)
def test_a_hard_survey_is_imported_with_a_line_for_every_part(
    name: str,
    version: int,
    tmp_path: Path,
    forms: ModuleType,
    imported: Run,
    settled: Callable[[Report], None],
) -> None:
    survey = forms.Survey()
    HARD[name](survey)
    forms.settings_of(survey)
    path = survey.write(tmp_path / "hard.lss", version)
    questionnaire, report = imported(path)
    settled(report)
    counts = {kind: sum(row.values()) for kind, row in report.counts().items()}
    root = ElementTree.parse(path).getroot()  # noqa: S314  a file of this test
    assert counts["question"] == len(root.findall("questions/rows/row"))
    parts = len(root.findall("subquestions/rows/row")) + len(root.findall("answers/rows/row"))
    assert counts.get("row", 0) + counts.get("option", 0) == parts
    told = [entry for entry in report.entries if entry.place.endswith(", question_attributes")]
    assert len(told) == len(root.findall("question_attributes/rows/row"))
    assert not [problem for problem in report.todo if problem.rule in BROKEN]
    assert not [entry for entry in report.entries if "no place for it" in entry.note]
    assert load(report.files[0]).fingerprint == questionnaire.fingerprint


def imported_from(
    forms: ModuleType, path: Path, imported: Run, build: Callable[[Survey], None]
) -> tuple[Questionnaire, Report]:
    survey = forms.Survey()
    build(survey)
    forms.settings_of(survey)
    return imported(survey.write(path / "f.lss"))


def test_every_type_has_its_kind(tmp_path: Path, forms: ModuleType, imported: Run) -> None:
    questionnaire, report = imported_from(forms, tmp_path, imported, every_type)
    kinds = {name: item.kind for name, item in questionnaire.items.items()}
    assert [kinds[f"one{n}"] for n in range(5)] == ["single"] * 5
    assert [kinds[f"plain{n}"] for n in range(9)] == [
        *("single", "single", "single", "date", "number", "text", "text", "text", "info")
    ]
    assert {f"rows{n}" for n in range(6)} | {"dual_1", "dual_2"} <= set(questionnaire.batteries)
    assert all(isinstance(battery, Battery) for battery in questionnaire.batteries.values())
    assert [
        kinds[name] for name in ("cells_SQ001_C002", "texts_SQ002_C001", "lines_SQ001", "sums_SQ002")
    ] == [*("number", "text", "text", "number")]
    assert (kinds["several"], kinds["comments"], kinds["order"]) == ("several", "several", "ranking")
    gone = {entry.name.split()[0] for entry in report.of("not carried") if entry.kind == "question"}
    assert gone == {f"gone{n}" for n in range(6)}


def test_comments_beside_answers_become_questions_that_rules_may_name(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    def build(survey: Survey) -> None:
        survey.group("A")
        survey.ask("P", "why", "Why?", subs=["Price", "Taste"])
        survey.ask("Y", "more", "More?", relevance='why_SQ002comment.NAOK != ""')

    questionnaire, _ = imported_from(forms, tmp_path, imported, build)
    comment = questionnaire.items["why_2_COMMENT"]
    assert comment.text["en"] == "Taste en – If you like, add a comment"
    assert comment.show_if is not None and comment.show_if.data == {"item": "why", "eq": 2}
    rule = questionnaire.items["more"].show_if
    assert rule is not None and rule.data == {"item": "why_2_COMMENT", "answered": True}


def test_a_question_named_like_a_companion_stays_required_and_comments_may_be_left(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    def build(survey: Survey) -> None:
        survey.group("A")
        for letter, title in (("O", "one"), ("P", "some"), ("L", "q_OTHER"), ("T", "q_COMMENT")):
            lists = {"subs": THREE} if letter == "P" else {"answers": THREE}
            survey.ask(letter, title, "Words", mandatory="Y", **lists)

    questionnaire, _ = imported_from(forms, tmp_path, imported, build)
    required = {name for name, item in questionnaire.items.items() if item.required}
    assert required == {"one", "some", "q_OTHER", "q_COMMENT"}


def test_conditions_are_lost_with_the_relevance_that_stands_for_them(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    def build(survey: Survey) -> None:
        survey.group("A")
        asked = survey.ask("L", "a", "A", answers=THREE)
        hung = survey.ask("Y", "b", "B", relevance="LANG == 'en'")
        said = {"cfieldname": f"77X1X{asked}", "method": "==", "value": "A1"}
        survey.add("conditions", cid=1, qid=hung, cqid=asked, scenario=1, **said)

    _, report = imported_from(forms, tmp_path, imported, build)
    rules = [(entry.status, entry.note) for entry in report.entries if entry.kind == "rule"]
    assert len(rules) == 2
    assert all(status == "not carried" and "EVERYBODY IS ASKED" in note for status, note in rules)


def test_an_order_comes_with_its_limit_and_rules_may_ask_whether_it_was_given(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    def build(survey: Survey) -> None:
        survey.group("A")
        survey.ask("R", "rk", "Rank", answers=THREE, attributes={"max_answers": "2", "random_order": "1"})
        survey.ask("Y", "a", "A?", relevance="!is_empty(rk_1.NAOK)")
        survey.ask("Y", "b", "B?", relevance='rk_1.NAOK == "A1"')
        survey.ask("Y", "c", "C?", relevance="!is_empty(rk_2.NAOK)")

    questionnaire, report = imported_from(forms, tmp_path, imported, build)
    ranking = questionnaire.items["rk"]
    assert isinstance(ranking, Ranking)
    assert (ranking.max, ranking.random_options, len(ranking.options)) == (2, True, 3)
    assert questionnaire.items["a"].show_if.data == {"item": "rk", "answered": True}  # type: ignore[union-attr]
    assert [name for name, _ in report.unruled] == ["b", "c"]
    assert all("at which place an answer stands" in said for _, said in report.unruled)


def test_a_date_is_as_exact_as_its_format_and_keeps_its_ends(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    def build(survey: Survey) -> None:
        survey.group("A")
        ends = {"date_min": "1950", "date_max": "2000-05-01"}
        survey.ask("D", "year", "Year", attributes={"date_format": "yyyy", **ends})
        survey.ask("D", "month", "Month", attributes={"date_format": "mm.yyyy", **ends})
        survey.ask("D", "hour", "Hour", attributes={"date_format": "dd.mm.yyyy HH:MM"})
        survey.ask("Y", "old", "Old?", relevance='year.NAOK < "1970-01-01"')

    questionnaire, report = imported_from(forms, tmp_path, imported, build)
    raw = questionnaire.document["items"]
    assert {name: [raw[name][key] for key in ("precision", "min", "max")] for name in ("year", "month")} == {
        "year": ["year", "1950", "2000"],
        "month": ["month", "1950-01", "2000-05"],
    }
    assert raw["old"]["show_if"] == {"item": "year", "lt": 1970}
    hour = next(entry for entry in report.entries if entry.name.startswith("hour"))
    assert raw["hour"]["precision"] == "day" and "the time of day is not asked for" in hour.note


def test_groups_in_random_order_are_a_block_unless_one_hangs_on_another(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    def build(survey: Survey) -> None:
        survey.group("A")
        survey.ask("Y", "a", "A")
        for number, (group, rule) in enumerate(
            [("g", 'a == "Y"'), ("g", "1"), ("h", "1"), ("h", 'q2 == "Y"'), ("i", "1"), ("", "1"), ("i", "1")]
        ):
            survey.group(f"G{number}", randomization_group=group)
            survey.ask("Y", f"q{number}", "Q", relevance=rule)

    questionnaire, report = imported_from(forms, tmp_path, imported, build)
    assert questionnaire.document["blocks"] == {"BLOCK_g": {"modules": ["G2", "G3"]}}
    lost = [entry.note for entry in report.of("not carried") if "randomization_group" in entry.name]
    assert len(lost) == 4
    assert sum("q3 hangs on an answer of another" in note for note in lost) == 2
    assert sum("only modules side by side" in note for note in lost) == 2


REASONS = {
    "count(m_SQ001, m_SQ002) >= 2": "how many were ticked is no condition here",
    "sum(n, 3) > 4": "sum() computes with answers",
    'if(a == "A1", 1, 0)': "if() chooses between two values",
    'regexMatch("/x/", a)': "regexMatch() looks at the letters",
    'a.shown == "x en"': "it reads the words of an answer",
    'LANG == "en"': "the language of the interview is no answer",
    'TOKEN:ATTRIBUTE_1 == "1"': "the list of participants",
    'a_other.NAOK != ""': "a has no part named other",
    "self > 1": "the answer to the question itself",
    "strlen(t) > 3": "the length of an answer is no condition here",
    "t > 3": "t takes free words, which have no size",
    'f == "x"': "f is not carried",
    "n == 2.5": "n takes whole numbers only, and 2.5 is none",
    'after == "Y"': "after comes later",
    'nobody == "Y"': "no question is named nobody",
}


@pytest.mark.parametrize("relevance", REASONS)
def test_a_relevance_without_a_counterpart_has_its_own_reason(
    relevance: str, tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    def build(survey: Survey) -> None:
        survey.group("A")
        survey.ask("L", "a", "A", answers=["x", "y"])
        survey.ask("N", "n", "N")
        survey.ask("M", "m", "M", subs=["x", "y"])
        survey.ask("T", "t", "T")
        survey.ask("|", "f", "F")
        survey.ask("Y", "asked", "?", relevance=relevance)
        survey.ask("Y", "after", "?")

    questionnaire, report = imported_from(forms, tmp_path, imported, build)
    assert questionnaire.items["asked"].show_if is None
    ((name, said),) = report.unruled
    assert name == "asked" and REASONS[relevance] in said


def test_limits_that_are_computed_are_listed_and_leave_the_question(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    questionnaire, report = imported_from(forms, tmp_path, imported, settings)
    several = questionnaire.items["m"]
    assert isinstance(several, SeveralOf) and (several.max, several.exclusive) == (0, ())
    said = {entry.name: entry.note for entry in report.of("not carried") if entry.kind == "setting"}
    assert "computed" in said["m max_answers = {n}"] and "computed" in said["d date_max = {today()}"]
    assert said["n max_num_value_n = 5.5"] == "a bound that is computed or no whole number"
    assert said["m exclude_all_others = SQ009"].startswith("the answers it names are not in the question")
    assert said["k equals_num_value = 100"] == "Tolqyn checks no sums of answers"
    assert questionnaire.document["items"]["d"]["min"] == "2020-01-01"

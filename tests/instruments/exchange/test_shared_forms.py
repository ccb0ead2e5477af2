"""The forms beside the checkout: what maps of each, and that every part of each is accounted for."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from instruments import Questionnaire, Report

Run = Callable[..., tuple[Questionnaire, Report]]

# Questions mapped or changed, of all.
CARRIED = {
    "Randomization_Group_Test.lss": (15, 15),
    "limesurvey2_sample_survey_english.lss": (108, 114),
    "ls191_sample_survey_multilingual.lss": (53, 54),
    "pyxform_choice_filter_test.xlsx": (3, 3),
    "pyxform_extra_sheet_names.xlsx": (1, 1),
    "pyxform_group.xlsx": (3, 3),
    "pyxform_include.xlsx": (1, 2),
    "pyxform_or_other.xlsx": (2, 2),
}


def carried(report: Report, kind: str) -> tuple[int, int]:
    counts = report.counts()[kind]
    return counts["mapped"] + counts["changed"], sum(counts.values())


@pytest.mark.parametrize("name", sorted(CARRIED))
def test_a_form_of_the_shared_folder_is_carried_as_far_as_stated(
    name: str, shared: Path, imported: Run, settled: Callable[[Report], None]
) -> None:
    _, report = imported(shared / "data" / "forms" / name)
    settled(report)
    assert carried(report, "question") == CARRIED[name]


def test_every_form_of_the_shared_folder_is_stated(shared: Path) -> None:
    files = {path.name for path in (shared / "data" / "forms").iterdir() if path.suffix in (".xlsx", ".lss")}
    assert files == set(CARRIED)


@pytest.mark.parametrize("name", sorted(name for name in CARRIED if name.endswith(".xlsx")))
def test_every_cell_of_a_workbook_has_a_line_in_the_report(name: str, shared: Path, imported: Run) -> None:
    path = shared / "data" / "forms" / name
    _, report = imported(path)
    book = openpyxl.load_workbook(path, data_only=True)
    places = {entry.place for entry in report.entries}
    for title in ("survey", "choices", "settings"):
        if title not in book.sheetnames:
            continue
        lines = list(book[title].iter_rows(values_only=True))
        for number, values in enumerate(lines[1:], start=2):
            for header, value in zip(lines[0], values, strict=True):
                if value is not None and header not in ("type", "name", "list_name", "list name"):
                    assert f"{title} row {number}, {header}" in places
                elif value is not None:
                    assert f"{title} row {number}" in places


@pytest.mark.parametrize("name", sorted(name for name in CARRIED if name.endswith(".lss")))
def test_every_question_answer_and_text_of_a_structure_has_a_line_in_the_report(
    name: str, shared: Path, imported: Run
) -> None:
    path = shared / "data" / "forms" / name
    _, report = imported(path)
    root = ElementTree.parse(path).getroot()  # noqa: S314  a file of the test data
    rows = {table: root.findall(f"{table}/rows/row") for table in ("questions", "subquestions", "answers")}
    questions = {row.findtext("qid") for row in rows["questions"]}
    subs = {row.findtext("qid") for row in rows["subquestions"] if row.findtext("parent_qid") in questions}
    answers = {
        (row.findtext("qid"), row.findtext("code"), row.findtext("scale_id")) for row in rows["answers"]
    }
    counts = {kind: sum(row.values()) for kind, row in report.counts().items()}
    assert counts["question"] == len(questions)
    assert counts["row"] + counts["option"] == len(subs) + len(answers)
    words = sum(
        bool((row.findtext(field) or "").strip())
        for table, fields in (
            ("questions", "question help"),
            ("subquestions", "question"),
            ("answers", "answer"),
        )
        for row in rows[table]
        for field in fields.split()
    )
    of_these = ("questions.", "subquestions.", "answers.")
    told = [
        e for e in report.entries if e.kind == "text" and any(f", {table}" in e.place for table in of_these)
    ]
    assert len(told) == words


def test_conditions_of_an_old_survey_become_rules_with_the_same_meaning(shared: Path, imported: Run) -> None:
    questionnaire, report = imported(shared / "data" / "forms" / "ls191_sample_survey_multilingual.lss")
    assert carried(report, "rule") == (18, 18)
    rule = questionnaire.items["QCDefault"].show_if
    assert rule is not None
    assert rule.holds({}) and not rule.holds({"QC": 1}) and not rule.holds({"QC": 2})


def test_a_randomised_group_is_listed_as_not_carried(shared: Path, imported: Run) -> None:
    _, report = imported(shared / "data" / "forms" / "Randomization_Group_Test.lss")
    lost = [entry for entry in report.of("not carried") if "random_group" in entry.name]
    assert len(lost) == 9


def test_one_sheet_of_choices_with_a_filter_asks_everybody_with_all_answers(
    shared: Path, imported: Run
) -> None:
    questionnaire, report = imported(shared / "data" / "forms" / "pyxform_choice_filter_test.xlsx")
    assert [item for item, _ in report.unruled] == ["county", "city"]
    assert len(questionnaire.items["city"].options) == 8  # type: ignore[attr-defined]

"""What may not stand in a clerk's file: every problem at once, each with its cell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

Office = Any


@pytest.fixture
def two(office: Callable[..., Office]) -> Callable[..., tuple[Office, Path, Path]]:
    """Both clerks' files of an instrument, alike in all but what a test changes."""

    def type_twice(
        name: str, change: dict[int, dict[str, str]], kind: str = ".csv"
    ) -> tuple[Office, Path, Path]:
        ours = office(name)
        rows = {form: {**ours.row(form), **change.get(form, {})} for form in (1, 2, 3)}
        return ours, ours.type_in(f"a{kind}", rows), ours.type_in(f"b{kind}", rows)

    return type_twice


def compared(ours: Office, first: Path, second: Path) -> dict[str, Any]:
    result = ours.tolqyn("paper", "compare", "paper-a", first, second, "--json")
    found: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (1 if found["problems"] or found["mismatches"] else 0)
    return found


def problems(ours: Office, first: Path, second: Path) -> list[tuple[str, str, str]]:
    """(file, place, rule) of each."""
    return [(p["file"], p["path"], p["rule"]) for p in compared(ours, first, second)["problems"]]


def test_two_files_that_agree_are_told_so(two: Callable[..., tuple[Office, Path, Path]]) -> None:
    ours, first, second = two("entry", {})
    found = compared(ours, first, second)
    assert (found["forms"], found["mismatches"], found["problems"], found["disagreement"]) == (3, [], [], 0)
    assert found["cells"] > 0


def test_each_cell_that_cannot_stand_is_named_by_its_address(
    two: Callable[..., tuple[Office, Path, Path]],
) -> None:
    wrong = {
        1: {"DISTANCE": "501", "PHONE": "12a"},
        2: {"DISTANCE": "near", "WORDS": "x" * 101, "interview language": "fr"},
        3: {"interview day": "31.02.2027", "DISTANCE": "-2"},
    }
    ours, first, second = two("entry", wrong)
    found = problems(ours, first, second)
    places = {place for file, place, _ in found if file == "a.csv"}
    assert places == {
        "D2, form 1, DISTANCE",
        "E2, form 1, PHONE",
        "D3, form 2, DISTANCE",
        "F3, form 2, WORDS",
        "C3, form 2, interview language",
        "D4, form 3, DISTANCE",
        "B4, form 3, interview day",
    }
    assert len(found) == 2 * len(places)


def test_structure_is_refused_cell_by_cell_and_nothing_is_stored(office: Callable[..., Office]) -> None:
    ours = office("entry")
    rows = {form: ours.row(form) for form in (1, 2, 3, 99)}
    first, second = ours.type_in("a.xlsx", rows), ours.type_in("b.xlsx", {**rows, 4: ours.row(4)})
    book = load_workbook(first)
    sheet = book["forms"]
    sheet["A6"], sheet["D6"] = 2, 7
    sheet["D2"] = "=1+2"
    sheet["D3"] = True
    sheet["A7"], sheet["D7"] = "twelve", 7
    sheet["D8"] = 7
    sheet["F1"] = "WORD"
    book.save(first)
    found = [(place, rule) for file, place, rule in problems(ours, first, second) if file == "a.xlsx"]
    assert sorted(found) == sorted(
        [
            ("F1", "unknown_column"),
            ("row 1", "missing_column"),
            ("A6", "duplicate_form"),
            ("A7", "form_number"),
            ("A8", "form_number"),
            ("A5", "unknown_form"),
            ("D2, form 1, DISTANCE", "cell"),
            ("D3, form 2, DISTANCE", "cell"),
        ]
    )
    refused = ours.tolqyn("paper", "enter", "paper-a", first, second)
    assert refused.exit_code == 1
    assert "form 4 in a.xlsx too" in refused.output
    assert "twelve" in refused.output


def media(*cells: str) -> dict[str, str]:
    """What is typed for the question with several boxes."""
    return dict(zip(("MEDIA_1", "MEDIA_2", "MEDIA_3", "MEDIA_9", "MEDIA"), cells, strict=True))


@pytest.mark.parametrize(
    ("name", "change", "column", "rule"),
    [
        ("routing", {"HEARD": "2", "NUMBER": "", "RIGHT": "1"}, "RIGHT", "routed_past"),
        ("other", {"WORK": "1", "WORK_OTHER": "a gardener"}, "WORK_OTHER", "routed_past"),
        ("several", media("1", "1", "1", "", ""), "MEDIA_1", "answer"),
        ("several", media("1", "", "", "1", ""), "MEDIA_1", "answer"),
        ("several", media("1", "", "", "", "-1"), "MEDIA_1", "answer"),
        ("ranking", {"ALL_1": "1", "ALL_2": "1", "ALL_3": "2"}, "ALL_1", "answer"),
        ("date", {"VISIT_D": "31", "VISIT_M": "6", "VISIT_Y": "2025", "VISIT": ""}, "VISIT_D", "answer"),
        ("date", {"VISIT_D": "", "VISIT_M": "6", "VISIT_Y": "2025", "VISIT": ""}, "VISIT_M", "answer"),
        ("date", {"BORN": ""}, "BORN", "required"),
        ("exits", {"AGREE": "2"}, "AGREE", "exit"),
        ("exits", {"AGE": "17"}, "AGE", "exit"),
        ("vignette", {"STORY_WHO": ""}, "STORY_WHO", "code"),
        ("single", {"interview day": ""}, "interview day", "frame"),
        ("single", {"interview day": "2020-01-01"}, "interview day", "frame"),
    ],
)  # fmt: skip
def test_what_the_form_does_not_allow_is_said_with_the_column(
    two: Callable[..., tuple[Office, Path, Path]], name: str, change: dict[str, str], column: str, rule: str
) -> None:
    ours, first, second = two(name, {2: change})
    found = problems(ours, first, second)
    assert all("form 2" in place for _, place, _ in found)
    assert [r for file, place, r in found if file == "a.csv" and place.endswith(f", {column}")] == [rule]


def test_the_codes_of_another_form_are_found(office: Callable[..., Office]) -> None:
    ours = office("vignette", 40)
    other = next(n for n in range(2, 41) if ours.draw(n).cell("STORY") != ours.draw(1).cell("STORY"))
    first, second = (ours.type_in(name, {1: ours.row(other)}) for name in ("a.csv", "b.csv"))
    assert {rule for _, _, rule in problems(ours, first, second)} == {"code"}


def test_a_count_above_the_forms_own_list_is_refused(office: Callable[..., Office]) -> None:
    ours = office("list_experiment", 40)
    short = next(n for n in range(1, 41) if ours.draw(n).group("COUNTED") == 1)
    row = {**ours.row(short), "COUNTED": "4"}
    first, second = (ours.type_in(name, {short: row}) for name in ("a.csv", "b.csv"))
    assert {rule for _, _, rule in problems(ours, first, second)} == {"answer"}


def test_words_are_never_shown(office: Callable[..., Office], tmp_path: Path) -> None:
    ours = office("entry")
    rows = {1: {**ours.row(1), "WORDS": "my neighbour Aliya"}}
    other = {1: {**ours.row(1), "WORDS": "my neighbor Aliya"}}
    first, second = ours.type_in("a.csv", rows), ours.type_in("b.csv", other)
    out = tmp_path / "d.csv"
    result = ours.tolqyn("paper", "compare", "paper-a", first, second, "--out", out)
    refused = ours.tolqyn("paper", "enter", "paper-a", first, second)
    assert "(18 letters)" in result.output
    for said in (result.output, refused.output, out.read_text("utf-8-sig")):
        assert "Aliya" not in said
    assert out.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_workbook_is_refused(office: Callable[..., Office], tmp_path: Path) -> None:
    ours = office("single")
    good, bad = ours.type_in("a.csv", {1: ours.row(1)}), tmp_path / "b.xlsx"
    bad.write_bytes(b"no workbook")
    refused = ours.tolqyn("paper", "compare", "paper-a", good, bad)
    assert refused.exit_code == 1
    assert "b.xlsx" in refused.output
    same = ours.tolqyn("paper", "compare", "paper-a", good, good)
    assert same.exit_code == 1
    assert "two clerks" in same.output


def test_a_workbook_offers_codes_and_questions(office: Callable[..., Office], tmp_path: Path) -> None:
    ours = office("other")
    path = tmp_path / "t.xlsx"
    assert ours.tolqyn("paper", "template", "paper-a", "--batch", "one", "--out", path).exit_code == 0
    book = load_workbook(path)
    sheet = book["forms"]
    place = {cell.value: cell for cell in sheet[1]}
    assert [sheet.cell(line, 1).value for line in range(2, 8)] == [1, 2, 3, 4, 5, 6]
    assert "What do you do mostly?" in place["WORK"].comment.text
    assert "9 = Something else" in place["WORK"].comment.text
    assert "-2 = Prefer not to say" in place["WORK"].comment.text
    assert "Radio" in place["MEDIA_1"].comment.text
    letter = place["WORK"].column_letter
    (rule,) = [r for r in sheet.data_validations.dataValidation if f"{letter}2" in r.sqref]
    lists = book["lists"]
    assert rule.formula1 == f"lists!${letter}$1:${letter}$4"
    assert [lists[f"{letter}{line}"].value for line in range(1, 5)] == [1, 2, 9, -2]
    assert ours.tolqyn("paper", "template", "paper-a", "--out", path).exit_code == 1

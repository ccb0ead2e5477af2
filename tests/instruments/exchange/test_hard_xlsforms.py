"""XLSForms that are meant to break the importer: all is mapped or listed, and the instrument loads."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest

from instruments import Questionnaire, Report

Run = Callable[..., tuple[Questionnaire, Report]]
HEAD = ["type", "name", "label", "relevant", "constraint", "appearance", "parameters", "choice_filter"]
HEAD += ["calculation", "required", "media::image::English (en)"]
CHOICES = [["list_name", "name", "label"]]
CHOICES += [
    ["yn", "y", "Yes"],
    ["yn", "n", "No"],
    ["abc", "a", "A"],
    ["abc", "b", "B"],
    ["abc", "other", "Other"],
]
Cells = list[Any]


def ask(kind: str, name: str, **cells: str) -> Cells:
    """A row of the survey sheet; its label is its name in capitals."""
    return [kind, name, name.upper(), *(cells.get(column.split(":")[0]) for column in HEAD[3:])]


LONG = "a_very_long_name_of_a_question_that_never_ends"
ELSEWHERE = """start end today deviceid username email audit geopoint geotrace geoshape barcode image audio
video file hidden xml-external csv-external start-geopoint background-audio time dateTime"""
FORMS: dict[str, list[Cells]] = {
    "groups in repeats": [
        ask("begin group", "g"),
        ask("begin repeat", "r"),
        ask("begin group", "inner"),
        ask("integer", "n"),
        ask("select_one yn", "q", relevant="${n} > 2"),
        ask("end group", ""),
        ask("end repeat", ""),
        ask("text", "t", relevant="position(..) = 1"),
        ask("end group", ""),
    ],
    "answers from elsewhere": [
        ask("select_one_from_file a.csv", "a"),
        ask("select_multiple_from_file b.geojson", "b"),
        ask("select_one ${a}", "c"),
        ask("select_one_external towns", "d", choice_filter="x=${a}"),
        ask("text", "t", relevant="${a} = 'x'"),
    ],
    "chains of calculations": [
        ask("integer", "a"),
        ask("calculate", "b", calculation="${a} * 2"),
        ask("calculate", "c", calculation="${b} + 1"),
        ask("note", "n", relevant="${c} > 3"),
    ],
    "files, places, codes and what the device knows": [
        ask(kind, f"k{number}") for number, kind in enumerate(ELSEWHERE.split())
    ],
    "grids of other programs": [
        ask("begin_score", "s"),
        ask("score__row", "r"),
        ask("end_score", ""),
        ask("begin_rank", "k"),
        ask("rank__level", "l"),
        ask("end_rank", ""),
        ask("begin_kobomatrix", "m"),
        ask("text", "t"),
        ask("end_kobomatrix", ""),
    ],
    "constraints that no item can say": [
        ask("integer", "a", constraint=". > 5 or . = 0"),
        ask("text", "b", constraint="regex(., '^[0-9]+$')"),
        ask("select_multiple abc", "c", constraint="count-selected(.) >= 2"),
        ask("integer", "d", constraint=". <= ${a}"),
        ask("decimal", "e", constraint=". > 0 and . < 1"),
        ask("date", "f", constraint=". <= today()"),
    ],
    "names": [
        ask("text", "вопрос"),
        ask("text", "1st"),
        ask("text", "a.b-c"),
        ask("text", "weight"),
        ask("select_multiple abc or_other", LONG + "_x", parameters="randomize=true"),
        ask("rank abc", LONG + "_y"),
        ask("date", LONG + "_z"),
        ask("text", "t", relevant=f"${{вопрос}} != '' and selected(${{{LONG}_x}}, 'a')"),
    ],
    "spaces": [
        ["  select_one   yn ", " q ", " Q "],
        [" text", "t ", "T", " ${ q } = 'y'"],
        ["begin  group ", " g", "G"],
        [" note", "n", "N"],
        ["end   group ", None, None],
    ],
    "pictures and no words": [
        ask("select_one yn", "q", media="q.png"),
        ["text", "t", None],
        ask("begin group", "empty"),
        ask("end group", ""),
    ],
    "three hundred questions": [ask("text", f"t{n}") for n in range(300)],
    "twelve groups deep": [
        *(ask("begin group", f"g{n}") for n in range(12)),
        ask("text", "t"),
        *(ask("end group", "") for _ in range(12)),
    ],
    "rules and duties of what takes no answer": [
        ask("select_one yn", "q"),
        ask("begin group", "g", relevant="${q} = 'y'"),
        ask("geopoint", "p"),
        ask("end group", ""),
        ask("note", "n", required="yes"),
    ],
    "nothing that Tolqyn asks": [ask("geopoint", "g"), ask("image", "i")],
}
BROKEN = {"forward_reference", "unknown_item", "unknown_code", "page_size", "page_twice", "no_page", "name"}
BROKEN |= {"duplicate_id", "markup", "fill", "duplicate_column"}


@pytest.mark.parametrize("name", FORMS)
def test_a_hard_form_is_imported_with_a_line_for_every_cell(
    name: str, tmp_path: Path, forms: ModuleType, imported: Run, settled: Callable[[Report], None]
) -> None:
    path = forms.workbook(tmp_path / "hard.xlsx", [HEAD, *FORMS[name]], CHOICES)
    _, report = imported(path)
    settled(report)
    places = {entry.place for entry in report.entries}
    for sheet in openpyxl.load_workbook(path).worksheets:
        lines = list(sheet.iter_rows(values_only=True))
        for number, values in enumerate(lines[1:], start=2):
            for header, value in zip(lines[0], values, strict=True):
                own = header in ("type", "name", "list_name")
                place = f"{sheet.title} row {number}" + ("" if own else f", {header}")
                assert not str(value or "").strip() or place in places, (place, value)
    assert not [entry for entry in report.entries if "no place for it" in entry.note]
    assert not [problem for problem in report.todo if problem.rule in BROKEN]


def form(forms: ModuleType, path: Path, *rows: Cells, **options: Any) -> Path:
    choices: list[Cells] = options.get("choices", CHOICES)
    made: Path = forms.workbook(path, [options.get("head", HEAD), *rows], choices)
    return made


def notes(report: Report, kind: str) -> dict[str, str]:
    """Name of a part -> what is said of it."""
    return {entry.name: entry.note for entry in report.entries if entry.kind == kind}


def test_names_that_differ_in_capitals_are_both_kept_and_rules_tell_them_apart(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    rows = [ask("integer", "Age"), ask("integer", "age"), ask("text", "a", relevant="${Age} > 3")]
    rows += [ask("text", "b", relevant="${age} > 3"), ask("select_one YN", "c"), ask("select_one yn", "d")]
    lists = [*CHOICES, ["YN", "1", "Surely"], ["YN", "2", "Hardly"]]
    questionnaire, report = imported(form(forms, tmp_path / "f.xlsx", *rows, choices=lists))
    assert dict(report.renamed) == {"age": "age_2"}
    items = questionnaire.items
    assert items["a"].show_if is not None and items["a"].show_if.items() == ("Age",)
    assert items["b"].show_if is not None and items["b"].show_if.items() == ("age_2",)
    assert items["c"].choices()[0].label == {"en": "Surely"}
    assert items["d"].choices()[0].label == {"en": "Yes"}


def test_dates_come_with_their_range_and_a_year_can_be_asked_after(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    years = ". >= date('1950-01-01') and . < date('2000-01-01')"
    rows = [
        ask("date", "born", appearance="year", constraint=years),
        ask("date", "moved", appearance="month-year", constraint=". > '2020-02-29'"),
        ask("date", "seen", constraint=". <= today()"),
        ask("text", "a", relevant="${born} >= date('1990-01-01')"),
        ask("text", "b", relevant="${seen} > date('2020-01-01')"),
    ]
    questionnaire, report = imported(form(forms, tmp_path / "f.xlsx", *rows))
    raw = questionnaire.document["items"]
    found = {name: (raw[name]["precision"], raw[name]["min"], raw[name]["max"]) for name in ("born", "moved")}
    assert found == {"born": ("year", "1950", "1999"), "moved": ("month", "2020-03", "2100-12")}
    assert questionnaire.items["a"].show_if.data == {"item": "born", "ge": 1990}  # type: ignore[union-attr]
    assert "today() reads a clock" in notes(report, "rule")[". <= today()"]
    assert [name for name, _ in report.unruled] == ["b"]


def test_numbers_below_zero_and_between_whole_numbers_are_listed(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    rows = [
        ask("integer", "a", constraint=". >= -5 and . <= 5"),
        ask("decimal", "b", constraint=". > 0 and . < 1"),
        ask("decimal", "c", constraint=". >= 0.5 and . <= 9.5"),
        ask("range", "d", parameters="start=-2 end=2 step=0.5"),
    ]
    questionnaire, report = imported(form(forms, tmp_path / "f.xlsx", *rows))
    items: Any = questionnaire.items
    assert {name: (item.min, item.max) for name, item in items.items()} == {
        "a": (0, 5),
        "b": (0, 999_999),
        "c": (1, 9),
        "d": (0, 2),
    }
    said = notes(report, "question")
    assert "NO NUMBERS BELOW 0, in the form from -5" in said["integer a"]
    assert "NO NUMBERS BELOW 0, in the form from -2" in said["range d"]
    assert "whole numbers only" in said["decimal b"] and "not in steps of 0.5" in said["range d"]
    assert notes(report, "rule")[". > 0 and . < 1"] == "no answer lies between 1 and 0"
    assert notes(report, "rule")[". >= 0.5 and . <= 9.5"] == "its bounds are rounded to whole numbers"


def test_other_answers_keep_the_name_under_which_the_form_asks_after_their_words(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    rows = [ask("select_one abc or_other", "q"), ask("text", "t", relevant="${q_other} != ''")]
    questionnaire, report = imported(form(forms, tmp_path / "f.xlsx", *rows))
    assert questionnaire.items["q"].companions()[0].id == "q_OTHER"
    assert questionnaire.items["t"].show_if.data == {"item": "q_OTHER", "answered": True}  # type: ignore[union-attr]
    assert not report.unruled and not [p for p in report.todo if p.rule in BROKEN]


def test_words_without_a_language_are_not_pushed_out_by_those_of_another(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    head = ["type", "name", "label", "label::Русский (ru)"]
    rows = [["text", "t", "How are you?", "Как дела?"]]
    questionnaire, _ = imported(form(forms, tmp_path / "f.xlsx", *rows, head=head, choices=[]))
    assert questionnaire.items["t"].text == {"en": "How are you?", "ru": "Как дела?"}


def test_every_list_that_stands_without_an_order_is_named(
    tmp_path: Path, forms: ModuleType, imported: Run
) -> None:
    rows = [ask("select_one abc", "own"), ask("select_one yn", "two"), ask("select_one yn", "again")]
    _, report = imported(form(forms, tmp_path / "f.xlsx", *rows))
    told = [line for line in report.added if line.startswith("level")]
    assert told == ["level: nominal for scale yn, own; write ordinal where the answers have an order"]


def test_sheets_named_in_capitals_without_settings_are_read(tmp_path: Path, imported: Run) -> None:
    book = openpyxl.Workbook()
    book.active.title = "SURVEY"
    for row in (["Type", "NAME", "Label"], ["Text", "t", "Words"]):
        book.active.append(row)
    book.create_sheet("Settings")
    book.save(tmp_path / "f.xlsx")
    assert list(imported(tmp_path / "f.xlsx")[0].items) == ["t"]


def test_merged_cells_lose_nothing(tmp_path: Path, forms: ModuleType, imported: Run) -> None:
    path = form(forms, tmp_path / "f.xlsx", ask("text", "t"), ask("note", "n"))
    book = openpyxl.load_workbook(path)
    book["survey"].merge_cells("D2:E2")
    book["survey"].merge_cells("F2:F3")
    book.save(path)
    assert list(imported(path)[0].items) == ["t", "n"]


@pytest.mark.parametrize("name", ["form.csv", "form.ods", "form.xml", "form.xlsx"])
def test_a_file_that_is_no_workbook_is_refused_with_what_to_do(
    name: str, tmp_path: Path, refused: Callable[..., list[tuple[str, str]]]
) -> None:
    path = tmp_path / name
    path.write_text("type,name,label\ntext,t,T\n", encoding="utf-8")
    assert [rule for rule, _ in refused(path)] == ["workbook" if name == "form.xlsx" else "format"]

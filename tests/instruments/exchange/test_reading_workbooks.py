"""Spellings, gaps and names as people write them in workbooks."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from instruments import Questionnaire, Report, SingleChoice
from instruments.exchange.xlsform.cells import Column, column_of

Run = Callable[..., tuple[Questionnaire, Report]]
Build = Callable[..., tuple[Questionnaire, Report]]
HEADER = ("type", "name", "label")


@pytest.fixture
def built(tmp_path: Path, forms: ModuleType, imported: Run) -> Build:
    """A workbook of these rows, imported."""

    def build(*sheets: object, languages: str = "", **further: object) -> tuple[Questionnaire, Report]:
        return imported(forms.workbook(tmp_path / "form.xlsx", *sheets, **further), languages=languages)

    return build


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("label::English (en)", Column("label", "English (en)")),
        ("label:English", Column("label", "English")),
        ("Label :: Русский (ru)", Column("label", "Русский (ru)")),
        ("caption", Column("label")),
        ("list name", Column("list_name")),
        ("List_Name", Column("list_name")),
        ("relevance", Column("relevant")),
        ("bind::relevant", Column("relevant")),
        ("bind:jr:constraintMsg", Column("constraint_message")),
        ("read only", Column("read_only")),
        ("media::image::English", Column("image", "English")),
        ("media:image", Column("image")),
        ("choice filter", Column("choice_filter")),
        ("jr:count", Column("repeat_count")),
        ("hint\xa0::\xa0English", Column("hint", "English")),
    ],
)
def test_a_header_means_the_same_however_it_is_spelled(header: str, column: Column) -> None:
    assert column_of(header) == column


def test_spellings_of_types_headers_and_numbers_are_read(built: Build) -> None:
    questionnaire, report = built(
        [
            ("Type", "Name", "Label::English (en)", "label:Русский (ru)", "Relevance", "Required"),
            ("Select One  yn", "my-name 1", "Hi\xa0there", "Привет", None, "TRUE"),
            (None,) * 6,
            ("SELECT_MULTIPLE yn", "weight", "W", "В", "${my-name 1}=1", None),
            ("select all that apply from yn", "both", "B", "Б", None, "no"),
            ("select1 yn", "one", "O", "О", None, None),
            ("NOTE", None, "N", "Н", None, None),
        ],
        [
            ("list name", "name", "label::English (en)", "caption::Русский (ru)"),
            ("yn", 1.0, "Yes", "Да"),
            ("yn", 2.0, "No", "Нет"),
        ],
        notes=[("anything",), ("at all",)],
    )
    assert [(item.id, item.kind) for item in questionnaire.items.values()] == [
        ("my_name_1", "single"),
        ("weight_2", "several"),
        ("both", "several"),
        ("one", "single"),
        ("note_7", "info"),
    ]
    assert questionnaire.items["my_name_1"].text["en"] == "Hi there"
    assert questionnaire.items["my_name_1"].required and not questionnaire.items["both"].required
    assert questionnaire.items["weight_2"].show_if.data == {"item": "my_name_1", "eq": 1}  # type: ignore[union-attr]
    assert dict(report.renamed) == {"my-name 1": "my_name_1", "weight": "weight_2"}
    assert any(entry.place == "sheet notes" for entry in report.of("not carried"))


def test_names_in_two_groups_get_the_group_before_them(built: Build) -> None:
    questionnaire, report = built(
        [
            HEADER,
            ("begin_group", "mother", "Mother"),
            ("integer", "age", "Her age"),
            ("end_group", None, None),
            ("begin_group", "father", "Father"),
            ("integer", "age", "His age"),
            ("end_group", None, None),
        ]
    )
    assert list(questionnaire.items) == ["age", "father_age"]
    assert report.renamed == (("age", "father_age"),)


def test_columns_of_a_several_of_question_never_meet_another_name(built: Build) -> None:
    questionnaire, report = built(
        [HEADER, ("select_multiple l", "m", "M"), ("integer", "M_1", "N"), ("integer", "m_2", "O")],
        [("list_name", "name", "label"), ("l", "a", "A"), ("l", "b", "B")],
    )
    names = [variable.name.lower() for variable in questionnaire.codebook().variables]
    assert len(names) == len(set(names))
    assert "duplicate_id" not in {problem.rule for problem in report.todo}


def test_words_without_a_language_fill_gaps_of_the_default_language(built: Build) -> None:
    questionnaire, report = built(
        [
            ("type", "name", "label", "label::English (en)", "label::Russian (ru)"),
            ("integer", "a", "Bare", None, "А"),
            ("integer", "b", "Bare", "Named", "Б"),
        ],
        [],
        [("default_language",), ("English (en)",)],
    )
    assert questionnaire.items["a"].text == {"en": "Bare", "ru": "А"}
    assert questionnaire.items["b"].text == {"en": "Named", "ru": "Б"}
    assert any(entry.name == "Bare" and "other words" in entry.note for entry in report.of("not carried"))


def test_a_form_without_languages_takes_the_one_of_the_command(built: Build) -> None:
    questionnaire, _ = built([HEADER, ("text", "имя", "Ваше имя?")], languages="ru")
    assert questionnaire.languages == ("ru",)
    assert questionnaire.source_language == "ru"


def test_cells_without_a_header_are_listed(built: Build) -> None:
    _, report = built([(*HEADER, None), ("text", "a", "A", "a remark")])
    assert [(e.place, e.name) for e in report.of("not carried")] == [("survey row 2, column 4", "a remark")]


def test_missing_labels_are_said_and_the_name_stands_there(built: Build) -> None:
    questionnaire, report = built(
        [("type", "name"), ("integer", "a"), ("select_one l", "b")],
        [("list_name", "name"), ("l", "x"), ("l", "y")],
    )
    assert questionnaire.items["a"].text == {"en": "a"}
    item = questionnaire.items["b"]
    assert isinstance(item, SingleChoice) and [o.label["en"] for o in item.options] == ["x", "y"]
    notes = {entry.name.split()[-1]: entry.note for entry in report.of("changed")}
    assert "no label" in notes["b"] and "no label" in notes["x"]


def test_dont_know_and_refused_leave_the_list_and_its_order(built: Build) -> None:
    questionnaire, report = built(
        [(*HEADER, "relevant"), ("select_one l", "a", "A", None), ("text", "b", "B", "${a} = '98'")],
        [
            ("list_name", "name", "label"),
            ("l", 1, "Low"),
            ("l", 2, "High"),
            ("l", 98, "Don’t know"),
            ("l", 99, "Refused"),
        ],
    )
    item = questionnaire.items["a"]
    assert isinstance(item, SingleChoice)
    assert [option.code for option in item.options] == [1, 2]
    assert item.allow == (-1, -2)
    assert questionnaire.items["b"].show_if.data == {"item": "a", "eq": -1}  # type: ignore[union-attr]
    assert {row.name: row.code for row in report.codes} == {"1": 1, "2": 2, "98": -1, "99": -2}


def test_answers_with_negative_numbers_are_numbered_in_order(built: Build) -> None:
    questionnaire, _ = built(
        [HEADER, ("select_one l", "a", "A")],
        [("list_name", "name", "label"), ("l", -1, "Worse"), ("l", 0, "Same"), ("l", 1, "Better")],
    )
    assert [o.code for o in questionnaire.items["a"].options] == [1, 2, 3]  # type: ignore[attr-defined]


def test_repeats_are_asked_once_and_said_loudly(built: Build) -> None:
    _, report = built(
        [HEADER, ("begin_repeat", "kids", "Kids"), ("integer", "age", "Age"), ("end_repeat", None, None)]
    )
    notes = " ".join(entry.note for entry in report.of("changed"))
    assert "REPEATED IN THE FORM" in notes and "ASKED ONCE" in notes


def test_a_group_shown_together_is_a_page_split_where_a_rule_looks_at_it(built: Build) -> None:
    questionnaire, report = built(
        [
            (*HEADER, "appearance", "relevant"),
            ("begin_group", "g", "G", "field-list", None),
            ("integer", "a", "A", None, None),
            ("integer", "b", "B", None, None),
            ("integer", "c", "C", None, "${a} > 3"),
            ("end_group", None, None, None, None),
        ]
    )
    assert [page.items for page in questionnaire.pages] == [("a", "b"), ("c",)]
    assert any(words.startswith("pages: 1") for words in report.added)
    assert not [p for p in report.todo if p.rule == "forward_reference"]


def test_the_rule_of_a_group_reaches_all_its_questions(built: Build) -> None:
    questionnaire, _ = built(
        [
            (*HEADER, "relevant"),
            ("integer", "age", "Age", None),
            ("begin_group", "g", "G", "${age} >= 18"),
            ("begin_group", "h", "H", "${age} < 65"),
            ("integer", "a", "A", "${age} != 40"),
            ("end_group", None, None, None),
            ("end_group", None, None, None),
        ]
    )
    rule = questionnaire.items["a"].show_if
    assert rule is not None
    assert rule.holds({"age": 20}) and not any(rule.holds({"age": n}) for n in (17, 65, 40))
    assert questionnaire.items["h"].kind == "info"


def test_what_a_spreadsheet_may_hold_stands_unchanged_in_the_file(built: Build) -> None:
    nasty = "yes: [a, &b *c] # d - 'q' \"w\" \\ ~ {brace}"
    questionnaire, _ = built([HEADER, ("integer", "no", nasty), ("integer", "null", "'=1+1")])
    assert questionnaire.items["no"].text["en"] == nasty.replace("{brace}", "[brace]")
    assert "null" in questionnaire.items


def test_the_validator_of_the_format_is_heard(built: Build) -> None:
    _, report = built([(*HEADER, "relevant"), ("integer", "a", "A", "${nobody} = 1")])
    assert any("nobody" in words for words in report.validation)


def test_a_deep_and_a_long_condition_are_listed_not_followed(built: Build) -> None:
    deep, long = "(" * 3000 + "${a} = 1" + ")" * 3000, "${a} = 1 or " * 1000 + "${a} = 2"
    _, report = built(
        [
            (*HEADER, "relevant"),
            ("integer", "a", "A", None),
            ("integer", "b", "B", deep),
            ("integer", "c", "C", long),
        ]
    )
    assert {name for name, _ in report.unruled} == {"b", "c"}


def test_a_workbook_of_excel_97_is_read_alike(tmp_path: Path, imported: Run) -> None:
    path = Path(__file__).with_name("old_workbook.py")
    spec = importlib.util.spec_from_file_location("old_workbook", path)
    assert spec is not None and spec.loader is not None
    old = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(old)
    survey = [
        (*HEADER, "relevant"),
        ("select_one l", "a", "Қала?", None),
        (None,) * 4,
        ("integer", "b", "B", "${a} = 2"),
    ]
    choices = [("list_name", "name", "label"), ("l", 1, "Алматы"), ("l", 2, "Астана")]
    questionnaire, _ = imported(
        old.write_xls(tmp_path / "old.xls", {"survey": survey, "choices": choices}), languages="kk"
    )
    item = questionnaire.items["a"]
    assert isinstance(item, SingleChoice)
    assert [(o.code, o.label["kk"]) for o in item.options] == [(1, "Алматы"), (2, "Астана")]
    assert questionnaire.items["b"].show_if.data == {"item": "a", "eq": 2}  # type: ignore[union-attr]


def test_questions_that_the_form_has_switched_off_are_listed_not_asked(built: Build) -> None:
    questionnaire, report = built(
        [
            (*HEADER, "disabled", "relevant"),
            ("integer", "a", "A", None, "yes"),
            ("integer", "b", "B", "TRUE", None),
        ]
    )
    assert list(questionnaire.items) == ["a"]
    assert questionnaire.items["a"].show_if is None
    assert {entry.note for entry in report.of("not carried")} == {"the form has switched it off"}


def test_groups_of_a_kind_only_kobo_knows_are_groups_and_their_questions_listed(built: Build) -> None:
    questionnaire, report = built(
        [
            HEADER,
            ("begin_score", "s", "S"),
            ("score__row", "r", "R"),
            ("end_score", None, None),
            ("integer", "a", "A"),
        ]
    )
    assert list(questionnaire.items) == ["a"]
    assert any("score__row" in entry.note for entry in report.of("not carried"))

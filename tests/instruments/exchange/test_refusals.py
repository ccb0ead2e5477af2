"""Forms that cannot be read are refused with every problem at once; harmful ones quickly."""

import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Refused = Callable[..., list[tuple[str, str]]]
HEADER = ("type", "name", "label")


def test_every_problem_of_a_workbook_is_said_at_once_with_sheet_and_row(
    tmp_path: Path, forms: ModuleType, refused: Refused
) -> None:
    survey = [
        HEADER,
        ("select_one nope", "a", "A"),
        ("text", "a", "Again"),
        ("text", None, "No name"),
        ("begin group", "g", "G"),
        ("text", "x", "X"),
        ("end repeat", None, None),
        ("select_one", "z", "Z"),
        (None, "h", "No type"),
        ("begin group", "q", "Q"),
    ]
    choices = [
        ("list_name", "name", "label"),
        ("l", None, "x"),
        (None, "y", "y"),
        ("l", "1", "a"),
        ("l", "1", "b"),
    ]
    found = refused(forms.workbook(tmp_path / "many.xlsx", survey, choices))
    assert set(found) == {
        ("list", "survey row 2"),
        ("duplicate_name", "survey row 3"),
        ("name", "survey row 4"),
        ("group", "survey row 7"),
        ("list", "survey row 8"),
        ("type", "survey row 9"),
        ("group", "survey row 10"),
        ("name", "choices row 2"),
        ("list", "choices row 3"),
        ("duplicate_name", "choices row 5"),
    }


def test_a_workbook_without_questions_is_refused(tmp_path: Path, forms: ModuleType, refused: Refused) -> None:
    assert refused(forms.workbook(tmp_path / "a.xlsx", [HEADER]))[0] == ("sheet", "survey")
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Questions"
    book.create_sheet("More")
    book.save(tmp_path / "b.xlsx")
    assert [rule for rule, _ in refused(tmp_path / "b.xlsx")] == ["sheet"]


def test_rows_behind_a_large_gap_are_refused_instead_of_lost(
    tmp_path: Path, forms: ModuleType, refused: Refused
) -> None:
    rows = [HEADER, ("text", "a", "A"), *([(None, None, None)] * 80), ("text", "b", "B")]
    assert refused(forms.workbook(tmp_path / "gap.xlsx", rows)) == [("row", "survey")]


def test_a_formula_without_a_saved_value_is_refused_instead_of_lost(
    tmp_path: Path, forms: ModuleType, refused: Refused
) -> None:
    rows = [HEADER, ("text", "a", "=B2")]
    assert refused(forms.workbook(tmp_path / "f.xlsx", rows)) == [("formula", "survey row 2, label")]


def test_two_columns_that_mean_the_same_are_refused(
    tmp_path: Path, forms: ModuleType, refused: Refused
) -> None:
    rows = [("type", "name", "label", "caption"), ("integer", "a", "A", "B")]
    assert refused(forms.workbook(tmp_path / "c.xlsx", rows)) == [("column", "survey row 1")]


def test_languages_without_a_code_are_refused_and_can_be_named(
    tmp_path: Path, forms: ModuleType, refused: Refused, imported: Callable[..., tuple[object, object]]
) -> None:
    rows = [("type", "name", "label::Klingon", "label::Sindarin"), ("text", "a", "A", "B")]
    path = forms.workbook(tmp_path / "l.xlsx", rows)
    assert [rule for rule, _ in refused(path)] == ["language", "language"]
    questionnaire, _ = imported(path, languages="tlh=Klingon,sjn=Sindarin")
    assert questionnaire.languages == ("tlh", "sjn")  # type: ignore[attr-defined]
    assert refused(path, languages="English") == [("language", "--languages")]


def test_what_is_no_form_is_refused(tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "b.xlsx").write_text("type,name,label", encoding="utf-8")
    (tmp_path / "c.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    (tmp_path / "d.txt").write_text("", encoding="utf-8")
    for name in ("a.xlsx", "b.xlsx", "c.xls"):
        assert [rule for rule, _ in refused(tmp_path / name)] == ["workbook"]
    assert [rule for rule, _ in refused(tmp_path / "d.txt")] == ["format"]
    assert [rule for rule, _ in refused(tmp_path / "missing.xlsx")] == ["file"]


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("<document>\n<questions>\n", "xml", "line 3"),
        ("", "xml", "line 1"),
        ("<a>\n&nope;</a>", "xml", "line 2"),
        ("<document><LimeSurveyDocType>Label set</LimeSurveyDocType></document>", "format", "line 1"),
        ("<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", "questions", "line 1"),
        ("<a>" * 50 + "</a>" * 50, "xml", "line 1"),
    ],
)
def test_what_is_no_survey_structure_is_refused_with_its_line(
    tmp_path: Path, refused: Refused, text: str, rule: str, line: str
) -> None:
    path = tmp_path / "bad.lss"
    path.write_text(text, encoding="utf-8")
    found = refused(path)
    assert found[0][0] == rule
    assert found[0][1] in (line, "line 0")


def test_a_bomb_of_entities_is_refused_in_under_a_second(tmp_path: Path, refused: Refused) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    text = f'<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a0 "ha">{entities}]>\n<document>&a19;</document>'
    path = tmp_path / "bomb.lss"
    path.write_text(text, encoding="utf-8")
    began = time.process_time()
    assert refused(path) == [("entity", "line 2")]
    assert time.process_time() - began < 1


def test_an_entity_that_names_a_file_is_never_read(tmp_path: Path, refused: Refused) -> None:
    text = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><document>&x;</document>'
    for name, encoding in (("a.lss", "utf-8"), ("b.lss", "utf-16")):
        (tmp_path / name).write_text(text, encoding=encoding)
        assert refused(tmp_path / name)[0][0] == "entity"


def test_an_entity_in_a_part_of_a_workbook_is_refused(
    tmp_path: Path, forms: ModuleType, refused: Refused
) -> None:
    source = forms.workbook(tmp_path / "a.xlsx", [HEADER, ("text", "a", "A")])
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as after:
        for name in before.namelist():
            content = before.read(name)
            declared = b'<!DOCTYPE x [<!ENTITY a "a">]>' + content if name.endswith("sheet1.xml") else content
            after.writestr(name, declared)
    assert refused(tmp_path / "b.xlsx") == [("entity", "xl/worksheets/sheet1.xml")]


def test_a_workbook_that_unpacks_to_far_more_is_refused_in_under_a_second(
    tmp_path: Path, forms: ModuleType, refused: Refused
) -> None:
    source = forms.workbook(tmp_path / "a.xlsx", [HEADER, ("text", "a", "A")])
    with zipfile.ZipFile(source, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * 100_000_000)
    began = time.process_time()
    assert [rule for rule, _ in refused(source)] == ["size"]
    assert time.process_time() - began < 1


def test_a_workbook_that_lies_about_the_size_of_a_part_is_refused(
    tmp_path: Path, forms: ModuleType, refused: Refused
) -> None:
    source = forms.workbook(tmp_path / "a.xlsx", [HEADER, ("text", "a", "A")])
    with zipfile.ZipFile(source, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b" " * 70_000_000)
    data = source.read_bytes()
    true, small = (70_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert data.count(true) == 2
    source.write_bytes(data.replace(true, small))
    assert refused(source)[0][0] in ("size", "workbook", "xml")


@pytest.mark.parametrize("name", ["a.xlsx", "a.lss"])
def test_a_file_of_fifty_megabytes_is_refused_in_under_a_second(
    tmp_path: Path, refused: Refused, name: str
) -> None:
    with (tmp_path / name).open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(50_000_000)
    began = time.process_time()
    assert [rule for rule, _ in refused(tmp_path / name)] == ["size"]
    assert time.process_time() - began < 1


def test_nothing_is_overwritten_and_nothing_is_left_half_written(
    tmp_path: Path, forms: ModuleType, imported: Callable[..., tuple[object, object]], refused: Refused
) -> None:
    from instruments import InstrumentError, import_form

    source = forms.workbook(tmp_path / "a.xlsx", [HEADER, ("text", "a", "A")])
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.codes.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InstrumentError, match="a new file"):
        import_form(source, folder)
    assert [path.name for path in folder.iterdir()] == ["a.codes.csv"]
    assert (folder / "a.codes.csv").read_text("utf-8") == "mine"

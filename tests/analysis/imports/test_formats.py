"""The same small table in four formats is the same wave; a file that is not what the map says is refused."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from analysis import ImportProblems, import_file, read_json, write_release
from analysis.imports import ImportedWave
from analysis.imports.formats import read_table
from analysis.imports.spec import FileSpec

CONTENT = ("data.parquet", "codebook.json", "design.json", "weights.json", "disclosure.json")


def release_of(wave: ImportedWave, home: Path) -> Path:
    ref = write_release(
        wave.data, home, instrument=wave.instrument, weights=wave.weights, fieldwork=wave.fieldwork
    )
    return ref.folder


@pytest.mark.parametrize(
    ("kind", "file", "how"),
    [
        ("csv", {"encoding": "cp1251"}, {"encoding": "cp1251"}),
        ("csv", {"encoding": "utf-8"}, {"encoding": "utf-8-sig"}),
        ("csv", {"delimiter": ";"}, {"delimiter": ";"}),
        ("csv", {"delimiter": "\t", "encoding": "utf-16"}, {"delimiter": "\t", "encoding": "utf-16"}),
        ("xlsx", {}, {}),
        ("xlsx", {"sheet": "Ответы"}, {"sheets": ("Обложка", "Ответы")}),
        ("sav", {}, {}),
        ("dta", {}, {}),
    ],
)
def test_a_table_gives_the_same_release_from_every_format(
    run: Callable[..., tuple[ImportedWave, ...]],
    the_map: dict[str, Any],
    tmp_path: Path,
    kind: str,
    file: dict[str, str],
    how: dict[str, Any],
) -> None:
    plain = run(the_map)
    other = run({**the_map, "file": file}, kind=kind, **how)
    for number, (expected, found) in enumerate(zip(plain, other, strict=True)):
        one = release_of(expected, tmp_path / "one")
        two = release_of(found, tmp_path / f"two-{number}")
        for name in CONTENT:
            assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_the_source_file_is_named_in_the_release(
    run: Callable[..., tuple[ImportedWave, ...]], the_map: dict[str, Any], tmp_path: Path
) -> None:
    folder = release_of(run(the_map)[0], tmp_path)
    source = read_json(folder, "fieldwork")["source"]
    assert source["file"] == "poll.csv"
    assert source["rows"] == 8
    assert len(source["sha256"]) == 64
    assert read_json(folder, "instrument")["map"]["study"] == "poll"


def test_labels_of_an_spss_file_fill_what_the_map_leaves_out(
    run: Callable[..., tuple[ImportedWave, ...]], the_map: dict[str, Any]
) -> None:
    the_map["languages"] = ["ru"]
    the_map["title"] = "Опрос"
    the_map["variables"] = {
        "REPORT": {"from": "report", "missing": {"98": -1, "8": -1}},
        "AGE": {"from": "age", "level": "interval", "blank": -5},
    }
    waves = run(
        the_map,
        kind="sav",
        column_labels={"report": "Сообщили бы Вы?", "age": "Возраст"},
        variable_value_labels={"report": {1: "Да", 2: "Нет", 8: "ЗО", 98: "Затрудняюсь ответить"}},
        missing_ranges={"report": [8, 98]},
    )
    report = waves[0].data.codebook.variable("REPORT")
    assert report.label == {"ru": "Сообщили бы Вы?"}
    assert report.codes == {1: {"ru": "Да"}, 2: {"ru": "Нет"}}


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_a_user_missing_value_the_map_does_not_name_is_refused_with_its_label(
    tmp_path: Path,
    make_map: Callable[..., Path],
    the_map: dict[str, Any],
    rows: list[tuple[Any, ...]],
    writers: dict[str, Callable[..., Path]],
    kind: str,
) -> None:
    value: Any = 97 if kind == "sav" else "c"
    said = {1: "Да", 2: "Нет", value: "Отказ"}
    rows[4] = (2021, 1, 2, 44, "Алматы", 0.75, "A", 21)
    labels = {"variable_value_labels": {"report": said}}
    if kind == "sav":
        rows[4] = (2021, 97, *rows[4][2:])
        labels["missing_ranges"] = {"report": [97]}
        path = writers["sav"](tmp_path / "poll.sav", rows, **labels)
    else:
        path = stata_with_a_letter(tmp_path / "poll.dta", rows, said)
    with pytest.raises(ImportProblems) as caught:
        import_file(path, make_map(the_map))
    (problem,) = caught.value.problems
    assert problem.rule == "user-missing"
    assert "Отказ" in problem.found
    assert "in 1 rows (case 5)" in problem.found
    assert "variables.REPORT.missing" in problem.hint


def test_stata_extended_missing_values_are_mapped_by_their_letter(
    tmp_path: Path, make_map: Callable[..., Path], the_map: dict[str, Any], rows: list[tuple[Any, ...]]
) -> None:
    the_map["variables"]["REPORT"]["missing"] = {"98": -1, ".c": -2}
    path = stata_with_a_letter(tmp_path / "poll.dta", rows, {1: "Да", 2: "Нет"})
    waves = import_file(path, make_map(the_map))
    assert waves[1].data.frame["REPORT"].tolist() == [-2, -1, 2, 2]


def stata_with_a_letter(path: Path, rows: list[tuple[Any, ...]], said: dict[Any, str]) -> Path:
    """A Stata file whose fifth answer to `report` is the extended missing value .c."""
    import pandas as pd
    import pyreadstat

    columns = ("year", "report", "trust", "age", "town", "w", "region", "cluster")
    frame = pd.DataFrame(rows, columns=columns)
    numeric = [name for name in columns if name not in ("town", "region", "report")]
    frame = frame.astype(dict.fromkeys(numeric, float))
    answers: list[Any] = [float(value) for value in frame["report"]]
    answers[4] = "c"
    frame["report"] = pd.Series(answers, dtype=object)
    pyreadstat.write_dta(
        frame, str(path), missing_user_values={"report": ["c"]}, variable_value_labels={"report": said}
    )
    return path


@pytest.mark.parametrize(
    ("written", "declared", "hint"),
    [
        ("cp1251", "utf-8", "cp1251"),
        ("utf-8", "cp1251", "utf-8"),
        ("utf-16", "utf-8", "utf-16"),
        ("cp1251", "latin-1", "cp1251"),
    ],
)
def test_a_wrong_encoding_is_refused_with_the_right_one(
    problems: Callable[..., Any], the_map: dict[str, Any], written: str, declared: str, hint: str
) -> None:
    (problem,) = problems({**the_map, "file": {"encoding": declared}}, encoding=written)
    assert (problem.rule, problem.path) == ("encoding", "file.encoding")
    assert f"encoding: {hint}" in problem.hint


def test_a_wrong_delimiter_is_refused_with_the_right_one(
    problems: Callable[..., Any], the_map: dict[str, Any]
) -> None:
    (problem,) = problems(the_map, delimiter=";")
    assert problem.rule == "delimiter"
    assert "delimiter: ';'" in problem.hint


def test_a_row_of_another_length_is_named_by_its_line(
    tmp_path: Path, make_map: Callable[..., Path], the_map: dict[str, Any]
) -> None:
    path = tmp_path / "poll.csv"
    path.write_text("year,report\n2019,1\n2019,1,7\n\n2019\n", encoding="utf-8")
    with pytest.raises(ImportProblems) as caught:
        import_file(path, make_map(the_map))
    (problem,) = caught.value.problems
    assert problem.line == 3
    assert "2 rows with another number: line 3 with 3, line 5 with 1" in problem.found


@pytest.mark.parametrize("header", ["year,report,report", "year,,report"])
def test_a_header_with_a_gap_or_a_repeat_is_refused(
    tmp_path: Path, make_map: Callable[..., Path], the_map: dict[str, Any], header: str
) -> None:
    path = tmp_path / "poll.csv"
    path.write_text(f"{header}\n2019,1,1\n", encoding="utf-8")
    with pytest.raises(ImportProblems) as caught:
        import_file(path, make_map(the_map))
    assert [problem.rule for problem in caught.value.problems] == ["column-name"]


def test_a_workbook_of_two_sheets_asks_which(problems: Callable[..., Any], the_map: dict[str, Any]) -> None:
    (problem,) = problems(the_map, kind="xlsx", sheets=("Cover", "Data"))
    assert problem.rule == "sheet"
    assert "Cover, Data" in problem.expected


def test_a_formula_without_a_value_is_no_blank(
    tmp_path: Path,
    make_map: Callable[..., Path],
    the_map: dict[str, Any],
    writers: dict[str, Callable[..., Path]],
) -> None:
    path = writers["xlsx"](tmp_path / "poll.xlsx")
    book = openpyxl.load_workbook(path)
    book.active["F3"] = "=1/2"
    book.save(path)
    with pytest.raises(ImportProblems) as caught:
        import_file(path, make_map(the_map))
    (problem,) = caught.value.problems
    assert (problem.rule, problem.line) == ("formula", 3)


@pytest.mark.parametrize("kind", ["sav", "dta", "xlsx"])
def test_a_file_of_another_format_is_refused(
    tmp_path: Path, make_map: Callable[..., Path], the_map: dict[str, Any], kind: str
) -> None:
    path = tmp_path / f"poll.{kind}"
    path.write_text("year,report\n2019,1\n", encoding="utf-8")
    with pytest.raises(ImportProblems) as caught:
        import_file(path, make_map(the_map))
    assert [problem.rule for problem in caught.value.problems] == ["unreadable"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"<cut off", b"", b"<a><b></a>", b"<a/>"])
def test_a_workbook_with_broken_xml_is_refused(
    tmp_path: Path,
    make_map: Callable[..., Path],
    the_map: dict[str, Any],
    writers: dict[str, Callable[..., Path]],
    part: str,
    content: bytes,
) -> None:
    whole = writers["xlsx"](tmp_path / "whole.xlsx")
    path = tmp_path / "poll.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, content if name == part else source.read(name))
    with pytest.raises(ImportProblems) as caught:
        import_file(path, make_map(the_map))
    assert {problem.rule for problem in caught.value.problems} <= {"unreadable", "sheet", "empty"}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sav", "dta"])
def test_a_file_without_rows_makes_no_release(
    problems: Callable[..., Any], the_map: dict[str, Any], kind: str
) -> None:
    (problem,) = problems(the_map, [], kind=kind)
    assert (problem.rule, problem.found) == ("no-rows", "no rows")


@pytest.mark.parametrize("name", ["absent.csv", "poll.ods"])
def test_an_absent_file_and_an_unknown_suffix_are_named(
    tmp_path: Path, make_map: Callable[..., Path], the_map: dict[str, Any], name: str
) -> None:
    with pytest.raises(ImportProblems) as caught:
        import_file(tmp_path / name, make_map(the_map))
    assert all(name in problem.file for problem in caught.value.problems)


def test_a_comma_is_a_decimal_mark_only_where_the_map_says_so(
    tmp_path: Path, make_map: Callable[..., Path], the_map: dict[str, Any]
) -> None:
    text = "year;report;w\n2019;1;1,5\n2019;2;0,5\n2021;1.0;1\n2021;2;1\n"
    path = tmp_path / "poll.csv"
    path.write_text(text, encoding="utf-8")
    the_map["design"] = {"weight": "w"}
    the_map["variables"] = {"REPORT": the_map["variables"]["REPORT"]}
    the_map["file"] = {"delimiter": ";", "decimal": ","}
    with pytest.raises(ImportProblems) as caught:
        import_file(path, make_map(the_map))
    assert [(p.rule, p.line) for p in caught.value.problems] == [("unknown-code", 4)]
    path.write_text(text.replace("1.0", "1"), encoding="utf-8")
    waves = import_file(path, make_map(the_map))
    assert np.array_equal(waves[0].data.frame["weight"], [1.5, 0.5])
    the_map["file"] = {"delimiter": ";"}
    with pytest.raises(ImportProblems) as caught:
        import_file(path, make_map(the_map))
    assert "w not a number in 2 rows (line 2, 3)" in caught.value.problems[0].found
    assert caught.value.problems[0].hint == "1,5 is a number where the map says `file: {decimal: ','}`"


def test_a_point_where_the_map_says_comma_is_told(
    problems: Callable[..., Any], the_map: dict[str, Any]
) -> None:
    the_map["file"] = {"decimal": ","}
    hints = [problem.hint for problem in problems(the_map) if problem.path == "design.weight"]
    assert hints == [
        f"{word} is a number where the map says `file: {{decimal: '.'}}`" for word in ("1.5", "0.75")
    ]


HEAD = {"cases": 80, "elements": 68}
"""Where an SPSS file says how much it holds."""


def lying(path: Path, what: str, number: int) -> Path:
    """The same file with another number in its head."""
    content = bytearray(path.read_bytes())
    content[HEAD[what] : HEAD[what] + 4] = struct.pack("<i", number)
    path.write_bytes(content)
    return path


def an_spss_file(path: Path, **how: bool) -> Path:
    frame = pd.DataFrame({"A": [1.0, 2, 3], "B": [4.0, 5, 6], "S": ["x", "y" * 20, "z"]})
    pyreadstat.write_sav(frame, str(path), **how)
    return path


@pytest.mark.parametrize("how", [{}, {"row_compress": True}, {"compress": True}], ids=["plain", "rows", "z"])
@pytest.mark.parametrize(
    ("what", "number", "said"),
    [
        ("cases", 1, "1 cases, as the head of the file says"),
        ("cases", 2, "2 cases, as the head of the file says"),
        ("cases", 4, "4 cases, as the head of the file says"),
        ("cases", 100_000, "100,000 cases, as the head of the file says"),
        ("elements", 6, "6 columns of eight bytes"),
        ("elements", 500, "500 columns of eight bytes"),
    ],
)
def test_an_spss_file_whose_head_says_other_than_it_holds_is_refused_in_words(
    tmp_path: Path, how: dict[str, bool], what: str, number: int, said: str
) -> None:
    """Read as it says, one that says too few loses rows in silence."""
    path = lying(an_spss_file(tmp_path / "poll.sav", **how), what, number)
    with pytest.raises(ImportProblems, match="untrue") as refused:
        read_table(path, FileSpec("sav"))
    assert said in str(refused.value)
    assert "poll.sav" in str(refused.value)


@pytest.mark.parametrize("how", [{}, {"row_compress": True}, {"compress": True}], ids=["plain", "rows", "z"])
def test_an_spss_file_that_is_true_or_says_nothing_is_read_whole(
    tmp_path: Path, how: dict[str, bool]
) -> None:
    for what, number in (("cases", 3), ("cases", -1), ("elements", -1), ("elements", 5)):
        path = lying(an_spss_file(tmp_path / "poll.sav", **how), what, number)
        assert len(read_table(path, FileSpec("sav")).rows) == 3


def test_an_spss_file_cut_off_in_a_row_is_refused(tmp_path: Path) -> None:
    path = an_spss_file(tmp_path / "poll.sav")
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ImportProblems, match="2 whole ones"):
        read_table(path, FileSpec("sav"))


STATA = {8: 113, 10: 114, 12: 115}
"""Version -> layout of its files."""


def a_stata_file(path: Path, version: int, *, labels: bool = True) -> Path:
    frame = pd.DataFrame({"A": [1.0, 2, 3] * 4, "S": ["x", "y" * 20, "z"] * 4, "N": range(12)})
    labelled = {"A": {1: "yes", 2: "no"}, "N": {0: "none"}} if labels else {}
    pyreadstat.write_dta(frame, str(path), version=version, variable_value_labels=labelled)
    return path


@pytest.mark.parametrize("labels", [True, False], ids=["labels", "bare"])
@pytest.mark.parametrize("version", STATA)
@pytest.mark.parametrize("cases", [0, 1, 11, 13, 100_000, -1])
def test_a_stata_file_whose_head_says_other_than_it_holds_is_refused_in_words(
    tmp_path: Path, version: int, labels: bool, cases: int
) -> None:
    """Read as it says, one that says too few loses rows in silence, one that says too many gains some."""
    path = a_stata_file(tmp_path / "poll.dta", version, labels=labels)
    content = bytearray(path.read_bytes())
    assert content[0] == STATA[version]
    content[6:10] = struct.pack("<i", cases)
    path.write_bytes(content)
    with pytest.raises(ImportProblems, match="untrue") as refused:
        read_table(path, FileSpec("dta"))
    assert f"{cases:,} cases, as the head of the file says; found 12 whole ones" in str(refused.value)
    assert "poll.dta" in str(refused.value)


@pytest.mark.parametrize("version", [8, 10, 12, 13, 14])
@pytest.mark.parametrize("cut", [1, 20, 60, 200])
def test_a_stata_file_that_was_cut_off_is_refused(tmp_path: Path, version: int, cut: int) -> None:
    """In the labels it would lose them in silence; in the rows, the rows."""
    path = a_stata_file(tmp_path / "poll.dta", version)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ImportProblems, match="untrue"):
        read_table(path, FileSpec("dta"))


@pytest.mark.parametrize("labels", [True, False], ids=["labels", "bare"])
@pytest.mark.parametrize("version", [8, 10, 12, 13, 14, 15])
def test_a_stata_file_that_is_true_is_read_whole(tmp_path: Path, version: int, labels: bool) -> None:
    table = read_table(a_stata_file(tmp_path / "poll.dta", version, labels=labels), FileSpec("dta"))
    assert len(table.rows) == 12
    assert list(table.columns) == ["A", "S", "N"]


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_stata_file_that_another_program_wrote_is_read_whole(tmp_path: Path, order: str) -> None:
    frame = pd.DataFrame({"A": [1.0, 2, 3], "C": pd.Categorical(["a", "b", "a"]), "S": ["x", "y" * 20, "z"]})
    frame.to_stata(tmp_path / "poll.dta", version=114, byteorder=order, write_index=False)
    assert len(read_table(tmp_path / "poll.dta", FileSpec("dta")).rows) == 3


def test_a_stata_file_with_characteristics_before_its_rows_is_read_whole_and_caught_in_a_lie(
    tmp_path: Path,
) -> None:
    """Notes and the like stand between head and rows, each with its length."""
    path = a_stata_file(tmp_path / "poll.dta", 12)
    content = path.read_bytes()
    descriptors = 109 + 3 * (1 + 2 * 33 + 49 + 81) + 2 * 4
    assert content[descriptors : descriptors + 5] == bytes(5)
    note = b"_dta".ljust(33, b"\0") + b"note1".ljust(33, b"\0") + b"a note\0"
    noted = content[:descriptors] + struct.pack("<bi", 1, len(note)) + note + content[descriptors:]
    path.write_bytes(noted)
    assert len(read_table(path, FileSpec("dta")).rows) == 12
    path.write_bytes(noted[:6] + struct.pack("<i", 9) + noted[10:])
    with pytest.raises(ImportProblems, match="12 whole ones"):
        read_table(path, FileSpec("dta"))

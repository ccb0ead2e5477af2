"""`tolqyn instrument import` and `export`: what they print, what they write, the status they end with."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from instruments import load, load_library
from survey.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["instrument", *arguments])


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A small workbook with one thing that is not carried."""
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in [("type", "name", "label"), ("integer", "age", "Your age"), ("geopoint", "where", "Where?")]:
        sheet.append(row)
    book.save(tmp_path / "form.xlsx")
    return tmp_path / "form.xlsx"


def test_an_import_ends_with_0_and_lists_what_is_not_carried(form: Path, tmp_path: Path) -> None:
    result = run("import", str(form), "--out", str(tmp_path / "out"), "--name", "ages")
    assert result.exit_code == 0, result.output
    assert "survey row 3: question geopoint where" in result.stdout
    assert "to do before it goes into the field" in result.stdout
    assert load(tmp_path / "out" / "ages.yaml").items.keys() == {"age"}
    assert run("codebook", str(tmp_path / "out" / "ages.yaml")).exit_code == 0


def test_the_report_is_the_same_in_json_and_beside_the_instrument(form: Path, tmp_path: Path) -> None:
    result = run("import", str(form), "--out", str(tmp_path / "out"), "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["counts"]["question"] == {"mapped": 0, "changed": 1, "not carried": 1}
    assert report == json.loads((tmp_path / "out" / "form.report.json").read_text("utf-8"))


def test_a_form_that_cannot_be_read_ends_with_1_and_its_problems(tmp_path: Path) -> None:
    (tmp_path / "a.lss").write_text("<document>\n<questions>", encoding="utf-8")
    result = run("import", str(tmp_path / "a.lss"), "--out", str(tmp_path / "out"), "--json")
    assert result.exit_code == 1
    problems = json.loads(result.stdout)
    assert [list(problem) for problem in problems] == [
        ["file", "line", "path", "rule", "expected", "found", "hint"]
    ]
    assert not (tmp_path / "out").exists()
    assert "Traceback" not in run("import", str(tmp_path / "a.lss"), "--out", str(tmp_path / "out")).output


def test_a_missing_option_is_a_usage_error(form: Path) -> None:
    assert run("import", str(form)).exit_code == 2
    assert run("export", "kz_thb_core").exit_code == 2


def test_the_core_is_exported_with_a_list_of_what_does_not_map(tmp_path: Path) -> None:
    path = tmp_path / "core.xlsx"
    result = run("export", "kz_thb_core", "--xlsform", str(path), "--json")
    assert result.exit_code == 0, result.output
    counts = json.loads(result.stdout)["counts"]
    assert counts["question"]["not carried"] == 0
    assert counts["rule"] == {"mapped": 2, "changed": 0, "not carried": 0}
    assert path.stat().st_size > 10_000
    again = run("export", "kz_thb_core", "--xlsform", str(path))
    assert again.exit_code == 1
    assert "expected a new file" in again.stderr


def test_help_shows_an_example(form: Path) -> None:
    for command in ("import", "export"):
        result = run(command, "--help")
        assert "Example:" in result.stdout
        assert f"tolqyn instrument {command}" in result.stdout


def test_the_library_is_not_touched_by_an_export(tmp_path: Path) -> None:
    before = load_library("kz_thb_core").fingerprint
    run("export", "kz_thb_core", "--xlsform", str(tmp_path / "core.xlsx"))
    assert load_library("kz_thb_core").fingerprint == before

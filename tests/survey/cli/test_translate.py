"""`tolqyn instrument translate`: a workbook out, its changes shown, written when asked for."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from instruments import library_path
from survey.cli import main
from survey.config import study_today

NEW = "Көрші әйелді ұрып жатқанын естісеңіз, полицияға ({phone:police}) хабарласасыз ба?"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["instrument", "translate", *map(str, arguments)])


@pytest.fixture
def structure(tmp_path: Path) -> Path:
    path = library_path("kz_dv_attitudes")
    return Path(shutil.copytree(path.parent, tmp_path / "kz_dv_attitudes")) / path.name


@pytest.fixture
def translated(structure: Path, tmp_path: Path) -> Path:
    """A workbook in which one text was changed."""
    file = tmp_path / "kk.xlsx"
    assert run("export", structure, "--to", "kk", "--from", "ru", "--out", file).exit_code == 0
    book = load_workbook(file)
    (line,) = [row[0].row for row in book.worksheets[1] if row[0].value == "items.HEAR.text"]
    book.worksheets[1][f"C{line}"] = NEW
    book.save(file)
    return file


def test_export_says_what_it_wrote(tmp_path: Path) -> None:
    result = run("export", "kz_thb_core", "--to", "kk", "--out", tmp_path / "core.xlsx")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("core.xlsx: 384 texts, 0 without a translation, 0 to look at\n")


def test_import_shows_old_and_new_words_and_writes_nothing(structure: Path, translated: Path) -> None:
    before = structure.with_name("2026.1.kk.yaml").read_bytes()
    result = run("import", translated, "--into", structure)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "items.HEAR.text"
    assert lines[1].startswith("  - Қабырғаның")
    assert lines[2] == f"  + {NEW}"
    assert lines[3].startswith("1 of ")
    assert lines[4] == "nothing written; --write changes 2026.1.kk.yaml"
    assert structure.with_name("2026.1.kk.yaml").read_bytes() == before


def test_import_writes_when_told_to(structure: Path, translated: Path) -> None:
    result = run("import", translated, "--into", structure, "--write", "--json")
    data = json.loads(result.stdout)
    assert data["written"] is True
    assert [change["new"] for change in data["changes"]] == [NEW]
    assert NEW in structure.with_name("2026.1.kk.yaml").read_text(encoding="utf-8")


def test_what_is_reviewed_is_counted_by_check(structure: Path, translated: Path) -> None:
    book = load_workbook(translated)
    book.worksheets[1]["G2"], book.worksheets[1]["H2"], book.worksheets[1]["I2"] = (
        "reviewed",
        "A",
        "2026-05-01",
    )
    book.save(translated)
    assert run("import", translated, "--into", structure, "--write").exit_code == 0
    result = CliRunner().invoke(main, ["instrument", "check", str(structure)])
    assert "kk draft, needs native review (1 of 114 texts reviewed); ru draft" in result.stdout


def test_a_refused_workbook_lists_its_problems_and_writes_nothing(structure: Path, translated: Path) -> None:
    book = load_workbook(translated)
    book.worksheets[1]["C2"], book.worksheets[1]["G3"] = "Latin words here", "reviewed"
    book.save(translated)
    result = run("import", translated, "--into", structure, "--write", "--json")
    assert result.exit_code == 1
    problems = json.loads(result.stdout)
    assert {problem["rule"] for problem in problems} == {"alphabet", "reviewer", "date"}
    assert all(problem["file"] == str(translated) and problem["line"] > 1 for problem in problems)
    assert NEW not in structure.with_name("2026.1.kk.yaml").read_text(encoding="utf-8")


def test_a_file_that_is_no_workbook_is_refused_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("no")
    result = run("import", tmp_path / "x.xlsx")
    assert result.exit_code == 1
    assert "an .xlsx workbook" in result.stderr


def test_a_missing_language_is_a_usage_error() -> None:
    assert run("export", "kz_thb_core").exit_code == 2


def test_write_writes_nothing_where_nothing_changes(structure: Path, tmp_path: Path) -> None:
    file, wording = tmp_path / "kk.xlsx", structure.with_name("2026.1.kk.yaml")
    assert run("export", structure, "--to", "kk", "--out", file).exit_code == 0
    before = wording.stat()
    result = run("import", file, "--into", structure, "--write")
    assert result.stdout.splitlines()[-1] == "nothing written: 2026.1.kk.yaml says all this already"
    assert (wording.stat().st_mtime_ns, wording.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert (
        json.loads(run("import", file, "--into", structure, "--write", "--json").stdout)["written"] is False
    )


def test_a_structure_file_where_the_workbook_belongs_is_told_of_into(
    structure: Path, translated: Path
) -> None:
    for arguments in ((structure,), (translated, structure)):
        result = run("import", *arguments)
        assert result.exit_code == 2
        assert f"--into {structure}" in result.stderr


def test_a_review_of_tomorrow_is_refused(structure: Path, translated: Path) -> None:
    book = load_workbook(translated)
    day = (study_today() + timedelta(days=1)).isoformat()
    book.worksheets[1]["G2"], book.worksheets[1]["H2"], book.worksheets[1]["I2"] = "reviewed", "A", day
    book.save(translated)
    result = run("import", translated, "--into", structure, "--write")
    assert result.exit_code == 1
    assert "a day up to today" in result.stderr


def test_texts_that_are_translated_elsewhere_are_counted_apart(tmp_path: Path) -> None:
    result = run("export", "kz_thb_pulse", "--to", "kk", "--out", tmp_path / "pulse.xlsx")
    assert "8 texts, 0 without a translation, 0 to look at; 143 more are taken over" in result.stdout

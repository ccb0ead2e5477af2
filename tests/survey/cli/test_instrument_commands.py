"""`tolqyn instrument`: what it prints and the status it ends with."""

import json
import re
from pathlib import Path

from click.testing import CliRunner, Result

from instruments import Codebook, library_path, load_library
from survey.cli import main

TINY = Path(__file__).resolve().parents[2] / "library"
BROKEN = Path(__file__).resolve().parents[2] / "instruments" / "broken" / "many.yaml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["instrument", *arguments])


def test_a_sound_instrument_passes() -> None:
    result = run("check", "kz_thb_core")
    assert result.exit_code == 0, result.output
    assert "no problems" in result.stdout
    assert load_library("kz_thb_core").fingerprint in result.stdout
    assert "kk draft, needs native review" in result.stdout


def test_items_by_reference_are_named_with_where_they_come_from() -> None:
    result = run("check", "kz_thb_pulse")
    assert result.exit_code == 0, result.output
    assert "word for word from kz_thb_core 2026.1: CONSENT, Z_AGE, S_RES" in result.stdout
    assert "word for word" not in run("check", "kz_thb_core").stdout


def test_a_sound_instrument_has_an_empty_list_of_problems() -> None:
    result = run("check", "kz_thb_core", "--json")
    assert result.exit_code == 0
    assert [found for found in json.loads(result.stdout) if "severity" not in found] == []


def test_a_broken_instrument_is_refused_with_all_its_problems() -> None:
    result = run("check", str(BROKEN), "--json")
    assert result.exit_code == 1
    problems = json.loads(result.stdout)
    assert len(problems) >= 30
    for problem in problems:
        assert list(problem) == ["file", "line", "path", "rule", "expected", "found", "hint"]
        assert problem["line"] > 0


def test_a_broken_instrument_is_refused_in_words_without_a_traceback() -> None:
    result = run("check", str(BROKEN))
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "many.yaml:14: scales.agree3: expected each key once" in result.stderr
    assert "Did you mean allow?" in result.stderr


def test_several_instruments_are_checked_at_once() -> None:
    result = run("check", "kz_thb_core", str(BROKEN), str(TINY / "info.yaml"), "--json")
    assert result.exit_code == 1
    assert {Path(problem["file"]).name for problem in json.loads(result.stdout)} >= {
        "many.yaml",
        "many.ru.yaml",
    }
    sound = run("check", "kz_thb_core", str(TINY / "info.yaml"))
    assert (sound.exit_code, sound.stdout.count("no problems")) == (0, 2)


def test_help_lines_nobody_called_lately_are_a_warning_and_refused_when_strict() -> None:
    assert "warning: phones.police.verified_on" in run("check", "kz_thb_core").stderr
    strict = run("check", "kz_thb_core", "--strict", "--json")
    assert strict.exit_code == 1
    problems = json.loads(strict.stdout)
    assert {problem["rule"] for problem in problems} == {"phone"}
    assert not any("severity" in problem for problem in problems)


def test_warnings_stand_in_the_list_and_leave_the_exit_status_alone() -> None:
    result = run("check", "kz_thb_core", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    warnings = json.loads(result.stdout)
    assert {(warning["rule"], warning["severity"]) for warning in warnings} == {("phone", "warning")}
    assert json.loads(run("check", str(TINY / "info.yaml"), "--json").stdout) == []


def test_problems_come_before_warnings_in_one_list() -> None:
    result = run("check", "kz_thb_core", str(BROKEN), "--json")
    assert result.exit_code == 1
    marks = [found.get("severity", "problem") for found in json.loads(result.stdout)]
    assert marks == sorted(marks)
    assert set(marks) == {"problem", "warning"}


def test_a_typed_period_is_a_warning_in_words_and_refused_when_strict(tmp_path: Path) -> None:
    path = tmp_path / "info.yaml"
    text = (TINY / "info.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("Which colour?", "Which colour was it last year?"), encoding="utf-8")
    result = run("check", str(path))
    assert result.exit_code == 0
    assert "warning: items.COLOUR.text: expected a period by its name; found 'last year'" in result.stderr
    assert "no problems" in result.stdout
    strict = run("check", str(path), "--strict")
    assert strict.exit_code == 1
    assert "{period:NAME}" in strict.stderr


def test_missing_translations_are_shown_as_a_table(tmp_path: Path) -> None:
    for path in TINY.glob("languages*.yaml"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace('"Жалпы алғанда, оларға сенесіз бе?"', '" "'), "utf-8")
    result = run("check", str(tmp_path / "languages.yaml"))
    assert result.exit_code == 1
    assert re.search(r"missing translations +kk\nitems\.TRUST\.text +-", result.stdout)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    result = run("check", "kz_thb")
    assert result.exit_code == 1
    assert "kz_thb_core" in result.stderr


def test_a_missing_argument_is_a_usage_error() -> None:
    assert run("check").exit_code == 2


def test_the_codebook_is_printed_in_the_language_asked_for() -> None:
    result = run("codebook", "kz_thb_core", "--lang", "kk")
    assert result.exit_code == 0, result.output
    assert "Адам саудасы туралы естігені" in result.stdout
    assert "Heard about" not in result.stdout


def test_the_codebook_as_data_is_the_codebook() -> None:
    result = run("codebook", "kz_thb_core", "--json")
    assert Codebook.from_json(result.stdout) == load_library("kz_thb_core").codebook()


def test_a_language_without_wording_is_refused() -> None:
    result = run("codebook", "kz_thb_core", "--lang", "fr")
    assert result.exit_code == 1
    assert "kk, ru, uz, en" in result.stderr


def a_later_version(folder: Path, *changes: tuple[str, str]) -> Path:
    """The core as version 2027.1 in files of one's own, with words of the source file replaced."""
    for path in library_path("kz_thb_core").parent.glob("2026.1*.yaml"):
        text = path.read_text(encoding="utf-8")
        for old, new in (
            (('version: "2026.1"', 'version: "2027.1"'), *changes) if path.stem == "2026.1" else ()
        ):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (folder / path.name.replace("2026.1", "2027.1")).write_text(text, encoding="utf-8")
    return folder / "2027.1.yaml"


HEARD = 'text: "How much have you heard about human trafficking?"'
OTHER = 'text: "What do you know about human trafficking?"'
NOISE = 'text: "How  much have you heard&nbsp;about human <b>trafficking</b>?"'


def test_an_undeclared_change_is_shown_in_a_table_and_refused(tmp_path: Path) -> None:
    later = a_later_version(tmp_path, (HEARD, OTHER))
    page = tmp_path / "changes.html"
    result = run("compare", "kz_thb_core@2026.1", str(later), "--html", str(page))
    assert result.exit_code == 1
    assert "2026.1 to 2027.1" in result.stdout
    assert "AW1" in result.stdout
    assert "[-How" in result.stdout
    assert "{+What" in result.stdout
    assert "wording: 2, compare:" in result.stdout
    assert f"{later}:" in result.stderr
    assert "items.AW1: expected a wording number above 1" in result.stderr
    assert "<ins>What do</ins>" in page.read_text(encoding="utf-8")


def test_markup_and_white_space_pass_and_no_item_is_listed(tmp_path: Path) -> None:
    result = run("compare", "kz_thb_core@2026.1", str(a_later_version(tmp_path, (HEARD, NOISE))))
    assert result.exit_code == 0, result.output
    assert "AW1" not in result.stdout
    assert "passes: every change is declared" in result.stdout


def test_the_comparison_as_data_ends_with_the_same_status(tmp_path: Path) -> None:
    result = run("compare", "kz_thb_core@2026.1", str(a_later_version(tmp_path, (HEARD, OTHER))), "--json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert [item["item"] for item in data["items"] if item["verdict"] != "identical"] == ["AW1"]
    assert [problem["rule"] for problem in data["problems"]] == ["undeclared"]


def test_a_release_folder_stands_for_its_questionnaire(tmp_path: Path) -> None:
    (tmp_path / "instrument.json").write_text(load_library("kz_thb_core").to_json(), encoding="utf-8")
    result = run("compare", str(tmp_path), "kz_thb_core@2026.1")
    assert result.exit_code == 0, result.output
    assert "identical" in result.stdout


def test_the_record_of_an_imported_wave_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "instrument.json").write_text('{"name": "old", "map": {}}', encoding="utf-8")
    result = run("compare", str(tmp_path), "kz_thb_core@2026.1")
    assert result.exit_code == 1
    assert "as in the record of an imported wave" in result.stderr
    for content in ("[1]", "{"):
        (tmp_path / "instrument.json").write_text(content, encoding="utf-8")
        assert run("compare", str(tmp_path), "kz_thb_core").exit_code == 1
    assert run("compare", str(tmp_path / "no.json"), "kz_thb_core").exit_code == 1


def test_check_against_an_earlier_version_lists_what_is_not_declared(tmp_path: Path) -> None:
    later = a_later_version(tmp_path, (HEARD, OTHER))
    assert run("check", str(later)).exit_code == 0
    for against in ("2026.1", "kz_thb_core@2026.1"):
        result = run("check", str(later), "--against", against)
        assert result.exit_code == 1
        assert "[undeclared]" in result.stderr or "items.AW1" in result.stderr

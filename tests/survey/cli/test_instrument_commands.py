"""`tolqyn instrument`: what it prints and the status it ends with."""

import json
import re
from pathlib import Path

from click.testing import CliRunner, Result

from instruments import Codebook, load_library
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


def test_a_sound_instrument_has_an_empty_list_of_problems() -> None:
    result = run("check", "kz_thb_core", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


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
    assert {problem["rule"] for problem in json.loads(strict.stdout)} == {"phone"}


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

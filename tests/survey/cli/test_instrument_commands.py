"""`tolqyn instrument`: what it prints and the status it ends with."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from instruments import Codebook, load_library
from survey.cli import main

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

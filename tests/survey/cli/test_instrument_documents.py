"""`tolqyn instrument preview|paper|codebook --html|--pdf`: which files they write, and what they refuse."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main

TINY = Path(__file__).resolve().parents[2] / "library"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["instrument", *map(str, arguments)])


def test_one_language_is_written_to_the_file_named(tmp_path: Path) -> None:
    out = tmp_path / "new" / "core.html"
    result = run("preview", "kz_thb_core", "--lang", "kk", "--out", out)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == str(out)
    assert '<html lang="kk">' in out.read_text("utf-8")
    assert [path.name for path in out.parent.iterdir()] == ["core.html"]


def test_without_a_language_every_one_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("preview", "kz_thb_core").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"kz_thb_core-2026.1-{language}.html" for language in ("en", "kk", "ru", "uz")
    ]


def test_a_form_is_printed_with_its_number(tmp_path: Path) -> None:
    out = tmp_path / "form.pdf"
    result = run("paper", TINY / "vignette.yaml", "--form", "5", "--organisation", "Centre", "--out", out)
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(b"%PDF")


def test_a_codebook_is_written_as_page_and_pdf_at_once(tmp_path: Path) -> None:
    html, pdf = tmp_path / "c.html", tmp_path / "c.pdf"
    result = run("codebook", TINY / "nets.yaml", "--html", html, "--pdf", pdf)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == str(pdf)
    assert "<h1>" in html.read_text("utf-8")
    assert pdf.read_bytes().startswith(b"%PDF")


def test_an_unknown_language_is_refused_and_nothing_written(tmp_path: Path) -> None:
    for command in ("preview", "paper"):
        result = run(command, "kz_thb_core", "--lang", "de,fr", "--out", tmp_path / "x.pdf")
        assert result.exit_code == 1
        assert "found de" in result.stderr
        assert "found fr" in result.stderr
        assert "kk,ru,uz,en" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_text_a_language_lacks_is_listed(tmp_path: Path) -> None:
    for path in TINY.glob("languages.*yaml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    words = tmp_path / "languages.ru.yaml"
    kept = [line for line in words.read_text("utf-8").splitlines() if not line.startswith("title:")]
    words.write_text("\n".join(kept), "utf-8")
    result = run("preview", tmp_path / "languages.yaml", "--lang", "ru", "--out", tmp_path / "p.html")
    assert result.exit_code == 1
    assert "a text in ru" in result.stderr
    assert (
        run("preview", tmp_path / "languages.yaml", "--lang", "kk", "--out", tmp_path / "p.html").exit_code
        == 0
    )


def test_a_form_number_below_one_is_a_usage_error() -> None:
    assert run("paper", "kz_thb_core", "--form", "0").exit_code == 2
    assert run("codebook", "kz_thb_core", "--json", "--html", "x.html").exit_code == 2

"""Printed ways in: valid for screen readers, readable by a camera, a page a poster, a page a language."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import page as validator
import pytest
import zxingcpp
from PIL import Image

from reports import HelpLine, LetterText, PosterText, ReportError, WayIn, letters_pdf, poster_pdf

LINES = (HelpLine("111", "State contact centre"), HelpLine("116 16", "A <line> & more, 100 %"))
WORDS = {
    "kk": "Сіз қалай ойлайсыз?",
    "ru": "Что думаете вы?",
    "uz": "Siz qanday oʻylaysiz?",
    "en": "And you?",
}
LANGUAGES = tuple(WORDS)
ENTRIES = tuple(
    WayIn(
        f"https://opinion.example.org/s/opinion-27/i/TOKEN{n}", "opinion.example.org/s/opinion-27", f"AB-{n}"
    )
    for n in range(3)
)


def letter(language: str, **more: str) -> LetterText:
    given = {
        "language": language,
        "subject": WORDS[language],
        "body": ("First.", "Second <b>bold</b>."),
        "how": "Type it.",
        "help": "Help",
        "lines": LINES,
        "signed": "Centre X",
        "qr": "a code",
        "code": "Code",
    }
    return LetterText(**(given | more))


def poster(language: str, **more: str) -> PosterText:
    given = {
        "language": language,
        "heading": WORDS[language],
        "body": "A survey of opinions, about 15 minutes. No names, voluntary.",
        "how": "Point the camera at the square, or type the address.",
        "help": "If you need advice or help, whether or not you take part",
        "lines": LINES,
        "signed": "Centre X · +7 700 000 00 00",
        "qr": "a code",
    }
    return PosterText(**(given | more))


def kept(tmp_path: Path, pdf: bytes) -> Path:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf)
    return path


def texts(path: Path) -> list[str]:
    found = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return found.stdout.split("\f")[:-1]


def seen_by_a_camera(path: Path, dots: int = 100) -> list[str]:
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", str(path), str(path.with_suffix(""))], check=True)
    pictures = sorted(path.parent.glob("sheet-*.png"))
    return [code.text for each in pictures for code in zxingcpp.read_barcodes(Image.open(each))]


def refuse_invalid(path: Path) -> None:
    for profile in ("PDF_UA_1", "PDF_A_3A"):
        found = validator.validate_pdf(str(path), profile=getattr(validator.ValidationProfile, profile))
        assert found.is_compliant, [(failure.rule_id, failure.message) for failure in found.failures]


def test_letters_are_a_page_a_language_with_their_code_and_a_readable_square(tmp_path: Path) -> None:
    path = kept(tmp_path, letters_pdf([letter(each) for each in LANGUAGES], ENTRIES, author="Centre X"))
    refuse_invalid(path)
    pages = texts(path)
    assert len(pages) == len(ENTRIES) * len(LANGUAGES)
    for number, page in enumerate(pages):
        entry, language = ENTRIES[number // 4], LANGUAGES[number % 4]
        assert entry.code in page
        assert WORDS[language] in page
        assert "Second <b>bold</b>." in page
        assert "116 16" in page
        assert "A <line> & more, 100 %" in page
    assert seen_by_a_camera(path) == [entry.address for entry in ENTRIES for _ in LANGUAGES]


def test_a_reminder_has_no_code(tmp_path: Path) -> None:
    entry = WayIn("https://opinion.example.org/s/opinion-27/", "opinion.example.org/s/opinion-27")
    path = kept(tmp_path, letters_pdf([letter("en", code="")], [entry], author="Centre X"))
    assert "Code" not in texts(path)[0]


@pytest.mark.parametrize("size", ["A4", "A5"])
@pytest.mark.parametrize("languages", [("kk",), ("kk", "ru"), ("kk", "ru", "uz"), LANGUAGES])
def test_a_poster_is_one_page_of_its_size_and_its_square_is_read(
    tmp_path: Path, size: str, languages: tuple[str, ...]
) -> None:
    path = kept(
        tmp_path, poster_pdf([poster(each) for each in languages], ENTRIES[0], size=size, author="Centre X")
    )
    refuse_invalid(path)
    (page,) = texts(path)
    assert all(WORDS[language] in page for language in languages)
    assert ENTRIES[0].typed in page
    assert page.count("116 16") == len(languages)
    wide = {"A4": 595, "A5": 419}[size]
    found = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
    assert int(re.search(r"Page size:\s+(\d+)", found)[1]) == wide
    assert seen_by_a_camera(path, 72) == [ENTRIES[0].address]


def test_a_poster_that_needs_two_pages_is_refused() -> None:
    long = [poster(each, body="words " * 200) for each in LANGUAGES]
    with pytest.raises(ReportError, match="pages of A5"):
        poster_pdf(long, ENTRIES[0], size="A5", author="Centre X")


def test_nothing_to_print_and_unknown_sizes_and_languages_are_refused() -> None:
    for call in (
        lambda: letters_pdf([letter("en")], [], author="X"),
        lambda: letters_pdf([], ENTRIES, author="X"),
        lambda: letters_pdf([replace(letter("en"), language="de")], ENTRIES, author="X"),
        lambda: poster_pdf([poster("en")], ENTRIES[0], size="A3", author="X"),
    ):
        with pytest.raises(ReportError):
            call()


def test_the_same_poster_gives_the_same_bytes() -> None:
    one, two = (poster_pdf([poster("en")], ENTRIES[0], size="A4", author="X") for _ in range(2))
    assert one == two

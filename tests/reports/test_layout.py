"""The printed pages: nothing sticks out, no page is left nearly empty, no figure is torn over two lines."""

import html
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import SurveyData
from reports import LANGUAGES, Record, Report, build_report, render_pdf
from reports.charts.style import SEMIBOLD
from reports.charts.text import text_width
from reports.i18n import catalogue_path
from reports.report import Section

MM = 72 / 25.4
RIGHT_EDGE = (210 - 22) * MM
LEAST_WORDS = 40


def pages(path: Path) -> list[list[tuple[float, float, str]]]:
    """(left, right, word) of every word, page by page."""
    found = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    word = re.compile(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"[^>]*>([^<]*)</word>')
    return [
        [(float(left), float(right), html.unescape(text)) for left, right, text in word.findall(page)]
        for page in found.split("<page ")[1:]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_sticks_out_past_the_right_margin(pdfs: dict[str, Path], language: str) -> None:
    for number, page in enumerate(pages(pdfs[language]), start=1):
        assert [word for _, right, word in page if right > RIGHT_EDGE + 0.5] == [], number


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_left_nearly_empty(pdfs: dict[str, Path], language: str) -> None:
    counts = [len(page) for page in pages(pdfs[language])[1:]]
    assert min(counts) >= LEAST_WORDS, counts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hyphen_in_a_table_is_no_wider_than_in_text(pdfs: dict[str, Path], language: str) -> None:
    widths = [
        right - left for page in pages(pdfs[language]) for left, right, word in page if word == "(SHA-256)"
    ]
    assert widths
    assert all(width == pytest.approx(text_width("(SHA-256)", 7.8, SEMIBOLD), abs=0.4) for width in widths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interval_and_an_id_stay_on_one_line(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    cards = next(each.html for each in reports[language].sections if each.name == "headlines")
    intervals = re.findall(r'<span class="nobr">([^<]+)</span>', cards)
    assert len(intervals) == 3
    printed = subprocess.run(
        ["pdftotext", "-layout", str(pdfs[language]), "-"], capture_output=True, text=True, check=True
    ).stdout
    for kept in (*intervals, "VB_ANY.1@2022"):
        assert kept.replace("\u00a0", " ") in printed


@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en"])
def test_every_option_is_bound_to_its_number(reports: dict[str, Report], language: str) -> None:
    wording = next(each.html for each in reports[language].sections if each.name == "wording")
    numbers = re.findall(r'<span class="id">\d+</span>(\S+)', wording)
    assert len(numbers) > 5
    assert all(after.startswith("&#160;") for after in numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotes_are_those_of_the_language(reports: dict[str, Report], language: str) -> None:
    foreign = "“”" if language in ("ru", "kk") else "«»"
    for part in reports[language].sections:
        own = re.sub(rf'<div class="version" lang="(?!{language})\w+".*?</div>', "", part.html, flags=re.S)
        assert not set(foreign) & set(own), part.name


def printed_pages(report: Report, folder: Path) -> list[list[tuple[float, float, str]]]:
    path = folder / "printed.pdf"
    path.write_bytes(render_pdf(report))
    return pages(path)


def test_the_running_head_names_the_chapter_a_page_begins_with(
    reports: dict[str, Report], tmp_path: Path
) -> None:
    long = Section("alpha", "Alpha", "<p>one line of it</p>" * 45)
    report = replace(reports["en"], sections=(long, Section("beta", "Beta", "<p>end</p>", flows=True)))
    *_, last = printed_pages(report, tmp_path)
    words = [word for _, _, word in last]
    assert words.count("Alpha") == 1, "in the head alone"
    assert words.count("Beta") == 1, "as the heading alone"


def test_a_long_help_line_hangs_beside_its_number(
    make_wave: Callable[..., SurveyData], tmp_path: Path
) -> None:
    data = make_wave("2025")
    bare = replace(data, meta=replace(data.meta, disclosure={}))
    owner = {"en": "first " + "of a line that is much too long for one " * 4}
    record = Record(instrument={"phones": {"line": {"display": "111", "what": owner}}})
    report = build_report([bare], language="en", records={"2025": record}, incomplete=True)
    contents = printed_pages(report, tmp_path)[1]
    names = [word for _, _, word in contents]
    start = names.index("111")
    left = contents[start + 1][0]
    rest = contents[start + 1 : start + 1 + len(owner["en"].split())]
    assert min(x for x, _, _ in rest) == pytest.approx(left, abs=1.5)
    assert left > contents[start][0] + 40


@pytest.mark.parametrize("language", ["kk", "uz"])
def test_an_interval_in_a_sentence_does_not_end_a_line_on_its_dots(language: str) -> None:
    text = catalogue_path(language).read_text("utf-8")
    assert "{low}\u00a0…\u00a0{high}" in text
    assert "{low} … {high}" not in text

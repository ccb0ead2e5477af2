"""The printed pages: nothing sticks out, no page is left nearly empty, no figure is torn over two lines."""

import html
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from analysis import SurveyData
from reports import LANGUAGES, Record, Report, build_report, render_pdf
from reports.charts.style import SEMIBOLD
from reports.charts.text import text_width
from reports.i18n import catalogue_path, words
from reports.report import Section
from reports.sections.template import render
from reports.tables import Block, Cell, Row, Table

MM = 72 / 25.4
RIGHT_EDGE = (210 - 22) * MM
LEAST_WORDS, LEAST_FILL = 40, 0.45
TOP, BOTTOM = 23 * MM, (297 - 22) * MM
HEADING = 17
"""Points of a line of a chapter's heading, at least."""
MOST_PAGES = 20
"""Of the small study of the tests."""


@dataclass(frozen=True)
class Word:
    """A word of a page and its place, in points from the left upper corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def pages(path: Path) -> list[list[Word]]:
    """Every word, page by page."""
    found = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    number = r'"([\d.]+)"'
    word = re.compile(f"<word xMin={number} yMin={number} xMax={number} yMax={number}>([^<]*)</word>")
    return [
        [Word(*map(float, place), html.unescape(text)) for *place, text in word.findall(page)]
        for page in found.split("<page ")[1:]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_sticks_out_past_the_right_margin(pdfs: dict[str, Path], language: str) -> None:
    for number, page in enumerate(pages(pdfs[language]), start=1):
        assert [word.text for word in page if word.right > RIGHT_EDGE + 0.5] == [], number


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_left_nearly_empty(pdfs: dict[str, Path], language: str) -> None:
    counts = [len(page) for page in pages(pdfs[language])[1:]]
    assert min(counts) >= LEAST_WORDS, counts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_half_empty_only_where_a_chapter_follows(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    titles = {" ".join(each.title.split()) for each in reports[language].sections}
    bodies = [body(page) for page in pages(pdfs[language])]
    for number, (page, after) in enumerate(pairwise(bodies[1:]), start=2):
        filled = (max(word.bottom for word in page) - TOP) / (BOTTOM - TOP)
        line = " ".join(word.text for word in after if word.top - after[0].top < 3)
        assert filled >= LEAST_FILL or any(line and title.startswith(line) for title in titles), number


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_chapter_begins_at_the_foot_of_a_page_without_what_it_holds(
    pdfs: dict[str, Path], reports: dict[str, Report], language: str
) -> None:
    titles = {" ".join(each.title.split()) for each in reports[language].sections}
    for number, page in enumerate(map(body, pages(pdfs[language])), start=1):
        last = max(word.bottom for word in page)
        for top in sorted({word.top for word in page if word.bottom - word.top > HEADING}):
            line = " ".join(word.text for word in page if abs(word.top - top) < 3)
            if any(title.startswith(line) for title in titles):
                assert last - top > 25 * MM or last < BOTTOM - 40 * MM, (number, line)


def body(page: list[Word]) -> list[Word]:
    """What stands between head and foot."""
    return [word for word in page if word.top > TOP - 2 and word.bottom < BOTTOM + 2]


def test_no_language_makes_the_report_much_longer(pdfs: dict[str, Path]) -> None:
    counts = {language: len(pages(path)) for language, path in pdfs.items()}
    assert max(counts.values()) <= MOST_PAGES, counts
    assert max(counts.values()) - min(counts.values()) <= 3, counts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hyphen_in_a_table_is_no_wider_than_in_text(pdfs: dict[str, Path], language: str) -> None:
    widths = [
        word.right - word.left for page in pages(pdfs[language]) for word in page if word.text == "(SHA-256)"
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
    topline = next(each.html for each in reports[language].sections if each.name == "topline")
    numbers = re.findall(r'<span class="id">\d+</span>(\S+)', topline)
    assert len(numbers) == 5
    assert all(after.startswith("&#160;") for after in numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotes_are_those_of_the_language(reports: dict[str, Report], language: str) -> None:
    foreign = "“”" if language in ("ru", "kk") else "«»"
    for part in reports[language].sections:
        own = re.sub(rf'<td class="words" lang="(?!{language})\w+">.*?</td>', "", part.html, flags=re.S)
        assert not set(foreign) & set(own), part.name


def printed_pages(report: Report, folder: Path) -> list[list[Word]]:
    path = folder / "printed.pdf"
    path.write_bytes(render_pdf(report))
    return pages(path)


def test_the_running_head_names_the_chapter_a_page_begins_with(
    reports: dict[str, Report], tmp_path: Path
) -> None:
    long = Section("alpha", "Alpha", "<p>one line of it</p>" * 45)
    report = replace(reports["en"], sections=(long, Section("beta", "Beta", "<p>end</p>", flows=True)))
    *_, last = printed_pages(report, tmp_path)
    words = [word.text for word in last]
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
    names = [word.text for word in contents]
    start = names.index("111")
    left = contents[start + 1].left
    rest = contents[start + 1 : start + 1 + len(owner["en"].split())]
    assert min(word.left for word in rest) == pytest.approx(left, abs=1.5)
    assert left > contents[start].left + 40


@pytest.mark.parametrize("language", ["kk", "uz"])
def test_an_interval_in_a_sentence_does_not_end_a_line_on_its_dots(language: str) -> None:
    text = catalogue_path(language).read_text("utf-8")
    assert "{low}\u00a0…\u00a0{high}" in text
    assert "{low} … {high}" not in text


def test_a_table_of_half_a_page_keeps_to_its_half_with_words_in_place_of_a_figure(
    reports: dict[str, Report], tmp_path: Path
) -> None:
    """The widest words of four languages, in as many columns as a table of situations has."""
    heads = ("Средний балл", "Разница, с поправкой", "95%‑й интервал", "n")
    lines = (
        Row("Обман", tuple(map(Cell, ("3,07", "группа сравнения", "", "1 186")))),
        Row(
            "Согласие на неофициальную работу",
            tuple(map(Cell, ("4,56", "+1,47", "от −0,82 до +2,12", "1 202"))),
        ),
    )
    columns = tuple((head, False) for head in heads)
    table = Table("Таблица 13", "Ответственность", "Ситуация", columns, (Block("", lines),))
    blocks = [((table,), (table,))]
    content = render(
        "sections/tables.html",
        words("ru"),
        tables=(),
        blocks=blocks,
        infers=True,
        several=True,
        weighted=True,
        waves=1,
        shown=1,
    )
    path = tmp_path / "half.pdf"
    report = replace(reports["ru"], sections=(Section("tables", "Таблицы", content),))
    path.write_bytes(render_pdf(report))
    (page,) = pages(path)
    half = (RIGHT_EDGE + 22 * MM) / 2
    (end, _) = sorted(word.right for word in page if word.text == "202")
    assert end < half - 3.5 * MM, "it ends before the gap between the halves"
    assert all(word.right <= RIGHT_EDGE + 0.5 for word in page)

"""Of more than six waves the tables with a column a wave lie on their side, and stay accessible."""

import html
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import page as validator
import pikepdf
import pytest

from analysis import SurveyData
from reports import LANGUAGES, Report, ReportSpec, render_pdf
from reports.build import build_reports
from reports.i18n import words
from reports.spec import Groups
from tests.reports.sheets.conftest import dated
from tests.reports.test_order import captions, cited

Make = Callable[..., SurveyData]
EIGHT = tuple(str(year) for year in range(2018, 2026))
SIDE, EDGE = 297 / 25.4 * 72, 22 / 25.4 * 72


def spoken(data: SurveyData) -> SurveyData:
    """The wave with interviews in two languages."""
    tongues = ["kk", "ru"] * (len(data.frame) // 2 + 1)
    return data.with_frame(data.frame.assign(language=tongues[: len(data.frame)]))


def of_waves(make_wave: Make, names: tuple[str, ...], languages: tuple[str, ...]) -> dict[str, Report]:
    spec = ReportSpec(groups=Groups(("language",), ("WR_POLICE",)))
    made = [spoken(make_wave(name, n=400)) for name in ("2022", "2023", "2024", "2025")]
    waves = [dated(made[place % len(made)], name) for place, name in enumerate(names)]
    return {each.language: each for each in build_reports(waves, languages=languages, spec=spec)}


@pytest.fixture(scope="module")
def eight(make_wave: Make) -> dict[str, Report]:
    return of_waves(make_wave, EIGHT, LANGUAGES)


@pytest.fixture(scope="module")
def printed(eight: dict[str, Report], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("lying")
    for language, report in eight.items():
        (folder / f"{language}.pdf").write_bytes(render_pdf(report))
    return {language: folder / f"{language}.pdf" for language in eight}


def lying(path: Path) -> list[int]:
    """Numbers of the pages that are wider than high."""
    with pikepdf.open(path) as document:
        boxes = [[float(edge) for edge in page.mediabox] for page in document.pages]
    return [number for number, box in enumerate(boxes, start=1) if box[2] - box[0] > box[3] - box[1]]


def words_on(path: Path, number: int) -> list[tuple[float, float, str]]:
    """(left, right, word) of a page."""
    found = subprocess.run(
        ["pdftotext", "-bbox", "-f", str(number), "-l", str(number), str(path), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    word = re.compile(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"[^>]*>([^<]*)</word>')
    return [(float(left), float(right), html.unescape(text)) for left, right, text in word.findall(found)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_by_wave_lie_and_nothing_sticks_out(printed: dict[str, Path], language: str) -> None:
    pages = lying(printed[language])
    assert pages
    assert pages == list(range(pages[0], pages[-1] + 1))
    found = [word for number in pages for word in words_on(printed[language], number)]
    assert set(EIGHT) <= {text for *_, text in found}
    assert [text for _, right, text in found if right > SIDE - EDGE + 0.5] == []
    marked = sorted((left, right) for left, right, text in found if text in EIGHT)
    assert marked[-1][1] - marked[0][0] > 250, "the columns take the width"
    upright = words_on(printed[language], pages[-1] + 1)
    assert words(language).say("Tables") in " ".join(text for *_, text in upright)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lying_pages_are_archival_and_accessible(printed: dict[str, Path], language: str) -> None:
    for profile in (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_3A):
        outcome = validator.validate_pdf(str(printed[language]), profile=profile)
        assert outcome.is_compliant, [(failure.rule_id, failure.message) for failure in outcome.failures]


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_rise_over_lying_and_upright_pages(eight: dict[str, Report], language: str) -> None:
    tables = captions(eight[language], "caption")
    assert tables == list(range(1, len(tables) + 1))
    assert cited(eight[language]) <= set(tables)
    sections = {each.name: each.html for each in eight[language].sections}
    first = words(language).say("Table {n}", n=1)
    assert f">{first}<" in sections["tables-by-wave"]
    assert f">{first}<" not in sections["tables"]
    assert sections["tables-by-wave"].count("<caption>") == 2, "the indicators, and the languages"


def test_six_waves_stand_upright(make_wave: Make, tmp_path: Path) -> None:
    (report,) = of_waves(make_wave, EIGHT[2:], ("en",)).values()
    assert "tables-by-wave" not in [each.name for each in report.sections]
    sections = tuple(replace(each) for each in report.sections if each.name in ("cover", "tables"))
    path = tmp_path / "six.pdf"
    path.write_bytes(render_pdf(replace(report, sections=sections)))
    assert lying(path) == []

"""Whatever leaves the site alone says who asked whom, when and how, and that the answers were invented."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from PIL import Image

from analysis import SurveyData, write_release
from reports import LANGUAGES, build_report

MARK = {
    "kk": "СИНТЕТИКАЛЫҚ ДЕРЕКТЕР",
    "ru": "СИНТЕТИЧЕСКИЕ ДАННЫЕ",
    "uz": "SINTETIK MAʼLUMOTLAR",
    "en": "SYNTHETIC DATA",
}


@pytest.fixture(scope="module")
def lines(published) -> dict[str, str]:
    """The line under the first figure of the report on the same waves, by language."""
    return {language: line_of(published.data, language) for language in LANGUAGES}


def line_of(waves: tuple[SurveyData, ...], language: str) -> str:
    report = build_report(waves, language=language)
    html = next(section.html for section in report.sections if 'class="strip"' in section.html)
    return "".join(etree.HTML(re.search(r'<p class="strip">.*?</p>', html)[0]).itertext())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_says_in_each_row_where_it_comes_from(published, lines, language: str) -> None:
    line = lines[language]
    files = sorted((published.out / language / "small@1" / "files").glob("*.csv"))
    assert len(files) > 10
    for path in files:
        table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
        assert list(table.columns[-2:]) == ["source", "synthetic"]
        assert set(table["source"]) == {line}, path
        assert set(table["synthetic"]) == {MARK[language]}, path


def test_a_list_stays_one_table(published) -> None:
    for path in published.files.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert len({len(row) for row in csv.reader(file)}) == 1, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbooks_sheet_has_it_under_the_table_after_an_empty_row(published, lines, language: str) -> None:
    line = lines[language]
    for path in (published.out / language / "small@1" / "files").glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        told = [row[0].value for row in book["table"].iter_rows()]
        assert told[-3] is None
        assert told[-1] == line
        notes = [row[0].value for row in book["notes"].iter_rows()]
        assert notes[:2] == told[-2:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_have_it_drawn_at_their_foot(published, lines, language: str) -> None:
    line = squeezed(lines[language])
    pictures = sorted((published.out / language / "small@1").glob("*/*.svg"))
    assert {path.parent.name for path in pictures} == {"files", "narrow"}
    for path in pictures:
        words = [text.text or "" for text in etree.parse(path).iter("{http://www.w3.org/2000/svg}text")]
        assert squeezed("".join(words)).endswith(line), path
        assert MARK[language] in words


def test_a_png_is_as_tall_as_its_picture_with_the_foot(published) -> None:
    for path in published.files.glob("*.png"):
        root = etree.parse(path.with_suffix(".svg")).getroot()
        _, _, width, height = map(float, root.get("viewBox").split())
        with Image.open(path) as png:
            assert png.height / png.width == pytest.approx(height / width, abs=0.01), path


def test_estimates_for_programs_and_every_page_have_the_line(published, lines) -> None:
    line = lines["en"]
    told = json.loads((published.out / "en" / "small@1" / "estimates.json").read_text("utf-8"))
    assert (told["source"], told["synthetic"]) == (line, MARK["en"])
    for path in (published.out / "en" / "small").rglob("*.html"):
        assert line in "".join(etree.HTML(path.read_text("utf-8")).itertext()), path


def test_real_answers_carry_no_mark(publish, make_wave, tmp_path: Path) -> None:
    data = make_wave("2025", n=150)
    data = replace(data, meta=replace(data.meta, synthetic=False))
    folder = write_release(data, tmp_path, instrument="{}", weights={}, fieldwork={}).folder
    publish([folder], tmp_path / "results")
    files = tmp_path / "results" / "en" / "small@1" / "files"
    table = pd.read_csv(files / "VB_ANY.csv", encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert set(table["synthetic"]) == {""}
    assert set(table["source"]) == {line_of((data,), "en")}
    assert "SYNTHETIC" not in (files / "VB_ANY.svg").read_text("utf-8")

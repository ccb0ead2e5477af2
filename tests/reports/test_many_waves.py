"""A report of more waves than a page holds: figures in parts, tables of the latest waves that say so."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import SurveyData
from reports import Report, build_report, render_pdf
from tests.reports.test_layout import RIGHT_EDGE, pages
from tests.reports.torn import laid_out, left_at_the_foot, names_alone, torn_apart

YEARS = tuple(str(year) for year in range(2010, 2024))


def said(report: Report, name: str) -> str:
    found = next(each.html for each in report.sections if each.name == name)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found)))


@pytest.fixture(scope="module")
def many(make_wave: Callable[..., SurveyData]) -> Report:
    """The small study asked in fourteen years."""
    waves = []
    for number, year in enumerate(YEARS):
        data = make_wave(("2022", "2023", "2024", "2025")[number % 4])
        meta = replace(data.meta, wave=year, dates=(f"{year}-04-03", f"{year}-05-12"))
        waves.append(replace(data, meta=meta).with_frame(data.frame.assign(wave=year)))
    return build_report(waves, language="ru")


def test_nothing_is_torn_and_nothing_sticks_out(many: Report, tmp_path: Path) -> None:
    boxes = laid_out(many)
    assert left_at_the_foot(boxes) == []
    assert torn_apart(boxes) == []
    assert names_alone(boxes) == []
    assert len(boxes) <= 40
    path = tmp_path / "many.pdf"
    path.write_bytes(render_pdf(many))
    upright = [page for page in pages(path) if max(word.bottom for word in page) > 600]
    assert [word.text for page in upright for word in page if word.right > RIGHT_EDGE + 0.5] == []


def test_tables_of_single_answers_show_the_latest_waves_and_say_where_the_others_are(many: Report) -> None:
    assert "Из 14 волн напечатаны последние 4; прежние – в приложенном файле estimates.csv." in said(
        many, "topline"
    )
    assert "из 14 волн напечатаны последние 7; прежние – в приложенном файле" in said(many, "tables")
    assert "все – в приложенном файле estimates.csv" in said(many, "battery-vb")
    listed = re.findall(
        r'<th scope="row">(20\d\d)</th>', next(s.html for s in many.sections if s.name == "tables")
    )
    assert set(listed) == set(YEARS[-7:])


def test_the_attached_data_have_every_answer_of_every_wave(many: Report) -> None:
    rows = json.loads(many.attachments["estimates.json"])["estimates"]
    for code in range(1, 6):
        waves = {row["wave"] for row in rows if re.fullmatch(rf"VB1\.{code}@20\d\d", row["id"])}
        assert waves == set(YEARS), code


def test_every_wave_stands_in_the_tables_of_the_indicators(many: Report) -> None:
    text = said(many, "tables-by-wave")
    assert all(year in text for year in YEARS)

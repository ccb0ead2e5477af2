"""A question's page says how it moved, in the report's own words, verdict and standing."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from lxml import etree

from analysis import SurveyData, write_release
from reports import LANGUAGES, Written
from reports.build import build_reports

Make = Callable[..., SurveyData]
WAVES = ("2023", "2024", "2025")


@pytest.fixture(scope="module")
def three(make_wave: Make) -> tuple[SurveyData, ...]:
    """Three waves: the answers to VB1 fall from each to the next, those to VB2 stay."""
    return tuple(_fallen(make_wave(name, n=900), number) for number, name in enumerate(WAVES))


def _fallen(data: SurveyData, number: int) -> SurveyData:
    chance = np.random.default_rng([5, number])
    low = 0.15 + 0.1 * number
    answers = chance.choice([1, 2, 3, 4, 5], len(data.frame), p=[low, 0.2, 0.2, 0.2, 0.25 - 0.1 * number])
    return data.with_frame(data.frame.assign(VB1=answers))


@pytest.fixture(scope="module")
def site(three: tuple[SurveyData, ...], publish: Callable[..., Written], tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("moves")
    folders = [write_release(data, home, instrument="{}", weights={}, fieldwork={}).folder for data in three]
    publish(folders, home / "results", LANGUAGES, by=())
    return home / "results"


def leads(site: Path, language: str, item: str) -> list[str]:
    page = etree.HTML((site / language / "small" / "items" / f"{item}.html").read_text("utf-8"))
    return ["".join(each.itertext()) for each in page.findall(".//p[@class='lead']")]


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text)))


def test_each_row_of_a_battery_has_the_reports_sentences(site: Path, three) -> None:
    for report in build_reports(three, languages=LANGUAGES):
        chapters = plain(" ".join(each.html for each in report.sections if each.name.startswith("battery")))
        for item in ("VB1", "VB2"):
            said = leads(site, report.language, item)
            assert said
            found = [sentence for sentence in said if plain(sentence) in chapters]
            assert found == [sentence for sentence in said if "{n}" not in sentence][: len(found)]
            assert len(found) >= 2, (report.language, item, said)


def test_a_fall_and_no_clear_change_are_called_so(site: Path) -> None:
    assert "fell from" in leads(site, "en", "VB1")[0]
    assert leads(site, "en", "VB2")[0].startswith("No clear change")
    assert any("Exploratory" in sentence for sentence in leads(site, "en", "VB2"))

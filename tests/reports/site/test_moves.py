"""A question's page says how it moved, in the report's own words, verdict and standing."""

import json
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


def test_every_number_of_such_a_sentence_is_that_of_a_row_for_programs(site: Path) -> None:
    content = json.loads((site / "en" / "small@1" / "estimates.json").read_text("utf-8"))
    assert len({row["id"] for row in content["rows"]}) == len(content["rows"])
    for item in ("VB1", "VB2"):
        rows = [row for row in content["rows"] if row["variable"] == item]
        ids = {row["id"] for row in rows}
        assert {f"{item}.upper@2023-2025", f"{item}.upper@2024-2025"} <= ids
        known = {
            round(100 * abs(row[part]))
            for row in rows
            for part in ("estimate", "low", "high", "mdc")
            if row.get(part) is not None
        }
        for sentence in leads(site, "en", item):
            words = re.sub(r"95%|\b20\d\d\b|widened for \d+ comparisons?|above 50%", "", sentence)
            printed = {int(number) for number in re.findall(r"\d+", words)}
            assert printed <= known, (item, sentence, printed - known)

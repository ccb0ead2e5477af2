"""The year's module says of each of its rows how it moved since the wave before."""

import html
import json
import re
from collections.abc import Callable

import pytest

from analysis import SurveyData
from reports import LANGUAGES, Report, ReportSpec, build_report
from reports.spec import Spotlight

ROWS = ("VB2", "VB3")
TITLE = dict.fromkeys(LANGUAGES, "This year")


@pytest.fixture(scope="module")
def report(make_wave: Callable[..., SurveyData]) -> Report:
    spec = ReportSpec(batteries=(), spotlight=Spotlight(TITLE, ROWS, TITLE))
    waves = [make_wave(name, n=500) for name in ("2023", "2024", "2025")]
    return build_report(waves, language="en", spec=spec)


def test_every_row_has_a_sentence_with_the_verdict_of_its_estimate(report: Report) -> None:
    page = next(section.html for section in report.sections if section.name == "spotlight")
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    rows = {row["id"]: row for row in json.loads(report.attachments["estimates.json"])["estimates"]}
    verbs = {"rose": "up from", "fell": "down from", "no_clear_change": "no clear change, from"}
    for name in ROWS:
        found = rows[f"{name}.upper@2024-2025"]
        assert f"Since 2024: {verbs[found['verdict']]}" in text
    assert text.count("Since 2024:") == len(ROWS)
    assert "intervals of changes are widened for the 4 comparisons" in text


def test_its_intervals_are_widened_for_all_of_its_comparisons(report: Report) -> None:
    rows = json.loads(report.attachments["estimates.json"])["estimates"]
    changes = [row for row in rows if re.match(r"VB\d\.upper@\d+-\d+$", row["id"])]
    assert {row["id"] for row in changes} == {f"{n}.upper@{w}-2025" for n in ROWS for w in (2023, 2024)}
    for row in changes:
        assert row["p_adjusted"] == pytest.approx(min(1.0, 4 * row["p"]))

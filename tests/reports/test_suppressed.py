"""What may not be printed stands nowhere: in no table, bar, panel, card or attachment."""

import base64
import html
import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import SurveyData, pool, proportion
from reports import LANGUAGES, Report, build_report
from reports.i18n import words
from reports.phrasing import unprintable
from reports.rows import SUPPRESS
from reports.tables import FEW

Make = Callable[..., SurveyData]
ROWS = ("VB1", "VB2", "VB3")


def section(report: Report, name: str) -> str:
    return next(each.html for each in report.sections if each.name == name)


def battery_lines(report: Report) -> list[list[str]]:
    """The cells of every line of Table 2, in order."""
    table = section(report, "tables").split("<table")[2]
    lines = re.findall(r'<tr class="figure">(.*?)</tr>', table, re.DOTALL)
    found = [re.findall(r"<td.*?</td>", line) for line in lines]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in line] for line in found]


def drawings(report: Report, name: str) -> str:
    found = re.findall(r"base64,([^\"]+)\"", section(report, name))
    return html.unescape("".join(base64.b64decode(each).decode() for each in found))


def rulings(data: SurveyData) -> list[list[bool]]:
    """Whether each share may not be printed, a line a row and wave, estimated anew."""
    found = []
    for row in ROWS:
        table = proportion(data, row, by="wave").sort_values(["wave", "code"])
        found += [list(part["publish"] == SUPPRESS) for _, part in table.groupby("wave")]
    return found


@settings(max_examples=8, deadline=None)
@given(st.integers(42, 500), st.sampled_from(LANGUAGES))
def test_no_suppressed_share_of_a_battery_is_printed(make_wave: Make, people: int, language: str) -> None:
    waves = [make_wave("2024", n=800), make_wave("2025", n=people)]
    report, wanted = build_report(waves, language=language), rulings(pool(waves))
    assert [[cell == FEW for cell in line[:5]] for line in battery_lines(report)] == wanted
    reasons = {unprintable(few, words(language)) for few in (True, False)}
    bars = drawings(report, "battery-vb")
    assert sum(bars.count(reason) for reason in reasons) == sum(map(any, wanted))
    numbers = len(re.findall(r">\d+</text>", bars)) - bars.count(">2024</text>") - bars.count(">2025</text>")
    assert numbers <= 5 * sum(not any(line) for line in wanted)
    rows = json.loads(report.attachments["estimates.json"])["estimates"]
    assert all(row["estimate"] is None for row in rows if row["publish"] == SUPPRESS)


def test_the_property_meets_suppressed_shares_and_printed_ones(make_wave: Make) -> None:
    flags = rulings(pool([make_wave("2024", n=800), make_wave("2025", n=90)]))
    assert any(map(any, flags))
    assert not all(map(any, flags))


def vague_police(make_wave: Make, people: int = 36) -> list[SurveyData]:
    """A latest wave whose police question has a base above 30 and an interval of 30 points or more."""
    before, last = make_wave("2024"), make_wave("2025")
    frame = last.frame.copy()
    valid = frame.index[last.valid("POLICE")]
    frame.loc[frame.index.difference(valid[:people]), "POLICE"] = -1
    return [before, last.with_frame(frame)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_and_a_panel_say_why_there_is_no_figure(make_wave: Make, language: str) -> None:
    spoken = words(language)
    data = vague_police(make_wave)
    (row,) = (
        row
        for row in proportion(pool(data), "POLICE", code=1, by="wave").to_dict("records")
        if row["wave"] == "2025"
    )
    assert row["base"] >= 30
    assert "interval_wide" in row["reason"]
    alone = build_report(data[1:], language=language)
    both = build_report(data, language=language)
    for report in (alone, both):
        assert unprintable(few=False, words=spoken) in section(report, "headlines")
        assert unprintable(few=True, words=spoken) not in section(report, "headlines")
    assert "(s)" in drawings(both, "trends")
    found = " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", drawings(alone, "trends")))
    assert unprintable(few=False, words=spoken) in found

"""A share printed as a headline and as a row of a battery has one change with one interval."""

import csv
import io
import re
from collections.abc import Callable

import pytest

from analysis import SurveyData
from reports import LANGUAGES
from reports.build import build_reports
from reports.i18n import words

Make = Callable[..., SurveyData]


@pytest.mark.parametrize("years", [("2022", "2024", "2025")])
def test_a_row_that_is_a_headline_indicator_has_its_interval_and_says_so(
    make_wave: Make, years: tuple[str, ...]
) -> None:
    waves = [make_wave(name) for name in years]
    for report in build_reports(waves, languages=LANGUAGES):
        spoken = words(report.language)
        page = next(each.html for each in report.sections if each.name == "battery-vb")
        half = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page.split('<div class="half')[1]))
        head = next(each.html for each in report.sections if each.name == "headlines")
        interval = re.search(r"[+−][\d.,]+ (?:to|до|…) [+−][\d.,]+", re.sub("<[^>]+>", "", half))
        assert interval is not None
        assert interval[0] in re.sub(r"\s+", " ", re.sub("<[^>]+>", "", head))
        assert (
            spoken.say(
                "The same share is the headline indicator “{label}”; "
                "the interval of its change is the one there.",
                label="|",
            ).partition("|")[0]
            in half
        )


def test_the_attached_data_have_one_row_for_the_change(make_wave: Make) -> None:
    (report,) = build_reports([make_wave("2022"), make_wave("2025")], languages=("en",))
    found = csv.DictReader(io.StringIO(report.attachments["estimates.csv"].decode("utf-8-sig")))
    ids = {row["id"] for row in found}
    assert "VB_ANY.1@2022-2025" in ids
    assert "VB1.upper@2022-2025" not in ids
    assert "VB2.upper@2022-2025" in ids

"""Rates of the fieldwork stand in the method statement with their formulas, or a word that there are none."""

import html
import re
from collections.abc import Callable

import pytest

from analysis import SurveyData
from reports import LANGUAGES, Record, Report, build_report
from reports.i18n import words

Make = Callable[..., SurveyData]


def said(report: Report) -> str:
    found = next(each.html for each in report.sections if each.name == "method")
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found)))


def report_with(data: SurveyData, fieldwork: dict[str, object], language: str) -> Report:
    records = {data.meta.wave: Record(fieldwork=fieldwork)}
    return build_report([data], language=language, records=records)


def test_a_drawn_sample_has_its_response_rates_with_number_and_formula(make_wave: Make) -> None:
    fieldwork = {
        "access": "invited",
        "invitations": 1000,
        "dispositions": {"complete": 300, "partial": 20, "breakoff": 30},
    }
    text = said(report_with(make_wave("2025"), fieldwork, "en"))
    assert "RR1 30.0% = I / (I + P + R + NC + O + UH + UO)" in text
    assert re.search(r"RR3 \d+\.\d% = I / \(I \+ P \+ R \+ NC \+ O \+ e \(UH \+ UO\)\)", text)
    assert "AAPOR" in text


def test_those_invited_at_will_have_a_participation_rate(make_wave: Make) -> None:
    fieldwork = {"access": "invited", "invitations": 1000, "dispositions": {"complete": 300, "partial": 20}}
    text = said(report_with(make_wave("2025", sample_type="nonprobability"), fieldwork, "en"))
    assert "participation rate 32.0% = (I + P) / invited" in text
    assert "RR1" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_open_link_has_no_rate_and_says_so(make_wave: Make, language: str) -> None:
    fieldwork = {"access": "open", "dispositions": {"complete": 300, "partial": 20}}
    text = said(report_with(make_wave("2025", sample_type="nonprobability"), fieldwork, language))
    told = words(language).say("no response rate: through an open link nobody is invited")
    assert told in text
    assert "AAPOR" not in text.partition(told)[0][-200:]


def test_a_wave_without_counts_has_no_rate(make_wave: Make) -> None:
    assert "RR1" not in said(report_with(make_wave("2025"), {}, "en"))

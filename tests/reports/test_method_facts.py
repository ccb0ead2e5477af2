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


SMALL = {
    "access": "invited",
    "invitations": 3000,
    "dispositions": {"complete": 680, "partial": 20, "breakoff": 30, "withdrawn": 3},
    "quality": {
        "any": 21,
        "interviews": 700,
        "flags": {
            "a": {"label": dict.fromkeys(LANGUAGES, "Flag A"), "judged": 700, "flagged": 17},
            "b": {"label": dict.fromkeys(LANGUAGES, "Flag B"), "judged": 700, "flagged": 4},
        },
    },
}


def few_spoken(data: SurveyData) -> SurveyData:
    """The wave with eight interviews in Uzbek and six on paper."""
    n = len(data.frame)
    language = ["uz" if i < 8 else "ru" if i < 208 else "kk" for i in range(n)]
    mode = ["papi" if 100 <= i < 106 else "web" for i in range(n)]
    return data.with_frame(data.frame.assign(language=language, mode=mode))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_count_of_fewer_than_ten_people_stands_in_the_statement(make_wave: Make, language: str) -> None:
    data = few_spoken(make_wave("2025", n=700))
    report = report_with(data, SMALL, language)
    text, spoken = said(report), words(language)
    few, about = spoken.say("fewer than {n}", n="10"), spoken.say("about {n}", n="490")
    assert text.count(few) == 3, "the eight in Uzbek, the six on paper, the four with a flag"
    assert about in text
    for hidden in (r"zbek(ča|cha)? 8\b", r"\b492\b", r"\b694\b", r"Flag B 4"):
        assert not re.search(hidden, text), hidden
    assert f"{spoken.say('broken off or withdrawn')} 33" in text
    assert f"{spoken.say('withdrawn')} 3" not in text.replace(spoken.say("broken off or withdrawn"), "")
    assert "Flag A 17" in text


def test_few_who_withdrew_are_one_stage_with_those_who_broke_off(make_wave: Make) -> None:
    report = report_with(few_spoken(make_wave("2025", n=700)), SMALL, "en")
    tables = next(each.html for each in report.sections if each.name == "tables")
    plain = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", tables)))
    assert "broken off or withdrawn −33" in plain
    assert "−3 " not in plain

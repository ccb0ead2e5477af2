"""The chapter on changed questions: what each wave's own questionnaire says, in the report's language."""

import copy
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from analysis import SurveyData, read_release
from instruments import Questionnaire
from reports import LANGUAGES, Record, Report, build_report, render_html

REASON = {
    "en": "One word was misread.",
    "ru": "Одно слово читали неверно.",
    "kk": "Бір сөз қате оқылды.",
    "uz": "Bir soʻz xato oʻqildi.",
}


def text(words: str) -> dict[str, str]:
    return {language: f"{words} {language}" for language in LANGUAGES}


def document(version: str, months: int = 12) -> dict[str, Any]:
    return {
        "instrument": "small",
        "version": version,
        "title": text("Title"),
        "public_title": text("Opinion"),
        "population": text("All"),
        "minutes": 1,
        "languages": list(LANGUAGES),
        "source_language": "en",
        "periods": {"year": {"months": months, "text": text(f"in {months} months")}},
        "modules": {"M": {"title": text("M"), "pages": [["VB1", "VB2"]]}},
        "items": {
            name: {
                "kind": "single",
                "text": text(f"Is {name} so {{period:year}}?"),
                "options": {"1": text("Yes"), "2": text("No")},
            }
            for name in ("VB1", "VB2")
        },
    }


def reworded(version: str, kind: str, months: int = 12) -> dict[str, Any]:
    later = copy.deepcopy(document(version, months))
    later["items"]["VB1"]["text"] = text("Is VB1 quite so {period:year}?")
    later["items"]["VB1"]["wording"] = 2
    later["items"]["VB1"]["compare"] = {"1": {"kind": kind, "reason": REASON}}
    return later


def made(waves: list[SurveyData], instruments: list[dict[str, Any]], language: str) -> Report:
    names = [data.meta.wave for data in waves]
    for instrument in instruments:
        if "items" in instrument:
            Questionnaire.from_json(json.dumps(instrument))
    records = {
        name: Record(instrument=instrument) for name, instrument in zip(names, instruments, strict=True)
    }
    return build_report(waves, language=language, records=records)


def chapter(report: Report, name: str = "differences") -> str:
    found = next(each for each in report.sections if each.name == name)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found.html)))


@pytest.fixture(scope="module")
def two(folders: tuple[Path, ...]) -> list[SurveyData]:
    return [read_release(folder) for folder in folders[-2:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reworded_question_is_listed_with_both_wordings_and_the_reason(
    two: list[SurveyData], language: str
) -> None:
    report = made(two, [document("1"), reworded("2", "editorial")], language)
    said = chapter(report)
    quoted = "«{}»" if language in ("ru", "kk") else "“{}”"
    assert quoted.format(f"Is VB1 so in 12 months {language}? {language}") in said
    assert "→ " + quoted.format(f"Is VB1 quite so in 12 months {language}? {language}") in said
    assert REASON[language] in said
    assert "2024 → 2025" in said
    assert "VB2" not in said
    assert "<html" in render_html(report)


def test_a_declared_break_is_called_one(two: list[SurveyData]) -> None:
    said = chapter(made(two, [document("1"), reworded("2", "broken")], "en"))
    assert "not comparable: the trend is interrupted. One word was misread." in said
    assert "other words: 17% of the words (" in said, "one word more than five"


def test_the_chapter_takes_a_page_of_its_own_only_for_a_table(two: list[SurveyData]) -> None:
    flows = {}
    for name, later in {"same": document("2"), "other": reworded("2", "broken")}.items():
        report = made(two, [document("1"), later], "en")
        flows[name] = next(each.flows for each in report.sections if each.name == "differences")
    assert flows == {"same": True, "other": False}


def test_a_longer_reference_period_is_told_and_is_no_change_of_words(two: list[SurveyData]) -> None:
    said = chapter(made(two, [document("1"), document("2", 24)], "en"))
    assert "No question that was asked again changed." in said
    assert "VB1, VB2: the reference period is 24 months in 2025; it was 12 months in 2024." in said


def test_new_and_dropped_questions_are_named(two: list[SurveyData]) -> None:
    later = document("2")
    later["items"]["VB3"] = later["items"].pop("VB2")
    later["modules"]["M"]["pages"] = [["VB1", "VB3"]]
    said = chapter(made(two, [document("1"), later], "en"))
    assert "New in 2025: VB3. No longer asked in 2025: VB2." in " ".join(said.split())


def test_an_imported_wave_is_said_not_to_be_compared(two: list[SurveyData]) -> None:
    said = chapter(made(two, [{"name": "imported"}, document("2")], "en"))
    assert "Brought in from files, so not compared word for word: 2024." in said


def test_there_is_no_such_chapter_for_one_wave_or_without_questionnaires(two: list[SurveyData]) -> None:
    alone = made(two[-1:], [document("1")], "en")
    unknown = made(two, [{}, {}], "en")
    for report in (alone, unknown):
        assert "differences" not in {section.name for section in report.sections}


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ({"first_day": "2025-04-20"}, "April 20, 2025"),
        ({"first_week": "2025-W16"}, "the week of April 14, 2025"),
    ],
)
def test_a_correction_in_the_field_stands_in_the_method(
    two: list[SurveyData], since: dict[str, str], said: str
) -> None:
    first = {"number": 1, "version": "1", "first_day": "2025-04-03", "reason": {}, "changes": []}
    second = {"number": 2, "version": "1.1", **since, "reason": REASON, "changes": [{"item": "VB1"}]}
    records = {"2025": Record(fieldwork={"versions": [first, second]})}
    method = chapter(build_report(two, language="en", records=records), "method")
    assert (
        f"2025: interviews from {said} on had the corrected version 1.1: One word was misread (VB1)."
        in method
    )

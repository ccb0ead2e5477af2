"""Questionnaires of ten waves in, breaks out: none for a moving period, one where one is declared."""

import copy
import json
from typing import Any

import pandas as pd

from analysis import Design, Meta, SurveyData, pool, trend
from instruments import Questionnaire

YEARS = tuple(range(2020, 2030))


def document(year: int) -> dict[str, Any]:
    said = {"en": f"since May {year}"}
    return {
        "instrument": "ten",
        "version": str(year),
        "title": {"en": "Ten"},
        "public_title": {"en": "Ten"},
        "population": {"en": "All"},
        "minutes": 1,
        "languages": ["en"],
        "source_language": "en",
        "periods": {"year": {"months": 24 if year in (2023, 2027) else 12, "text": said}},
        "modules": {"M": {"title": {"en": "M"}, "pages": [["SEEN"]]}},
        "items": {
            "SEEN": {
                "kind": "single",
                "text": {"en": "Have you seen it {period:year}?"},
                "options": {"1": {"en": "No"}, "2": {"en": "Yes"}},
            }
        },
    }


def wave(asked: dict[str, Any], year: int) -> SurveyData:
    codebook = Questionnaire.from_json(json.dumps(asked)).codebook()
    answers = [1, 2] * 60
    frame = pd.DataFrame({"SEEN": answers, "wave": str(year), "weight": 1.0})
    meta = Meta(study="ten", wave=str(year), dates=(f"{year}-05-01", f"{year}-05-31"))
    return SurveyData(frame, codebook, Design(), meta)


def test_ten_waves_with_a_moving_reference_period_have_no_break() -> None:
    pooled = pool([wave(document(year), year) for year in YEARS])
    assert pooled.breaks == ()
    assert (
        len(
            {
                variable.question["en"]
                for data in YEARS
                for variable in wave(document(data), data).codebook.variables
            }
        )
        == 10
    )
    assert trend(pooled, "SEEN", code=2).table.iloc[0]["verdict"] == "no_clear_change"


def test_a_wording_declared_broken_interrupts_the_line() -> None:
    later = [copy.deepcopy(document(year)) for year in YEARS]
    for asked in later[5:]:
        asked["items"]["SEEN"] |= {
            "text": {"en": "Did anybody you know see it?"},
            "wording": 2,
            "compare": {"1": {"kind": "broken", "reason": {"en": "Other people are meant."}}},
        }
    pooled = pool([wave(asked, year) for asked, year in zip(later, YEARS, strict=True)])
    assert {(b.wave_from < "2025" <= b.wave_to) for b in pooled.breaks} == {True}
    assert len(pooled.breaks) == 25
    assert trend(pooled, "SEEN", code=2).table.iloc[0]["verdict"] == "not_comparable"

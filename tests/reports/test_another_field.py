"""Nothing is special to one subject: every instrument of the library gives data that a report is made of."""

import random
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import Design, Meta, SurveyData, derive, read_release, write_release
from instruments import (
    Digits,
    Missing,
    Number,
    Questionnaire,
    SeveralOf,
    SingleChoice,
    load_library,
)
from reports import LANGUAGES, build_report, render_html

PEOPLE = 400


def answered(questionnaire: Questionnaire, chance: random.Random) -> dict[str, Any]:
    """Random answers of one person who takes part to the end."""
    answers: dict[str, Any] = {}
    for item in questionnaire.items.values():
        if not item.stores or (item.show_if is not None and not item.show_if.holds(answers)):
            continue
        if item.exits or item.role:
            answers[item.id] = 34 if isinstance(item, Number) else 1
        elif item.allow and chance.random() < 0.05:
            answers[item.id] = int(item.allow[0])
        elif isinstance(item, SingleChoice):
            answers[item.id] = chance.choice(item.options).code
        elif isinstance(item, SeveralOf):
            answers[item.id] = [chance.choice(item.options).code]
        elif isinstance(item, Digits):
            answers[item.id] = chance.choice(item.known)
        elif isinstance(item, Number):
            answers[item.id] = chance.randint(item.min, item.max)
    return answers


def release(questionnaire: Questionnaire, wave: str, home: Path, small_study: dict[str, Any]) -> SurveyData:
    chance = random.Random(wave)
    rows = [
        questionnaire.encode(
            answered(questionnaire, chance), questionnaire.draw(f"{wave}-{n}"), complete=True
        )
        for n in range(PEOPLE)
    ]
    codebook = questionnaire.codebook()
    weights = {"wave": wave, "weight": 1.0, "base_weight": 1.0, "language": "ru", "mode": "web"}
    frame = derive(pd.DataFrame([row | weights for row in rows]), codebook)
    assert not (frame.select_dtypes("number") == int(Missing.NOT_REACHED)).any().any()
    meta = Meta(
        study="other",
        wave=wave,
        title=questionnaire.title,
        dates=(f"{wave}-05-01", f"{wave}-05-20"),
        synthetic=True,
        disclosure=small_study["disclosure"],
    )
    data = SurveyData(frame, codebook, Design(), meta)
    written = write_release(
        data, home, instrument=questionnaire.to_json(), weights={"base_weight": "given"}, fieldwork={}
    )
    return read_release(written.folder)


@pytest.mark.parametrize("name", ["kz_thb_pulse", "kz_thb_professionals", "kz_dv_attitudes"])
def test_two_waves_of_it_are_reported_in_every_language(
    name: str, tmp_path: Path, small_study: dict[str, Any]
) -> None:
    questionnaire = load_library(name)
    waves = [release(questionnaire, wave, tmp_path, small_study) for wave in ("2026", "2027")]
    headlines = [i for i in questionnaire.codebook().indicators if i.headline]
    for language in LANGUAGES:
        page = re.sub(r"\s+", " ", render_html(build_report(waves, language=language)))
        assert questionnaire.title[language].partition("'")[0] in page
        for indicator in headlines:
            assert indicator.label[language].partition("'")[0] in page, (language, indicator.name)

"""Nothing is special to one subject: every instrument of the library gives data that a report is made of."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import SurveyData
from instruments import load_library
from reports import LANGUAGES, build_report, render_html


@pytest.mark.parametrize("name", ["kz_thb_pulse", "kz_thb_professionals", "kz_dv_attitudes"])
def test_two_waves_of_it_are_reported_in_every_language(
    name: str, tmp_path: Path, library_release: Callable[..., SurveyData]
) -> None:
    questionnaire = load_library(name)
    waves = [library_release(questionnaire, wave, tmp_path) for wave in ("2026", "2027")]
    headlines = [i for i in questionnaire.codebook().indicators if i.headline]
    for language in LANGUAGES:
        page = re.sub(r"\s+", " ", render_html(build_report(waves, language=language)))
        assert questionnaire.title[language].partition("'")[0] in page
        for indicator in headlines:
            assert indicator.label[language].partition("'")[0] in page, (language, indicator.name)

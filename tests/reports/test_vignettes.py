"""A question that speaks of a situation is printed with the situation, in every version of it."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from analysis import SurveyData
from instruments import load_library
from reports import LANGUAGES, Record, build_report
from reports.sections.vignettes import situations, vignette_before

CORE = json.loads(json.dumps(load_library("kz_thb_core").document, sort_keys=True))


def test_a_vignette_belongs_to_the_later_questions_of_its_module() -> None:
    assert [vignette_before(item, CORE) for item in ("VG1", "VG3", "VG4")] == ["VGN"] * 3
    assert vignette_before("WR1a", CORE) == vignette_before("AW1", CORE) == ""
    assert vignette_before("VG3", {"name": "imported"}) == ""
    assert vignette_before(None, CORE) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_version_is_told_with_its_levels(language: str) -> None:
    cells = CORE["items"]["VGN"]["cells"].values()
    found = situations(CORE["items"]["VGN"], language)
    assert {each.text for each in found} == {cell["text"][language] for cell in cells}
    assert len({each.levels for each in found}) == len(found) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_situations_stand_before_the_question_that_speaks_of_them(
    make_wave: Callable[..., SurveyData], language: str
) -> None:
    data = make_wave("2025")
    renamed = {"POLICE": "VG3"}
    variables = tuple(
        replace(variable, item=renamed.get(variable.name, variable.item))
        for variable in data.codebook.variables
    )
    data = replace(data, codebook=replace(data.codebook, variables=variables))
    report = build_report([data], language=language, records={"2025": Record(instrument=CORE)})
    section = next(each.html for each in report.sections if each.name == "wording")
    said = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", section)))
    other = "ru" if language != "ru" else "en"
    asked = data.codebook.variable("POLICE").question[other]
    for cell in CORE["items"]["VGN"]["cells"].values():
        assert cell["text"][language] in said
        assert said.index(cell["text"][language]) < said.index(asked)
    assert said.count("VGN") == 1

"""Studies of every kind as grounds for short publications, and factsheets printed from them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import SurveyData
from instruments import Comparison, Missing
from reports import LANGUAGES, ReportSpec
from reports.ground import Ground, prepared
from reports.printing import print_document
from reports.render import document_of
from reports.sections import Record
from reports.sheets import factsheets_of

ADDRESS = "https://example.org/attitudes"
REASON = {"en": "102 was named", "ru": "назван номер 102", "kk": "102 аталды", "uz": "102 aytildi"}
Make = Callable[..., SurveyData]


def ground(waves: Sequence[SurveyData], languages: Sequence[str] = LANGUAGES, **asked: object) -> Ground:
    """What is estimated of some waves, for factsheet and tiles."""
    records = {data.meta.wave: Record({}, {"base_weight": "given"}, {}) for data in waves}
    spec = ReportSpec(**{"address": ADDRESS, **asked})  # type: ignore[arg-type]
    return prepared(list(waves), languages=languages, spec=spec, records=records)


def reworded(data: SurveyData) -> SurveyData:
    """The wave with the police question changed."""
    broken = {1: Comparison("broken", REASON)}
    variables = tuple(
        replace(each, wording=2, compare=broken) if each.name == "POLICE" else each
        for each in data.codebook.variables
    )
    return replace(data, codebook=replace(data.codebook, variables=variables))


def of_a_part(data: SurveyData) -> SurveyData:
    """The wave with the police question asked of 300 people only."""
    frame = data.frame.copy()
    frame.loc[frame.index[300:], "POLICE"] = int(Missing.NOT_APPLICABLE)
    return data.with_frame(frame)


def dated(data: SurveyData, name: str) -> SurveyData:
    """The wave under another year."""
    meta = replace(data.meta, wave=name, dates=(f"{name}-04-03", f"{name}-05-12"))
    return replace(data.with_frame(data.frame.assign(wave=name)), meta=meta)


def lengthened(data: SurveyData, words: dict[str, str]) -> SurveyData:
    """The wave with these words put before every label, question, finding and disclosed statement."""

    def longer(text: dict[str, str]) -> dict[str, str]:
        return {language: f"{words[language]} {said}" for language, said in text.items()}

    codebook = data.codebook
    variables = tuple(
        replace(
            each,
            label=longer(each.label),
            codes={code: longer(text) for code, text in each.codes.items()},
            question=longer(each.question) if each.question else each.question,
        )
        for each in codebook.variables
    )
    indicators = tuple(
        replace(each, label=longer(each.label), finding=longer(each.finding)) for each in codebook.indicators
    )
    groups = tuple(
        replace(each, label=longer(each.label), question=longer(each.question)) for each in codebook.groups
    )
    codebook = replace(codebook, variables=variables, indicators=indicators, groups=groups)
    told = {
        key: longer(value if isinstance(value, dict) else dict.fromkeys(LANGUAGES, value))
        for key, value in data.meta.disclosure.items()
    }
    meta = replace(data.meta, title=longer(data.meta.title), disclosure=told)
    return replace(data, codebook=codebook, meta=meta)


@pytest.fixture(scope="session")
def grounds(make_wave: Make) -> dict[str, Ground]:
    """One wave; four; two that are no random samples; a reworded headline item; a latest wave too small."""
    return {
        "four": ground([make_wave(name) for name in ("2022", "2023", "2024", "2025")]),
        "one": ground([make_wave("2025", n=400)]),
        "open": ground(
            [make_wave(n, sample_type="nonprobability", synthetic=False) for n in ("2024", "2025")]
        ),
        "broken": ground([make_wave("2023"), make_wave("2024"), reworded(make_wave("2025"))]),
        "few": ground([make_wave("2024"), make_wave("2025", n=25)]),
    }


@pytest.fixture(scope="session")
def sheets(grounds: dict[str, Ground], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each study's factsheet in each language, as `four-kk`."""
    folder = tmp_path_factory.mktemp("sheets")
    found = {}
    for name, each in grounds.items():
        for report in factsheets_of(each):
            path = folder / f"{name}-{report.language}.pdf"
            path.write_bytes(print_document(document_of(report)))
            found[path.stem] = path
    return found

"""A small study in four languages with known answers: its codebook, its waves, its reports."""

import random
import shutil
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis import Design, Meta, SurveyData, derive, read_plan, read_release, write_release
from instruments import (
    Codebook,
    Digits,
    Group,
    Indicator,
    Level,
    Missing,
    Number,
    Questionnaire,
    Role,
    SeveralOf,
    SingleChoice,
    Variable,
    load_library,
)
from reports import LANGUAGES, Report, build_report, read_spec, render_pdf, report_from_folders
from reports.build import reports_from_folders

WAVES = {"2022": (0.47, 0.46), "2023": (0.44, 0.47), "2024": (0.38, 0.51), "2025": (0.33, 0.54)}
"""Share agreeing with VB1 and share who would call, as generated."""
ALLOWED = (Missing.DONT_KNOW, Missing.REFUSED)


@cache
def study_words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("small_study.yaml").read_text("utf-8"))
    return words


def small_codebook() -> Codebook:
    """Three rows of a battery, one single question, one index; three headline indicators."""
    words = study_words()
    rows = tuple(
        Variable(
            name,
            row["label"],
            Level.ORDINAL,
            words["agree"],
            question=row["label"],
            item=name,
            group="VB",
            key=row["key"],
            construct="blame",
            higher=row["higher"],
            missing=ALLOWED,
        )
        for name, row in words["rows"].items()
    )
    battery = Group("VB", **words["battery"], variables=tuple(words["rows"]), kind="battery", headline=True)
    return Codebook(
        instrument="small",
        version="1",
        title=words["title"],
        population=words["population"],
        languages=LANGUAGES,
        source_language="en",
        variables=(*rows, *_others(words)),
        groups=(battery,),
        indicators=tuple(_indicators(words)),
        status={"en": "source", "ru": "draft", "kk": "draft", "uz": "draft"},
    )


def _others(words: dict[str, Any]) -> tuple[Variable, ...]:
    yesno = words["yesno"]
    computed = {"role": Role.INDICATOR, "higher": "harmful"}
    share = {"share": {"item": "VB1", "in": [4, 5]}}
    mean = {"mean_of": ["VB1", "VB2", "VB3"], "reverse": ["VB2"], "range": [1, 5], "min_valid": 2}
    asked = {"higher": "protective", "missing": ALLOWED, "item": "POLICE"}
    return (
        Variable("POLICE", **words["police"], level=Level.NOMINAL, codes=yesno, **asked),
        Variable("VB_ANY", **words["blame"], level=Level.NOMINAL, codes=yesno, rule=share, **computed),
        Variable(
            "VB_INDEX",
            **words["index"],
            level=Level.INTERVAL,
            rule=mean,
            missing=tuple(Missing),
            **computed,
        ),
    )


def _indicators(words: dict[str, Any]) -> list[Indicator]:
    kinds = {
        "VB_ANY": ("VB_ANY", "proportion", 1, "harmful", "blame"),
        "WR_POLICE": ("POLICE", "proportion", 1, "protective", "police"),
        "BLAME": ("VB_INDEX", "mean", None, "harmful", "index"),
    }
    return [
        Indicator(
            name,
            variable,
            statistic,
            words[part]["label"],
            words["findings"][name],
            code,
            higher,
            headline=True,
        )
        for name, (variable, statistic, code, higher, part) in kinds.items()
    ]


def wave(name: str, *, n: int = 800, sample_type: str = "probability", synthetic: bool = True) -> SurveyData:
    """One seeded wave: four strata of ten clusters, unequal weights, some don't know and refused."""
    blame, police = WAVES[name]
    chance = np.random.default_rng([1, int(name)])
    codebook = small_codebook()
    shares = {"VB1": blame, "VB2": 0.75, "VB3": blame + 0.12}
    columns = {row: _likert(chance, n, share) for row, share in shares.items()}
    columns["POLICE"] = _with_missing(chance, (chance.random(n) < police).astype(int), 0.05, 0.02)
    psu = np.arange(n) % 40
    weight = chance.uniform(0.6, 1.8, n)
    reserved = {
        "wave": name,
        "weight": weight,
        "base_weight": weight,
        "stratum": psu // 10,
        "psu": psu,
        "mode": "web",
        "language": chance.choice(["kk", "ru", "uz"], n, p=[0.5, 0.45, 0.05]),
    }
    frame = derive(pd.DataFrame({**columns, **reserved}), codebook)
    random = sample_type == "probability"
    meta = Meta(
        study="small",
        wave=name,
        title=codebook.title,
        dates=(f"{name}-04-03", f"{name}-05-12"),
        sample_type=sample_type,
        synthetic=synthetic,
        disclosure=study_words()["disclosure"],
    )
    return SurveyData(
        frame, codebook, Design(strata="stratum", cluster=("psu",)) if random else Design(), meta
    )


def _likert(chance: np.random.Generator, n: int, agree: float) -> np.ndarray:
    shares = [0.45 * (1 - agree), 0.33 * (1 - agree), 0.22 * (1 - agree), 0.6 * agree, 0.4 * agree]
    return _with_missing(chance, chance.choice([1, 2, 3, 4, 5], n, p=shares), 0.06, 0.02)


def _with_missing(
    chance: np.random.Generator, answers: np.ndarray, dont_know: float, refused: float
) -> np.ndarray:
    draw = chance.random(len(answers))
    answers = np.where(draw < dont_know, int(Missing.DONT_KNOW), answers)
    return np.where(draw > 1 - refused, int(Missing.REFUSED), answers)


def write_wave(data: SurveyData, home: Path) -> Path:
    weights = {"base_weight": "given"}
    return write_release(data, home, instrument="{}", weights=weights, fieldwork={}).folder


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Four synthetic releases on disk."""
    home = tmp_path_factory.mktemp("home")
    return tuple(write_wave(wave(name), home) for name in WAVES)


@pytest.fixture(scope="session")
def reports(folders: tuple[Path, ...]) -> dict[str, Report]:
    """One report per language."""
    return {language: report_from_folders(folders, language) for language in LANGUAGES}


@pytest.fixture(scope="session")
def pdfs(reports: dict[str, Report], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each report printed."""
    folder = tmp_path_factory.mktemp("pdf")
    paths = {language: folder / report.file_name for language, report in reports.items()}
    for language, path in paths.items():
        path.write_bytes(render_pdf(reports[language]))
    return paths


@pytest.fixture(scope="session")
def open_link_reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """Two real waves that are no random samples, in each language."""
    home = tmp_path_factory.mktemp("open")
    waves = [wave(name, sample_type="nonprobability", synthetic=False) for name in ("2024", "2025")]
    releases = [read_release(write_wave(data, home)) for data in waves]
    return {language: build_report(releases, language=language) for language in LANGUAGES}


@pytest.fixture(scope="session")
def small_study() -> dict[str, Any]:
    """The words of the small study, its complete disclosure record among them."""
    return study_words()


@pytest.fixture(scope="session")
def make_wave() -> Callable[..., SurveyData]:
    """`wave`, for tests that need one of another size or kind."""
    return wave


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


def library_wave(
    questionnaire: Questionnaire,
    wave: str,
    home: Path,
    *,
    study: str = "other",
    sample_type: str = "probability",
    languages: Sequence[str] = ("ru",),
) -> SurveyData:
    """A written release of random answers to any questionnaire, read back; interviews in turn by language."""
    chance = random.Random(wave)
    rows = [
        questionnaire.encode(
            answered(questionnaire, chance), questionnaire.draw(f"{wave}-{n}"), complete=True
        )
        for n in range(PEOPLE)
    ]
    codebook = questionnaire.codebook()
    weights = {"wave": wave, "weight": 1.0, "base_weight": 1.0, "mode": "web"}
    spoken = [{"language": languages[number % len(languages)]} for number in range(PEOPLE)]
    frame = derive(
        pd.DataFrame([row | weights | said for row, said in zip(rows, spoken, strict=True)]), codebook
    )
    assert not (frame.select_dtypes("number") == int(Missing.NOT_REACHED)).any().any()
    meta = Meta(
        study=study,
        wave=wave,
        title=questionnaire.title,
        dates=(f"{wave}-05-01", f"{wave}-05-20"),
        sample_type=sample_type,
        synthetic=True,
        disclosure=study_words()["disclosure"],
    )
    data = SurveyData(frame, codebook, Design(), meta)
    fieldwork = {"invitations": 2 * PEOPLE, "dispositions": {"complete": PEOPLE, "breakoff": 20}}
    written = write_release(
        data, home, instrument=questionnaire.to_json(), weights={"base_weight": "given"}, fieldwork=fieldwork
    )
    return read_release(written.folder)


@pytest.fixture(scope="session")
def library_release() -> Callable[..., SurveyData]:
    """`library_wave`: a release of random answers to a questionnaire of the library."""
    return library_wave


EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "examples" / "report"


@pytest.fixture(scope="session")
def annual_folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Three waves of the core questionnaire, beside the guide's example and what its specification names."""
    home = tmp_path_factory.mktemp("annual")
    shutil.copytree(EXAMPLE, home, dirs_exist_ok=True)
    core, waves = load_library("kz_thb_core"), ("2023", "2025", "2026")
    for wave_name in waves:
        library_wave(core, wave_name, home, study="kz-attitudes")
    other = load_library("kz_thb_professionals")
    library_wave(
        other, "2026", home / "professionals", study="kz-thb-professionals", sample_type="nonprobability"
    )
    return tuple(home / "releases" / "kz-attitudes" / wave_name / "1" for wave_name in waves)


@pytest.fixture(scope="session")
def annual(annual_folders: tuple[Path, ...]) -> dict[str, Report]:
    """The guide's example built from them in every language."""
    home = annual_folders[0].parents[3]
    spec, plan = read_spec(home / "report.yaml"), read_plan(home / "tracking.yaml")
    return {each.language: each for each in reports_from_folders(annual_folders, LANGUAGES, spec, plan)}

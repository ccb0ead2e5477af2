"""`tolqyn wave create|open|correct`: a questionnaire follows its study's earlier wave, or is refused."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from instruments import Questionnaire, library_path, load
from survey.cli.rehearsed import keep
from survey.cli.trial import TrialReport
from survey.config import LANGUAGES, Config, study_today
from survey.store import versions, waves
from survey.store.engine import Database
from survey.store.models import Wave

HEARD = 'text: "How much have you heard about human trafficking?"'
OTHER = 'text: "What do you know about human trafficking?"'
MISPRINT = 'text: "How much have you heard about Human Trafficking?"'
DECLARED = (
    '\n    wording: 2\n    compare: {1: {kind: KIND, reason: "Two pilots showed the same answers to both."}}'
)
REASONS = {
    "kk": "Екі сынақ екеуіне де бірдей жауап берді.",
    "ru": "Два пилотажа дали те же ответы на оба.",
    "uz": "Ikki sinov ikkalasiga ham bir xil javob berdi.",
}
RECORD = {
    "strategy": "A repeated cross-section.",
    "sponsor": "Nobody",
    "sampling": "Two stages",
    "limitations": {"en": "Small", "ru": "Малая", "kk": "Шағын", "uz": "Kichik"},
}

Type = Callable[..., Result]


def a_version(folder: Path, words: str, version: str = "2026.2", *, declared: str = "") -> Path:
    """The core with AW1 in other words, declared or not, in files of one's own."""
    folder.mkdir()
    for path in library_path("kz_thb_core").parent.glob("2026.1*.yaml"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "2026.1":
            assert text.count(HEARD) == 1
            text = text.replace(HEARD, words + (DECLARED.replace("KIND", declared) if declared else ""))
            text = text.replace('version: "2026.1"', f'version: "{version}"')
        elif declared:
            source = yaml.safe_load(text)
            source["items"]["AW1"]["compare"] = {"1": {"reason": REASONS[source["language"]]}}
            text = yaml.safe_dump(source, allow_unicode=True, sort_keys=False)
        (folder / path.name.replace("2026.1", version)).write_text(text, encoding="utf-8")
    return folder / f"{version}.yaml"


def rehearsed(config: Config, questionnaire: Questionnaire) -> None:
    passed = TrialReport(
        questionnaire.fingerprint, LANGUAGES, 1, 0, {"complete": 1}, (24, 24, 24), 50, {}, {}, ()
    )
    keep(config, questionnaire, passed)


def create(tolqyn: Type, instrument: str, year: int, *more: str) -> Result:
    opens = study_today() - timedelta(days=7) if year == 2026 else study_today() + timedelta(days=300)
    dates = ("--opens", str(opens), "--closes", str(opens + timedelta(days=30)))
    words = ("--instrument", instrument, "--alias", f"opinion-{year}", "--sample-type", "probability", *dates)
    asks = ("--organisation", "Centre X", "--contact", "+7 700")
    return tolqyn("wave", "create", f"kz-thb/{year}", *words, *asks, *more)


@pytest.fixture
def first(tolqyn: Type, config: Config, tmp_path: Path) -> None:
    """A first wave of the core, in the field."""
    (tmp_path / "wave.yaml").write_text(yaml.safe_dump(RECORD, allow_unicode=True), encoding="utf-8")
    rehearsed(config, load(library_path("kz_thb_core")))
    made = create(tolqyn, "kz_thb_core", 2026)
    assert made.exit_code == 0, made.output
    opened = open_(tolqyn, 2026)
    assert opened.exit_code == 0, opened.output


def open_(tolqyn: Type, year: int) -> Result:
    return tolqyn(
        "wave", "open", f"kz-thb/{year}", "--disclosure", "wave.yaml", "--phones-verified", str(study_today())
    )


@pytest.mark.usefixtures("first")
def test_the_next_wave_is_refused_until_its_changes_are_declared(tolqyn: Type, tmp_path: Path) -> None:
    refused = create(tolqyn, str(a_version(tmp_path / "a", OTHER)), 2027)
    assert refused.exit_code == 1
    assert "items.AW1: expected a wording number above 1" in refused.output
    assert "2026.2.yaml:" in refused.output, "with file and line"
    same = create(tolqyn, "kz_thb_core", 2027)
    assert same.exit_code == 0, same.output
    assert "compared with wave 2026: every change is declared" in same.output
    assert create(tolqyn, str(tmp_path / "a" / "2026.2.yaml"), 2027, "--replace").exit_code == 1
    unmeasured = create(
        tolqyn, str(a_version(tmp_path / "c", OTHER, declared="editorial")), 2027, "--replace"
    )
    assert unmeasured.exit_code == 1
    assert "reworded text in en" in unmeasured.output
    declared = create(tolqyn, str(a_version(tmp_path / "b", OTHER, declared="broken")), 2027, "--replace")
    assert declared.exit_code == 0, declared.output


def test_a_draft_made_before_the_earlier_wave_opened_is_compared_when_it_opens(
    tolqyn: Type, tmp_path: Path, database: Database, request: pytest.FixtureRequest
) -> None:
    assert create(tolqyn, str(a_version(tmp_path / "a", OTHER)), 2027).exit_code == 0, "no wave before it yet"
    request.getfixturevalue("first")
    refused = open_(tolqyn, 2027)
    assert refused.exit_code == 1
    assert "items.AW1" in refused.output
    with database.reading() as session:
        assert waves.find_wave(session, "kz-thb/2027").state == "draft"


def test_a_release_of_an_earlier_wave_counts_as_well(tolqyn: Type, tmp_path: Path, config: Config) -> None:
    folder = config.home / "releases" / "kz-thb" / "2025" / "1"
    folder.mkdir(parents=True)
    manifest = {"study": "kz-thb", "wave": "2025", "release": 1, "dates": ["2025-05", "2025-06"]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    core = load(library_path("kz_thb_core"))
    (folder / "instrument.json").write_text(core.to_json(), encoding="utf-8")
    refused = create(tolqyn, str(a_version(tmp_path / "a", OTHER)), 2027)
    assert refused.exit_code == 1
    assert "items.AW1" in refused.output
    (folder / "instrument.json").write_text('{"name": "imported"}', encoding="utf-8")
    made = create(tolqyn, str(tmp_path / "a" / "2026.2.yaml"), 2027)
    assert made.exit_code == 0, made.output
    assert "the questionnaire of wave 2025 was imported: its wording is not compared" in made.output


@pytest.mark.usefixtures("first")
def test_a_wave_is_corrected_in_the_field(
    tolqyn: Type,
    tmp_path: Path,
    database: Database,
    config: Config,
    core_interview: Callable[[Wave, str], None],
) -> None:
    later = a_version(tmp_path / "a", MISPRINT, declared="editorial")
    rehearsed(config, load(later))
    core_interview(Wave(alias="opinion-2026"), "EARLY")
    reason = ("--reason", "en=The pilot question was put back", "--reason", "ru=Возвращён вопрос пилотажа")
    corrected = tolqyn("wave", "correct", "kz-thb/2026", "--instrument", str(later), *reason)
    assert corrected.exit_code == 0, corrected.output
    assert "interviews begin with version 2026.2 from now on" in corrected.output
    core_interview(Wave(alias="opinion-2026"), "LATE")
    with database.reading() as session:
        known = versions.versions_of(session, waves.find_wave(session, "opinion-2026"))
    assert [(v.number, v.reason.get("ru", "")) for v in known] == [(1, ""), (2, "Возвращён вопрос пилотажа")]
    again = tolqyn("wave", "correct", "kz-thb/2026", "--instrument", str(later), "--reason", "x")
    assert again.exit_code == 1
    assert "a version new to this wave" in again.output
    status = tolqyn("wave", "status", "kz-thb/2026").output
    assert f"version 1 of this wave: kz_thb_core 2026.1, since {known[0].since}" in status
    assert f"version 2 of this wave: kz_thb_core 2026.2, since {known[1].since}" in status


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("kind", ["editorial", "broken"])
def test_another_question_is_no_correction_however_it_is_declared(
    tolqyn: Type, tmp_path: Path, kind: str
) -> None:
    later = a_version(tmp_path / "a", OTHER, declared=kind)
    reason = ("--reason", "The pilot question was put back")
    refused = tolqyn("wave", "correct", "kz-thb/2026", "--instrument", str(later), *reason)
    assert refused.exit_code == 1
    assert "items.AW1" in refused.output


@pytest.mark.usefixtures("first")
def test_a_correction_not_declared_or_not_explained_is_refused(tolqyn: Type, tmp_path: Path) -> None:
    undeclared = str(a_version(tmp_path / "a", OTHER))
    command = ("wave", "correct", "kz-thb/2026", "--instrument", undeclared)
    assert tolqyn(*command).exit_code == 2, "--reason is needed"
    refused = tolqyn(*command, "--reason", "A misprint")
    assert refused.exit_code == 1
    assert "items.AW1" in refused.output
    twice = tolqyn(*command, "--reason", "A misprint", "--reason", "en=Another")
    assert "one reason a language" in twice.output


def test_a_wave_that_opens_says_how_to_lock_the_files_and_locked_they_cannot_be_edited(
    tolqyn: Type, tmp_path: Path, config: Config
) -> None:
    own = a_version(tmp_path / "a", HEARD)
    (tmp_path / "wave.yaml").write_text(yaml.safe_dump(RECORD, allow_unicode=True), encoding="utf-8")
    questionnaire = load(own)
    rehearsed(config, questionnaire)
    assert create(tolqyn, str(own), 2026).exit_code == 0
    opened = open_(tolqyn, 2026).output
    assert f"tolqyn instrument lock FILE.yaml --sha256 {questionnaire.fingerprint}" in opened.replace(
        "kz_thb_core@2026.2", "FILE.yaml"
    )
    wrong = tolqyn("instrument", "lock", str(own), "--sha256", "0" * 64)
    assert wrong.exit_code == 1
    assert not own.with_name("fielded.lock").exists()
    locked = tolqyn("instrument", "lock", str(own), "--sha256", questionnaire.fingerprint)
    assert locked.exit_code == 0, locked.output
    assert "is fielded from now on" in locked.output
    assert "was noted as fielded before" in tolqyn("instrument", "lock", str(own)).output
    own.write_text(own.read_text(encoding="utf-8").replace(HEARD, OTHER), encoding="utf-8")
    for command in (("instrument", "check", str(own)), ("instrument", "lock", str(own))):
        refused = tolqyn(*command)
        assert refused.exit_code == 1
        assert "as fielded" in refused.output


def released(config: Config, year: int, file: Path) -> None:
    """A release of an earlier wave that was asked in the questionnaire of that file."""
    folder = config.home / "releases" / "kz-thb" / str(year) / "1"
    folder.mkdir(parents=True)
    manifest = {"study": "kz-thb", "wave": str(year), "release": 1, "dates": [f"{year}-05", f"{year}-06"]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "instrument.json").write_text(load(file).to_json(), encoding="utf-8")


def test_what_is_said_of_a_wave_before_the_latest_is_measured_too(
    tolqyn: Type, tmp_path: Path, config: Config
) -> None:
    """A break in between must not become a trend around it: the report reads every pair of waves."""
    released(config, 2023, library_path("kz_thb_core"))
    released(config, 2024, a_version(tmp_path / "a", OTHER, declared="broken"))
    third = a_version(tmp_path / "b", OTHER, "2026.3", declared="editorial")
    refused = create(tolqyn, str(third), 2027)
    assert refused.exit_code == 1
    assert "items.AW1.compare.1: expected kind: broken" in refused.output
    honest = a_version(tmp_path / "c", OTHER, "2026.3", declared="broken")
    made = create(tolqyn, str(honest), 2027)
    assert made.exit_code == 0, made.output


def test_a_question_that_comes_back_in_other_words_under_its_old_number_is_refused(
    tolqyn: Type, tmp_path: Path, config: Config
) -> None:
    released(config, 2023, library_path("kz_thb_core"))
    released(config, 2024, library_path("kz_thb_pulse"))
    back = a_version(tmp_path / "a", 'text: "What do you know about human trafficking?"', "2026.3")
    text = back.read_text(encoding="utf-8")
    assert "AW1" in load(library_path("kz_thb_pulse")).items
    changed = text.replace(OTHER, HEARD).replace(
        "A woman who goes abroad for easy money", "A man who goes abroad"
    )
    back.write_text(changed, encoding="utf-8")
    refused = create(tolqyn, str(back), 2027)
    assert refused.exit_code == 1
    assert "items.VB.rows.VB3: expected a wording number above 1" in refused.output

"""`tolqyn wave`: a whole round typed as a field manager would, and what each refusal says."""

import csv
import json
import re
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from instruments import load_library
from survey.cli.rehearsed import keep, record_of
from survey.cli.trial import TrialReport
from survey.config import Config, study_today
from survey.store import waves
from survey.store.engine import Database
from survey.store.models import Wave

RECORD = {
    "title": {"en": "Attitudes", "ru": "Отношение"},
    "strategy": "A repeated cross-section.",
    "sponsor": "Nobody",
    "sampling": "Two stages",
    "limitations": {"en": "Small", "ru": "Малая", "kk": "Шағын", "uz": "Kichik"},
}
DATES = (
    "--opens",
    str(study_today() - timedelta(days=7)),
    "--closes",
    str(study_today() + timedelta(days=21)),
)

Type = Callable[..., Result]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "wave.yaml"
    path.write_text(yaml.safe_dump(RECORD, allow_unicode=True), encoding="utf-8")
    return path


def create(tolqyn: Type, *more: str, name: str = "kz-thb/2027", alias: str = "opinion-27") -> Result:
    words = ("--instrument", "kz_thb_core", "--alias", alias, "--sample-type", "probability", *DATES)
    return tolqyn("wave", "create", name, *words, *more)


@pytest.fixture(autouse=True)
def rehearsed_before(request: pytest.FixtureRequest, config: Config) -> None:
    """The core questionnaire was rehearsed on this instance, except in the test of a whole round."""
    if request.node.originalname != "test_a_whole_round_is_typed_from_draft_to_release":
        core = load_library("kz_thb_core")
        ok = TrialReport(
            core.fingerprint, core.languages, 1, 0, {"complete": 1}, (24, 24, 24), 50, {}, {}, ()
        )
        keep(config, core, ok)


def open_(tolqyn: Type, record: Path) -> Result:
    words = ("--organisation", "Centre X", "--contact", "+7 700", "--disclosure", str(record))
    return tolqyn("wave", "open", "kz-thb/2027", *words, "--phones-verified", str(study_today()))


def test_a_whole_round_is_typed_from_draft_to_release(
    *, tolqyn: Type, record: Path, config: Config, tmp_path: Path, core_interview: Callable[[Wave, str], None]
) -> None:
    created = create(tolqyn)
    assert created.exit_code == 0, created.output
    assert "/s/opinion-27/" in created.output
    private = tmp_path / "kz-thb-2027.textkey"
    assert str(private) in created.output
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert private.read_text().strip() not in "".join(p.read_text("latin1") for p in config.keys.iterdir())

    assert open_(tolqyn, record).exit_code == 0
    assert record_of(config, load_library("kz_thb_core").fingerprint).is_file(), (
        "the pages were rehearsed first"
    )
    invited = tolqyn("wave", "invite", "opinion-27", "--n", "12", "--batch", "almaty", "--out", "codes.csv")
    assert invited.exit_code == 0, invited.output
    rows = list(csv.DictReader((tmp_path / "codes.csv").read_text("utf-8").splitlines()))
    assert stat.S_IMODE((tmp_path / "codes.csv").stat().st_mode) == 0o600
    assert all(row["link"].endswith("/s/opinion-27/i/" + row["code"].replace("-", "")) for row in rows)
    assert all(re.fullmatch("([A-Z2-7]{4}-){6}[A-Z2-7]{2}", row["code"]) for row in rows)
    for row in rows[:6]:
        core_interview(Wave(alias="opinion-27"), row["code"])

    status = tolqyn("wave", "status", "kz-thb/2027").output
    assert "complete: at least 5" in status, "counts of a wave in the field are rounded down to 5"
    proposed = tolqyn("wave", "close", "kz-thb/2027", "--by", "aigul")
    assert "takes no new starts" in proposed.output
    assert tolqyn("wave", "close", "kz-thb/2027", "--by", "aigul", "--confirm").exit_code == 1
    assert tolqyn("wave", "close", "kz-thb/2027", "--by", "timur", "--confirm").exit_code == 0
    assert tolqyn("wave", "close", "kz-thb/2027", "--by", "timur", "--confirm").exit_code == 0
    status = tolqyn("wave", "status", "kz-thb/2027").output
    assert "complete: 6" in status
    assert "wave key: destroyed" in status

    built = tolqyn("release", "build", "kz-thb/2027")
    assert built.exit_code == 0, built.output
    assert (config.releases / "kz-thb" / "2027" / "1" / "manifest.json").exists()
    listed = json.loads(tolqyn("release", "list", "--json").output)
    assert [(ref["study"], ref["wave"], ref["release"]) for ref in listed] == [("kz-thb", "2027", 1)]
    assert "released" in tolqyn("wave", "status").output


def test_an_unknown_instrument_is_refused_with_those_there_are(tolqyn: Type) -> None:
    result = tolqyn(
        "wave",
        "create",
        "a/b",
        "--instrument",
        "nope",
        "--alias",
        "a-b-c",
        *DATES,
        "--sample-type",
        "probability",
    )
    assert result.exit_code == 1
    assert "kz_thb_core" in result.stderr


def test_a_broken_instrument_file_is_refused_with_every_place(tolqyn: Type, tmp_path: Path) -> None:
    path = tmp_path / "1.yaml"
    path.write_text("instrument: broken\nversion: '1'\nlanguages: [en]\nitems: {A: {kind: singel}}\n")
    result = tolqyn(
        "wave",
        "create",
        "a/b",
        "--instrument",
        str(path),
        "--alias",
        "a-b-c",
        *DATES,
        "--sample-type",
        "probability",
    )
    assert result.exit_code == 1
    assert f"{path}:4" in result.stderr
    assert "singel" in result.stderr
    assert int(result.stderr.strip().splitlines()[-1].split()[0]) > 3


def test_a_wave_that_cannot_open_says_everything_at_once(tolqyn: Type) -> None:
    create(tolqyn)
    result = tolqyn("wave", "open", "kz-thb/2027")
    assert result.exit_code == 1
    for missing in ("--organisation", "--contact", "disclosure.sponsor", "disclosure.limitations", "116 16"):
        assert missing in result.stderr


def test_a_draft_is_created_again_only_when_told_to(tolqyn: Type, database: Database) -> None:
    create(tolqyn)
    again = create(tolqyn, "--organisation", "Centre Y")
    assert again.exit_code == 1
    assert "--replace" in again.stderr
    assert create(tolqyn, "--organisation", "Centre Y", "--replace").exit_code == 0
    with database.reading() as session:
        assert waves.find_wave(session, "opinion-27").organisation == "Centre Y"


def test_a_file_of_codes_is_never_overwritten(tolqyn: Type, tmp_path: Path) -> None:
    create(tolqyn)
    (tmp_path / "codes.csv").write_text("mine")
    result = tolqyn("wave", "invite", "kz-thb/2027", "--n", "12", "--batch", "a", "--out", "codes.csv")
    assert result.exit_code == 1
    assert (tmp_path / "codes.csv").read_text() == "mine"
    assert (
        tolqyn("wave", "invite", "kz-thb/2027", "--n", "12", "--batch", "a", "--out", "b.csv").exit_code == 0
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("sponsor: [1, 2]", "a text, or a text by language"),
        ("- a", "a mapping (key: value)"),
        ("a: b: c", "valid YAML"),
        ("a: &x [b]\nc: *x", "an anchor or alias"),
    ],
)
def test_a_disclosure_file_that_cannot_be_read_is_refused(
    tolqyn: Type, tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "bad.yaml").write_text(content)
    result = create(tolqyn, "--disclosure", "bad.yaml")
    assert result.exit_code == 1
    assert "bad.yaml" in result.stderr
    assert said in result.stderr


def test_one_person_may_close_where_the_instance_says_so(
    tolqyn: Type, record: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(tolqyn)
    open_(tolqyn, record)
    nameless = tolqyn("wave", "close", "kz-thb/2027", "--confirm")
    assert (nameless.exit_code, "--by" in nameless.stderr) == (1, True)
    monkeypatch.setenv("TOLQYN_TWO_PERSON", "off")
    proposed = tolqyn("wave", "close", "kz-thb/2027")
    assert proposed.exit_code == 0
    assert "tolqyn wave close kz-thb/2027 --confirm" in proposed.output
    with database.reading() as session:
        assert waves.find_wave(session, "opinion-27").state == "closing", "nothing is final without --confirm"
    assert "is closed" in tolqyn("wave", "close", "kz-thb/2027", "--confirm").output
    with database.reading() as session:
        assert "switched off" in waves.find_wave(session, "opinion-27").disclosure["closing"]["en"]


@pytest.mark.parametrize(
    "words", [("wave", "opne"), ("wave", "create"), ("wave", "invite", "x", "--n", "many")]
)
def test_a_command_typed_wrongly_is_a_usage_error(tolqyn: Type, words: tuple[str, ...]) -> None:
    assert tolqyn(*words).exit_code == 2


def test_a_disclosure_file_that_is_no_yaml_is_named_with_its_line(tolqyn: Type, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("sponsor: A\nstrategy: [1,2\n", encoding="utf-8")
    (tmp_path / "latin.yaml").write_bytes("sponsor: café".encode("latin1"))
    create(tolqyn)
    result = tolqyn("wave", "open", "kz-thb/2027", "--disclosure", "bad.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith("bad.yaml:3: expected valid YAML; found did not find expected ',' or ']'")
    assert len(result.stderr.splitlines()) == 2
    result = tolqyn("wave", "open", "kz-thb/2027", "--disclosure", "latin.yaml")
    assert result.exit_code == 1
    assert result.stderr.startswith("latin.yaml:1: expected UTF-8 text; found byte 0xe9")


def test_one_title_stands_for_all_languages(tolqyn: Type, tmp_path: Path, database: Database) -> None:
    (tmp_path / "title.yaml").write_text("title: Hello\nstrategy: None.\n", encoding="utf-8")
    made = create(tolqyn, "--disclosure", "title.yaml", "--languages", "kk,ru")
    assert made.exit_code == 0, made.output
    with database.reading() as session:
        found = waves.find_wave(session, "kz-thb/2027")
        assert found.title == {"kk": "Hello", "ru": "Hello"}
        assert found.disclosure == {"strategy": "None."}

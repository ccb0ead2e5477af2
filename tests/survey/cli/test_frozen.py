"""A wave of which figures are published: frozen, until an erratum says why, or nothing counts any more."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis import list_releases, read_json, release_at
from reports import Publication, Register, releases_of
from survey.cli import main
from survey.config import Config
from survey.fieldwork.changing import refuse_late
from survey.refusal import Refused
from survey.store import audit, closing, waves
from survey.store.engine import Database

from ..conftest import TODAY
from ..store.test_upgrades import opened

WAVE = "kz-thb/2027"
MARGINS = """\
margins:
  - variables: [SEEN]
    source: invented
    date: "2027"
    shares: {1: 0.55, 2: 0.45}
"""
Tolqyn = Callable[..., Result]


@pytest.fixture
def tolqyn(
    environment: Config, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Tolqyn:
    """Type a command; one wave was asked, closed, attacked and released."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, status: int = 0) -> Result:
        done = CliRunner().invoke(main, words)
        assert done.exit_code == status, done.output
        return done

    wave = opened(database, environment.home)
    with database.writing() as session:
        closing.close_wave(
            session, waves.find_wave(session, wave.alias), by="x", two_person=False, today=TODAY
        )
    run("release", "build", WAVE, "--lonely-psu", "adjust", "--despite-attack", "a test without the thief")
    return run


def publish(config: Config, tolqyn: Tolqyn) -> None:
    """Through the gate of every publication."""
    from survey.cli.gate import PublicationGate

    folder = list_releases(config.home, "kz-thb", "2027")[-1].folder
    PublicationGate(config).admit([folder], ["en"], kind="tiles")


def state(database: Database) -> str:
    with database.reading() as session:
        return waves.find_wave(session, WAVE).state


def build(tolqyn: Tolqyn, *more: str, status: int = 0) -> Result:
    words = ("--lonely-psu", "adjust", "--despite-attack", "a test without the thief")
    return tolqyn("release", "build", WAVE, *words, *more, status=status)


def numbers(config: Config) -> list[int]:
    return [each.number for each in list_releases(config.home, "kz-thb", "2027")]


def test_a_wave_is_frozen_by_what_is_published_and_let_go_of_when_none_of_it_counts(
    tolqyn: Tolqyn, environment: Config, database: Database
) -> None:
    assert state(database) == "released"
    publish(environment, tolqyn)
    assert state(database) == "frozen"
    assert "kz-thb/2027  frozen" in tolqyn("wave", "status").output
    assert "no new design, weights or release, except an erratum" in tolqyn("wave", "status", WAVE).output
    tolqyn("release", "unpublish", "kz-thb", "1", "--because", "a trial")
    assert state(database) == "released"
    with database.reading() as session:
        acts = [(each.what, each.subject) for each in audit.acts(session)]
    assert acts.count(("wave.freeze", WAVE)) == acts.count(("wave.thaw", WAVE)) == 1


def test_a_frozen_wave_gets_other_weights_only_as_an_erratum_which_its_record_keeps(
    tolqyn: Tolqyn, environment: Config, database: Database
) -> None:
    publish(environment, tolqyn)
    assert "release 1 of" in build(tolqyn).output, "the same again is the same release"
    Path("margins.yaml").write_text(MARGINS)
    refused = build(tolqyn, "--targets", "margins.yaml", status=1)
    assert "--erratum" in refused.output
    assert "release 2 says why it is made" in refused.output
    assert numbers(environment) == [1]
    assert not list(environment.releases.glob("kz-thb/2027/.*"))
    assert "a reason" in build(tolqyn, "--targets", "margins.yaml", "--erratum", " ", status=1).output
    made = build(
        tolqyn, "--targets", "margins.yaml", "--erratum", "A margin was mistyped", "--erratum", "ru=Опечатка"
    )
    assert "release 2 of" in made.output
    folder = list_releases(environment.home, "kz-thb", "2027")[-1].folder
    assert read_json(folder, "disclosure")["correction_2"] == {
        "en": "A margin was mistyped",
        "ru": "Опечатка",
    }
    assert state(database) == "frozen"
    again = build(tolqyn, status=1)
    assert "release 3 says why it is made" in again.output, "each further one needs a reason of its own"
    assert numbers(environment) == [1, 2]


def test_the_reason_may_stand_in_the_record_as_before(
    tolqyn: Tolqyn, environment: Config, database: Database
) -> None:
    publish(environment, tolqyn)
    Path("blank.yaml").write_text("correction_2: ' '\n")
    assert "--erratum" in build(tolqyn, "--disclosure", "blank.yaml", status=1).output
    assert "a language of the wave" in build(tolqyn, "--erratum", "xx=foo", status=1).output
    Path("mended.yaml").write_text("correction_2: {en: A sponsor was forgotten}\n")
    assert "release 2 of" in build(tolqyn, "--disclosure", "mended.yaml").output
    Path("silent.yaml").write_text("limitations: Another one\n")
    assert "--erratum" in build(tolqyn, "--disclosure", "silent.yaml", status=1).output
    with database.reading() as session:
        assert waves.find_wave(session, WAVE).disclosure.get("limitations") != "Another one"


def test_settings_of_a_frozen_wave_do_not_change_and_the_refusal_names_the_erratum(
    tolqyn: Tolqyn, environment: Config, database: Database
) -> None:
    publish(environment, tolqyn)
    with database.reading() as session, pytest.raises(Refused, match="draft, pilot or open") as refused:
        refuse_late(waves.find_wave(session, WAVE))
    assert "--erratum" in refused.value.reasons[0].hint


def test_an_erratum_needs_a_release_to_correct(
    tolqyn: Tolqyn, environment: Config, database: Database
) -> None:
    wave = opened(database, environment.home, name="2029", alias="opinion-29")
    with database.writing() as session:
        closing.close_wave(
            session, waves.find_wave(session, wave.alias), by="x", two_person=False, today=TODAY
        )
    words = ("release", "build", "kz-thb/2029", "--erratum", "x")
    assert "a release to correct" in tolqyn(*words, status=1).output


def test_the_night_freezes_what_was_published_before_and_a_lost_register_lets_nothing_go(
    tolqyn: Tolqyn, environment: Config, database: Database
) -> None:
    folder = list_releases(environment.home, "kz-thb", "2027")[-1].folder
    register = Register(environment.home / "published")
    made = Publication(
        release_at(folder).study, "tiles", "2027", ("en",), releases_of([folder]), (), day="2027-07-01"
    )
    register.add(made)
    assert state(database) == "released"
    tolqyn("wave", "tick")
    assert state(database) == "frozen"
    for path in (environment.home / "published" / "kz-thb").iterdir():
        path.unlink()
    tolqyn("wave", "tick")
    assert state(database) == "frozen"

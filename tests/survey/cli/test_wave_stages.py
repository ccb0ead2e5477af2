"""Typed acts on a wave that is between two stages: whole or not at all, and nothing settled changes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from sqlalchemy import select

from survey import keys
from survey.cli.acts import note
from survey.config import Config, study_today
from survey.store import audit, closing, engine, engines, opening, waves
from survey.store.engine import Database
from survey.store.models import Act, Wave
from survey.thief import drop_roll

DESIGN = {
    "format": 1,
    "disclosure": {"funder": "A fund", "frame": "Areas", "recruitment": "Letters", "incentives": "None"},
    "strata": {"cities": {"target": 20}, "villages": {}},
}
LATER = ("--opens", "2999-05-08", "--closes", "2999-06-04")
CLONE = ("wave", "clone", "kz-thb", "2999", "--alias", "opinion-99", *LATER)

Type = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("in_public")


def opened(database: Database, alias: str) -> Wave:
    """The wave, in the field from today on."""
    with database.writing() as session:
        found = waves.find_wave(session, alias)
        opening.open_wave(session, found, waves.questionnaire_of(session, found), study_today())
    return found


@pytest.fixture
def fielded(database: Database, make_wave: Callable[..., Wave]) -> Wave:
    """A wave in the field today."""
    made = make_wave(opens=study_today(), closes=study_today() + timedelta(days=20))
    return opened(database, made.alias)


def written(tmp_path: Path, **changes: Any) -> str:
    path = tmp_path / "design.yaml"
    path.write_text(yaml.safe_dump({**DESIGN, **changes}, allow_unicode=True), encoding="utf-8")
    return str(path)


def acts(database: Database, what: str) -> list[Act]:
    with database.reading() as session:
        return [act for act in audit.acts(session) if act.what == what]


@pytest.mark.parametrize("command", ["clone", "create"])
def test_a_wave_whose_making_was_interrupted_is_not_there_and_is_made_by_typing_it_again(
    tolqyn: Type, database: Database, fielded: Wave, config: Config, tmp_path: Path, monkeypatch, command: str
) -> None:
    words = CLONE
    if command == "create":
        make = ("--instrument", "kz_thb_core", "--sample-type", "probability", "--alias", "opinion-99")
        words = ("wave", "create", "other/2999", *make, *LATER)

    def power_cut(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", power_cut)
        assert tolqyn(*words).exit_code == 1
    with database.reading() as session:
        assert [wave.alias for wave in waves.all_waves(session)] == [fielded.alias]
    assert not keys.wave_key_file(config.keys, "opinion-99").exists()
    assert not list(tmp_path.glob("*2999.textkey"))
    again = tolqyn(*words)
    assert again.exit_code == 0, again.output
    assert len(acts(database, f"wave.{command}")) == 1
    with database.reading() as session:
        assert waves.find_wave(session, "opinion-99").cloned_from == ("2027" if command == "clone" else None)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"time_zone": "Pacific/Pago_Pago"}, "time_zone"),
        ({"strata": {"cities": {}}}, "strata"),
        ({"strata": {**DESIGN["strata"], "hills": {}}}, "strata"),  # type: ignore[dict-item]
        ({"strata": {"cities": {"psus": 90}, "villages": {}}}, "strata"),
        ({"disclosure": {"privacy": {"texts_days": 3650}}}, "privacy"),
    ],
)
def test_what_respondents_were_told_and_the_sample_rests_on_is_settled_at_the_opening(
    tolqyn: Type, database: Database, make_wave: Callable[..., Wave], tmp_path: Path, changes: Any, told: str
) -> None:
    made = make_wave(opens=study_today(), closes=study_today())
    assert tolqyn("wave", "design", made.alias, written(tmp_path)).exit_code == 0
    opened(database, made.alias)
    before = whole(database, made)
    refused = tolqyn("wave", "design", made.alias, written(tmp_path, **changes))
    assert refused.exit_code == 1
    assert told in refused.output
    assert whole(database, made) == before
    assert len(acts(database, "wave.design")) == 1


def test_what_may_change_in_an_open_wave_stands_in_the_record_by_name(
    tolqyn: Type, database: Database, make_wave: Callable[..., Wave], tmp_path: Path
) -> None:
    made = make_wave(opens=study_today(), closes=study_today())
    assert tolqyn("wave", "design", made.alias, written(tmp_path)).exit_code == 0
    opened(database, made.alias)
    mended = {**DESIGN["disclosure"], "incentives": "A pen"}  # type: ignore[dict-item]
    strata = {"cities": {"target": 30}, "villages": {}}
    done = tolqyn("wave", "design", made.alias, written(tmp_path, disclosure=mended, strata=strata))
    assert done.exit_code == 0, done.output
    assert tolqyn("wave", "design", made.alias, written(tmp_path, disclosure=mended)).exit_code == 0
    changed = [act.detail["changed"] for act in acts(database, "wave.design")]
    assert changed[0] == [
        "disclosure.frame",
        "disclosure.funder",
        "disclosure.incentives",
        "disclosure.recruitment",
        "strata",
    ]
    assert changed[1:] == [["disclosure.incentives", "strata"], ["strata"]]


def test_a_clone_keeps_to_its_models_settings_after_its_opening_too(
    tolqyn: Type, database: Database, fielded: Wave, tmp_path: Path
) -> None:
    assert tolqyn(*CLONE).exit_code == 0
    opened(database, "opinion-99")
    other = {"sampling": {"en": "Whoever came by.", "ru": "Кто пришёл."}}
    plain = {"format": 1, "disclosure": other}
    path = tmp_path / "plain.yaml"
    path.write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")
    refused = tolqyn("wave", "design", "opinion-99", str(path))
    assert refused.exit_code == 1
    assert "sampling as in wave 2027" in refused.output
    path.write_text(
        yaml.safe_dump({**plain, "changes": {"sampling": {"en": "No frame."}}}, allow_unicode=True),
        encoding="utf-8",
    )
    assert tolqyn("wave", "design", "opinion-99", str(path)).exit_code == 0


def test_a_wave_without_its_key_does_not_open(
    tolqyn: Type, database: Database, make_wave: Callable[..., Wave], config: Config
) -> None:
    """`wave ready` called the gate shut, and `wave open` let respondents come to pages that fail."""
    made = make_wave(opens=study_today(), closes=study_today(), synthetic=True)
    keys.wave_key_file(config.keys, made.alias).rename(config.keys / "aside")
    refused = tolqyn("wave", "open", made.alias)
    assert refused.exit_code == 1
    assert "the wave's key on this server" in refused.output
    with database.reading() as session:
        assert waves.find_wave(session, made.alias).state == "draft"
    (config.keys / "aside").rename(keys.wave_key_file(config.keys, made.alias))
    assert tolqyn("wave", "open", made.alias).exit_code == 0


def whole(database: Database, wave: Wave) -> tuple[Any, ...]:
    with database.reading() as session:
        row = session.execute(select(Wave.__table__).where(Wave.id == wave.id)).one()
        return tuple(row)


@contextmanager
def reader(database: Database) -> Iterator[None]:
    """Somebody who reads on in the middle of a transaction, as a backup does."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM ballot")
        yield


def test_a_close_that_could_not_be_finished_is_not_begun(
    *,
    tolqyn: Type,
    database: Database,
    fielded: Wave,
    answer: Callable[..., str],
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tables must be written anew right after; once converted, nobody could run the attack any more."""
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    for number in range(40):
        answer(fielded, f"token {number}")
    assert tolqyn("wave", "close", fielded.alias, "--by", "aigul").exit_code == 0
    with reader(database):
        with database.writing() as session:  # what the reader keeps in SQLite's log
            audit.record(session, actor="test", what="t", subject="t", day=study_today(), detail={})
        refused = tolqyn("wave", "close", fielded.alias, "--by", "timur", "--confirm")
    assert (refused.exit_code, "nothing is lost" in refused.output) == (1, True), refused.output
    with database.reading() as session:
        assert waves.find_wave(session, fielded.alias).state == "closing"
    assert keys.wave_key_file(config.keys, fielded.alias).exists()
    done = tolqyn("wave", "close", fielded.alias, "--by", "timur", "--confirm")
    assert done.exit_code == 0, done.output
    assert [act.detail["interviews"] for act in acts(database, "wave.close")] == [40]
    assert [act.detail["held"] for act in acts(database, "wave.attack")] == [True]


def interrupted_close(tolqyn: Type, monkeypatch: pytest.MonkeyPatch, wave: Wave) -> None:
    def power_cut(*_: Any) -> None:
        raise KeyboardInterrupt

    assert tolqyn("wave", "close", wave.alias, "--by", "aigul").exit_code == 0
    with monkeypatch.context() as patch:
        patch.setattr(closing, "clean_up", power_cut)
        assert tolqyn("wave", "close", wave.alias, "--by", "timur", "--confirm").exit_code == 1


def test_a_close_that_was_interrupted_says_that_nobody_attacked_it_and_is_noted_once(
    tolqyn: Type, config: Config, database: Database, fielded: Wave, answer: Callable[..., str], monkeypatch
) -> None:
    """Where the list of its ballots is lost too, nobody may say any more that none can be read."""
    answer(fielded, "token")
    interrupted_close(tolqyn, monkeypatch, fielded)
    drop_roll(config.keys, fielded.alias)
    assert tolqyn("wave", "close", fielded.alias, "--by", "timur", "--confirm").exit_code == 0
    assert "was not run: the close was interrupted" in tolqyn("wave", "status", fielded.alias).output
    assert [act.detail["interviews"] for act in acts(database, "wave.close")] == [1]
    assert acts(database, "wave.attack") == []


@pytest.mark.parametrize("held", [None, False])
def test_no_release_is_built_of_a_wave_that_no_attack_left_whole_unless_somebody_says_why(
    *,
    tolqyn: Type,
    database: Database,
    fielded: Wave,
    answer: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    held: bool | None,
) -> None:
    answer(fielded, "token")
    interrupted_close(tolqyn, monkeypatch, fielded)
    if held is not None:
        with database.writing() as session:
            note(session, "wave.attack", waves.find_wave(session, fielded.alias), held=held)
    refused = tolqyn("release", "build", fielded.alias)
    assert refused.exit_code == 1
    assert "--despite-attack" in refused.output
    assert "--confirm takes the close up again" in refused.output
    reason = "The machine was cut off; the disk is destroyed."
    built = tolqyn("release", "build", fielded.alias, "--despite-attack", reason)
    assert built.exit_code == 0, built.output
    (act,) = acts(database, "release.build")
    assert act.detail["despite_attack"] == reason
    with database.reading() as session:
        assert reason in waves.find_wave(session, fielded.alias).disclosure["anonymity"]["en"]

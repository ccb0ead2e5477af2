"""A dozen people on every kind of way through the pages of the real server; the rows are what they posted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
import urllib3

from instruments import load_library
from survey import keys
from survey.cli.background import free_port, running_server
from survey.config import LANGUAGES, Config
from survey.simulation import Outcome, Server, Settings, Visit, WalkError, play
from survey.simulation.answers import Answer
from survey.simulation.people import Person, Place, draw_person
from survey.store import ballots, opening, waves
from survey.store.engine import Database
from survey.store.invitations import BatchSpec, invite

TODAY = date(2026, 5, 12)
KEPT = ("complete", "broken_off")
PLACE = Place("almaty-1", "cities", 75, "urban")
WAYS: dict[str, dict[str, object]] = {
    "plain kk": {"language": "kk"},
    "plain ru": {"language": "ru"},
    "plain uz": {"language": "uz"},
    "switches": {"habits": frozenset({"switches_language"})},
    "back": {"habits": frozenset({"goes_back"})},
    "resumes": {"habits": frozenset({"resumes"})},
    "all habits": {"habits": frozenset({"switches_language", "goes_back", "resumes"})},
    "withdraws": {"habits": frozenset({"withdraws"})},
    "breaks off": {"course": "breaks_off"},
    "refuses": {"course": "refuses"},
    "minor": {"course": "minor"},
    "screened out": {"course": "screened_out"},
    "reticent": {"reticence": 12.0},
}


@dataclass(frozen=True)
class Fieldwork:
    """A wave of the core questionnaire in the field, with its server."""

    server: Server
    config: Config
    database: Database
    alias: str
    tokens: list[str]


@pytest.fixture
def fieldwork(database: Database, config: Config, settings: Settings, tmp_path: Path) -> Iterator[Fieldwork]:
    config = replace(config, port=free_port())
    wave = open_wave(database, config, settings, tmp_path, access="invited")
    with database.writing() as session:
        tokens = invite(session, wave, BatchSpec("all", len(WAYS)))
    with running_server(config, workers=2, log=tmp_path / "server.log"):
        server = Server("127.0.0.1", config.port)
        yield Fieldwork(server, config, database, wave.alias, tokens)


def open_wave(
    database: Database, config: Config, settings: Settings, folder: Path, *, access: str, seed: int | None = 5
) -> waves.Wave:
    """A synthetic wave in the field."""
    core = load_library("kz_thb_core")
    spec = waves.WaveSpec(
        study="kz-test",
        name=f"{access}-{seed}",
        alias=f"walk-{access}-{seed}".lower(),
        opens=TODAY,
        closes=TODAY,
        organisation="Nobody",
        contact="nobody@example.org",
        sample_type="nonprobability",
        public_key="",
        languages=LANGUAGES,
        access=access,
        synthetic=True,
        seed=seed,
        disclosure=settings.disclosure["nonprobability"],
    )
    waves.create_with_keys(database, config.keys, spec, core, folder / f"{spec.alias}.textkey")
    with database.writing() as session:
        wave = waves.find_wave(session, spec.alias)
        opening.open_wave(session, wave, core, TODAY)
    return wave


def people(settings: Settings) -> dict[str, Person]:
    """One person for each way; the same person gets what that way says and nothing else."""
    drawn = {}
    for number, (way, changes) in enumerate(WAYS.items()):
        course = str(changes.get("course", "completes"))
        plain = draw_person(settings, "walk", number, wave=0, place=PLACE)
        facts = {**plain.facts, "consent": 1, "resident": 1, "age": 40}
        facts |= {"minor": {"age": 16}, "screened_out": {"resident": 2}, "refuses": {"consent": 2}}.get(
            course, {}
        )
        usual: dict[str, object] = {"course": course, "habits": frozenset(), "reticence": 1.0}
        drawn[way] = replace(plain, facts=facts, **{**usual, **changes})
    return drawn


def as_stored(item: str, value: Answer) -> object:
    """What the page of an accepted answer holds."""
    if item.startswith("OPEN"):
        return "sealed" if value else ""
    if value is None:
        return -5
    if isinstance(value, tuple):
        return list(value)
    return value.replace(" ", "") if isinstance(value, str) else value


def test_the_rows_are_what_was_posted_on_every_way(fieldwork: Fieldwork, settings: Settings) -> None:
    persons = people(settings)
    visits = [Visit(p, token) for p, token in zip(persons.values(), fieldwork.tokens, strict=True)]
    outcomes = {o.key: o for o in play(fieldwork.server, fieldwork.alias, visits, processes=2)}
    ended = {way: outcomes[person.key] for way, person in persons.items()}

    assert {way: o.ended for way, o in ended.items()} == {
        way: "withdrawn"
        if way == "withdraws"
        else {"breaks off": "broken_off"}.get(way, p.course)
        if p.course != "completes"
        else "complete"
        for way, p in persons.items()
    }
    for way in ("switches", "back", "resumes", "all habits", "withdraws"):
        assert ended[way].did == persons[way].habits, way
    key = keys.read_wave_key(fieldwork.config.keys, fieldwork.alias)
    with fieldwork.database.reading() as session:
        for visit, way in zip(visits, persons, strict=True):
            outcome, ballot = ended[way], key.ballot(visit.token)
            row = ballots.get(session, ballot)
            if outcome.ended not in (*KEPT, "withdrawn"):
                assert row is None, way
                continue
            assert row is not None, way
            assert row.state == {"broken_off": "started"}.get(outcome.ended, outcome.ended), way
            stored = ballots.answers_of(session, ballot)
            posted = {item: as_stored(item, value) for item, value in outcome.answers.items()}
            assert stored == (posted if outcome.ended in KEPT else {}), way
    assert_gaps_were_stored(ended["reticent"])


def assert_gaps_were_stored(outcome: Outcome) -> None:
    """The reticent one shows that blanks, don't know and refusals were among what was compared."""
    given = list(outcome.answers.values())
    assert None in given
    assert -1 in given
    assert -2 in given


def test_a_number_takes_the_place_of_chance_only_in_a_wave_with_a_seed(
    database: Database, config: Config, settings: Settings, tmp_path: Path
) -> None:
    config = replace(config, port=free_port())
    seeded = open_wave(database, config, settings, tmp_path, access="open")
    chance = open_wave(database, config, settings, tmp_path, access="open", seed=None)
    person = people(settings)["plain kk"]
    with running_server(config, workers=1, log=tmp_path / "server.log"):
        server = Server("127.0.0.1", config.port)
        for visit in (Visit(person, number="1"), Visit(person)):
            ended = [outcome.ended for outcome in play(server, seeded.alias, [visit], processes=1)]
            assert ended == ["complete"]
        with pytest.raises(
            WalkError, match="expected one code"
        ):  # the same number is the same, finished, interview
            list(play(server, seeded.alias, [Visit(person, number="1")], processes=1))
        with pytest.raises(WalkError, match="found 404"):
            list(play(server, chance.alias, [Visit(person, number="1")], processes=1))
    with database.reading() as session:
        assert waves.ballot_counts(session, seeded) == {"complete": 2}
        assert waves.ballot_counts(session, chance) == {}


def test_a_page_that_is_not_there_fails_the_run(
    database: Database, config: Config, settings: Settings, tmp_path: Path
) -> None:
    config = replace(config, port=free_port())
    person = people(settings)["plain kk"]
    with running_server(config, workers=1, log=tmp_path / "server.log"):
        server = Server("127.0.0.1", config.port)
        with pytest.raises(WalkError, match="expected"):
            list(play(server, "nowhere", [Visit(person)], processes=1))
        assert urllib3.request("GET", f"http://127.0.0.1:{config.port}/healthz").status == 200
    with pytest.raises(urllib3.exceptions.HTTPError):
        urllib3.request("GET", f"http://127.0.0.1:{config.port}/healthz", retries=False)

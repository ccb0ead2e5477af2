"""Simulated respondents in an instrument whose modules come in a drawn order: they go through, and back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import urllib3
from sqlalchemy import select

from instruments import Questionnaire, load
from survey import create_app, keys
from survey.config import Config
from survey.simulation import Outcome, Settings, WalkError
from survey.simulation.browser import Browser
from survey.simulation.people import Person, Place, draw_person
from survey.simulation.walker import walk
from survey.store import ballots, opening, waves
from survey.store.engine import Database, connect
from survey.store.models import Ballot
from survey.store.schema import upgrade

ALIAS = "opinion"
DAY = date(2027, 5, 12)
STRUCTURE = Path(__file__).resolve().parents[2] / "library" / "structure.yaml"
HABITS = ("goes_back", "switches_language", "resumes")
PEOPLE = 16


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *words: object) -> None:
        """Say nothing."""


@contextmanager
def site(home: Path, core: Questionnaire, change: Callable[[bytes], bytes]) -> Iterator[tuple[int, Config]]:
    """The port of a server with an open wave of the instrument; each page goes through `change`."""
    config = Config(home=home, database_url=f"sqlite:///{home}/tolqyn.sqlite", plain_http=True)
    database = connect(config.database_url)
    upgrade(database)
    _open(database, config, core)
    app = create_app(config)

    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start(status, [h for h in headers if h[0].lower() != "content-length"], *error)

        answered = app.wsgi_app(environ, begin)
        try:
            return [change(b"".join(answered))]
        finally:
            answered.close()  # type: ignore[attr-defined]

    server = make_server("127.0.0.1", 0, serve, handler_class=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, config
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["tolqyn"].database.close()
        database.close()


def _open(database: Database, config: Config, core: Questionnaire) -> None:
    spec = waves.WaveSpec(
        study="rehearsal",
        name="1",
        alias=ALIAS,
        access="open",
        opens=DAY,
        closes=DAY,
        organisation="Centre X",
        contact="000",
        sample_type="nonprobability",
        public_key="",
        languages=("ru", "en"),
        synthetic=True,
        seed=5,
        disclosure=dict.fromkeys(opening.REQUIRED, "Nothing real."),
    )
    waves.create_with_keys(database, config.keys, spec, core, config.home / "words.textkey")
    with database.writing() as session:
        opening.open_wave(session, waves.find_wave(session, ALIAS), core, DAY)


def somebody(settings: Settings, number: int) -> Person:
    """An adult who completes, with every habit, some of whose moments come within so few pages."""
    told = replace(settings, course={"completes": 1.0}, habits=dict.fromkeys(HABITS, 1.0))
    place = Place("almaty-01", "cities", 75, "urban")
    return replace(draw_person(told, "drawn order", number, wave=0, place=place), language="ru")


def answer_all(settings: Settings, port: int, people: int) -> list[Outcome]:
    with urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=1) as pool:
        return [
            walk(settings, somebody(settings, number), Browser(pool), ALIAS, number=str(number))
            for number in range(people)
        ]


def test_both_orders_are_walked_and_what_was_posted_is_stored(tmp_path: Path, settings: Settings) -> None:
    core = load(STRUCTURE)
    with site(tmp_path / "home", core, lambda body: body) as (port, config):
        outcomes = answer_all(settings, port, PEOPLE)
    assert {outcome.ended for outcome in outcomes} == {"complete"}
    assert frozenset[str]().union(*(outcome.did for outcome in outcomes)) == set(HABITS)
    key = keys.read_wave_key(config.keys, ALIAS)
    draws = [core.draw(key.ballot(str(number))) for number in range(PEOPLE)]
    assert {draw.order("block/main")[0] for draw in draws} == {"TOWNS", "OPINIONS"}
    assert {draw.form("wording") for draw in draws} == {"a", "b"}

    database = connect(config.database_url)
    with database.reading() as session:
        assert len(session.scalars(select(Ballot)).all()) == PEOPLE
        for draw, outcome in zip(draws, outcomes, strict=True):
            held = ballots.answers_of(session, draw.ballot)
            assert {name: held[name] for name in outcome.answers} == {
                name: -5 if value is None else value for name, value in outcome.answers.items()
            }
            assert draw.unasked.isdisjoint(held)
    database.close()


def test_a_page_that_counts_back_fails_the_run(tmp_path: Path, settings: Settings) -> None:
    def stuck(body: bytes) -> bytes:
        return body.replace(b'<progress value="3"', b'<progress value="2"')

    with (
        site(tmp_path / "home", load(STRUCTURE), stuck) as (port, _),
        pytest.raises(WalkError, match=r"at place 2 came page . at place 2"),
    ):
        answer_all(settings, port, 1)

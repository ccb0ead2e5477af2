"""Simulated respondents on the real server, over a socket: what they posted is what the database holds."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import urllib3
from sqlalchemy import select

from instruments import Missing, Questionnaire, load_library
from survey import create_app, keys
from survey.cli.background import running_server
from survey.cli.ports import free_port
from survey.config import Config
from survey.simulation import Outcome, Server, Settings, Visit, WalkError, play
from survey.simulation.answers import Answer as Given
from survey.simulation.browser import Browser
from survey.simulation.page import read_page
from survey.simulation.people import Person, Place, draw_person
from survey.simulation.walker import NEXT, walk
from survey.store import ballots, closing, invitations, opening, quotas, waves
from survey.store.engine import Database, connect
from survey.store.interviews import dispositions
from survey.store.models import Answer, Ballot, Interview, PageAnswer
from survey.store.quotas import Cell
from survey.store.schema import upgrade

ALIAS = "opinion"
DAY = date(2027, 5, 12)
PLACE = Place("almaty-01", "cities", 75, "urban")
CAST = (
    ("completes", ()),
    ("completes", ()),
    ("completes", ()),
    ("completes", ("switches_language",)),
    ("completes", ("goes_back",)),
    ("completes", ("resumes",)),
    ("completes", ("straightlines",)),
    ("completes", ("switches_language", "goes_back", "resumes")),
    ("completes", ("withdraws",)),
    ("completes", ("resumes", "withdraws")),
    ("breaks_off", ()),
    ("breaks_off", ("resumes",)),
    ("refuses", ()),
    ("minor", ()),
    ("screened_out", ()),
)
SENT_AWAY = ("refuses", "minor", "screened_out")


@pytest.fixture(scope="module")
def core() -> Questionnaire:
    return load_library("kz_thb_core")


@pytest.fixture(scope="module")
def cast(settings: Settings) -> list[Person]:
    """One person for every course and habit, some with several."""
    people = []
    for number, (course, habits) in enumerate(CAST):
        told = replace(settings, course={course: 1.0}, habits=dict.fromkeys(habits, 1.0))
        people.append(draw_person(told, "cast", number, wave=0, place=PLACE))
    assert {p.language for p in people} >= {"kk", "ru"}
    return people


@dataclass(frozen=True)
class Field:
    """A wave in the field, and the visits of people who hold its codes."""

    visits: tuple[Visit, ...]
    ballots: Mapping[tuple[object, ...], str]
    """Person -> primary key of the ballot, as long as the wave's key exists."""


@pytest.fixture
def field(core: Questionnaire) -> Callable[..., Field]:
    """Open a seeded synthetic wave of the core questionnaire and invite the people."""

    def begin(
        database: Database,
        config: Config,
        people: list[Person],
        *,
        alias: str = ALIAS,
        access: str = "invited",
        seed: int | None = 5,
    ) -> Field:
        made = waves.WaveSpec(
            study="rehearsal",
            name=alias,
            alias=alias,
            access=access,
            opens=DAY,
            closes=DAY,
            organisation="Centre X",
            contact="+7 700 000 00 00",
            sample_type="probability",
            public_key="",
            languages=("kk", "ru", "uz", "en"),
            synthetic=True,
            seed=seed,
            disclosure=dict.fromkeys(opening.REQUIRED, "Nothing real."),
        )
        waves.create_with_keys(database, config.keys, made, core, config.home / f"{alias}.textkey")
        tokens: list[str] = []
        with database.writing() as session:
            wave = waves.find_wave(session, alias)
            if people:
                tokens = invitations.invite(session, wave, invitations.BatchSpec("A", len(people)))
            opening.open_wave(session, wave, core, DAY)
        key = keys.read_wave_key(config.keys, alias)
        pairs = list(zip(people, tokens, strict=True))
        return Field(
            tuple(Visit(person, token) for person, token in pairs),
            {person.key: key.ballot(token) for person, token in pairs},
        )

    return begin


def played(
    config: Config, visits: tuple[Visit, ...], processes: int = 2
) -> dict[tuple[object, ...], Outcome]:
    """How each visit to a server of two processes ended, by person; the server is gone afterwards."""
    on = replace(config, port=free_port())
    with running_server(on, workers=2, log=config.home / "server.log"):
        found = list(play(Server(on.host, on.port), ALIAS, visits, processes=processes))
    assert len({outcome.key for outcome in found}) == len(found)
    return {outcome.key: outcome for outcome in found}


def as_stored(questionnaire: Questionnaire, answers: Mapping[str, Given]) -> dict[str, Any]:
    """Posted answers as the tables spell them; a question left blank is one without an answer."""
    stored: dict[str, Any] = {}
    for name, value in answers.items():
        kind = questionnaire.items[name].kind
        if value is None and kind == "text":
            continue
        if isinstance(value, tuple):
            stored[name] = sorted(value)
        elif value is None:
            stored[name] = Missing.NO_ANSWER
        elif isinstance(value, str):
            stored[name] = "sealed" if kind == "text" else value.replace(" ", "")
        else:
            stored[name] = value
    return stored


def rows_of(database: Database) -> tuple[dict[str, Ballot], dict[str, dict[str, Any]]]:
    """Ballots, and what the pages of each hold, blanks left out."""
    with database.reading() as session:
        found = {ballot.ballot: ballot for ballot in session.scalars(select(Ballot))}
        with_pages = set(session.scalars(select(PageAnswer.ballot)))
        held = {name: ballots.answers_of(session, name) for name in with_pages}
    return found, {
        name: {item: value for item, value in answers.items() if value != ""}
        for name, answers in held.items()
    }


def test_what_respondents_posted_is_what_the_database_holds(
    database: Database,
    config: Config,
    core: Questionnaire,
    cast: list[Person],
    field: Callable[..., Field],
) -> None:
    wave = field(database, config, cast)
    outcomes = played(config, wave.visits)
    assert {outcomes[p.key].did - {"withdraws"} for p in cast if p.course == "completes"} == {
        frozenset(p.habits - {"withdraws", "straightlines"}) for p in cast if p.course == "completes"
    }, "everybody did what they came for"

    found, held = rows_of(database)
    ended = {"complete": "complete", "broken_off": "started", "withdrawn": "withdrawn"}
    for person in cast:
        outcome, ballot = outcomes[person.key], wave.ballots[person.key]
        if person.course in SENT_AWAY:
            assert outcome.ended == person.course
            assert ballot not in found, f"a {person.course} left a row"
            assert ballot not in held
            continue
        assert found[ballot].state == ended[outcome.ended]
        if outcome.ended == "withdrawn":
            assert ballot not in held
            assert (found[ballot].code_mac, found[ballot].batch) == (None, None)
        else:
            assert held[ballot] == as_stored(core, outcome.answers)
            assert found[ballot].language == outcome.language
    assert set(found) == {wave.ballots[p.key] for p in cast if p.course not in SENT_AWAY}
    assert len(next(iter(held.values()))) > 5
    switched = [p for p in cast if "switches_language" in p.habits]
    assert all(outcomes[p.key].language != p.language for p in switched)

    closed_interviews_hold_the_codes(database, core, [outcomes[p.key] for p in cast])


def closed_interviews_hold_the_codes(
    database: Database, core: Questionnaire, outcomes: list[Outcome]
) -> None:
    """After the close the same answers stand as codes, and nothing names a ballot."""
    with database.writing() as session:
        wave = waves.find_wave(session, ALIAS)
        closing.close_wave(session, wave, by="A", two_person=False, today=wave.closes)
    with database.reading() as session:
        assert session.scalar(select(Ballot)) is None
        complete = set(session.scalars(select(Interview.id).where(Interview.state == "complete")))
        query = select(Answer.interview, Answer.value).where(Answer.variable == "Z_AGE")
        ages = sorted(value for interview, value in session.execute(query) if interview in complete)
        left = list(session.scalars(select(Interview.state).where(Interview.state != "complete")))
    assert ages == sorted(o.answers["Z_AGE"] for o in outcomes if o.ended == "complete")
    assert len(left) == sum(o.ended == "broken_off" for o in outcomes)


@contextmanager
def fresh(home: Path) -> Iterator[tuple[Database, Config]]:
    """An empty instance of its own."""
    database = connect(f"sqlite:///{home}/tolqyn.sqlite")
    try:
        upgrade(database)
        url = database.engine.url.render_as_string(hide_password=False)
        yield database, Config(home=home, database_url=url, plain_http=True)
    finally:
        database.close()


def test_the_same_people_leave_the_same_rows_in_any_order(
    tmp_path: Path, cast: list[Person], field: Callable[..., Field]
) -> None:
    people, runs = cast[2:9:2], []
    for name, turn, processes in (("a", 1, 2), ("b", -1, 1)):
        with fresh(tmp_path / name) as (database, config):
            wave = field(database, config, people)
            outcomes = played(config, wave.visits[::turn], processes)
            runs.append((outcomes, wave.ballots, rows_of(database)[1]))
    assert runs[0] == runs[1]


def test_a_number_takes_the_place_of_chance_only_in_an_open_wave_with_a_seed(
    database: Database,
    config: Config,
    cast: list[Person],
    field: Callable[..., Field],
) -> None:
    person = cast[0]
    on = replace(config, port=free_port())
    for seed in (5, None):
        field(database, config, [], alias=f"poster-{seed or 'none'}", access="open", seed=seed)
    with running_server(on, workers=1, log=config.home / "server.log"):
        server = Server(on.host, on.port)

        def come(alias: str, number: str) -> str:
            (outcome,) = play(server, alias, [Visit(person, number=number)], processes=1)
            return outcome.ended

        assert [come("poster-5", number) for number in ("1", "")] == ["complete", "complete"]
        with pytest.raises(WalkError, match="expected one code"):
            come("poster-5", "1")  # the same number is the same interview, and that is finished
        with pytest.raises(WalkError, match="found 422"):
            come("poster-none", "1")  # no such invitation code: the landing page says so
    key = keys.read_wave_key(config.keys, "poster-5")
    found, _ = rows_of(database)
    assert key.ballot("1") in found
    assert len(found) == 2


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *words: object) -> None:
        """Say nothing."""


@contextmanager
def doctored(config: Config, old: bytes, new: bytes) -> Iterator[Server]:
    """The application on a socket, with a word of its pages replaced."""
    app = create_app(config)

    def changed(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start(status, [h for h in headers if h[0].lower() != "content-length"], *error)

        answered = app.wsgi_app(environ, begin)
        try:
            return [b"".join(answered).replace(old, new)]
        finally:
            answered.close()  # type: ignore[attr-defined]

    server = make_server("127.0.0.1", 0, changed, handler_class=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Server("127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["tolqyn"].database.close()


def visit(settings: Settings, server: Server, person: Person, token: str) -> Outcome:
    with urllib3.HTTPConnectionPool(server.host, server.port, maxsize=1) as pool:
        return walk(settings, person, Browser(pool), ALIAS, token)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'name="CONSENT"', b'name="CONCENT"', "came back"),
        (b'id="survey"', b'id="surwey"', "no form 'survey'"),
        (b'value="next"', b'value="nxet"', "no button"),
        (b"<html lang=", b"<html data-lang=", "expected the page in"),
    ],
)
def test_a_page_that_is_not_right_fails_the_run(
    *,
    tmp_path: Path,
    settings: Settings,
    cast: list[Person],
    field: Callable[..., Field],
    old: bytes,
    new: bytes,
    said: str,
) -> None:
    with fresh(tmp_path / "home") as (database, config):
        wave = field(database, config, cast[:1])
        with doctored(config, old, new) as server, pytest.raises(WalkError, match=said):
            visit(settings, server, cast[0], wave.visits[0].token)
        assert rows_of(database) == ({}, {})


PAGE = b"""<!doctype html><html lang=en><body><form id=survey method=post action=/s/x/q/3>
<input type=hidden name=token value=t>
<fieldset><input type=radio name=AW1 value=1><input type=radio name=AW1 value=2 checked></fieldset>
<fieldset data-max=2><input type=checkbox name=AW2 value=1><input type=checkbox name=AW2 value=2></fieldset>
<input name=AGE data-min=0 data-max=110><button name=go value=next>Next</button></form></body></html>"""


def test_a_form_is_read_as_a_person_sees_it() -> None:
    form = read_page(PAGE).form("survey")
    assert {name: asked.kind for name, asked in form.fields.items()} == {
        "AW1": "one",
        "AW2": "many",
        "AGE": "number",
    }
    assert form.chosen["AW1"] == {"2"}
    pairs = form.press(NEXT, {"AW1": 1, "AW2": (1, 2), "AGE": 40})
    assert pairs == [
        ("token", "t"),
        ("AW1", "1"),
        ("AW2", "1"),
        ("AW2", "2"),
        ("AGE", "40"),
        ("go", "next"),
    ]


@pytest.mark.parametrize(
    ("answers", "said"),
    [({"AW3": 1}, "no field AW3"), ({"AW1": 3}, "does not offer"), ({"AW1": (1, 2)}, "does not offer")],
)
def test_what_the_page_does_not_offer_cannot_be_posted(answers: dict[str, Given], said: str) -> None:
    with pytest.raises(WalkError, match=said):
        read_page(PAGE).form("survey").press(NEXT, answers)


def test_a_form_that_lost_a_question_cannot_carry_its_answer() -> None:
    whole = read_page(PAGE).form("survey")
    given: dict[str, Given] = dict.fromkeys(whole.fields, 1) | {"AW2": (1,)}
    assert whole.press(NEXT, given)
    lost = read_page(PAGE.replace(b"name=AGE", b"")).form("survey")
    with pytest.raises(WalkError, match="no field AGE"):
        lost.press(NEXT, given)


def test_respondents_who_find_a_quota_cell_full_end_there_and_the_others_go_on(
    database: Database, config: Config, settings: Settings, field: Callable[..., Field]
) -> None:
    """Six come at once to a hard cell of two and one to another; the run ends well, with each end counted.

    Who came while the last place was held is asked to come again; what was saved before stays unfinished.
    """
    told = replace(settings, course={}, habits={})
    people: list[Person] = []
    while len(people) < 7:
        person = draw_person(told, "quota", len(people) * 7 + 1, wave=0, place=PLACE)
        people.append(replace(person, facts={**person.facts, "sex": 1 if len(people) == 6 else 2}))
    wave = field(database, config, people)
    cells = [
        Cell(number, name, {"item": "Z_SEX", "eq": number}, 2) for number, name in ((1, "men"), (2, "women"))
    ]
    with database.writing() as session:
        quotas.set_quotas(session, waves.find_wave(session, ALIAS), cells)
    outcomes = played(config, wave.visits, processes=3)
    ends = Counter(outcome.ended for outcome in outcomes.values())
    assert ends["complete"] == 3 and ends["quota"] + ends["later"] == 4
    assert outcomes[people[6].key].ended == "complete"
    found, held = rows_of(database)
    turned_away = [name for name, ballot in found.items() if ballot.full_cell == 2]
    assert len(turned_away) == ends["quota"]
    unfinished = [ballot for ballot in found.values() if ballot.state == "started"]
    assert [ballot.full_cell for ballot in unfinished] == [None] * ends["later"]
    assert not set(turned_away) & set(held), "nothing of them is kept"
    with database.writing() as session:
        closing.close_wave(session, waves.find_wave(session, ALIAS), by="A", two_person=False, today=DAY)
        counted = Counter({"breakoff" if name == "later" else name: n for name, n in ends.items() if n})
        assert dispositions(session, waves.find_wave(session, ALIAS)) == counted

"""Whoever holds a list of invitations: nothing tells who answered, nothing that was saved can be changed."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from harness.client import Network
from harness.place import Place
from harness.server import Server, free_port
from sqlalchemy import select

from instruments import Questionnaire
from survey import create_app
from survey.config import Config
from survey.interview.instance import HERE
from survey.interview.state import COOKIE
from survey.monitor import take_snapshot
from survey.store import ballots, invitations, quotas, waves
from survey.store.engine import Database
from survey.store.models import Ballot, PageAnswer, UsedCode, Wave
from survey.store.quotas import Cell

ALIAS = "opinion"
FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
USED = ("unfinished", "complete", "withdrawn", "stopped and deleted", "turned away", "sent away")
UNUSED = ("never opened", "refused consent")
LOOKS = ("q/1", "q/2", "q/5", "done", "stop", "withdraw", "resume", "")
POSTS: tuple[dict[str, str], ...] = (
    {},
    {"Z_AGE": "34"},
    {"CONSENT": "1", "Z_AGE": "abc", "S_RES": "1"},
    {**FIRST, "lang": "kk"},
    {"CONSENT": "2", "Z_AGE": "34", "S_RES": "1"},
    {"CONSENT": "1", "Z_AGE": "12", "S_RES": "1"},
)
"""Posts of the first page that store nothing: blank, half, wrong, another language, no consent, a child."""


@dataclass(frozen=True)
class Field:
    """A wave by invitation and its codes by what became of them."""

    make: Callable[[], Any]
    codes: dict[str, str]


@pytest.fixture
def tokens(database: Database, invited: list[str]) -> dict[str, str]:
    """What became of it -> a code."""
    with database.writing() as session:
        wave = waves.find_wave(session, ALIAS)
        made = invitations.invite(
            session, wave, invitations.BatchSpec("B", len(USED) + len(UNUSED), stratum="1")
        )
    return dict(zip((*USED, *UNUSED), made, strict=True))


@pytest.fixture(params=["socket", "process"])
def field(
    request: pytest.FixtureRequest,
    tokens: dict[str, str],
    database: Database,
    config: Config,
    make_person: Callable[[Any], Any],
) -> Iterator[Field]:
    """The codes after all that can become of one; over a socket in the product's configuration too."""
    if request.param == "process":
        source: Any = request.getfixturevalue("app")
        yield answered(Field(lambda: make_person(source), tokens), database)
        return
    server = Server(Place(replace(config, port=free_port()), b""))
    server.start()
    network = Network(server.place.config.port)
    yield answered(Field(lambda: make_person(network), tokens), database)
    server.stop()


def answered(field: Field, database: Database) -> Field:
    """Somebody of each kind answers."""

    def begin(name: str) -> Any:
        person = field.make()
        person.start("en", token=field.codes[name])
        return person

    with database.writing() as session:
        cell = Cell(1, "old", {"item": "Z_AGE", "ge": 30}, 0)
        quotas.set_quotas(session, waves.find_wave(session, ALIAS), [cell])
    turned = begin("turned away")
    turned.send(FIRST)
    assert "enough answers" in turned.text
    with database.writing() as session:
        waves.find_wave(session, ALIAS).quotas = None
    begin("unfinished").walk_to(13)
    complete, withdrawn, stopped = begin("complete"), begin("withdrawn"), begin("stopped and deleted")
    for person in (complete, withdrawn):
        person.walk()
        assert person.path.endswith("/done")
    withdrawn.post("withdraw", {"code": withdrawn.page.find_class("keep")[0].text})
    stopped.walk_to(4)
    stopped.get("stop")
    stopped.press("stop", "delete")
    for person in (withdrawn, stopped):
        assert "Your answers are deleted" in person.text
    refused = begin("refused consent")
    refused.send({**FIRST, "CONSENT": "2"})
    assert refused.path.endswith("/done")
    away = begin("sent away")
    away.walk_to(2)
    with database.writing() as session:
        session.get_one(Ballot, ballot_of(away)).state = "screenout"
    return field


def ballot_of(person: Any) -> str:
    """The ballot in a browser's cookie."""
    import base64
    import json
    import zlib

    value = person.client.get_cookie(COOKIE, path=f"/s/{ALIAS}").value
    packed = value.startswith(".")
    body = value.lstrip(".").partition(".")[0]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return str(json.loads(zlib.decompress(raw) if packed else raw)[0])


TOKEN = re.compile(r'name="(csrf_token|stored)" value="[^"]*"')


def seen(person: Any, code: str) -> tuple[Any, ...]:
    """All that the last answer shows: address, status, header names, every byte but a request's own."""
    response = person.response
    body = TOKEN.sub("", response.get_data(as_text=True)).replace(code, "CODE")
    names = sorted(name for name, _ in response.headers.items() if name not in ("Content-Length", "Date"))
    return person.path.replace(code, "CODE"), response.status_code, names, body


def looked(field: Field, code: str) -> list[tuple[Any, ...]]:
    """All that can be found out of a code by looking and beginning."""
    found = []
    person = field.make()
    person.get(f"i/{code}")
    found.append(seen(person, code))
    person.start("en", token=code)
    found.append(seen(person, code))
    for path in LOOKS:
        person.get(path)
        found.append(seen(person, code))
    return found


def probed(field: Field, code: str) -> list[tuple[Any, ...]]:
    """All that can be found out besides by posting what is not saved."""
    found = looked(field, code)
    for answers in POSTS:
        person = field.make()
        person.start("en", token=code)
        button = ("lang", answers["lang"]) if "lang" in answers else ("go", "next")
        person.send({name: value for name, value in answers.items() if name != "lang"}, button=button)
        found.append(seen(person, code))
        person.post("q/5", {"WR1a": "4"})
        found.append((person.path, person.response.status_code))
    person.post("resume", {"code": code})
    found.append(seen(person, code))
    person.post("withdraw", {"code": code})
    found.append(seen(person, code))
    return found


def everything(database: Database) -> tuple[Any, ...]:
    """All that is stored of respondents."""
    with database.reading() as session:
        begun = [
            tuple(getattr(row, column.name) for column in Ballot.__table__.columns)
            for row in session.scalars(select(Ballot).order_by(Ballot.ballot))
        ]
        pages = [
            tuple(getattr(row, column.name) for column in PageAnswer.__table__.columns)
            for row in session.scalars(select(PageAnswer).order_by(PageAnswer.ballot, PageAnswer.page))
        ]
    return begun, pages


def test_a_holder_of_a_list_cannot_tell_answered_from_unanswered_codes(
    field: Field, database: Database
) -> None:
    before = everything(database)
    found = {name: probed(field, code) for name, code in field.codes.items()}
    first = found["never opened"]
    for name, probes in found.items():
        for place, (mine, other) in enumerate(zip(probes, first, strict=True)):
            assert mine == other, (name, place)
    assert everything(database) == before, "whoever looks spends nothing and changes nothing"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_server_that_loads_an_interview_for_any_browser_is_caught(
    tokens: dict[str, str],
    database: Database,
    app: Flask,
    make_person: Callable[[Any], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it was before marks: the code led to where the interview stands."""
    field = answered(Field(lambda: make_person(app), tokens), database)
    load = ballots.load

    def leaking(store: Any, alias: str, ballot: str | None = None, seat: str = "") -> Any:
        with database.reading() as session:
            known = session.scalar(select(Ballot.seat).where(Ballot.ballot == (ballot or "")))
        return load(store, alias, ballot, seat if known is None else known)

    monkeypatch.setattr(ballots, "load", leaking)
    first = looked(field, field.codes["never opened"])
    assert looked(field, field.codes["refused consent"]) == first
    for name in USED:
        assert looked(field, field.codes[name]) != first, name


def test_what_a_used_code_was_used_for_shows_in_nothing(field: Field, database: Database) -> None:
    """Whoever spends codes to find out is seen, and learns that one was used: not what became of it."""
    before = everything(database)
    found = {}
    for name in USED:
        person = field.make()
        person.start("en", token=field.codes[name])
        person.send(FIRST)
        assert person.path == "/s/opinion/used?lang=en", name
        found[name] = seen(person, field.codes[name])
        assert person.client.get_cookie(COOKIE, path=f"/s/{ALIAS}") is None, "nothing is left in the browser"
    assert len({str(each) for each in found.values()}) == 1
    assert "If you have finished: thank you" in found["complete"][3]
    assert everything(database) == before
    with database.reading() as session:
        assert session.scalars(select(UsedCode.count)).all() == [len(USED)]
    person = field.make()
    person.start("en", token=field.codes["never opened"])
    person.send(FIRST)
    assert person.path == "/s/opinion/q/2", (
        "what was not used begins, and is spoiled for whoever has the letter"
    )
    assert everything(database) != before


def test_nobody_with_an_invitation_changes_a_page_that_was_saved(field: Field, database: Database) -> None:
    before = everything(database)
    person = field.make()
    person.start("en", token=field.codes["unfinished"])
    (token,) = person.form.xpath(".//input[@name='csrf_token']/@value")
    for number in range(1, 14):
        person.get(f"q/{number}")
        assert person.path == "/s/opinion/q/1", "nothing of that interview stands open"
    for number in range(2, 14):
        person.post(f"q/{number}", {"csrf_token": token, "Z_SEX": "2", "WR1a": "1", "go": "next"})
        assert person.response.status_code == 409
    for wish in ("keep", "delete"):
        person.post("stop", {"csrf_token": token, "do": wish})
        person.start("en", token=field.codes["unfinished"])
    assert everything(database) == before


def test_nobody_with_the_respondents_own_code_changes_a_page_that_was_saved(
    field: Field, database: Database
) -> None:
    """A code on a slip of paper leads on; what was answered before it was written down stays."""
    person = field.make()
    person.start("en", token=field.codes["never opened"])
    person.send(FIRST)
    person.get("stop")
    person.press("stop", "keep")
    code = person.page.find_class("keep")[0].text
    person.get("q/2")
    old = person.form.xpath(".//input[@name='csrf_token']/@value")[0]
    person.walk_to(6)
    before = everything(database)
    other = field.make()
    other.post("resume", {"code": code})
    assert other.path == "/s/opinion/q/6"
    for number in range(1, 6):
        other.get(f"q/{number}")
        assert other.path == "/s/opinion/q/6"
        other.post(f"q/{number}", {"csrf_token": old, **FIRST, "Z_SEX": "2", "go": "next"})
        assert other.path == "/s/opinion/q/6"
        assert "what was sent now was not taken" in other.text
    assert everything(database) == before


def test_of_two_browsers_that_begin_with_one_code_the_first_page_saved_counts(
    field: Field, database: Database
) -> None:
    one, other = field.make(), field.make()
    for person in (one, other):
        person.start("en", token=field.codes["never opened"])
        assert person.path == "/s/opinion/q/1"
    one.send(FIRST)
    before = everything(database)
    other.send({**FIRST, "Z_AGE": "50"})
    assert other.path == "/s/opinion/used?lang=en"
    assert everything(database) == before
    one.walk_to(3)


def test_a_used_and_an_unused_code_cost_the_same_statements(
    tokens: dict[str, str],
    database: Database,
    app: Flask,
    make_person: Callable[[Any], Any],
    statements: Callable[[Database], AbstractContextManager[list[str]]],
) -> None:
    field = answered(Field(lambda: make_person(app), tokens), database)
    own = app.extensions["tolqyn"].database
    found = {}
    for name, code in tokens.items():
        person = field.make()
        steps: tuple[Callable[[], Any], ...] = (
            lambda person=person, code=code: person.get(f"i/{code}"),
            lambda person=person, code=code: person.start("en", token=code),
            lambda person=person: person.send({"Z_AGE": "34"}),
        )
        found[name] = []
        for step in steps:
            with statements(own) as noted:
                step()
            found[name].append(list(noted))
    assert all(each == found["never opened"] for each in found.values())


def test_a_browser_without_cookies_is_led_to_the_same_page(
    tokens: dict[str, str], database: Database, app: Flask, make_person: Callable[[Any], Any]
) -> None:
    field = answered(Field(lambda: make_person(app), tokens), database)
    found = set()
    for name in ("unfinished", "complete", "withdrawn"):
        client = app.test_client(use_cookies=False)
        page = client.post(f"/s/{ALIAS}/start?again=1", data={"lang": "en", "token": field.codes[name]})
        hidden = dict(re.findall(r'name="(csrf_token|stored|-state)" value="([^"]*)"', page.text))
        answer = client.post(f"/s/{ALIAS}/q/1", data={**hidden, **FIRST, "go": "next"})
        assert "This code has been used" in answer.text
        assert hidden["-state"] not in answer.text
        found.add(answer.text)
    assert len(found) == 1


@pytest.fixture
def behind_a_proxy(config: Config, tokens: dict[str, str]) -> Iterator[Flask]:
    """The application where addresses of networks are known; three wrong codes are many."""
    made = create_app(replace(config, trusted_proxies=1))
    limiter = made.extensions[HERE].limits.wrong_codes
    limiter.most, limiter.clock = 3, lambda: 0.0
    yield made
    made.extensions["tolqyn"].database.close()


def test_trying_a_list_ends_after_a_few_used_codes_whatever_became_of_them(
    behind_a_proxy: Flask, tokens: dict[str, str], database: Database, make_person: Callable[[Any], Any]
) -> None:
    field = answered(Field(lambda: make_person(behind_a_proxy), tokens), database)

    def begin(name: str, network: str) -> Any:
        person = field.make()
        person.client.environ_base["HTTP_X_FORWARDED_FOR"] = network
        person.start("en", token=tokens[name])
        return person

    ready = [begin(name, "198.51.100.7") for name in (*USED[:4], *UNUSED)]
    for person in ready[:3]:
        person.send(FIRST)
        assert person.path.startswith("/s/opinion/used")
    before = everything(database)
    for person in ready[3:]:
        person.send(FIRST)
        assert person.response.status_code == 429, "used or not: also where the first page was open before"
        assert person.page.get_element_by_id("retry") is not None, "what was typed is still there"
    for name in (*USED, *UNUSED):
        assert begin(name, "198.51.100.200").response.status_code == 429
    assert everything(database) == before
    other = begin("never opened", "203.0.113.9")
    other.send(FIRST)
    assert other.path == "/s/opinion/q/2", "another network answers"


def test_tries_stand_in_the_days_snapshot_rounded_and_name_no_code(
    database: Database, make_wave: Callable[..., Wave], core: Questionnaire, invited: list[str]
) -> None:
    with database.reading() as session:
        wave = waves.find_wave(session, ALIAS)
    for number, (tries, shown) in enumerate(((4, 0), (1, 5), (3, 5), (2, 10))):
        for _ in range(tries):
            with database.writing() as session:
                invitations.count_used(session, wave)
        day = wave.opens.replace(day=1 + number)
        found = take_snapshot(database, wave.id, day, datetime(day.year, day.month, day.day, 23, tzinfo=UTC))
        assert found is not None and found["used_codes"] == shown
    with database.reading() as session:
        assert [column.name for column in UsedCode.__table__.columns] == ["wave", "count"]

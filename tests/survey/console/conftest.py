"""An office with an account for every role, and browsers in which they are signed in."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from instruments import Questionnaire
from survey import create_app
from survey.config import Config, study_today
from survey.console.room import HERE, Room
from survey.fieldwork.rehearsals import record_of
from survey.people import accounts
from survey.people.codes import stored_of
from survey.store import people, sign_ins
from survey.store.engine import Database
from survey.store.models import Account, RowGrant

PASSWORD = "қызыл алма бұлт тау"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2id too, with hardly any work: what is tested here is not how long it takes."""


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application; passwords are hashed quickly, limits by network are wide."""
    made = create_app(config)
    quicken(made)
    yield made
    made.extensions["tolqyn"].database.close()


def quicken(app: Flask) -> None:
    """Let hashes cost little."""
    room: Room = app.extensions[HERE]
    passwords = replace(room.reception.passwords, hasher=QUICK)
    app.extensions[HERE] = replace(room, reception=replace(room.reception, passwords=passwords))


@dataclass
class Person:
    """One browser, and the account of whoever sits before it."""

    client: FlaskClient
    name: str = ""
    seed: str = ""
    used: list[int] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> TestResponse:
        """A page below /console."""
        return self.client.get(f"/console{path}", **more)

    def token(self, path: str = "/login") -> str:
        """A form token from a page."""
        found = TOKEN.search(self.get(path).text)
        assert found, path
        return found[1]

    def post(self, path: str, page: str = "", **data: Any) -> TestResponse:
        """Send a form with a token from its page; `headers` and all else are the form's."""
        headers = data.pop("headers", {})
        given = data if "csrf_token" in data else {"csrf_token": self.token(page or path), **data}
        return self.client.post(f"/console{path}", data=given, headers=headers)

    def code(self) -> str:
        """The app's code, of a step that was not used yet and is still taken in five seconds."""
        now = time.time()
        step = max([int(now + 5) // 30 - 1, *(used + 1 for used in self.used)])
        if step > now // 30 + 1:
            time.sleep(30 - now % 30)
        self.used.append(step)
        return pyotp.TOTP(self.seed).generate_otp(step)

    def cookie(self, name: str = "tolqyn") -> str:
        """What the browser keeps."""
        found = self.client.get_cookie(name)
        return found.value if found else ""


@dataclass
class Office:
    """Makes accounts, and signs people in."""

    app: Flask
    database: Database

    @property
    def reception(self) -> Any:
        """Of the application."""
        return self.app.extensions[HERE].reception

    def account(
        self, name: str, *grants: tuple[str, str], password: str = PASSWORD, factor: bool = True
    ) -> str:
        """An account with roles at places; the seed of its codes."""
        seed = pyotp.random_base32()
        with self.database.writing() as session:
            accounts.invite(session, "test", name, language="en", now=int(time.time()), today=study_today())
            made = people.account_named(session, name)
            for role, place in grants:
                study, wave = accounts.parse_place(place)
                people.add_grant(session, made, role, study, wave)
            made.password = QUICK.hash(password)
            if factor:
                made.totp = self.reception.sealer.seal(made.handle, seed)
            people.keep_recovery_codes(session, made, [stored_of(made.handle, "AAAAA-22222")])
        return seed

    def give_rows(self, name: str, place: str, until: date | None = None, reason: str = "a thesis") -> None:
        """The rows of a wave or a study, until today."""
        study, wave = accounts.parse_place(place)
        today = study_today()
        with self.database.writing() as session:
            account = people.account_named(session, name)
            given = RowGrant(
                account=account.id, study=study, wave=wave, reason=reason, until=until or today,
                given_by="test", given_on=min(today, until or today),
            )  # fmt: skip
            accounts.give_rows(session, "test", account, given)

    def browser(self) -> Person:
        """One in which nobody is signed in; it reads English."""
        client = self.app.test_client()
        client.set_cookie("tolqyn-lang", "en")
        return Person(client)

    def session(self, name: str, level: str = "full", *, fresh: bool = True) -> str:
        """The token of a session of the account, as signing in would begin one."""
        now = int(time.time())
        with self.database.writing() as session:
            account = people.account_named(session, name)
            return sign_ins.begin(
                session, account.id, level, "Firefox, Linux", now, proved=now if fresh else 1
            )

    def at(self, name: str, level: str = "full", *, fresh: bool = True) -> Person:
        """A browser with such a session."""
        made = self.browser()
        made.name = name
        made.client.set_cookie("tolqyn", self.session(name, level, fresh=fresh))
        return made

    def sign_in(self, name: str, seed: str, person: Person | None = None) -> Person:
        """All the way through the pages."""
        made = person or self.browser()
        made.name, made.seed = name, seed
        assert made.post("/login", name=name, password=PASSWORD).status_code == 303
        sent = made.post("/login/second", code=made.code())
        assert sent.status_code == 303, sent.text
        return made

    def acts(self, what: str = "") -> list[tuple[str, str, str]]:
        """Actor, act and subject of what was recorded."""
        from survey.store.audit import acts

        with self.database.reading() as session:
            return [(a.actor, a.what, a.subject) for a in acts(session) if a.what.startswith(what)]

    def record(self) -> str:
        """The whole record of acts as text."""
        from survey.store.audit import acts

        with self.database.reading() as session:
            return "\n".join(json.dumps([a.actor, a.what, a.subject, a.detail]) for a in acts(session))

    def stored(self, name: str) -> Account:
        """The account's row."""
        with self.database.reading() as session:
            return people.account_named(session, name)


@pytest.fixture
def office(app: Flask, database: Database) -> Office:
    """An office without anybody."""
    return Office(app, database)


@pytest.fixture
def director(office: Office) -> Person:
    """One is there, signed in, the second factor just shown."""
    office.account("aigul", ("director", "*"))
    return office.at("aigul")


@pytest.fixture
def rehearsed(config: Config, small: Questionnaire) -> None:
    """The small questionnaire's pages were rehearsed on this instance before."""
    path = record_of(config, small.fingerprint)
    path.parent.mkdir(parents=True)
    path.write_text('{"languages": ["en", "ru"]}')


@pytest.fixture
def released(make_wave: Callable[..., Any], rehearsed: None) -> None:
    """Two waves of two studies."""
    make_wave()
    make_wave(study="another", name="2020", alias="other-20")

"""Waves in every state, people of every kind, every form shown to them; all put back after each post."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy import Table
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from instruments import Questionnaire
from survey import create_app, keys
from survey.config import Config, study_today
from survey.fieldwork import lifecycle
from survey.fieldwork.rehearsals import record_of
from survey.store import access, ballots, invitations, opening, people, waves
from survey.store.base import Base
from survey.store.engine import Database
from survey.store.interviewers import add_interviewer
from survey.store.models import RowGrant, Wave
from survey.store.people import ROLES
from tests.survey.conftest import TODAY, a_spec
from tests.survey.console.conftest import Office, Person, quicken

COUNTED = {"act", "sign_in_failure", "staff_session", "passkey_challenge"}
"""What a refusal may leave: that somebody was refused, a wrong code, a session seen, a question asked."""
STEPS = (
    ("start", {"lang": "en"}),
    ("private", {"do": "alone"}),
    ("q/1", {"OK": "2", "AGE": "34", "go": "next"}),
    ("q/2", {"SEEN": "1", "go": "next"}),
    ("hand", {"do": "alone"}),
    ("q/3", {"WORDS": "words", "go": "next"}),
)
"""A respondent's way to before the last page; what is not asked of somebody is passed by."""
LOOKS = (
    "",
    "notice",
    "resume",
    "q/1",
    "q/2",
    "q/3",
    "q/4",
    "stop",
    "withdraw",
    "hand",
    "return",
    "private",
    "done",
)


@dataclass(frozen=True)
class Shown:
    """One form as it stands in a page: where it goes, its fields with what they offer."""

    path: str
    fields: dict[str, tuple[str, ...]]
    cookie: str = ""
    """Of the respondent's browser that is shown it."""


@dataclass
class Scene:
    """The application and all that can be posted to it."""

    app: Flask
    office: Office
    config: Config
    forms: dict[str, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    """By endpoint."""
    rows: dict[str, list[Any]] = field(default_factory=dict)
    files: dict[Path, bytes] = field(default_factory=dict)
    sent: int = 0

    def network(self) -> dict[str, str]:
        """Each post comes from another network: limits are not what is tried here."""
        self.sent += 1
        return {"REMOTE_ADDR": f"127.{self.sent // 250 % 250}.{self.sent % 250}.1"}

    def stored(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.office.database.engine.connect() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
                for table in tables()
            }

    def keep(self) -> None:
        """This is how it is from now on."""
        self.rows, self.files = self.stored(), self._files()

    def changed(self) -> list[str]:
        """Tables that are other than they were kept, beside those that count refusals."""
        now = self.stored()
        return [name for name, rows in self.rows.items() if name not in COUNTED and now[name] != rows]

    def put_back(self) -> None:
        """As it was kept."""
        with self.office.database.engine.begin() as connection:
            for table in reversed(tables()):
                connection.execute(table.delete())
            for table in tables():
                if self.rows[table.name]:
                    names = [column.name for column in table.columns]
                    connection.execute(
                        table.insert(), [dict(zip(names, row, strict=True)) for row in self.rows[table.name]]
                    )
        for path in set(self._files()) - set(self.files):
            path.unlink()
        for path, content in self.files.items():
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)

    def _files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.config.keys.rglob("*") if path.is_file()}

    def endpoint(self, path: str) -> str:
        """Of a post to the path; empty where there is none."""
        try:
            return str(self.app.url_map.bind("localhost").match(path, "POST")[0])
        except HTTPException:
            return ""

    def read(self, answer: TestResponse, here: str, cookie: str = "") -> list[Shown]:
        """Remember the forms of a page."""
        if answer.mimetype != "text/html" or not answer.data:
            return []
        found = []
        for form in html.document_fromstring(answer.get_data(as_text=True)).xpath("//form"):
            path = str(form.get("action") or here).split("?")[0]
            if form.get("method", "get").lower() == "post" and (name := self.endpoint(path)):
                found.append(Shown(path, fields_of(form), cookie))
                if found[-1] not in self.forms[name]:
                    self.forms[name].append(found[-1])
        return found

    def person(self, level: str) -> Person:
        """A browser of the office's, at that level; nobody's without one."""
        return self.office.at("aigul", level) if level else self.office.browser()


def tables() -> list[Table]:
    """Of the database, each after those it points to; acts can be written and never taken back."""
    return [table for table in Base.metadata.sorted_tables if table.name != "act"]


def fields_of(form: HtmlElement) -> dict[str, tuple[str, ...]]:
    """Names with the values that the page offers."""
    found: dict[str, list[str]] = defaultdict(list)
    for element in form.xpath(".//input[@name] | .//button[@name] | .//textarea[@name] | .//select[@name]"):
        offered = [element.get("value") or ""]
        if element.tag == "select":
            offered = [option.get("value") or "" for option in element.xpath(".//option")]
        elif element.tag == "textarea":
            offered = [element.text or ""]
        found[element.get("name")].extend(offered)
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items()}


@contextmanager
def set_up(database: Database, home: Path, small: Questionnaire) -> Iterator[Scene]:
    """A draft, a pilot and an open wave; a director with every role, a victim, a respondent half way."""
    url = database.engine.url.render_as_string(hide_password=False)
    config = Config(home=home, database_url=url, plain_http=True)
    record = record_of(config, small.fingerprint)
    record.parent.mkdir(parents=True)
    record.write_text('{"languages": ["en", "ru"]}')
    app = create_app(config)
    quicken(app)
    scene = Scene(app, Office(app, database), config)
    words = _waves(scene, small)
    scene.office.account("aigul", *[(role, "*" if role == "director" else "kz-thb") for role in ROLES])
    scene.office.account("victim", ("analyst", "kz-thb"))
    _rows_given(scene, "aigul", "victim")
    _respondents(scene, words)
    _console(scene)
    scene.keep()
    yield scene
    app.extensions["tolqyn"].database.close()


def _rows_given(scene: Scene, *names: str) -> None:
    """Their study's rows, so that what takes them away and back is reached."""
    with scene.office.database.writing() as session:
        for name in names:
            account = people.account_named(session, name)
            given = RowGrant(
                account=account.id,
                study="kz-thb",
                wave="",
                reason="thesis",
                until=study_today() + timedelta(days=30),
                given_by="aigul",
                given_on=study_today(),
            )
            session.add(given)


def _waves(scene: Scene, small: Questionnaire) -> list[str]:
    """The addresses that lead into the wave in the field."""
    database, config = scene.office.database, scene.config
    found: list[str] = []
    for name, state in (("2025", "pilot"), ("2026", "open"), ("2027", "draft")):
        opens = date(2027, 6, 7) if state == "draft" else date(2027, 5, 10)  # after what was in the field
        spec = a_spec(
            name=name,
            alias=f"wave-{name}",
            access="open",
            sample_type="nonprobability",
            synthetic=True,
            opens=opens,
            closes=opens + timedelta(27),
        )
        waves.create_with_keys(database, config.keys, spec, small, config.home.parent / f"{name}.textkey")
        with database.writing() as session:
            wave = waves.find_wave(session, spec.alias)
            if state == "open":
                opening.open_wave(session, wave, small, TODAY)
                found = _ways_in(session, wave)
                _an_interview(session, config, wave)
            elif state == "pilot":
                lifecycle.start_pilot(session, wave, small, TODAY)
    return found


def _ways_in(session: Any, wave: Wave) -> list[str]:
    site = access.add_site(session, wave, "Clinic 3", "clinic3").word
    asker = add_interviewer(session, wave, "I07")
    codes = invitations.invite(session, wave, invitations.BatchSpec("A", 12))
    return [f"k/{site}", f"p/{site}", f"w/{asker}", f"i/{codes[0]}"]


def _an_interview(session: Any, config: Config, wave: Wave) -> None:
    """One whole, with words of the respondent's own for the queue."""
    ballot = keys.read_wave_key(config.keys, wave.alias).ballot("a token")
    ballots.save_page(
        session,
        wave,
        ballot,
        1,
        {"OK": 2, "AGE": 40, "WORDS": "sealed"},
        sealed={"WORDS": keys.seal(wave.public_key, "words")},
        language="ru",
        seconds=10,
        day=TODAY,
        batch=None,
        state="complete",
    )


def _respondents(scene: Scene, ways: list[str]) -> None:
    """Half way on the open wave and on the pilot, at a kiosk, by a code and with an interviewer."""
    for alias, way in (("wave-2026", ""), ("wave-2025", ""), *(("wave-2026", each) for each in ways)):
        browser = Browser(scene, scene.app.test_client(), alias)
        browser.open(f"/s/{alias}/{way}")
        for form, chosen in STEPS:
            browser.press(form, chosen)
            for look in LOOKS:
                browser.look(f"/s/{alias}/{look}")


@dataclass
class Browser:
    """A respondent's; every form it is shown is remembered with the cookies it has then."""

    scene: Scene
    client: FlaskClient
    alias: str
    shown: dict[str, Shown] = field(default_factory=dict)

    def look(self, path: str) -> None:
        """A page, without going where it leads."""
        self._read(self.client.get(path), path)

    def open(self, path: str) -> None:
        """A page, wherever it is."""
        self._settle(self.client.get(path), path)

    def press(self, form: str, chosen: dict[str, str]) -> None:
        """Send a form of the page now open, if it is there, with these values in it."""
        if (found := self.shown.get(form)) is None:
            return
        given = {name: values[0] for name, values in found.fields.items() if name not in ("lang", "go", "do")}
        data = given | chosen
        answer = self.client.post(found.path, data=data)
        if answer.status_code == 307:
            answer = self.client.post(answer.headers["Location"], data=data)
        self._settle(answer, found.path)

    def _settle(self, answer: TestResponse, path: str) -> None:
        while answer.status_code == 303:
            path = answer.headers["Location"].split("?")[0]
            answer = self.client.get(answer.headers["Location"])
        assert answer.status_code == 200, (path, answer.status_code)
        self.shown = {}
        self._read(answer, path)

    def _read(self, answer: TestResponse, path: str) -> None:
        cookie = "; ".join(f"{each.key}={each.value}" for each in self.client._cookies.values())
        for shown in self.scene.read(answer, path, cookie):
            self.shown.setdefault(shown.path.removeprefix(f"/s/{self.alias}/"), shown)


def _console(scene: Scene) -> None:
    """The forms of every page of the console."""
    values: dict[str, tuple[str, ...]] = {
        "<study>": ("kz-thb",),
        "<wave>": ("2025", "2026", "2027"),
        "<name>": ("aigul", "victim"),
        "<item>": ("sponsor", "sampling"),
        "<to>": ("ru", "en"),
    }
    for level in ("", "password", "full"):
        person = scene.person(level)
        for rule in scene.app.url_map.iter_rules():
            if str(rule).startswith("/console/") and "GET" in (rule.methods or ()):
                for path in _filled(str(rule), values):
                    scene.read(person.client.get(path), path)


def _filled(rule: str, values: dict[str, tuple[str, ...]]) -> list[str]:
    found = [rule]
    for part in re.findall(r"<[^>]+>", rule):
        found = [path.replace(part, value) for path in found for value in values.get(part, ())]
    return found

"""Who may enter what: docs/rights.md against the declarations, and every cell of it against the server."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from survey.console import ROUTES, Route, install, rights_table
from survey.people.rights import Entry, roles
from survey.store import people, sign_ins
from survey.store.models import StaffSession
from survey.store.people import ROLES

SCOPED = ROLES[1:]
PLACES = {"office": "*", "here": "kz-thb/2027", "elsewhere": "another"}
GIVEN = "given_rows"
GIVEN_PLACES = {"office": "kz-thb", "here": "kz-thb/2027", "elsewhere": "another"}
"""Of which rows are given; they are never given for the whole office."""
LEVELS = {
    "Nobody": "",
    "Password shown": "password",
    "Setting up": "enrol",
    "No role": "full",
    "Director": "full",
}
ASIDE = ("/console/login/second", "/console/factors", "/console/confirm")


@dataclass(frozen=True)
class Cell:
    """One visitor at one address."""

    method: str
    rule: str
    visitor: str
    enters: bool
    confirm: bool


def read(repository: Path) -> list[Cell]:
    """The cells of docs/rights.md."""
    lines = (repository / "docs" / "rights.md").read_text().splitlines()
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, body = rows[0], rows[2:]
    cells = []
    for method, rule, *rest in body:
        confirm = rest[-1] == "yes"
        for title, said in zip(head[2:-1], rest[:-1], strict=True):
            name = title if title in LEVELS else title.lower().replace(" ", "_")
            for place, answer in zip(PLACES, said.split("/"), strict=False):
                visitor = name if name in LEVELS else f"{name}-{place}"
                assert answer in ("yes", "no")
                cells.append(
                    Cell(method, rule.strip("`").removeprefix("/console"), visitor, answer == "yes", confirm)
                )
    return cells


def test_the_file_says_what_the_declarations_say(repository: Path) -> None:
    assert (repository / "docs" / "rights.md").read_text() == rights_table()


def test_the_file_holds_every_address_and_every_visitor(repository: Path, app: Flask) -> None:
    cells = read(repository)
    served = {
        (method, str(rule).removeprefix("/console"))
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/console")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(cell.method, cell.rule) for cell in cells} == served - {("GET", "/<path:path>")}
    visitors = Counter(cell.visitor for cell in cells)
    assert len(visitors) == len(LEVELS) + (len(SCOPED) + 1) * len(PLACES) == 23
    assert set(visitors.values()) == {len(ROUTES) - 1}


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
@pytest.mark.usefixtures("released")
def test_every_cell_is_what_the_server_does(repository: Path, office) -> None:
    """Each visitor asks for each address; where the table says Confirm, also without a factor just shown."""
    walk = Walk(office)
    for visitor in sorted({cell.visitor for cell in read(repository)}):
        walk.move_in(visitor)
    wrong, asked = [], 0
    for cell in read(repository):
        for fresh in (True, False) if cell.confirm else (False,):
            answer = walk.ask(cell, fresh=fresh)
            known = LEVELS.get(cell.visitor, "full") == "full"
            expected = cell.enters and (fresh or not cell.confirm or not known)
            asked += 1
            if entered(answer) != expected:
                wrong.append((cell, fresh, answer.status_code, answer.headers.get("Location")))
    assert wrong == []
    assert asked == 23 * (len(ROUTES) - 1 + sum(route.entry.fresh for route in ROUTES))
    print(f"asked: {asked}")


class Walk:
    """Asks for addresses on behalf of visitors."""

    def __init__(self, office) -> None:
        self.office = office
        office.account("victim", ("analyst", "kz-thb"))
        with office.database.writing() as session:
            victim = people.account_named(session, "victim")
            self.link = sign_ins.add_link(session, victim.id, "invite", int(time.time()) + 1000)

    def move_in(self, visitor: str) -> None:
        """The visitor's account."""
        role, _, place = visitor.partition("-")
        grants = [("director", "*")] if role == "Director" else []
        if place:
            grants = [(role, PLACES[place])] if role in SCOPED else [("analyst", "*")]
        if visitor != "Nobody":
            self.office.account(name_of(visitor), *grants, factor=visitor != "Setting up")
        if role == GIVEN:
            self.office.give_rows(name_of(visitor), GIVEN_PLACES[place])

    def ask(self, cell: Cell, *, fresh: bool) -> TestResponse:
        """Send one request, with a form token that is good."""
        level = LEVELS.get(cell.visitor, "full")
        person = self.office.at(name_of(cell.visitor), level, fresh=fresh) if level else self.office.browser()
        if "/factors/totp" in cell.rule and level:
            self._begin_setting_up(person)
        parts = {
            "<study>": "kz-thb",
            "<wave>": "2027",
            "<name>": "victim" if "/of/" in cell.rule else "style.css",
            "<token>": self.link,
            "<kind>": "totp",
            "<boot>": "x",
            "<item>": "sponsor",
            "<to>": "ru",
        }
        path = cell.rule
        for part, value in parts.items():
            path = path.replace(part, value)
        if cell.method == "GET":
            return person.get(path)
        page = {"": "/login", "password": "/login/second", "enrol": "/factors", "full": "/account"}[level]
        return person.post(path, page=page)

    def _begin_setting_up(self, person) -> None:
        with self.office.database.writing() as session:
            mine = session.get_one(StaffSession, sign_ins.hashed(person.cookie()))
            handle = people.account_named(session, person.name).handle
            mine.pending = self.office.reception.sealer.seal(handle, "A" * 32)


def name_of(visitor: str) -> str:
    """The visitor's account."""
    return visitor.lower().replace(" ", ".")


def entered(answer: TestResponse) -> bool:
    """Whether the page let the visitor in, whatever it then said of what was sent."""
    assert answer.status_code < 500
    assert b"too old or came from another page" not in answer.data
    if answer.status_code in (403, 404):
        return False
    target = urlsplit(answer.headers.get("Location", ""))
    turned = target.path in ASIDE or (target.path == "/console/login" and target.query.startswith("next="))
    return not (answer.status_code == 303 and turned)


def test_an_address_nobody_declared_does_not_start(app: Flask) -> None:
    bare = Flask("bare")
    bare.extensions["tolqyn"] = app.extensions["tolqyn"]
    bare.add_url_rule("/console/secret", "secret", lambda: "open")
    with pytest.raises(RuntimeError, match="/console/secret"):
        install(bare)


def test_a_declaration_needs_a_place_that_exists() -> None:
    with pytest.raises(ValueError, match="planet"):
        roles("director", place="planet")
    with pytest.raises(ValueError, match="by the wave"):
        Entry("signed in", ("analyst",), rows=True)


def test_only_directors_give_rights_and_two_roles_read_the_record() -> None:
    """Said a second time by hand, so that a slip in the declarations is no slip in the file alone."""
    office = {r.endpoint: r.entry for r in ROUTES if r.rule.startswith(("/people", "/audit"))}
    for name, entry in office.items():
        expected = ("director", "data_officer") if "audit" in name else ("director",)
        assert (entry.roles, entry.place) == (expected, "office"), name
    changing = [
        r for r in ROUTES if r.method == "POST" and (r.rule.startswith("/people") or "export" in r.rule)
    ]
    assert len(changing) == 26
    assert all(route.entry.fresh for route in changing)


def test_every_address_but_the_doors_wants_somebody_signed_in() -> None:
    doors = {r.endpoint for r in ROUTES if r.entry.level == "anyone"}
    assert doors == {
        "asset", "login", "send_login", "ask_enter", "enter", "welcome", "send_welcome", "language", "logout",
        "nothing",
    }  # fmt: skip
    assert isinstance(ROUTES[0], Route)

"""Every view made to fail with secrets and answers in flight: neither the log nor the page holds any."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import pytest
from flask import request
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from survey.store.engine import Database
from survey.store.prepared import Prepared
from tests.survey.console.conftest import PASSWORD, TOKEN

from .addresses import CONSOLE, UNSHOWN, level_of
from .scene import Scene, Shown

NETWORK = "127.77.1.2"
BRINGS = {
    "User-Agent": "kanareika-agent",
    "X-Forwarded-For": "kanareika-network",
    "Referer": "http://localhost/kanareika-before",
    "Accept-Language": "en, kanareika;q=0.1",
}
TYPED = ("kanareika-words", PASSWORD)
INSIDE = re.compile(r"Traceback|SELECT |INSERT INTO|UPDATE \w+ SET|site-packages|\.py\b|sqlite|psycopg", re.I)
PARTS = {
    "study": "kz-thb",
    "wave": "2026",
    "alias": "wave-2026",
    "item": "sponsor",
    "to": "ru",
    "number": "1",
    "lang": "en",
    "kind": "totp",
    "place": "kz-thb",
    "boot": "x",
}
DEEPEST = 40
"""Statements of one request, at most."""


@dataclass(frozen=True)
class Asked:
    """One request and what of it must never be seen again."""

    name: str
    method: str
    path: str
    fields: dict[str, str]
    cookie: str

    def secrets(self) -> list[str]:
        """What came along, without the words that a respondent's page gives back."""
        cookies = [each.partition("=")[2] for each in self.cookie.split("; ") if "lang" not in each]
        return [
            "kanareika-agent",
            "kanareika-network",
            "kanareika-before",
            "kanareika-query",
            NETWORK,
            *cookies,
        ]


class Lines(logging.Handler):
    """Everything that any part says, as the plainest server would write it, tracebacks and all."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


def everything(scene: Scene) -> Iterator[Asked]:
    """Each address by each method, from the browser of whoever may ask."""
    for rule in scene.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield asked(scene, rule, method)


def asked(scene: Scene, rule: Rule, method: str) -> Asked:
    """A form as it is shown, or a page; with words of respondents and staff in it."""
    name = str(rule.endpoint)
    shown = Shown(filled(rule), {})
    if method == "POST":
        path, fields = UNSHOWN.get(name, ("", ()))
        shown = scene.forms[name][-1] if scene.forms.get(name) else Shown(path, dict.fromkeys(fields, ("",)))
    given = {field: values[-1] or TYPED[0] for field, values in shown.fields.items()}
    cookie = shown.cookie or next(each.cookie for each in scene.forms["interview.questions_answer"])
    if name.startswith("console."):
        level = level_of(name) if name in CONSOLE and method == "POST" else "full"
        person = scene.person(level)
        page = {"": "/login", "password": "/login/second"}.get(level, "/account")
        found = TOKEN.search(person.get(page).text)
        assert found is not None
        given["csrf_token"] = found[1]
        cookie = "; ".join(f"{each.key}={each.value}" for each in person.client._cookies.values())
    return Asked(name, method, shown.path, given | {"more": TYPED[0], "secret": TYPED[1]}, cookie)


def filled(rule: Rule) -> str:
    """The rule's address with a word in each part."""

    def word(found: re.Match[str]) -> str:
        part = found[1].rpartition(":")[2]
        own = {"name": "style.css" if "/a/" in str(rule) else "victim"}
        return (own | PARTS).get(part, "abcdefgh")

    return re.sub(r"<([^>]+)>", word, str(rule))


def send(scene: Scene, one: Asked) -> TestResponse:
    return scene.app.test_client(use_cookies=False).open(
        one.path,
        method=one.method,
        query_string={"q": "kanareika-query"},
        data=one.fields if one.method == "POST" else None,
        headers={**BRINGS, "Cookie": one.cookie},
        environ_base={"REMOTE_ADDR": NETWORK},
    )


def told(one: Asked, answer: TestResponse, said: str) -> list[str]:
    """What stands where it must not."""
    page = answer.get_data(as_text=True)
    # A respondent's words come back in the form; so does a form whose failure came after the answer.
    back = (one.name.startswith("interview.") and one.method == "POST") or answer.status_code < 500
    found = [f"log: {word}" for word in (*one.secrets(), *TYPED, *tokens(one)) if word and word in said]
    found += [f"page: {word}" for word in one.secrets() if word and word in page]
    found += [f"page: {word}" for word in (*TYPED, *tokens(one)) if word and word in page and not back]
    found += [f"page: {part}" for part in INSIDE.findall(page)]
    found += [f"log: {part}" for part in re.findall(r"SELECT |INSERT INTO|UPDATE \w+ SET", said)]
    return found


def tokens(one: Asked) -> list[str]:
    return [one.fields["csrf_token"]] if one.fields.get("csrf_token") else []


def everything_at_once() -> str:
    """What a careless message would hold."""
    brought = (request.form, request.cookies, request.headers)
    return f"{[dict(each) for each in brought]} {request.url} {request.remote_addr}"


KINDS = {
    "a fault": lambda: ValueError(everything_at_once()),
    "the disk": lambda: OSError(5, everything_at_once(), request.url),
    "the database": lambda: OperationalError(
        f"INSERT INTO page_answer: {everything_at_once()}",
        {"a": everything_at_once()},
        Exception("x"),
    ),
    "a key": lambda: KeyError(everything_at_once()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_view_that_fails_tells_nobody_what_it_was_given(
    scene: Scene, lines: Lines, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    reached: set[str] = set()

    def fails(name: str) -> Any:
        def view(**_: object) -> NoReturn:
            reached.add(name)
            raise KINDS[kind]()

        return view

    requests = list(everything(scene))
    for name in list(scene.app.view_functions):
        monkeypatch.setitem(scene.app.view_functions, name, fails(name))
    wrong = []
    for one in requests:
        lines.said.clear()
        answer = send(scene, one)
        assert answer.status_code in (500, 503), (one, answer.status_code)
        said = "\n".join(lines.said) + "".join(capfd.readouterr())
        wrong += [(one.name, one.method, found) for found in told(one, answer, said)]
    assert wrong == []
    assert reached == {one.name for one in requests} == {*scene.app.view_functions}
    print(f"{len(requests)} addresses failed by {kind}")


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("survey.interview.errors.trace", "interview.questions_answer"),
        ("survey.console.guard.trace", "console.add_site"),
        ("survey.api.problems.trace", "api.nothing"),
    ],
)
def test_a_log_that_repeats_the_message_is_caught(
    scene: Scene,
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    name: str,
) -> None:
    """Without this the silence above would prove nothing."""

    def view(**_: object) -> NoReturn:
        raise KINDS["a fault"]()

    rule = next(rule for rule in scene.app.url_map.iter_rules(name) if "POST" in (rule.methods or ()))
    one = asked(scene, rule, "POST")
    monkeypatch.setitem(scene.app.view_functions, name, view)
    monkeypatch.setattr(where, str)
    found = told(one, send(scene, one), "\n".join(lines.said))
    assert {f"log: {word}" for word in ("kanareika-agent", NETWORK, *TYPED)} <= {*found}


@contextmanager
def failing(database: Database, at: int) -> Iterator[list[str]]:
    """The database takes so many statements and raises at the next, its values in the message."""
    taken: list[str] = []
    run = Prepared.run

    def count(sql: str, values: object) -> None:
        taken.append(sql)
        if len(taken) == at:
            raise OperationalError(sql, values, Exception(f"failing row contains {values}"))  # type: ignore[arg-type]

    def before(_connection: object, _cursor: object, sql: str, values: object, *_: object) -> None:
        count(sql, values)

    def prepared(self: Prepared, connection: Any, values: Any) -> Any:
        count(self.sql, values)
        return run(self, connection, values)

    event.listen(database.engine, "before_cursor_execute", before)
    Prepared.run = prepared  # type: ignore[method-assign]
    try:
        yield taken
    finally:
        Prepared.run = run  # type: ignore[method-assign]
        event.remove(database.engine, "before_cursor_execute", before)


@dataclass(frozen=True)
class Failure:
    """One request whose database failed at its so-manieth step, and what came of it."""

    one: Asked
    at: int
    answer: TestResponse
    said: str
    changed: Any

    def called(self, found: str) -> tuple[str, str, int, str]:
        """What was found wrong, and where."""
        return self.one.name, self.one.method, self.at, found


def failures(
    scene: Scene,
    requests: Iterable[Asked],
    lines: Lines,
    capfd: pytest.CaptureFixture[str],
    failing_at: Callable[[Database, int], AbstractContextManager[list[Any]]],
) -> Iterator[Failure]:
    """Each request made to fail at its first step, at its second, and so on to its last."""
    database = scene.app.extensions["tolqyn"].database
    scene.keep()
    for one in requests:
        for at in range(1, DEEPEST):
            lines.said.clear()
            with failing_at(database, at) as taken:
                answer = send(scene, one)
            said = "\n".join(lines.said) + "".join(capfd.readouterr())
            changed = scene.changed()
            if changed:
                scene.put_back()
            if len(taken) < at:
                break
            yield Failure(one, at, answer, said, changed)


def test_a_database_that_fails_at_any_statement_tells_nothing_and_leaves_no_half(
    scene: Scene, lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    """At the first statement of each request, at the second, and so on to its last."""
    requests = list(everything(scene))
    wrong, failed = [], 0
    for each in failures(scene, requests, lines, capfd, failing):
        failed += 1
        wrong += [each.called(found) for found in told(each.one, each.answer, each.said)]
        if each.answer.status_code >= 400 and each.changed:
            wrong.append(each.called(f"{each.answer.status_code} and {each.changed}"))
    assert wrong == []
    assert failed > len(requests)
    print(f"{failed} statements failed in {len(requests)} requests")

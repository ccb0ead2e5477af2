"""Scanners of mail and messengers: whatever they follow, fill in and send, the invited person still begins.

A scanner here is a program at the real pages: it opens every link it meets and sends every form, with its
first button, filled in one way throughout.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest
from flask import Flask
from lxml import html
from lxml.html import HtmlElement
from werkzeug.datastructures import MultiDict

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
MOST = 60
"""Requests after which a scanner has enough."""
TRIES = 3
"""So often it sends one form."""
FILLED: dict[str, str | None] = {
    "nothing": None,
    "a word": "test",
    "a small number": "1",
    "a large number": "12345",
    "an address": "scan@example.com",
}


class Scanner:
    """One that opens and sends everything; `text` goes into every field, None leaves all as it is."""

    def __init__(self, app: Flask, text: str | None, option: int = 0) -> None:
        self.client, self.text, self.option = app.test_client(), text, option
        self.asked = 0
        self.seen: set[str] = set()
        self.sent: dict[str, int] = {}

    def scan(self, path: str) -> None:
        """Begin at a link out of a letter: first each form and where it leads, then each link."""
        if self.asked >= MOST or (page := self.open(path)) is None:
            return
        self.seen.add(path)
        # What sends away comes last: the cookie would be gone, and with it all that a scanner could spend.
        for form in sorted(page.forms, key=lambda each: "leave" in (each.get("action") or "")):
            action = urljoin(path, form.get("action") or path)
            self.sent[action] = self.sent.get(action, 0) + 1
            if self.sent[action] <= TRIES and (form.get("method") or "").lower() == "post":
                self.scan(self.send(action, form))
        for link in [urldefrag(urljoin(path, link)).url for link in page.xpath("//a/@href")]:
            if link.startswith("/s/") and link not in self.seen:
                self.scan(link)

    def open(self, path: str) -> HtmlElement | None:
        """A page; None of anything else."""
        self.asked += 1
        answer = self.client.get(path, follow_redirects=True, headers={"User-Agent": "Mail Scanner"})
        return (
            html.document_fromstring(answer.data) if answer.data and answer.mimetype == "text/html" else None
        )

    def send(self, action: str, form: HtmlElement) -> str:
        """Send a form; where it led."""
        data = MultiDict(
            (field.get("name"), field.get("value") or "") for field in form.xpath(".//input[@type='hidden']")
        )
        if self.text is not None:
            self.fill(form, data)
        for button in form.xpath(".//button[@name]")[:1]:
            data[button.get("name")] = button.get("value") or ""
        answer = self.client.post(action, data=data, headers={"User-Agent": "Mail Scanner"})
        if answer.status_code == 307:
            answer = self.client.post(answer.headers["Location"], data=data)
        return str(answer.headers.get("Location", action))

    def fill(self, form: HtmlElement, data: Any) -> None:
        """One option of everything that offers some, the text everywhere else."""
        chosen: dict[str, list[str]] = {}
        for box in form.xpath(".//input[@type='radio' or @type='checkbox']"):
            chosen.setdefault(box.get("name"), []).append(box.get("value"))
        for name, values in chosen.items():
            data[name] = values[min(self.option, len(values) - 1)]
        for field in form.xpath(".//input[not(@type) or @type='text' or @type='tel'] | .//textarea"):
            data[field.get("name")] = self.text


@pytest.mark.parametrize("option", [0, 1])
@pytest.mark.parametrize("how", FILLED)
def test_a_scanner_that_follows_and_sends_everything_spends_no_code(
    app: Flask, invited: list[str], rows: Callable[[], Any], somebody_invited: Any, how: str, option: int
) -> None:
    scanner = Scanner(app, FILLED[how], option)
    scanner.scan(f"/s/opinion/i/{invited[0]}")
    assert scanner.sent["/s/opinion/q/1"] >= 1, "it did send the first questions"
    assert rows() == (0, 0)
    person = somebody_invited(invited[0])
    assert person.path == "/s/opinion/q/1"
    person.send(FIRST)
    assert person.path == "/s/opinion/q/2"
    assert rows() == (1, 1)


def test_who_begins_with_a_code_and_never_answers_leaves_it_to_the_next(
    invited: list[str], rows: Callable[[], Any], somebody_invited: Any
) -> None:
    assert somebody_invited(invited[0]).path == "/s/opinion/q/1"
    assert rows() == (0, 0)
    assert somebody_invited(invited[0]).path == "/s/opinion/q/1"


def test_a_program_that_answers_as_an_adult_would_spends_the_code(
    app: Flask, invited: list[str], rows: Callable[[], Any], somebody_invited: Any
) -> None:
    """The limit. Whoever comes by the same link is told that it was used, once the first page is sent."""
    program = Scanner(app, "34")
    program.scan(f"/s/opinion/i/{invited[0]}")
    assert program.sent["/s/opinion/q/1"] == 1
    ballots, pages = rows()
    assert (ballots, pages > 0) == (1, True)
    person = somebody_invited(invited[0])
    assert person.path == "/s/opinion/q/1"
    person.send(FIRST)
    assert person.path == "/s/opinion/used?lang=ru"
    assert rows()[0] == 1

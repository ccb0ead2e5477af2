"""Ballot stuffing at the real pages: what the flags find of programs with many codes, and what not."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import time_machine
from flask import Flask

from analysis.quality import flag_interviews
from instruments import Item, Questionnaire, SingleChoice
from survey.release import survey_data
from survey.simulation.browser import Answered, Browser
from survey.simulation.page import read_page
from survey.store import closing, invitations, opening, waves
from survey.store.engine import Database
from survey.store.interviews import read_interviews
from survey.store.invitations import BatchSpec
from survey.store.models import Ballot, Wave
from tests.survey.test_stuffing import CARELESS, Person, Program

ALIAS, LANGUAGE = "opinion", "ru"
NOW = 1_810_000_000
HONEST, EACH = 120, 8
FAST = ("at once", "first answer")
PATIENT, CAREFUL = "patient", "careful"
"""The one waits as long as a reader; the other reads as well what an attention check asks."""
TRIES = 3
PAGE = re.compile(rf"/s/{ALIAS}/q/(\d+)")


class Careful(Program):
    """Answers by chance, at a reader's pace, and takes no trap."""

    def answer(self, item: Item) -> Any:
        if isinstance(item, SingleChoice) and item.attention:
            return item.attention[0]
        return super().answer(item)


@dataclass
class Line:
    """The application as a browser's connection, from one network."""

    app: Flask
    network: str
    host: str = "localhost"
    port: int = 80

    def urlopen(self, method: str, path: str, body: Any, headers: Mapping[str, str], **_: Any) -> Any:
        client = self.app.test_client(use_cookies=False)
        kept = {name: value for name, value in headers.items() if name != "Origin"}
        answer = client.open(
            path, method=method, data=body, headers=kept, environ_base={"REMOTE_ADDR": self.network}
        )
        return SimpleNamespace(status=answer.status_code, data=answer.data, headers=answer.headers)


@dataclass
class Visitor:
    """Somebody at the pages with an invitation."""

    core: Questionnaire
    browser: Browser
    who: Any
    clock: Any

    def sit(self, token: str) -> str:
        """From the letter's link to the end; where it ended."""
        landing = read_page(self.browser.get(f"/s/{ALIAS}/i/{token}").body).form("/start")
        here = self.browser.post(landing.action, landing.press(("lang", LANGUAGE), {}))
        while PAGE.fullmatch(here.path):
            here = self.turn(here)
        return here.path

    def turn(self, here: Answered) -> Answered:
        """One page; a blank that is asked about is sent again."""
        path = here.path
        for _ in range(TRIES):
            form = read_page(here.body).form("survey")
            items = [self.core.items[name] for name in form.fields if name in self.core.items]
            words = sum(len(item.text.get(LANGUAGE, "").split()) for item in items)
            self.clock.shift(self.who.seconds(words, len(items)))
            given = {item.id: plain(self.who.answer(item)) for item in items}
            answers = {name: value for name, value in given.items() if value != ""}
            here = self.browser.post(form.action, form.press(("go", "next"), answers), expect=(200, 422))
            if here.status == 200 and here.path != path:
                return here
        raise AssertionError(f"{path}: {read_page(here.body).text}")


def plain(value: Any) -> Any:
    """As a form takes it."""
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_fast_programs_with_many_codes_are_flagged_and_a_careful_one_is_found_by_nothing(
    app: Flask, database: Database, make_wave: Callable[..., Wave], core: Questionnaire
) -> None:
    rng = np.random.default_rng(2027)
    kinds = ["honest"] * HONEST + [kind for kind in (*FAST, PATIENT, CAREFUL) for _ in range(EACH)]
    made = make_wave(core, alias=ALIAS, languages=(LANGUAGE,), access="invited", synthetic=True)
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        opening.open_wave(session, wave, core, wave.opens)
        tokens = invitations.invite(session, wave, BatchSpec("A", len(kinds)))
    whose: dict[str, str] = {}
    for number, (kind, token) in enumerate(zip(kinds, tokens, strict=True)):
        known = ballots(database)
        network = f"10.0.{number}.1" if kind == "honest" else "10.9.9.9"
        with time_machine.travel(NOW + 100_000 * number, tick=False) as clock:
            line = Browser(Line(app, network))  # type: ignore[arg-type]
            assert Visitor(core, line, somebody(kind, rng), clock).sit(token).endswith("/done")
        (new,) = ballots(database) - known
        whose[new] = kind
    marks = marked(database, made)
    flags = {ballot: bool(names) for ballot, names in marks.items()}
    found = {
        kind: [flags[ballot] for ballot, of in whose.items() if of == kind] for kind in dict.fromkeys(kinds)
    }
    print({kind: f"{sum(each)} of {len(each)} flagged" for kind, each in found.items()})
    print({kind: Counter(n for b, of in whose.items() if of == kind for n in marks[b]) for kind in found})
    assert len(flags) == len(kinds), "each is stored: nobody was turned away"
    assert all(all(found[kind]) for kind in FAST)
    assert sum(found[PATIENT]) >= EACH / 2, "the attention check, which it answers by chance"
    assert not any(found[CAREFUL]), "the limit: nothing tells it from a person without a view"
    assert sum(found["honest"]) <= 0.05 * HONEST


def somebody(kind: str, rng: np.random.Generator) -> Any:
    """Who sits at the pages."""
    if kind == "honest":
        return Person(rng)
    return Careful(rng, PATIENT) if kind == CAREFUL else Program(rng, kind)


def ballots(database: Database) -> set[str]:
    """Of everybody so far."""
    with database.reading() as session:
        return {row.ballot for row in session.query(Ballot)}


def marked(database: Database, made: Wave) -> dict[str, list[str]]:
    """By ballot, the flags of carelessness that are set in the release."""
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        became = closing.close_wave(session, wave, by="a", two_person=False, today=wave.opens)
    with database.reading() as session:
        closed = waves.find_wave(session, made.alias)
        closed.synthetic = False  # here, and stored nowhere: the seconds are what is played
        frame = flag_interviews(survey_data(session, closed)).data.frame
        order = [each.id for each in read_interviews(session, closed)]
    place = {interview: row for row, interview in enumerate(order)}
    judged = [name for name in CARELESS if name in frame]
    return {
        ballot: [name for name in judged if frame[name].iloc[place[interview]] == 1]
        for ballot, interview in became.items()
    }

"""Ballot stuffing played: programs that fill in forms among honest people, and how many the flags find."""

import hashlib
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pytest
from sqlalchemy import update

from analysis.quality import FLAGS, flag_interviews
from instruments import Item, ListExperiment, Number, Questionnaire, SeveralOf, SingleChoice, load_library
from survey.config import Config
from survey.release import read_interviews, survey_data
from survey.store import ballots, closing, opening, waves
from survey.store.ballots import PageParadata
from survey.store.engine import Database
from survey.store.models import Ballot, Wave

HONEST, SCRIPTED = 380, 20
"""One ballot in twenty is a program's."""
KINDS = ("at once", "first answer", "patient", "fills in everything")
READS, DECIDES = 4.0, 2.5
"""Words a second of silent reading (Brysbaert 2019: 238 a minute); seconds to choose and touch an answer."""
LEAST_FOUND, MOST_BLAMED = 0.9, 0.02
"""Of scripted ballots, and of honest ones."""
CARELESS = [flag.name for flag in FLAGS if flag.name != "flag_unfinished"]
"""Leaving early is no stuffing."""


class Answers(Protocol):
    """Somebody at the pages."""

    trap: bool

    def seconds(self, words: int, questions: int) -> int: ...

    def answer(self, item: Item) -> Any: ...


class Person:
    """Somebody who reads and has a view; one in a hundred misses what an attention check asks."""

    trap = False

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.lean = rng, rng.normal()
        self.pace = float(np.exp(rng.normal(0, 0.2)))

    def seconds(self, words: int, questions: int) -> int:
        noise = float(np.exp(self.rng.normal(0, 0.25)))
        return max(2, round(needed(words, questions) * self.pace * noise))

    def answer(self, item: Item) -> Any:
        if isinstance(item, SingleChoice) and item.attention and self.rng.random() > 0.01:
            return item.attention[0]
        if isinstance(item, SingleChoice) and item.battery and not fixed(item):
            codes = [option.code for option in item.options]
            place = (item.key or 1) * self.lean + self.rng.normal(0, 1)
            return codes[int(np.clip(round(place + (len(codes) - 1) / 2), 0, len(codes) - 1))]
        return anything(item, self.rng)


class Program:
    """A script of one kind."""

    def __init__(self, rng: np.random.Generator, kind: str) -> None:
        self.rng, self.kind, self.trap = rng, kind, kind == "fills in everything"

    def seconds(self, words: int, questions: int) -> int:
        return round(needed(words, questions)) if self.kind == "patient" else 1

    def answer(self, item: Item) -> Any:
        if self.kind == "first answer" and isinstance(item, SingleChoice) and not fixed(item):
            return item.options[0].code
        return anything(item, self.rng)


def needed(words: int, questions: int) -> float:
    """Seconds for reading and answering."""
    return words / READS + DECIDES * questions


def fixed(item: SingleChoice) -> bool:
    """Whether another answer ends the interview."""
    return item.role == "consent" or bool(item.exits)


def anything(item: Item, rng: np.random.Generator) -> Any:
    """One of the answers that it takes."""
    if isinstance(item, SingleChoice):
        return 1 if fixed(item) else item.options[rng.integers(len(item.options))].code
    if isinstance(item, SeveralOf):
        return [item.options[rng.integers(len(item.options))].code]
    if isinstance(item, Number):
        return int(np.clip(rng.integers(20, 70), item.min, item.max))
    if item.kind == "digits":
        return "116"
    return int(rng.integers(0, 3)) if isinstance(item, ListExperiment) else ""


def sit(
    database: Database, wave: Wave, core: Questionnaire, ballot: str, who: Answers, first: int = 0
) -> None:
    """All pages of one interview, stored as they would be."""
    draw, answers, page, clock = core.draw(ballot), {}, 0, first
    with database.writing() as session:
        while (page := core.next_page(page, answers, draw) or 0) > 0:
            shown = [item for item in core.items_on(page, answers, draw) if item.stores]
            given = {item.id: who.answer(item) for item in shown}
            wrong = {item.id: found for item in shown if (found := item.problems(given[item.id], draw))}
            assert wrong == {}
            words = sum(len(item.text.get("ru", "").split()) for item in shown)
            seconds = who.seconds(words, len(shown))
            answers |= given
            ballots.save_page(
                session,
                wave,
                ballot,
                page,
                given,
                sealed={},
                language="ru",
                seconds=seconds,
                day=wave.opens,
                trap=who.trap,
                paradata=PageParadata(served=clock, posted=clock + seconds),
            )
            clock += seconds
        session.execute(update(Ballot).where(Ballot.ballot == ballot).values(state="complete"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_programs_are_flagged_honest_people_are_not_and_nobody_is_turned_away(
    database: Database, config: Config, make_wave: Callable[..., Wave]
) -> None:
    core, rng = load_library("kz_thb_core"), np.random.default_rng(2027)
    made = make_wave(core, languages=("ru",), access="open", sample_type="nonprobability", synthetic=True)
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        opening.open_wave(session, wave, core, wave.opens)
    whose: dict[str, str] = {}
    for number in range(HONEST + SCRIPTED):
        kind = "" if number < HONEST else KINDS[number % len(KINDS)]
        ballot = hashlib.sha256(f"ballot {number}".encode()).hexdigest()  # its draws are the same each time
        whose[ballot] = kind
        sit(database, wave, core, ballot, Program(rng, kind) if kind else Person(rng))
    with database.writing() as session:
        wave = waves.find_wave(session, made.alias)
        became = closing.close_wave(session, wave, by="a", two_person=False, today=wave.opens)
    with database.reading() as session:
        closed = waves.find_wave(session, made.alias)
        closed.synthetic = False  # here, and stored nowhere: the seconds are what is played
        data = survey_data(session, closed)
        order = [each.id for each in read_interviews(session, closed)]
    frame = flag_interviews(data).data.frame
    flags = dict(zip(order, (frame[CARELESS] == 1).any(axis=1), strict=True))
    found = {
        kind: [flags[became[ballot]] for ballot, of in whose.items() if of == kind] for kind in whose.values()
    }
    print({kind or "honest": f"{sum(each)} of {len(each)} flagged" for kind, each in found.items()})
    print({name: int((frame[name] == 1).sum()) for name in CARELESS})
    assert len(frame) == HONEST + SCRIPTED, "each is stored: nobody was turned away"
    scripted = [flag for kind in KINDS for flag in found[kind]]
    assert sum(scripted) >= LEAST_FOUND * SCRIPTED
    assert sum(found[""]) <= MOST_BLAMED * HONEST

"""Waves that interviewers and paper forms answer: how people come to have a ballot there."""

import random
from dataclasses import dataclass, field
from typing import Any

from survey import keys
from survey.store import interviewers, waves
from survey.store import paper as store
from survey.store.administration import Administration
from survey.store.invitations import BatchSpec
from survey.store.models import Interviewer

from .conftest import ADULT, PAGES, TODAY, Field

PEOPLE_EACH = 25
"""Interviews of one interviewer."""
SITTING = 10
"""Forms that a clerk types before they are entered."""


@dataclass
class Doors(Field):
    """Interviewers go from door to door at the same time; a ballot is random and holds who asked.

    A person's token is a door here: nothing of it is stored.
    """

    asked_by: dict[str, int] = field(default_factory=dict)
    """Ballot -> interviewer."""
    opened: dict[str, str] = field(default_factory=dict)
    """Door -> ballot."""

    def invite(self, people: int) -> list[str]:
        """Doors in the order in which they open, their interviewers mixed by chance."""
        chance = random.Random(people)
        with self.database.writing() as session:
            wave = waves.find_wave(session, self.wave.alias)
            for number in range(1, people // PEOPLE_EACH + 1):
                interviewers.add_interviewer(session, wave, f"I{number:02d}", BatchSpec(f"place-{number}", 0))
            links = interviewers.interviewers(session, wave)
        doors = [f"door {len(self.opened) + number}" for number in range(people)]
        for number, door in enumerate(doors):
            link: Interviewer = links[number % len(links)]
            ballot = chance.randbytes(32).hex()
            self.opened[door], self.asked_by[ballot] = ballot, link.id
        return chance.sample(doors, people)

    def ballot_of(self, token: str) -> str:
        """The ballot drawn when the interview began."""
        return self.opened[token]

    def how(self, ballot: str) -> dict[str, Any]:
        """The interviewer stands in the ballot."""
        return {"administered": Administration(self.asked_by[ballot], others_present=False)}

    def groups(self, became: dict[str, str] | None = None) -> list[tuple[set[str], set[str]]]:
        """Each interviewer's doors, whom he watched, beside the ballots or interviews with his number."""
        found: dict[int, tuple[set[str], set[str]]] = {}
        for door in self.tokens:
            ballot = self.opened[door]
            persons, names = found.setdefault(self.asked_by[ballot], (set(), set()))
            persons.add(keys.token_hash(door))
            names.add(became[keys.token_hash(door)] if became else ballot)
        return list(found.values())


@dataclass
class Office(Field):
    """Forms with numbers, filled in and typed in the order of the numbers: whoever knows them knows it."""

    numbers: dict[str, int] = field(default_factory=dict)
    """A person's token, which is the form's -> its number."""

    def invite(self, people: int) -> list[str]:
        """Forms in the order in which they are entered."""
        with self.database.writing() as session:
            wave = waves.find_wave(session, self.wave.alias)
            forms = store.add_forms(session, wave, BatchSpec(f"place-{len(self.numbers)}", people), "ru")
            printed = range(forms.first, forms.last + 1)
        tokens = [f"form {number}" for number in printed]
        self.numbers |= dict(zip(tokens, printed, strict=True))
        self.listed += [keys.token_hash(token) for token in tokens]
        return tokens

    def ballot_of(self, token: str) -> str:
        """The form's, under the wave's key."""
        return keys.read_wave_key(self.config.keys, self.wave.alias).paper(self.numbers[token])

    def answer(self, tokens: list[str], **_: object) -> None:
        """Sittings of some forms, a transaction each; each person's age is unique."""
        key = keys.read_wave_key(self.config.keys, self.wave.alias)
        for start in range(0, len(tokens), SITTING):
            sitting = tokens[start : start + SITTING]
            entries = [self._entry(token, len(self.tokens) + place) for place, token in enumerate(sitting)]
            with self.database.writing() as session:
                wave = waves.find_wave(session, self.wave.alias)
                assert store.enter(session, wave, key, entries) == len(sitting)
            self.tokens += sitting
            self.posts += [keys.token_hash(token) for token in sitting]

    def _entry(self, token: str, number: int) -> store.Entry:
        given = {"OK": 2, "AGE": ADULT + number, "SEEN": 1, "WORDS": "sealed", "VB1": 1, "VB2": 2}
        pages = {
            page: {name: given[name] for name in names if name in given}
            for page, names in enumerate(PAGES, 1)
        }
        words = {3: {"WORDS": random.Random(number).randbytes(1500).hex()}}
        content = random.Random(-number).randbytes(32).hex()
        return store.Entry(self.numbers[token], "complete", "ru", TODAY, pages, words, content, 6, 0)

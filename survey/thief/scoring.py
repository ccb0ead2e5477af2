"""Guesses and the truth in; how many were right, beside what chance alone gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt

Truth = Mapping[str, str]
"""Person (a token's hash) -> what is secret (a ballot, an interview)."""
Guess = Mapping[str, str]

WIDTH = 0.01
"""An order that puts people within a hundredth of their true place is nearly as good as the place."""
DEVIATIONS = 3
TAIL = 0.00135
"""Probability beyond three standard deviations of a normal law, on one side."""


@dataclass(frozen=True)
class Score:
    """One attack: people guessed about, hits, and near misses where the guess is an order."""

    attack: str
    people: int
    """Those whom the thief is after."""
    guesses: int
    found: int
    by_chance: float
    """Hits that a thief without any loot expects."""
    near: int = 0
    near_by_chance: float = 0.0

    @property
    def relinked(self) -> float:
        """Share of the people found out."""
        return self.found / self.people if self.people else 0.0

    @property
    def limit(self) -> float:
        """Chance plus three standard deviations, as hits. Hits of a random order are Poisson's."""
        return self.by_chance + DEVIATIONS * sqrt(self.by_chance)

    @property
    def near_limit(self) -> float:
        """The same for near misses."""
        return self.near_by_chance + DEVIATIONS * sqrt(self.near_by_chance)

    @property
    def at_chance(self) -> bool:
        """Whether the attack got no further than chance plus three standard deviations."""
        return self.found <= self.limit and self.near <= self.near_limit

    def __add__(self, other: "Score") -> "Score":
        """Both together, of people of whom none is in both; sums of Poisson's numbers are Poisson's."""
        return Score(
            self.attack,
            self.people + other.people,
            self.guesses + other.guesses,
            self.found + other.found,
            self.by_chance + other.by_chance,
            self.near + other.near,
            self.near_by_chance + other.near_by_chance,
        )

    def beyond(self, tail: float) -> bool:
        """Whether so many hits, or near misses, have a probability below `tail` by chance."""
        return self.found > most(self.by_chance, tail) or self.near > most(self.near_by_chance, tail)


def score(attack: str, guess: Guess, truth: Truth, candidates: int) -> Score:
    """How often the guess names the truth; `candidates`: how many secrets there are to choose from."""
    asked = [person for person in guess if person in truth]
    found = sum(guess[person] == truth[person] for person in asked)
    return Score(attack, len(truth), len(asked), found, len(asked) / max(candidates, 1))


def score_order(attack: str, pairs: list[tuple[str | None, str | None]], truth: Truth) -> Score:
    """Persons and secrets laid side by side: exact hits, and those within a hundredth of the row."""
    width = max(1, round(WIDTH * len(pairs)))
    place = {secret: number for number, (_, secret) in enumerate(pairs) if secret is not None}
    asked = [(number, truth[p]) for number, (p, _) in enumerate(pairs) if p is not None and p in truth]
    guessed = [(number, secret) for number, secret in asked if pairs[number][1] is not None]
    found = sum(pairs[number][1] == secret for number, secret in guessed)
    near = sum(secret in place and abs(place[secret] - number) <= width for number, secret in asked)
    candidates = max(len(place), 1)
    expected = len(guessed) / candidates
    # Where an order has gaps, only as many neighbours can be hit as there are names among them.
    band = min(1.0, (2 * width + 1) / max(len(pairs), 1))
    met = sum(secret in place for _, secret in asked)
    return Score(attack, len(truth), len(guessed), found, expected, near, met * band)


def most(expected: float, tail: float) -> int:
    """The smallest number that a Poisson law with this mean exceeds with at most that probability."""
    if expected > 500:  # exp(-expected) would be too small a number to begin with
        return round(expected + 5 * sqrt(expected))
    number, term = 0, exp(-expected)
    below = term
    while 1 - below > tail:
        number += 1
        term *= expected / number
        below += term
    return number

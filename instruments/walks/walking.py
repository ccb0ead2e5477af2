"""A questionnaire and chance in; one walk along its routes, with an answer to everything asked, out."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from instruments.assignment import Draw
from instruments.items import Chance, Item
from instruments.missing import Missing
from instruments.questionnaire import Questionnaire

SENT_AWAY = 10
"""One walk in so many may end by an exit; the others answer what leads on."""
LEFT_OUT = 12
"""One answer in so many is a don't know, a refusal or a blank, each as far as it is offered."""
TRIES = 40


@dataclass(frozen=True)
class Step:
    """One item as it was met."""

    page: int
    item: Item
    value: Any


@dataclass(frozen=True)
class Walk:
    """`steps` in the order met; `ended`: `complete`, or where an exit led."""

    draw: Draw
    steps: tuple[Step, ...]
    pages: int
    ended: str


class Walker:
    """Walks one questionnaire again and again; every walk follows from its number and the seed."""

    def __init__(self, questionnaire: Questionnaire, seed: int) -> None:
        self.questionnaire = questionnaire
        self.seed = seed
        self._named = named_values(questionnaire)

    def walk(self, number: int) -> Walk:
        """One walk from the first page to an end. RuntimeError when the pages do not end."""
        chance = random.Random(f"{self.seed}/{number}")  # noqa: S311  a rehearsal, nothing secret
        draw = self.questionnaire.draw(f"walk/{self.seed}/{number}")
        answers: dict[str, Any] = {}
        steps: list[Step] = []
        stays = (number + 1) % SENT_AWAY > 0
        page, pages = self.questionnaire.next_page(0, answers, draw), 0
        while page is not None:
            pages += 1
            if pages > len(self.questionnaire.pages):
                raise RuntimeError(f"{self.questionnaire.name}: walk {number} comes back to earlier pages")
            for item in self.questionnaire.items_on(page, answers, draw):
                value = (
                    self._answer(item, answers, draw, chance, number=number, stays=stays)
                    if item.stores
                    else None
                )
                steps.append(Step(page, item, value))
                if item.stores:
                    answers[item.id] = value
            exit_ = self.questionnaire.exit_for(answers)
            if exit_ is not None:
                return Walk(draw, tuple(steps), pages, exit_.to)
            page = self.questionnaire.next_page(page, answers, draw)
        return Walk(draw, tuple(steps), pages, "complete")

    def _answer(
        self,
        item: Item,
        answers: Mapping[str, Any],
        draw: Draw,
        chance: random.Random,
        *,
        number: int,
        stays: bool,
    ) -> Any:
        """An answer the item accepts; one that does not end the interview when the walk is to stay."""
        # Every second walk goes round the answers in turn, so that a long list is met whole in few walks.
        value = item.sample(draw, _in_turn(number // 2, item.id))
        if number % 2 == 0 and not item.problems(value, draw) and self._stays(item, value, answers):
            return value
        for _ in range(TRIES):
            value = self._any_answer(item, draw, chance)
            if item.problems(value, draw):
                continue
            if not stays or self._stays(item, value, answers):
                return value
        return item.sample(draw, chance.randrange)

    def _stays(self, item: Item, value: Any, answers: Mapping[str, Any]) -> bool:
        return self.questionnaire.exit_for({**answers, item.id: value}) is None

    def _any_answer(self, item: Item, draw: Draw, chance: random.Random) -> Any:
        left_out = [*item.allow] if item.required else [*item.allow, Missing.NO_ANSWER]
        if left_out and chance.randrange(LEFT_OUT) == 0:
            return int(chance.choice(left_out))
        named = self._named.get(item.id)
        if named and chance.randrange(3) == 0:
            return chance.choice(named)
        return item.sample(draw, chance.randrange)


def _in_turn(turn: int, name: str) -> Chance:
    """Not chance at all: the next number each time, beginning elsewhere for each item."""
    start = sum(name.encode())
    return lambda n: (turn + start) % n


def named_values(questionnaire: Questionnaire) -> dict[str, tuple[Any, ...]]:
    """By item, the values that rules name and, of numbers, their neighbours, as answers."""
    rules = [item.show_if for item in questionnaire.items.values() if item.show_if is not None]
    rules += [exit_.rule for item in questionnaire.items.values() for exit_ in item.exits]
    found: dict[str, dict[Any, None]] = {}
    for leaf in (leaf for rule in rules for leaf in rule.comparisons() if leaf.operator != "answered"):
        for value in leaf.value if leaf.operator == "in" else [leaf.value]:
            near = [value - 1, value, value + 1] if type(value) is int else [value]
            found.setdefault(leaf.item, {}).update(dict.fromkeys(near))
    items = questionnaire.items
    return {
        name: kept
        for name, values in found.items()
        if name in items and (kept := tuple(v for v in values if not items[name].problems(v)))
    }


def passing_answers(questionnaire: Questionnaire, seed: int = 1) -> dict[str, Any]:
    """For each item with an exit, an answer that stays: what leads past the screening. Empty: none found."""
    walker = Walker(questionnaire, seed)
    for number in range(TRIES * SENT_AWAY):
        walk = walker.walk(number)
        if walk.ended == "complete":
            return {step.item.id: step.value for step in walk.steps if step.item.exits and step.item.stores}
    return {}

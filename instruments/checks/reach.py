"""A rule and the questionnaire around it in; whether it is true and false for some who come so far, out.

The search goes through the answers in page order. An item whose own condition does not hold has no answer,
and whoever an earlier exit sends away comes no further. Of the answers to an item one stands for all that no
rule tells apart. Whatever the search leaves out only makes more possible, so what it calls impossible is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from instruments.checks.finding import declared
from instruments.checks.places import Places
from instruments.items import Item, Ranking, SeveralOf
from instruments.missing import Missing
from instruments.questionnaire import Content, drawn_apart, members
from instruments.routing import ORDER, Comparison, Rule

MOST_STEPS, MOST_IN_ALL = 10_000, 100_000
"""Answers tried for one rule and for all; what needs more is taken to be possible, and left to `simulate`."""
EITHER = frozenset((True, False))
MOST_ITEMS = 40
"""Items that one rule may hang on."""
MOST_TOGETHER = 8
"""Codes of a several-of item that rules tell apart: all sets of them are tried."""


class TooManyError(Exception):
    """There is more to try than is sensible."""


@dataclass(frozen=True)
class Reader:
    """Who reads a rule: its item, on which page it matters, and the first page not answered by then."""

    item: Item
    page: int
    end: int


@dataclass(frozen=True)
class World:
    """What a search goes through: items in page order, their answers, what they hang on, who is sent away."""

    names: tuple[str, ...]
    answers: dict[str, list[Any]]
    conditions: dict[str, Rule]
    exits: tuple[Rule, ...]


@dataclass
class Reach:
    """What can come true where, in one questionnaire. `left`: how many answers may still be tried."""

    content: Content
    places: Places
    left: int = field(default=MOST_IN_ALL)

    def results(self, rule: Rule, reader: Reader) -> frozenset[bool]:
        """What comes of the rule for those who read it; both when there is too much to try."""
        if any(name not in self.content.items for name in rule.items()):
            return EITHER
        self.left -= len(self._exits)
        exits = self._exits_before(reader) if self.left > 0 else ()
        for leaving in (exits, ()) if exits else ((),):
            try:
                return self._results(rule, self._world(rule, reader, leaving))
            except TooManyError:
                continue
        return EITHER

    @cached_property
    def declared(self) -> frozenset[str]:
        """Every id under `items`."""
        return declared(self.content)

    @cached_property
    def _split(self) -> frozenset[str]:
        return members(self.content)

    @cached_property
    def _exits(self) -> tuple[tuple[int, str, Rule], ...]:
        """Page, module and rule of each exit whose items are known."""
        return tuple(
            (self.places.last[owner.id], owner.module, exit_.rule)
            for owner in self.content.items.values()
            for exit_ in owner.exits
            if owner.id in self.places.last and all(name in self.content.items for name in exit_.rule.items())
        )

    def _exits_before(self, reader: Reader) -> tuple[Rule, ...]:
        """The exits that come before the reader's page, wherever chance puts the modules."""
        return tuple(
            rule
            for page, module, rule in self._exits
            if page < reader.page and not drawn_apart(self.content, module, reader.item.module)
        )

    def _world(self, rule: Rule, reader: Reader, leaving: tuple[Rule, ...]) -> World:
        """The rule's items with all they hang on and all that exits ask about them."""
        names, fresh = set[str](), set(rule.items())
        conditions: dict[str, Rule] = {}
        exits: list[Rule] = []
        while fresh:
            names |= fresh
            self._spend(len(fresh))
            if len(names) > MOST_ITEMS:
                raise TooManyError
            more = {name: found for name in fresh if (found := self._condition(name)) is not None}
            conditions |= more
            asking = [e for e in leaving if e not in exits and not fresh.isdisjoint(e.items())]
            exits += asking
            fresh = {name for entry in (*more.values(), *asking) for name in entry.items()} - names
        leaves: dict[str, list[Comparison]] = {name: [] for name in names}
        for leaf in (leaf for entry in (rule, *conditions.values(), *exits) for leaf in entry.comparisons()):
            leaves[leaf.item].append(leaf)
        in_order = sorted(names, key=lambda name: self.places.order.get(name, -1))
        answers = {name: self._answers(name, leaves[name], reader) for name in names}
        return World(tuple(in_order), answers, conditions, tuple(exits))

    def _condition(self, name: str) -> Rule | None:
        """What an item hangs on, if that is settled before it; None: it may have any answer or none."""
        item = self.content.items[name]
        rule = item.condition
        if rule is None:
            return None
        order = self.places.order
        for other in rule.items():
            known = other in self.content.items and other in order and name in order
            if not known or order[other] >= order[name]:
                return None
            if drawn_apart(self.content, self.content.items[other].module, item.module):
                return None
        return rule

    def _answers(self, name: str, leaves: list[Comparison], reader: Reader) -> list[Any]:
        """One answer for all that these comparisons do not tell apart, and none where there may be none."""
        item = self.content.items[name]
        sure = (
            item.required
            and name not in self._split
            and 0 < self.places.last.get(name, 0) < reader.end
            and not drawn_apart(self.content, item.module, reader.item.module)
            and (item.condition is None or self._condition(name) is not None)
        )
        missing: list[Any] = [*item.allow] if sure else [None, Missing.NO_ANSWER, *item.allow]
        found: dict[tuple[bool, ...], Any] = {}
        rules = [Rule({"item": name, leaf.operator: leaf.value}) for leaf in leaves]
        for value in missing + item.possible(_named(item, leaves)):
            self._spend()
            marks = tuple(rule.holds({name: value}) for rule in rules)
            found.setdefault(marks, value)
        return list(found.values())

    def _results(self, rule: Rule, world: World) -> frozenset[bool]:
        """What comes of the rule for all whom no exit sends away. Raises TooManyError."""
        place = {name: number for number, name in enumerate(world.names, start=1)}
        due: dict[int, list[Rule]] = {}
        for exit_ in world.exits:
            due.setdefault(max(place[name] for name in exit_.items()), []).append(exit_)
        found: set[bool] = set()
        for steps, given in enumerate(_tried(world, due, {})):
            self._spend()
            if steps > MOST_STEPS:
                raise TooManyError
            if given is not None:
                found.add(rule.holds(given))
            if len(found) == len(EITHER):
                break
        return frozenset(found)

    def _spend(self, tries: int = 1) -> None:
        """So many more. Raises TooManyError when all are spent."""
        self.left -= tries
        if self.left < 0:
            raise TooManyError


def _tried(
    world: World, due: dict[int, list[Rule]], given: dict[str, Any]
) -> Iterator[dict[str, Any] | None]:
    """Every whole set of answers, and None for every step on the way to one."""
    if len(given) == len(world.names):
        yield given
        return
    name = world.names[len(given)]
    condition = world.conditions.get(name)
    asked = condition is None or condition.holds(given)
    for value in world.answers[name] if asked else [None]:
        more = {**given, name: value}
        if not any(rule.holds(more) for rule in due.get(len(more), ())):
            yield from _tried(world, due, more)
        yield None


def _named(item: Item, leaves: list[Comparison]) -> list[Any]:
    """The values that comparisons tell apart. Raises TooManyError for too many codes of several."""
    values = [leaf.value for leaf in leaves if leaf.operator != "answered"]
    named = [code for value in values for code in (value if isinstance(value, list) else [value])]
    if isinstance(item, SeveralOf | Ranking):
        if any(leaf.operator in ORDER for leaf in leaves):
            named += [option.code for option in item.choices()]
        named = list(dict.fromkeys(named))
        if len(named) > MOST_TOGETHER:
            raise TooManyError
    return named

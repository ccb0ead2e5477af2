"""Options put in order: options in, one column per option with the place it was given out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

from instruments.assignment import Decision, Draw
from instruments.codebook import Level, Text, Variable
from instruments.items.base import Chance, Context, Item
from instruments.items.choice import in_drawn_order, option_order, option_positions
from instruments.items.options import Option, read_options
from instruments.missing import Missing
from instruments.problem import Problem
from instruments.tree import Node
from instruments.wording import STANDARD_LABELS, in_every

UNPLACED = 0


@dataclass(frozen=True, kw_only=True)
class Ranking(Item):
    """The first `max` places (0: all) among the options. An answer lists the codes, the first place first."""

    kind: ClassVar[str] = "ranking"

    options: tuple[Option, ...] = ()
    max: int = 0
    random_options: bool = False
    last: tuple[int, ...] = ()

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        return {
            **super().fields(node, name, context),
            "options": read_options(node, "options", required=True),
            "max": node.integer("max"),
            "random_options": node.flag("random_options"),
            "last": node.integers("last"),
        }

    @property
    def places(self) -> int:
        """How many places are asked for."""
        return self.max or len(self.options)

    def choices(self) -> tuple[Option, ...]:
        """The options."""
        return self.options

    def possible(self, named: Sequence[Any]) -> list[Any]:
        """One order of every set of named options that fits on the places; others fill the rest."""
        codes = [option.code for option in self.options]
        told = [code for code in codes if code in named]
        others = [code for code in codes if code not in named]
        sets = [list(placed) for n in range(len(told) + 1) for placed in combinations(told, n)]
        filled = [[*placed, *others][: self.places] for placed in sets if len(placed) <= self.places]
        return [placed for placed in filled if not self.problems(placed)]

    def variables(self) -> tuple[Variable, ...]:
        """One column per option: the place from 1, 0 for an option that got none."""
        unplaced = in_every(self.text, STANDARD_LABELS["not_ticked"].__getitem__)
        codes = {place: dict.fromkeys(self.text, str(place)) for place in range(1, self.places + 1)}
        if self.places < len(self.options):
            codes = {UNPLACED: unplaced, **codes}
        return tuple(
            self.column(name=f"{self.id}_{option.code}", label=option.label, level=Level.NOMINAL, codes=codes)
            for option in self.options
        )

    def decisions(self) -> tuple[Decision, ...]:
        """The order of its options."""
        return option_order(self.id, self.options, self.last) if self.random_options else ()

    def assigned(self) -> tuple[Variable, ...]:
        """The place at which each option without a fixed one was shown."""
        return option_positions(self, self.options, self.last) if self.random_options else ()

    def reads(self, draw: Draw) -> tuple[Text, ...]:
        """The question and every option."""
        return (*super().reads(draw), *(option.label for option in self.options))

    def sample(self, draw: Draw, chance: Chance) -> list[int]:
        """A random order."""
        left = [option.code for option in self.options]
        return [left.pop(chance(len(left))) for _ in range(self.places)]

    def problems(self, value: Any, draw: Draw | None = None) -> tuple[Problem, ...]:
        """As for every item; no place given counts as no answer."""
        return super().problems(Missing.NO_ANSWER if value in ([], ()) else value, draw)

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        given = value if isinstance(value, list | tuple) else [None]
        known = {option.code for option in self.options}
        strange = [code for code in given if type(code) is not int or code not in known]
        if strange:
            return (Problem("not_an_option", {"value": str(strange[0])}),)
        if len(given) != self.places or len(set(given)) < len(given):
            return (Problem("ranking", {"max": self.places}),)
        return ()

    def accepts(self, value: object) -> bool:
        """Whether a rule may ask for this code among the placed ones."""
        return value in self.allow or (type(value) is int and any(o.code == value for o in self.options))

    def _encode(self, value: Any) -> dict[str, int | float]:
        if not value:
            return self.encode(Missing.NO_ANSWER)
        place = {code: number for number, code in enumerate(value, start=1)}
        return {f"{self.id}_{option.code}": place.get(option.code, UNPLACED) for option in self.options}

    def shown_options(self, draw: Draw) -> tuple[Option, ...]:
        """The options in the order this respondent sees."""
        return in_drawn_order(self.id, self.options, draw) if self.random_options else self.options

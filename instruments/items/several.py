"""All that apply: options in, one 0/1 column per option out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

from instruments.assignment import Decision, Draw
from instruments.codebook import Level, Text, Variable
from instruments.items.base import Chance, Context, Item
from instruments.items.choice import in_drawn_order, option_order, option_positions
from instruments.items.options import Option, read_options
from instruments.items.other import Other, OtherText, companion, read_other
from instruments.missing import Missing
from instruments.problem import Problem
from instruments.tree import Node
from instruments.wording import STANDARD_LABELS, in_every


@dataclass(frozen=True, kw_only=True)
class SeveralOf(Item):
    """Any number of options up to `max` (0: no limit); an exclusive one stands alone."""

    kind: ClassVar[str] = "several"
    grouped: ClassVar[str] = "multi"

    options: tuple[Option, ...] = ()
    max: int = 0
    exclusive: tuple[int, ...] = ()
    random_options: bool = False
    last: tuple[int, ...] = ()
    other: Other | None = None

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        return {
            **super().fields(node, name, context),
            "options": read_options(node, "options", required=True),
            "max": node.integer("max"),
            "exclusive": node.integers("exclusive"),
            "random_options": node.flag("random_options"),
            "last": node.integers("last"),
            "other": read_other(node, name, context),
        }

    def companions(self) -> tuple[OtherText, ...]:
        """The free words beside an option."""
        return companion(self, self.other, self.options)

    def choices(self) -> tuple[Option, ...]:
        """The options."""
        return self.options

    def possible(self, named: Sequence[Any]) -> list[Any]:
        """Every set of the named options that may be ticked, each with and without one that is not named."""
        codes = [option.code for option in self.options]
        told = [code for code in codes if code in named]
        other = [code for code in codes if code not in named and code not in self.exclusive]
        alone = [code for code in codes if code not in named and code in self.exclusive]
        sets = [list(ticks) for n in range(len(told) + 1) for ticks in combinations(told, n)]
        sets += [[*ticks, *beside] for ticks in sets for beside in (other[:1], alone[:1]) if beside]
        return [ticks for ticks in sets if ticks and not self.problems(ticks)]

    def variables(self) -> tuple[Variable, ...]:
        """One column per option: 1 ticked, 0 not ticked."""
        codes = {
            code: in_every(self.text, STANDARD_LABELS[word].__getitem__) for code, word in _TICKS.items()
        }
        return tuple(
            self.column(
                name=f"{self.id}_{option.code}",
                label=option.label,
                level=Level.NOMINAL,
                codes=codes,
                group=self.id,
            )
            for option in self.options
        )

    def decisions(self) -> tuple[Decision, ...]:
        """The order of its options."""
        return option_order(self.id, self.options, self.last) if self.random_options else ()

    def assigned(self) -> tuple[Variable, ...]:
        """The place of each option that has no fixed one."""
        return option_positions(self, self.options, self.last) if self.random_options else ()

    def problems(self, value: Any, draw: Draw | None = None) -> tuple[Problem, ...]:
        """As for every item; nothing ticked counts as no answer."""
        return super().problems(Missing.NO_ANSWER if value in ([], ()) else value, draw)

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        ticked = value if isinstance(value, list | tuple) else [None]
        known = {option.code for option in self.options}
        strange = [code for code in ticked if type(code) is not int or code not in known]
        if strange:
            return (Problem("not_an_option", {"value": str(strange[0])}),)
        if self.max and len(ticked) > self.max:
            return (Problem("too_many", {"max": self.max}),)
        if len(ticked) > 1 and any(code in self.exclusive for code in ticked):
            return (Problem("exclusive"),)
        return ()

    def sample(self, draw: Draw, chance: Chance) -> list[int]:
        """One option, or with it some of those that may stand beside it."""
        first = self.options[chance(len(self.options))].code
        if first in self.exclusive:
            return [first]
        others = [o.code for o in self.options if o.code != first and o.code not in self.exclusive]
        beside = [code for code in others if chance(3) == 0]
        return sorted([first, *(beside[: self.max - 1] if self.max else beside)])

    def accepts(self, value: object) -> bool:
        """Whether a rule may ask for this code among the ticked ones."""
        return value in self.allow or (type(value) is int and any(o.code == value for o in self.options))

    def _encode(self, value: Any) -> dict[str, int | float]:
        if not value:
            return self.encode(Missing.NO_ANSWER)
        return {f"{self.id}_{option.code}": int(option.code in value) for option in self.options}

    def reads(self, draw: Draw) -> tuple[Text, ...]:
        """The question and every option."""
        return (*super().reads(draw), *(option.label for option in self.options))

    def shown_options(self, draw: Draw) -> tuple[Option, ...]:
        """The options in the order this respondent sees."""
        return in_drawn_order(self.id, self.options, draw) if self.random_options else self.options


_TICKS = {0: "not_ticked", 1: "ticked"}

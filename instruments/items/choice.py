"""One answer out of several: options or a shared scale in, one column out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from instruments.assignment import Decision, Draw, Order
from instruments.codebook import Level, Net, Role, Text, Variable
from instruments.items.base import Chance, Context, Item
from instruments.items.options import LEVELS, Option, Scale, read_nets, read_options
from instruments.items.other import Other, OtherText, companion, read_other
from instruments.problem import Problem
from instruments.tree import Node, nearest, said


@dataclass(frozen=True, kw_only=True)
class SingleChoice(Item):
    """One of several options."""

    kind: ClassVar[str] = "single"

    options: tuple[Option, ...] = ()
    level: Level = Level.NOMINAL
    display: str = "radio"
    """`radio`, `dropdown` or `scale` (numbers side by side, words at the ends)."""
    scale: str | None = None
    random_options: bool = False
    last: tuple[int, ...] = ()
    """Codes that stay at the end when the order is random."""
    attention: tuple[int, ...] = ()
    """Codes that pass, when the item checks attention."""
    between: tuple[int, int] | None = None
    """Lowest and highest place among the rows of its battery."""
    nets: Mapping[str, Net] = field(default_factory=dict)
    """Those of its scale and its own."""
    other: Other | None = None

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        scale = _scale_of(node, context)
        options = scale.options if scale else read_options(node, "options", required=True)
        level = scale.level if scale else Level(node.choice("level", LEVELS, "nominal"))
        between = node.integers("between")
        if between and (len(between) != 2 or not 1 <= between[0] <= between[1]):
            node.problem(
                "between", "two places, low and high", said(list(between)), "Write [3, 7].", "between"
            )
        return {
            **super().fields(node, name, context),
            "options": options,
            "level": level,
            "display": node.choice("display", ("radio", "dropdown", "scale"), "radio"),
            "scale": scale.name if scale else None,
            "random_options": node.flag("random_options"),
            "last": node.integers("last"),
            "attention": node.integers("attention"),
            "between": (between[0], between[1]) if len(between) == 2 else None,
            "nets": {**(scale.nets if scale else {}), **read_nets(node)},
            "other": read_other(node, name, context),
        }

    def companions(self) -> tuple[OtherText, ...]:
        """The free words beside an option."""
        return companion(self, self.other, self.options)

    def choices(self) -> tuple[Option, ...]:
        """The options."""
        return self.options

    def possible(self, named: Sequence[Any]) -> list[Any]:
        """Every option."""
        return [option.code for option in self.options]

    def variables(self) -> tuple[Variable, ...]:
        """One column, with the options as codes unless the level is interval."""
        codes = {} if self.level is Level.INTERVAL else {option.code: option.label for option in self.options}
        role = Role.PARADATA if self.attention else Role.ANSWER
        design = {"attention": {"passes": list(self.attention)}} if self.attention else {}
        return (
            self.column(
                level=self.level, codes=codes, group=self.battery, role=role, nets=self.nets, design=design
            ),
        )

    def decisions(self) -> tuple[Decision, ...]:
        """The order of its options."""
        return option_order(self.id, self.options, self.last) if self.random_options else ()

    def assigned(self) -> tuple[Variable, ...]:
        """The place of each option that has no fixed one."""
        return option_positions(self, self.options, self.last) if self.random_options else ()

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        if type(value) is int and any(option.code == value for option in self.options):
            return ()
        return (Problem("not_an_option", {"value": str(value)}),)

    def sample(self, draw: Draw, chance: Chance) -> int:
        """One of the options."""
        return self.options[chance(len(self.options))].code

    def reads(self, draw: Draw) -> tuple[Text, ...]:
        """The question and every option."""
        return (*super().reads(draw), *(option.label for option in self.options))

    def shown_options(self, draw: Draw) -> tuple[Option, ...]:
        """The options in the order this respondent sees."""
        if self.random_options:
            return in_drawn_order(self.id, self.options, draw)
        if self.scale and draw.reversed(self.scale):
            return self.options[::-1]
        return self.options


def _scale_of(node: Node, context: Context) -> Scale | None:
    name = node.string("scale")
    if not name:
        return None
    if name not in context.scales:
        node.problem(
            "unknown_scale",
            "a scale of this instrument",
            said(name),
            nearest(name, tuple(context.scales)),
            "scale",
        )
    return context.scales.get(name)


def option_order(name: str, options: tuple[Option, ...], last: tuple[int, ...]) -> tuple[Order, ...]:
    """The random order of options; only loose ones have a place worth keeping."""
    loose = [option.code for option in options if option.code not in last]
    return (
        Order(
            name,
            ids=tuple(str(option.code) for option in options),
            last=tuple(map(str, last)),
            stored={str(code): f"{name}_POS_{code}" for code in loose},
        ),
    )


def option_positions(item: Item, options: tuple[Option, ...], last: tuple[int, ...]) -> tuple[Variable, ...]:
    """One column per loose option: the place at which it was shown."""
    loose = [option for option in options if option.code not in last]
    return tuple(item.position_column(f"{item.id}_POS_{option.code}", option.label) for option in loose)


def in_drawn_order(name: str, options: tuple[Option, ...], draw: Draw) -> tuple[Option, ...]:
    """Options sorted as drawn."""
    by_code = {str(option.code): option for option in options}
    return tuple(by_code[code] for code in draw.order(name))

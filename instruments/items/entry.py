"""Typed answers: a number, a string of digits, free words."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from instruments.assignment import Draw
from instruments.codebook import Level, Text, Variable
from instruments.items.base import Chance, Context, Item
from instruments.problem import Problem
from instruments.tree import Node, said
from instruments.wording import STANDARD_LABELS, in_every

LONGEST_DIGITS = 20
LONGEST_TEXT = 2000
SEALED = "sealed"
"""What stands for free words once they are sealed away."""


@dataclass(frozen=True, kw_only=True)
class Number(Item):
    """A whole number from `min` to `max`."""

    kind: ClassVar[str] = "number"
    typed: ClassVar[bool] = True

    min: int = 0
    max: int = 0
    unit: Text = field(default_factory=dict)

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        low, high = node.integer("min", required=True), node.integer("max", required=True)
        if low > high:
            node.problem("range", "min not above max", f"{low} to {high}", "Correct min or max.", "min")
        return {**super().fields(node, name, context), "min": low, "max": high, "unit": node.text("unit")}

    def variables(self) -> tuple[Variable, ...]:
        """One interval column."""
        return (self.column(level=Level.INTERVAL),)

    def words(self) -> tuple[tuple[str, Text], ...]:
        """The question and what stands behind the number."""
        return (*super().words(), ("unit", self.unit))

    def typical(self) -> tuple[int, ...]:
        """One answer."""
        return (self.min,)

    def sample(self, draw: Draw, chance: Chance) -> int:
        """A number of the range."""
        return self.min + chance(self.max - self.min + 1)

    def known_answers(self) -> str:
        """The range."""
        return f"{self.id} goes from {self.min} to {self.max}."

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        if type(value) is not int:
            return (Problem("not_a_number", {"value": str(value)}),)
        if value < self.min:
            return (Problem("too_small", {"min": self.min}),)
        if value > self.max:
            return (Problem("too_large", {"max": self.max}),)
        return ()


@dataclass(frozen=True, kw_only=True)
class Digits(Item):
    """A string of digits. The column holds which `known` number it is (from 1) or 0, never the digits."""

    kind: ClassVar[str] = "digits"
    typed: ClassVar[bool] = True

    max_len: int = 0
    known: tuple[str, ...] = ()

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        longest = node.integer("max_len", required=True)
        if not 1 <= longest <= LONGEST_DIGITS:
            node.problem("range", f"1 to {LONGEST_DIGITS}", said(longest), "Correct max_len.", "max_len")
        known = node.strings("known")
        for number in known if 1 <= longest <= LONGEST_DIGITS else ():
            if len(number) > longest:
                hint = "Nobody can type it; raise max_len or correct the number."
                node.problem("digits", f"numbers of at most {longest} digits", said(number), hint, "known")
        if not known or not all(number.isascii() and number.isdigit() for number in known):
            node.problem(
                "digits", "a list of the numbers to recognise", said(list(known)), 'Write ["11616"].', "known"
            )
        return {**super().fields(node, name, context), "max_len": longest, "known": known}

    def variables(self) -> tuple[Variable, ...]:
        """One nominal column of the recognised numbers."""
        other = in_every(self.text, STANDARD_LABELS["other_number"].__getitem__)
        known = {place: dict.fromkeys(self.text, number) for place, number in enumerate(self.known, start=1)}
        return (self.column(level=Level.NOMINAL, codes={**known, 0: other}),)

    def typical(self) -> tuple[str, ...]:
        """A number that is recognised, and two others."""
        return (*self.known[:1], "0" * self.max_len, "9" * self.max_len)

    def sample(self, draw: Draw, chance: Chance) -> str:
        """A number that is recognised, or one that is not."""
        place = chance(len(self.known) + 1)
        return self.known[place] if place < len(self.known) else "0" * self.max_len

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
            return (Problem("not_digits"),)
        if len(value) > self.max_len:
            return (Problem("too_long", {"max": self.max_len}),)
        return ()

    def _encode(self, value: Any) -> dict[str, int | float]:
        return {self.id: self.known.index(value) + 1 if value in self.known else 0}


@dataclass(frozen=True, kw_only=True)
class OpenText(Item):
    """Free words of at most `max_len` characters. The column holds whether there are any, never the words."""

    kind: ClassVar[str] = "text"
    typed: ClassVar[bool] = True

    max_len: int = 0

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        longest = node.integer("max_len", required=True)
        if not 1 <= longest <= LONGEST_TEXT:
            node.problem("range", f"1 to {LONGEST_TEXT}", said(longest), "Correct max_len.", "max_len")
        return {**super().fields(node, name, context), "max_len": longest}

    def variables(self) -> tuple[Variable, ...]:
        """One column: 0 no text, 1 text given."""
        codes = {
            code: in_every(self.text, STANDARD_LABELS[word].__getitem__)
            for code, word in ((0, "no_text"), (1, "text_given"))
        }
        return (self.column(level=Level.TEXT, codes=codes),)

    def typical(self) -> tuple[str, ...]:
        """One answer."""
        return (SEALED,)

    def sample(self, draw: Draw, chance: Chance) -> str:
        """Some words, as the store keeps them."""
        return SEALED

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        if not isinstance(value, str):
            return (Problem("not_text"),)
        if len(value) > self.max_len:
            return (Problem("too_long", {"max": self.max_len}),)
        if self.required and not value.strip():
            return (Problem("required"),)
        return ()

    def _encode(self, value: Any) -> dict[str, int | float]:
        return {self.id: int(bool(value.strip()))}

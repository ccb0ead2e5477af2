"""A date as exact as asked for: a year, a month or a day as ISO text in, one column per part out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from instruments.assignment import Draw
from instruments.codebook import Level, Variable
from instruments.items.base import Chance, Context, Item
from instruments.problem import Problem
from instruments.tree import Node, said
from instruments.wording import STANDARD_LABELS, in_every

PRECISIONS = ("year", "month", "day")
SHAPES = {
    "year": re.compile(r"[0-9]{4}"),
    "month": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "day": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}
EXAMPLES = {"year": "1950", "month": "1950-01", "day": "1950-01-31"}


@dataclass(frozen=True, kw_only=True)
class Date(Item):
    """A date from `min` to `max`, both ISO text cut to the precision; so is the value."""

    kind: ClassVar[str] = "date"
    typed: ClassVar[bool] = True

    precision: str = "year"
    min: str = ""
    max: str = ""

    @classmethod
    def fields(cls, node: Node, name: str, context: Context) -> dict[str, Any]:
        precision = node.choice("precision", PRECISIONS, "year")
        low, high = (_read_end(node, key, precision) for key in ("min", "max"))
        if low and high and low > high:
            node.problem("range", "min not after max", f"{low} to {high}", "Correct min or max.", "min")
        return {**super().fields(node, name, context), "precision": precision, "min": low, "max": high}

    @property
    def parts(self) -> tuple[str, ...]:
        """What is asked for: year, month, day, as far as the precision goes."""
        return PRECISIONS[: PRECISIONS.index(self.precision) + 1]

    def variables(self) -> tuple[Variable, ...]:
        """One interval column of the year; with months or days one per part: `ID_Y`, `ID_M`, `ID_D`."""
        if self.precision == "year":
            return (self.column(level=Level.INTERVAL),)
        return tuple(self._part(part) for part in self.parts)

    def _part(self, part: str) -> Variable:
        words = STANDARD_LABELS[part]
        label = in_every(self.title, lambda language: words[language].format(of=self.title[language]))
        return self.column(name=f"{self.id}_{part[0].upper()}", label=label, level=Level.INTERVAL)

    def sample(self, draw: Draw, chance: Chance) -> str:
        """A date of the range."""
        first, last = _first_day(self.min), _first_day(self.max)
        day = date.fromordinal(first.toordinal() + chance((last - first).days + 1))
        return day.isoformat()[: len(self.min)]

    def accepts(self, value: object) -> bool:
        """Whether a rule may compare with it: a year as a number, anything more exact as ISO text."""
        if self.precision == "year" and type(value) is int:
            return not self._judge(str(value), None)
        return (self.precision != "year" and super().accepts(value)) or value in self.allow

    def typical(self) -> tuple[str, ...]:
        """The first and the last one."""
        return (self.min, self.max)

    def possible(self, named: Sequence[Any]) -> list[Any]:
        """The dates a rule names and, of years, their neighbours."""
        near = [str(value + step) for value in named if type(value) is int for step in (-1, 0, 1)]
        return [value for value in (*self.typical(), *named, *near) if not self.problems(value)]

    def known_answers(self) -> str:
        """The range, and how a rule writes it."""
        return f"{self.id} goes from {self.min} to {self.max}; a rule writes a year as a number."

    def _judge(self, value: Any, draw: Draw | None) -> tuple[Problem, ...]:
        if not is_date(value, self.precision):
            return (Problem("no_such_date"),)
        if value < self.min:
            return (Problem("date_too_early", {"min": self.min}),)
        if value > self.max:
            return (Problem("date_too_late", {"max": self.max}),)
        return ()

    def _encode(self, value: Any) -> dict[str, int | float]:
        names = (variable.name for variable in self.variables())
        return dict(zip(names, map(int, value.split("-")), strict=True))


def is_date(value: object, precision: str) -> bool:
    """Whether a value is the ISO text of a day of the calendar, cut to the precision."""
    if not isinstance(value, str) or not SHAPES[precision].fullmatch(value):
        return False
    try:
        _first_day(value)
    except ValueError:
        return False
    return True


def _first_day(value: str) -> date:
    return date.fromisoformat(value + "0000-01-01"[len(value) :])


def _read_end(node: Node, key: str, precision: str) -> str:
    value = node.string(key, required=True)
    if value and not is_date(value, precision):
        hint = f'Write it as "{EXAMPLES[precision]}".'
        node.problem("date", f"a date as exact as the precision ({precision})", said(value), hint, key)
        return ""
    return value

"""What items are printed as: a few shapes that the templates know, so that they need to know no kinds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup


@dataclass(frozen=True)
class Tick:
    """One box to tick. `then`: where its answer leads, if not to the next number."""

    code: str
    label: Markup
    then: str = ""


@dataclass(frozen=True)
class Ticks:
    """Boxes to tick. `style`: `list` below each other, `columns`, or `row` beside each other."""

    shape: ClassVar[str] = "ticks"
    options: tuple[Tick, ...]
    style: str = "list"


@dataclass(frozen=True)
class Field:
    """A row of boxes, one a digit, with what belongs into it."""

    digits: int
    label: str = ""


@dataclass(frozen=True)
class Boxes:
    """Boxes for numbers, one field after the other, and what may stand in them."""

    shape: ClassVar[str] = "boxes"
    fields: tuple[Field, ...]
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Lines:
    """Lines to write on."""

    shape: ClassVar[str] = "lines"
    count: int
    note: str = ""


@dataclass(frozen=True)
class Passage:
    """A text to read, with a heading where several versions stand together."""

    shape: ClassVar[str] = "passage"
    text: Markup
    heading: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """Statements read together. A `box` before each takes a number, as in a ranking."""

    shape: ClassVar[str] = "listing"
    entries: tuple[tuple[str, Markup], ...]
    heading: str = ""
    box: bool = False


Block = Ticks | Boxes | Lines | Passage | Listing


def with_ticks(blocks: Iterable[Block], ticks: tuple[Tick, ...]) -> tuple[Block, ...]:
    """The blocks with further boxes in the last list of boxes, or in one of their own."""
    made = tuple(blocks)
    if not ticks:
        return made
    if made and isinstance(last := made[-1], Ticks):
        return (*made[:-1], Ticks((*last.options, *ticks), last.style))
    return (*made, Ticks(ticks, "row"))


def led(code: int, label: Markup, then: Mapping[int, str]) -> Tick:
    """A box with its code and where it leads."""
    return Tick(str(code).replace("-", "\u2212"), label, then.get(code, ""))

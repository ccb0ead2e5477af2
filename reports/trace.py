"""Where a printed number comes from: estimates in, numbers that remember their row and marked text out.

A figure read from the estimate table is a float that remembers its row; the words of a report being built put
one letter of Unicode's private planes before its digits, so that the source survives every sentence, table
and chart without any of them knowing. Printing takes the letters out again (`unmarked`) and keeps who is who.
"""

import re
from dataclasses import dataclass
from typing import Self

_FIRST, _LAST = 0xF0001, 0x10FFFD
_UNKNOWN = chr(0xF0000)
_LETTER = re.compile("[\U000f0000-\U0010fffd]")
NUMBER = re.compile(r"[<+\u2212]?(?<!\w)\d+(?:[\u00a0\u202f,]\d{3}(?!\d))*(?:[.,]\d+)?(?!\w)")
"""A number as any of the report's languages prints it, with its sign; digits inside words are none."""


@dataclass(frozen=True)
class Source:
    """A cell of the estimate table: the row's id and the column's name."""

    estimate: str
    column: str


class Value(float):
    """A value that remembers its cell, also when it is scaled; any other arithmetic gives a bare float."""

    source: Source

    def __new__(cls, value: float, source: Source) -> Self:
        made = super().__new__(cls, value)
        made.source = source
        return made

    def __getnewargs__(self) -> tuple[float, Source]:  # type: ignore[override]
        return float(self), self.source

    def __mul__(self, factor: float, /) -> "Value":
        return Value(float(self) * factor, self.source)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float, /) -> "Value":
        return Value(float(self) / divisor, self.source)

    def __abs__(self) -> "Value":
        return Value(abs(float(self)), self.source)


class Count(int):
    """A whole number that remembers its cell."""

    source: Source

    def __new__(cls, value: int, source: Source) -> Self:
        made = super().__new__(cls, value)
        made.source = source
        return made

    def __getnewargs__(self) -> tuple[int, Source]:  # type: ignore[override]
        return int(self), self.source


def derived(value: float, origin: float) -> float:
    """A value computed from a figure and printed in its place: it remembers the figure's cell."""
    return Value(value, origin.source) if isinstance(origin, Value) else value


class Marks:
    """The letters of one report in the making: one for each source met, in the order of meeting."""

    def __init__(self) -> None:
        self._letters: dict[Source, str] = {}
        self._sources: dict[str, Source] = {}

    def mark(self, value: float, text: str) -> str:
        """The text with its source's letter before it; text of a value without a source as it is."""
        if not isinstance(value, Value | Count):
            return text
        letter = self._letters.get(value.source)
        if letter is None:
            letter = chr(_FIRST + len(self._letters))
            if ord(letter) > _LAST:
                raise OverflowError(f"a report of more than {_LAST - _FIRST} different figures")
            self._letters[value.source], self._sources[letter] = letter, value.source
        return letter + text

    def sources(self, letters: str) -> tuple[Source | None, ...]:
        """Whose each letter is; None for a number without a source."""
        return tuple(self._sources.get(letter) for letter in letters)


def unmarked(text: str) -> str:
    """The text as it is printed."""
    return _LETTER.sub("", text)


def numbers(text: str) -> tuple[tuple[str, ...], str]:
    """The numbers of a marked text, and a letter for each: its mark, or the letter of those without one."""
    clean, marks, length = [], {}, 0
    for part in re.split(f"({_LETTER.pattern})", text):
        if _LETTER.fullmatch(part):
            marks[length] = part
        else:
            clean.append(part)
            length += len(part)
    found = list(NUMBER.finditer("".join(clean)))
    letters = "".join(
        next((mark for place, mark in marks.items() if each.start() <= place < each.end()), _UNKNOWN)
        for each in found
    )
    return tuple(each[0] for each in found), letters

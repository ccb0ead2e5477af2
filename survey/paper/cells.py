"""One column of what clerks type in: what stands in a cell made comparable, and what may not stand there."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from instruments import Text

MINUS = str.maketrans("\u2212\u2013", "--")
"""The paper prints missing codes with a true minus, and spreadsheets like dashes."""
WHOLE = re.compile(r"-?[0-9]{1,9}")
POINTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
GROUPING = str.maketrans("", "", " \u00a0\u202f-–()+.")
"""What people type between the digits of a telephone number."""


@dataclass(frozen=True)
class Column:
    """A column, as its header and its drop-down say. `sort`: number, digits, words, day or choice."""

    name: str
    sort: str = "number"
    item: str = ""
    part: str = ""
    """Which part of the item's answer; empty: the whole answer, or its missing code alone."""
    codes: tuple[int, ...] = ()
    """Numbers that may stand there beside the range."""
    low: int | None = None
    high: int | None = None
    length: int = 0
    """Of digits and words."""
    choices: tuple[str, ...] = ()
    """Of a choice."""
    label: Text = field(default_factory=dict)
    options: tuple[tuple[int, Text], ...] = ()
    """Codes with their words, for the header's comment."""

    def normal(self, text: str) -> str:
        """The text as two clerks who mean the same have typed it."""
        plain = " ".join(text.split())
        if self.sort == "words":
            return plain
        plain = plain.translate(MINUS)
        if self.sort == "number" or (self.sort == "digits" and plain.startswith("-")):
            return str(int(plain)) if WHOLE.fullmatch(plain) else plain
        if self.sort == "digits":
            return plain.translate(GROUPING) or plain
        if self.sort == "day" and (found := POINTED.fullmatch(plain)):
            return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
        return plain

    def unfit(self, text: str) -> str:
        """What is expected instead of a normal text; empty when it may stand there."""
        return "" if not text or self._takes(text) else self.expected

    @property
    def expected(self) -> str:
        """What may stand there, in words."""
        missing = said(self.codes)
        if self.sort == "words":
            return f"at most {self.length} letters" + (f", or {missing}" if missing else "")
        if self.sort == "digits":
            return f"at most {self.length} digits" + (f", or {missing}" if missing else "")
        if self.sort == "day":
            return "a day as 2027-05-31 or 31.05.2027"
        if self.sort == "choice":
            return f"one of {', '.join(self.choices)}"
        if self.low is None:
            return f"{'one of ' if len(self.codes) > 1 else ''}{missing}, or nothing"
        return f"a whole number from {self.low} to {self.high}" + (f", or {missing}" if missing else "")

    def shown(self, text: str) -> str:
        """The text for screens and lists: never a respondent's own words, only how many letters."""
        if self.sort == "words" and text and not self._is_code(text):
            return f"({len(text)} letters)"
        return text

    def _takes(self, text: str) -> bool:
        return self._is_code(text) or TAKES[self.sort](self, text)

    def in_range(self, text: str) -> bool:
        """Whether it is a whole number of the range."""
        if self.low is None or self.high is None or not WHOLE.fullmatch(text):
            return False
        return self.low <= int(text) <= self.high

    def _is_code(self, text: str) -> bool:
        return WHOLE.fullmatch(text) is not None and int(text) in self.codes


def is_day(text: str) -> bool:
    """Whether it is a day of the calendar in ISO form."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


TAKES: dict[str, Callable[[Column, str], bool]] = {
    "number": Column.in_range,
    "words": lambda column, text: len(text) <= column.length,
    "digits": lambda column, text: text.isascii() and text.isdigit() and len(text) <= column.length,
    "day": lambda column, text: is_day(text),
    "choice": lambda column, text: text in column.choices,
}


def said(codes: Iterable[int]) -> str:
    """Codes in a row."""
    return ", ".join(map(str, codes))

"""A cell's words in, words that no spreadsheet takes for a formula out (OWASP, "CSV Injection").

One guard for all lists that Tolqyn writes. It takes words alone: what is a number in a program stays one.
A word that reads like a negative number is guarded too: before `0=1+1` in the next cell, whoever reads
commas as decimal marks would compute both.
"""

import re
from collections.abc import Iterable

SIGNS = "=+\\-@|＝＋－＠"
"""Where a cell begins with one of these, a spreadsheet computes; the wide ones too, in some languages."""
FORMULA = re.compile(rf"[\s\"]*[{SIGNS}]|[^\S\t\r]*[\t\r]")
GAP = re.compile(rf"([;\s\"]+)([{SIGNS}]?)")
SEPARATORS = frozenset(";\t\r\n")
"""Where a list is written with commas and read with semicolons, as Kazakh, Russian and Uzbek settings do,
a cell begins after each semicolon, in quotes or not."""


def begins_as_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute the cell instead of showing it."""
    return bool(FORMULA.match(cell))


def harmless(cell: str) -> str:
    """The cell with an apostrophe before whatever a spreadsheet would take for a formula."""
    inside = GAP.sub(_kept_apart, cell)
    return f"'{inside}" if begins_as_formula(cell) else inside


def safe_row(row: Iterable[object]) -> tuple[object, ...]:
    """A row for a CSV file: words harmless, numbers and blanks as they are."""
    return tuple(harmless(cell) if isinstance(cell, str) else cell for cell in row)


def _kept_apart(gap: re.Match[str]) -> str:
    between, sign = gap.groups()
    return f"{between}'{sign}" if sign and SEPARATORS & set(between) else gap[0]

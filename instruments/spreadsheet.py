"""A cell's words in, words that no spreadsheet takes for a formula out (OWASP, "CSV Injection").

One guard for all lists that Tolqyn writes; numbers, negative ones too, stay as they are.
"""

import re

SIGNS = "=+\\-@|＝＋－＠"
"""Where a cell begins with one of these, a spreadsheet computes; the wide ones too, in some languages."""
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
FORMULA = re.compile(rf"[\s\"]*[{SIGNS}]|[^\S\t\r]*[\t\r]")
GAP = re.compile(rf"([;\s\"]+)([{SIGNS}]?)")
SEPARATORS = frozenset(";\t\r\n")
"""Where a list is written with commas and read with semicolons, as Kazakh, Russian and Uzbek settings do,
a cell begins after each semicolon, in quotes or not."""


def begins_as_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute the cell instead of showing it."""
    return bool(FORMULA.match(cell)) and not NUMBER.fullmatch(cell)


def harmless(cell: str) -> str:
    """The cell with an apostrophe before whatever a spreadsheet would take for a formula."""
    inside = GAP.sub(_kept_apart, cell)
    return f"'{inside}" if begins_as_formula(cell) else inside


def _kept_apart(gap: re.Match[str]) -> str:
    between, sign = gap.groups()
    return f"{between}'{sign}" if sign and SEPARATORS & set(between) else gap[0]

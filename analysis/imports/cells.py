"""A word of a file comes in, the value it stands for goes out; the same rule for every format."""

import math
import re
from collections.abc import Mapping
from typing import TypeVar

from analysis.imports.spec import Cell

T = TypeVar("T")
NUMBERS = {mark: re.compile(rf"-?(0|[1-9][0-9]*)(\{mark}[0-9]+)?([eE][-+][0-9]+)?") for mark in ".,"}

LONGEST = 300
"""Signs of the longest number; what is longer fits no float, and Python refuses to read it as an integer."""


def cell(word: str, decimal: str = ".") -> Cell | None:
    """None for a blank, a number where the whole word reads as one, else the word without outer spaces.

    A number has an optional minus, no leading zero, no thousands separator, and the declared decimal mark:
    with "." the word `1,5` is text, and so is a number of more than 300 signs. `1.0` is the number 1.
    An exponent needs its sign, as in `2.5e-05`.
    """
    word = word.strip()
    if not word:
        return None
    if NUMBERS[decimal].fullmatch(word) and len(word) <= LONGEST:
        return int(word) if word.lstrip("-").isdigit() else number(float(word.replace(",", ".")))
    return word


def number(value: float) -> int | float:
    """A whole number as int, so that 1.0 and 1 are one code."""
    return int(value) if math.isfinite(value) and value == int(value) else value


def keyed(mapping: Mapping[str, T]) -> dict[Cell, T]:
    """A mapping of the import map with its keys read as the cells they name."""
    return {found: value for key, value in mapping.items() if (found := cell(key)) is not None}

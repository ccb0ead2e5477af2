"""Room for words: text and type size in, widths, wrapped lines and places without collisions out (points)."""

import re
from collections.abc import Sequence
from functools import cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from reports.charts.style import REGULAR, TEXT
from reports.fonts import FILES, FOLDER
from reports.trace import unmarked

_MEASURED = TextToPath.FONT_SCALE
_SPACES = re.compile(r"[ \t\n]+")
"""Where a line may end: not at a no-break space, which holds a number or a dash to its neighbour."""
_DOUBT = 0.15
"""Ems a word by which a line may differ from the sum of its words, several times what was ever found."""


def text_width(text: str, size: float = TEXT, weight: int = REGULAR) -> float:
    """Width of one line in the shipped font, unhinted."""
    return _width(unmarked(text), weight) * (size / _MEASURED)


@cache
def _width(text: str, weight: int) -> float:
    """Its width at the one size at which everything is measured."""
    width, _, _ = TextToPath().get_text_width_height_descent(text, _font(weight), ismath=False)
    return float(width)


def wrap(text: str, room: float, size: float = TEXT, weight: int = REGULAR) -> tuple[str, ...]:
    """Lines of whole words no wider than `room`; a single word that is wider is cut with a hyphen."""
    lines: list[str] = []
    words = [part for word in _SPACES.split(text.strip()) for part in _cut(word, room, size, weight)]
    used = 0.0
    for word in words:
        own = _advance(unmarked(word), weight) * (size / _MEASURED)
        if lines and _fits(f"{lines[-1]} {word}", used + own, room, size, weight):
            lines[-1] += f" {word}"
            used += own
        else:
            lines.append(word)
            used = own
    return tuple(lines)


def _fits(line: str, about: float, room: float, size: float, weight: int) -> bool:
    """Whether a line has room. `about`, what its words take one by one, decides where it leaves no doubt:

    a line is shaped letter by letter, and each is measured as often as a word is added to it.
    """
    if abs(about - room) > _DOUBT * size * (1 + line.count(" ")):
        return about < room
    return text_width(line, size, weight) <= room


@cache
def _advance(word: str, weight: int) -> float:
    """A word's share of a line with the space after it, but for what its neighbours do to its ends."""
    return _width(f"H{word} H", weight) - _width("HH", weight)


def _cut(word: str, room: float, size: float, weight: int) -> list[str]:
    """The word, or pieces of it no wider than the room, as many letters in each as fit."""
    pieces = []
    while len(word) > 2 and text_width(word, size, weight) > room:
        kept = next(
            (n for n in range(len(word) - 1, 1, -1) if text_width(word[:n] + "-", size, weight) <= room), 1
        )
        pieces.append(word[:kept] + "-")
        word = word[kept:]
    return [*pieces, word]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> tuple[float, ...]:
    """Places as near as possible to the wanted ones (least squares), in their order, at least `gap` apart.

    Subtracting k*gap from the k-th wanted place turns this into isotonic regression, solved by pooling
    neighbours that violate the order. Places stay inside low..high where they fit.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    pools: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        pools.append((wanted[index] - rank * gap, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (value, count), (before, number) = pools.pop(), pools.pop()
            pools.append(((before * number + value * count) / (number + count), number + count))
    flat = [value for value, count in pools for _ in range(count)]
    ceiling = high - (len(wanted) - 1) * gap
    placed = [max(low, min(value, ceiling)) + rank * gap for rank, value in enumerate(flat)]
    result = [0.0] * len(wanted)
    for place, index in zip(placed, order, strict=True):
        result[index] = place
    return tuple(result)


def stagger(centres: Sequence[float], widths: Sequence[float], gap: float) -> tuple[int, ...]:
    """A row number for each text so that texts of one row keep `gap` between them; centres ascend."""
    rows: list[float] = []
    result = []
    for centre, width in zip(centres, widths, strict=True):
        left = centre - width / 2
        row = next((number for number, end in enumerate(rows) if end + gap <= left), len(rows))
        rows[row:] = [centre + width / 2, *rows[row + 1 :]]
        result.append(row)
    return tuple(result)


@cache
def _font(weight: int) -> FontProperties:
    return FontProperties(fname=str(FOLDER / FILES[(weight, "normal")]), size=_MEASURED)

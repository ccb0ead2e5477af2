"""Answers and a width in; the key of their colours, packed in as few lines as they need and drawn, out."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from reports.charts import style
from reports.charts.style import PAPER, QUIET, RULE, SMALL
from reports.charts.text import text_width, wrap

DONT_KNOW, REFUSED = "dont_know", "refused"
"""In place of a colour: a hatched and an empty swatch."""
_GAPS = (8.0, 6.5, 5.0)
_SWATCH, _LINE, _MORE = 11.0, 11.5, 8.5
Entry = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Legend:
    """Lines of entries (their number, their words in one line or more) and the gap between entries."""

    lines: tuple[tuple[Entry, ...], ...]
    gap: float
    width: float

    @property
    def height(self) -> float:
        """Room of all lines and the rule below them."""
        return sum(map(_tall, self.lines)) + 7


def legend_of(entries: Sequence[str], width: float) -> Legend:
    """The entries in as few lines as they need, closer together where that spares one."""
    told = [(number, wrap(text, width - _SWATCH, SMALL)) for number, text in enumerate(entries)]
    packed = [Legend(_packed(told, gap, width), gap, width) for gap in _GAPS]
    return min(packed, key=lambda each: len(each.lines))


def _packed(entries: Sequence[Entry], gap: float, width: float) -> tuple[tuple[Entry, ...], ...]:
    lines: list[list[Entry]] = [[]]
    used = 0.0
    for entry in entries:
        room = _SWATCH + _wide(entry) + gap
        if lines[-1] and used + room > width + gap:
            lines.append([])
            used = 0.0
        lines[-1].append(entry)
        used += room
    return tuple(map(tuple, lines))


def _wide(entry: Entry) -> float:
    return max(text_width(line, SMALL) for line in entry[1])


def _tall(line: Sequence[Entry]) -> float:
    return _LINE + _MORE * (max(len(words) for _, words in line) - 1)


def draw_legend(axes: Axes, legend: Legend, fills: Sequence[str]) -> float:
    """Draw it from the sheet's top; gives where what follows begins. `fills`: by the entries' numbers."""
    y = 0.0
    for line in legend.lines:
        x = 0.0
        for entry in line:
            number, words = entry
            _swatch(axes, x, y + 1, fills[number])
            for place, text in enumerate(words):
                style.write(axes, x + _SWATCH, y + 7.4 + _MORE * place, text, size=SMALL)
            x += _SWATCH + _wide(entry) + legend.gap
        y += _tall(line)
    axes.plot([0, legend.width], [y + 0.5, y + 0.5], color=RULE, lw=0.5, zorder=1)
    return y + 7


def _swatch(axes: Axes, x: float, y: float, fill: str) -> None:
    if fill == DONT_KNOW:
        hatched(axes, x, y, 8, 7)
    else:
        face, edge = (PAPER, QUIET) if fill == REFUSED else (fill, fill)
        axes.add_patch(Rectangle((x, y), 8, 7, fc=face, ec=edge, lw=0.7, zorder=3))


def hatched(axes: Axes, x: float, y: float, width: float, height: float) -> None:
    """A surface of slanting strokes."""
    axes.add_patch(Rectangle((x, y), width, height, fc=PAPER, ec=QUIET, lw=0.7, zorder=3))
    strokes = []
    start = -height
    while start < width:
        first, last = max(0.0, start), min(width, start + height)
        if last > first:
            strokes.append(
                [(x + first, y + height - (first - start)), (x + last, y + height - (last - start))]
            )
        start += 3.0
    axes.add_collection(LineCollection(strokes, colors=QUIET, linewidths=0.6, zorder=3))

"""Trend charts: lines over waves in, a figure with 95% ribbons, waves to date and visible breaks out."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from reports.charts import style
from reports.charts.panel import TICK_ROW, Box, Line, WaveTick, draw_panel, tick_rows, y_top
from reports.charts.style import INK, QUIET, SEMIBOLD, SMALL, TEXT, WIDTH, Figure
from reports.charts.text import spread, wrap
from reports.i18n import Words

__all__ = ["Line", "WaveTick", "trend_lines"]

MAX_LINES = 4
"""More lines than this in one panel cannot be told apart; they become small multiples."""
_LEFT, _LABELS, _GUTTER = 24.0, 138.0, 26.0
_LEADING = 9.0


@dataclass(frozen=True)
class _Header:
    label: tuple[str, ...]
    note: tuple[str, ...]

    @property
    def height(self) -> float:
        return _LEADING * (len(self.label) + len(self.note)) + 5


def trend_lines(
    lines: Sequence[Line], ticks: Sequence[WaveTick], words: Words, *, caption: str, table: str
) -> Figure:
    """One panel with direct labels for up to four lines of one unit, else one panel a line.

    `table` names the table that holds the figures, for the alternative text.
    """
    together = len(lines) <= MAX_LINES and len({line.unit for line in lines}) == 1 and len(lines) > 1
    with style.drawing():
        canvas = _one_panel(lines, ticks, words) if together else _multiples(lines, ticks, words)
        svg = style.to_svg(canvas)
    return Figure(svg, _alt(lines, words, table), caption)


def draw(lines: Sequence[Line], ticks: Sequence[WaveTick], words: Words) -> "style.Canvas":
    """The unsaved drawing, for measuring its text boxes."""
    together = len(lines) <= MAX_LINES and len({line.unit for line in lines}) == 1 and len(lines) > 1
    return _one_panel(lines, ticks, words) if together else _multiples(lines, ticks, words)


def _one_panel(lines: Sequence[Line], ticks: Sequence[WaveTick], words: Words) -> "style.Canvas":
    box = Box(_LEFT, 12, WIDTH - _LEFT - _LABELS, 180)
    rows = 1 + max(tick_rows(box, lines, ticks, words))
    canvas, axes = style.sheet(box.bottom + 4 + TICK_ROW * rows)
    ends = draw_panel(axes, box, lines, ticks, words, top=y_top(lines))
    _direct_labels(axes, box, lines, ends)
    return canvas


def _direct_labels(axes: Axes, box: Box, lines: Sequence[Line], ends: Sequence[float]) -> None:
    left = box.right + 14
    room = WIDTH - left - 2
    headers = [_header(line, room, value=True) for line in lines]
    gap = max(header.height for header in headers) + 2
    places = spread(ends, gap, box.y + 4, box.bottom + 30)
    for line, header, place in zip(lines, headers, places, strict=True):
        _write_header(axes, left, place, header, line, dark=True)


def _multiples(lines: Sequence[Line], ticks: Sequence[WaveTick], words: Words) -> "style.Canvas":
    columns = _columns(len(lines), len(ticks))
    width = (WIDTH - _GUTTER * (columns - 1)) / columns
    rows = [lines[i : i + columns] for i in range(0, len(lines), columns)]
    headers = [[_header(line, width, value=False) for line in row] for row in rows]
    plot = 120.0 if len(rows) <= 2 else 76.0
    boxes = Box(_LEFT, 0, width - _LEFT - 12, plot)
    below = 22 + TICK_ROW * (1 + max(max(tick_rows(boxes, [line], ticks, words)) for line in lines))
    tops = [max(header.height for header in row) + 10 for row in headers]
    canvas, axes = style.sheet(sum(tops) + len(rows) * (plot + below) - 18)
    y = 0.0
    for row, row_headers, top in zip(rows, headers, tops, strict=True):
        for column, (line, header) in enumerate(zip(row, row_headers, strict=True)):
            x = column * (width + _GUTTER)
            _write_header(axes, x, y + _LEADING - 2, header, line, dark=False)
            box = Box(x + _LEFT, y + top, boxes.width, plot)
            draw_panel(axes, box, [line], ticks, words, top=y_top(lines))
        y += top + plot + below
    return canvas


def _columns(lines: int, ticks: int) -> int:
    """Panels side by side: as many as leave each wave's name and base their room."""
    room = 3 if ticks <= 4 else 2 if ticks <= 7 else 1
    return min(room, lines) if lines != 4 else min(room, 2)


def _header(line: Line, room: float, *, value: bool) -> _Header:
    label = f"{line.last} {line.label}" if value and line.last else line.label
    return _Header(wrap(label, room, TEXT, SEMIBOLD), wrap(line.note, room, SMALL))


def _write_header(axes: Axes, x: float, y: float, header: _Header, line: Line, *, dark: bool) -> None:
    colour = style.shades(line.higher)[0] if dark else INK
    for text in header.label:
        style.write(axes, x, y, text, weight=SEMIBOLD, colour=colour)
        y += _LEADING
    for text in header.note:
        style.write(axes, x, y, text, size=SMALL, colour=line.note_colour or QUIET)
        y += _LEADING


def _alt(lines: Sequence[Line], words: Words, table: str) -> str:
    parts = [
        words.say("{label}: {values}", label=line.label, values=", ".join(_spoken(line, words)))
        for line in lines
    ]
    return words.say(
        "Line chart over the waves. {lines}. The figures with their intervals are in {table}.",
        lines="; ".join(parts),
        table=table,
    )


def _spoken(line: Line, words: Words) -> list[str]:
    shown = [
        words.say("{wave} {value}", wave=reading.wave, value=line.text(reading, words))
        for reading in line.readings
        if reading.printable
    ]
    return shown or [words.say("no printable figure")]

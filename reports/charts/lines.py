"""Trend charts: lines over waves in, a figure with 95% ribbons, waves to date and visible breaks out."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from reports.charts import style
from reports.charts.figure import Figure
from reports.charts.panel import BREAK_ROW, TICK_ROW, TOTAL, break_rows, draw_panel, tick_rows
from reports.charts.scale import Box, Line, WaveTick, y_top
from reports.charts.style import INK, QUIET, SEMIBOLD, SMALL, TEXT, WIDTH
from reports.charts.text import spread, wrap
from reports.i18n import Words

__all__ = ["Line", "WaveTick", "page_by_page", "small_multiples", "trend_lines"]

MAX_LINES = 4
"""More lines than this in one panel cannot be told apart; they become small multiples."""
MOST_MARKS = 28
"""Nor can the figures of more marks than these."""
_LEFT, _LABELS, _GUTTER = 24.0, 138.0, 26.0
_LEADING = 9.0
_KEY = 14.0
"""Height of the legend's one line."""
_MOST_ROWS = 4
"""Panels under each other on a page."""


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
    with style.drawing():
        svg = style.to_svg(draw(lines, ticks, words))
    return Figure(svg, trend_alt(lines, ticks, words, table), caption)


def small_multiples(
    lines: Sequence[Line],
    ticks: Sequence[WaveTick],
    words: Words,
    *,
    total: Line | None = None,
    caption: str,
    table: str,
) -> Figure:
    """One panel a line, all on the same axis, each with the total in grey behind it."""
    with style.drawing():
        svg = style.to_svg(draw_multiples(lines, ticks, words, total))
    return Figure(svg, trend_alt([*lines, *([total] if total else [])], ticks, words, table), caption)


def draw(
    lines: Sequence[Line], ticks: Sequence[WaveTick], words: Words, width: float = WIDTH
) -> "style.Canvas":
    """The unsaved drawing of `trend_lines`; a narrow one has no room for labels beside one panel."""
    alike = len({(line.unit, line.scale, line.breaks) for line in lines}) == 1
    few = 1 < len(lines) <= MAX_LINES and len(lines) * len(ticks) <= MOST_MARKS
    if alike and few and width >= WIDTH:
        return _one_panel(lines, ticks, words)
    return draw_multiples(lines, ticks, words, width=width)


def _one_panel(lines: Sequence[Line], ticks: Sequence[WaveTick], words: Words) -> "style.Canvas":
    box = Box(_LEFT, 12, WIDTH - _LEFT - _LABELS, 160)
    top = 12 + BREAK_ROW * len(break_rows(box, lines[0], ticks))
    box = Box(box.x, top, box.width, box.height)
    rows = 1 + max(tick_rows(box, lines, ticks, words))
    headers = [_header(line, WIDTH - box.right - 16, value=True) for line in lines]
    below = max(TICK_ROW * rows + 4, _needed(headers) - box.height)
    canvas, axes = style.sheet(box.bottom + below)
    ends = draw_panel(axes, box, lines, ticks, words, top=y_top(lines))
    _direct_labels(axes, box, lines, headers, ends, bottom=box.bottom + below)
    return canvas


def _needed(headers: Sequence["_Header"]) -> float:
    """Height of all direct labels under each other."""
    return len(headers) * (max(header.height for header in headers) + 2)


def _direct_labels(
    axes: Axes,
    box: Box,
    lines: Sequence[Line],
    headers: Sequence["_Header"],
    ends: Sequence[float],
    *,
    bottom: float,
) -> None:
    left = box.right + 14
    gap = max(header.height for header in headers) + 2
    places = spread(ends, gap, box.y + 4, bottom - gap + 7)
    for line, header, place in zip(lines, headers, places, strict=True):
        _write_header(axes, left, place, header, line, dark=True)


def draw_multiples(
    lines: Sequence[Line],
    ticks: Sequence[WaveTick],
    words: Words,
    total: Line | None = None,
    width: float = WIDTH,
) -> "style.Canvas":
    """The unsaved drawing of `small_multiples`."""
    sheet = width
    columns = _columns(len(lines), len(ticks)) if sheet >= WIDTH else 1
    width = (sheet - _GUTTER * (columns - 1)) / columns
    rows = [lines[i : i + columns] for i in range(0, len(lines), columns)]
    headers = [[_header(line, width, value=False) for line in row] for row in rows]
    plot = 84.0 if len(rows) <= 2 else 76.0 if len(rows) == 3 else 60.0
    boxes = Box(_LEFT, 0, width - _LEFT - 12, plot)
    below = 22 + TICK_ROW * (1 + max(max(tick_rows(boxes, [line], ticks, words)) for line in lines))
    broken = [BREAK_ROW * max(len(break_rows(boxes, line, ticks)) for line in row) for row in rows]
    tops = [
        max(header.height for header in row) + 10 + room for row, room in zip(headers, broken, strict=True)
    ]
    legend = _KEY if total else 0.0
    canvas, axes = style.sheet(legend + sum(tops) + len(rows) * (plot + below) - 18, sheet)
    if total:
        _draw_total_key(axes, total)
    y = legend
    for row, row_headers, top in zip(rows, headers, tops, strict=True):
        for column, (line, header) in enumerate(zip(row, row_headers, strict=True)):
            x = column * (width + _GUTTER)
            _write_header(axes, x, y + _LEADING - 2, header, line, dark=False)
            box = Box(x + _LEFT, y + top, boxes.width, plot)
            draw_panel(
                axes,
                box,
                [line],
                ticks,
                words,
                top=y_top([*lines, *([total] if total else [])]),
                behind=total,
            )
        y += top + plot + below
    return canvas


def _draw_total_key(axes: Axes, total: Line) -> None:
    axes.plot([0, 14], [5, 5], color=TOTAL, lw=1.6, zorder=2)
    style.write(axes, 18, 7.4, total.label, size=SMALL)


def page_by_page(lines: Sequence[Line], ticks: Sequence[WaveTick]) -> list[Sequence[Line]]:
    """The lines in parts whose panels stand on one page each."""
    size = _MOST_ROWS * _columns(len(lines), len(ticks))
    return [lines[i : i + size] for i in range(0, len(lines), size)]


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


def trend_alt(lines: Sequence[Line], ticks: Sequence[WaveTick], words: Words, table: str) -> str:
    """One sentence: first and latest printable figure of each line, and where all of them stand."""
    parts = [
        words.say("{label}: {values}", label=line.label, values=", ".join(_spoken(line, words)))
        for line in lines
    ]
    return words.say(
        "Line chart over the waves {waves}: {lines}; all figures with their intervals are in {table}.",
        waves="–".join(dict.fromkeys((ticks[0].name, ticks[-1].name))),
        lines="; ".join(parts),
        table=table,
    )


def _spoken(line: Line, words: Words) -> list[str]:
    shown = [
        words.say("{wave} {value}", wave=reading.wave, value=line.text(reading, words))
        for reading in line.readings
        if reading.printable
    ]
    return [*shown[:1], *shown[1:][-1:]] or [words.say("no printable figure")]

"""Rows of marks over value axes beside words and figures: rows, panels and columns in, a drawn sheet out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reports.charts import style
from reports.charts.axis import Axis
from reports.charts.style import INK, PAPER, QUIET, RULE, SEMIBOLD, SMALL, TEXT, WIDTH
from reports.charts.text import text_width, wrap
from reports.i18n import Words

_LEADING, _SMALL_LEADING = 9.0, 8.0
_ROW, _DENSE, _INDENT, _GAP, _END = 12.0, 9.0, 6.0, 10.0, 7.0
_EDGE = 4.0
"""Room beside a panel that is as wide as its sheet, for the words under its outer ticks."""
_STRIP = 12.0
"""Height of the marks' own strip on a narrow sheet."""
_MANY = 20
"""More rows than this stand closer together."""
_LABELS = 0.36
"""The largest share of the sheet that labels may take."""


@dataclass(frozen=True)
class Mark:
    """A point with its interval. A hollow one is another time's or state's, never another meaning's."""

    value: float
    low: float = math.nan
    high: float = math.nan
    colour: str = INK
    shape: str = "o"
    hollow: bool = False
    below: bool = False
    """Whether it stands a little under the middle of its row, so that two marks of a row never hide."""


@dataclass(frozen=True)
class Row:
    """One line of the plot: a label, marks panel by panel, figures column by column; or a heading."""

    label: str
    marks: tuple[tuple[Mark, ...], ...] = ()
    cells: tuple[str, ...] = ()
    note: str = ""
    """Words in the place of the first panel's marks."""
    heading: bool = False


@dataclass(frozen=True)
class Panel:
    """One plotting area: what it shows in words, its axis and a dashed rule with its label."""

    title: str
    axis: Axis
    rule: float | None = None
    rule_label: str = ""


@dataclass(frozen=True)
class Key:
    """One entry of the legend."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class _Area:
    """Where a panel stands."""

    panel: Panel
    x: float
    width: float

    def place(self, value: float) -> float:
        return self.x + _END + self.panel.axis.share(value) * (self.width - 2 * _END)


def draw_slim(
    rows: Sequence[Row],
    panel: Panel,
    heads: Sequence[str],
    keys: Sequence[Key],
    words: Words,
    *,
    width: float,
) -> "style.Canvas":
    """The same for a narrow sheet: each row's marks on a strip of their own under its words and figures."""
    widths = [_column_width(rows, number, head) for number, head in enumerate(heads)]
    room = width - sum(widths) - _GAP * len(widths)
    legend = _packed(keys, width)
    titles = [wrap(head, each, SMALL, SEMIBOLD) for head, each in zip(heads, widths, strict=True)]
    wrapped = [wrap(row.label, width if row.heading else room - _INDENT, TEXT, _weight(row)) for row in rows]
    strips = [0.0 if row.heading else _STRIP for row in rows]
    above = 13.0 * len(legend) + 4 + _SMALL_LEADING * max(map(len, titles))
    top = above + (9.0 if panel.rule_label else 0.0) + 2
    tall = [_LEADING * len(label) + strip + 4 for label, strip in zip(wrapped, strips, strict=True)]
    canvas, axes = style.sheet(top + sum(tall) + 12, width)
    area = _Area(panel, _EDGE, width - 2 * _EDGE)
    ends = [width - sum(widths[n + 1 :]) - _GAP * (len(widths) - 1 - n) for n in range(len(widths))]
    _legend(axes, legend)
    _heads(axes, [area], [()], above, top - 3)
    for lines, end in zip(titles, ends, strict=True):
        _stack(axes, end, above, lines, "right")
    y = top
    for row, label, strip, height in zip(rows, wrapped, strips, tall, strict=True):
        middle = y + _LEADING * len(label) + strip / 2 + 1
        if strip:
            _rules(axes, area, middle - strip / 2, middle + strip / 2)
        _label(axes, row, label, y + 7)
        _marks(axes, row, middle, [area])
        _cells(axes, row, ends, y + 7)
        y += height
    _ticks(axes, area, y - 4, words)
    return canvas


def draw_rows(
    rows: Sequence[Row], panels: Sequence[Panel], heads: Sequence[str], keys: Sequence[Key], words: Words
) -> "style.Canvas":
    """The unsaved drawing: legend, heads of panels and columns, rows, ticks below."""
    widths = [_column_width(rows, number, head) for number, head in enumerate(heads)]
    columns = sum(widths) + _GAP * len(widths)
    labels = min(_label_width(rows), WIDTH * _LABELS)
    each = (WIDTH - labels - columns - _GAP * len(panels)) / len(panels)
    areas = [
        _Area(panel, labels + _GAP + number * (each + _GAP), each) for number, panel in enumerate(panels)
    ]
    tops = [wrap(panel.title, each, SMALL, SEMIBOLD) for panel in panels]
    titles = [wrap(head, width, SMALL, SEMIBOLD) for head, width in zip(heads, widths, strict=True)]
    legend = _packed(keys, WIDTH)
    wrapped = [
        wrap(row.label, labels if row.heading else labels - _INDENT, TEXT, _weight(row)) for row in rows
    ]
    least = _ROW if len(rows) <= _MANY else _DENSE
    tall = [max(least, _LEADING * len(label) + (3 if least == _ROW else 0.8)) for label in wrapped]
    head = _SMALL_LEADING * max((len(lines) for lines in (*tops, *titles)), default=0)
    beside = _beside(legend, areas)
    keys_end = 13.0 * len(legend) + 4
    above = max(keys_end, head + 2) if beside else keys_end + head
    ruled = 9.0 if not beside and any(panel.rule_label for panel in panels) else 0.0
    top = above + ruled + 3
    canvas, axes = style.sheet(top + sum(tall) + 12)
    _legend(axes, legend)
    _heads(axes, areas, tops, above, above + ruled - 2)
    right = WIDTH
    ends: list[float] = []
    for width in reversed(widths):
        ends.insert(0, right)
        right -= width + _GAP
    for lines, end in zip(titles, ends, strict=True):
        _stack(axes, end, above, lines, "right")
    for area in areas:
        _rules(axes, area, top, top + sum(tall))
        _ticks(axes, area, top + sum(tall), words)
    y = top
    for row, label, height in zip(rows, wrapped, tall, strict=True):
        _row(axes, row, label, y + height / 2, areas=areas, ends=ends)
        y += height
    return canvas


def _beside(legend: Sequence[Sequence[Key]], areas: Sequence[_Area]) -> bool:
    """Whether heads stand beside the legend: only columns, right of the panels, have any."""
    widest = max((sum(_key_width(key) for key in line) for line in legend), default=0.0)
    return not any(area.panel.title for area in areas) and widest <= areas[-1].x + areas[-1].width


def _key_width(key: Key) -> float:
    return 26 + text_width(key.text, SMALL)


def _weight(row: Row) -> int:
    return SEMIBOLD if row.heading else style.REGULAR


def _label_width(rows: Sequence[Row]) -> float:
    return max(
        text_width(row.label, TEXT, _weight(row)) + (0 if row.heading else _INDENT) + 1 for row in rows
    )


def _column_width(rows: Sequence[Row], number: int, head: str) -> float:
    """Wide enough for every figure and for the longest word of the head, or the head in three lines."""
    cells = [text_width(row.cells[number], SMALL) for row in rows if row.cells]
    parts = [text_width(part, SMALL, SEMIBOLD) for part in head.split()]
    third = text_width(head, SMALL, SEMIBOLD) / 3
    return max([*cells, *parts, min(third + 6, 70.0)]) + 1


def _packed(keys: Sequence[Key], room: float) -> list[list[Key]]:
    lines: list[list[Key]] = []
    used = 0.0
    for key in keys:
        width = _key_width(key)
        if not lines or used + width > room + 10:
            lines.append([])
            used = 0.0
        lines[-1].append(key)
        used += width
    return lines


def _legend(axes: Axes, lines: Sequence[Sequence[Key]]) -> None:
    for number, line in enumerate(lines):
        x, y = 0.0, 13.0 * number
        for key in line:
            _mark(axes, x + 6, y + 5, key.mark)
            style.write(axes, x + 15, y + 7.4, key.text, size=SMALL)
            x += _key_width(key)


def _heads(
    axes: Axes, areas: Sequence[_Area], tops: Sequence[Sequence[str]], bottom: float, baseline: float
) -> None:
    """Titles of panels down to `bottom`; the words over a dashed rule on their `baseline`."""
    for area, lines in zip(areas, tops, strict=True):
        _stack(axes, area.x, bottom, lines, "left")
        panel = area.panel
        if panel.rule is not None and panel.rule_label:
            half = text_width(panel.rule_label, SMALL) / 2
            x = min(max(area.place(panel.rule), area.x + half), area.x + area.width - half)
            style.write(axes, x, baseline, panel.rule_label, size=SMALL, colour=QUIET, align="center")


def _stack(axes: Axes, x: float, bottom: float, lines: Sequence[str], align: str) -> None:
    y = bottom - _SMALL_LEADING * (len(lines) - 1) - 2
    for line in lines:
        style.write(axes, x, y, line, size=SMALL, weight=SEMIBOLD, align=align)
        y += _SMALL_LEADING


def _ticks(axes: Axes, area: _Area, bottom: float, words: Words) -> None:
    """The words under the ticks, as many as leave each other room."""
    shown_to = -math.inf
    for tick in area.panel.axis.ticks:
        x, text = area.place(tick), area.panel.axis.tick(tick, words)
        half = text_width(text, SMALL) / 2
        if x - half > shown_to + 3:
            style.write(axes, x, bottom + 9, text, size=SMALL, colour=QUIET, align="center")
            shown_to = x + half


def _rules(axes: Axes, area: _Area, top: float, bottom: float) -> None:
    axis = area.panel.axis
    for tick in axis.ticks:
        x = area.place(tick)
        strong = tick == axis.zero or (axis.zero is None and tick == axis.low)
        axes.plot([x, x], [top, bottom], color=INK if strong else RULE, lw=0.8 if strong else 0.5, zorder=1)
    if area.panel.rule is not None:
        x = area.place(area.panel.rule)
        axes.plot([x, x], [top, bottom], color=INK, lw=0.8, ls=(0, (3, 2)), zorder=2)


def _row(
    axes: Axes,
    row: Row,
    label: Sequence[str],
    middle: float,
    *,
    areas: Sequence[_Area],
    ends: Sequence[float],
) -> None:
    _label(axes, row, label, middle - _LEADING * (len(label) - 1) / 2 + 2.6)
    _marks(axes, row, middle, areas)
    _cells(axes, row, ends, middle + 2.3)


def _label(axes: Axes, row: Row, label: Sequence[str], baseline: float) -> None:
    """Its lines, from the first one's baseline down."""
    for number, text in enumerate(label):
        place = baseline + _LEADING * number
        style.write(axes, 0 if row.heading else _INDENT, place, text, weight=_weight(row))


def _cells(axes: Axes, row: Row, ends: Sequence[float], baseline: float) -> None:
    for text, end in zip(row.cells, ends, strict=False):
        if text:
            style.write(axes, end, baseline, text, size=SMALL, align="right")


def _marks(axes: Axes, row: Row, middle: float, areas: Sequence[_Area]) -> None:
    for area, marks in zip(areas, row.marks, strict=False):
        for mark in marks:
            _mark(axes, area.place(mark.value), middle + (3.0 if mark.below else -1.2), mark, area)
    if row.note:
        _note(axes, areas[0], middle, row.note)


def _note(axes: Axes, area: _Area, middle: float, text: str) -> None:
    """Words on a ground that hides the grid and not the left rule; two lines where one is too narrow."""
    left = area.x + _END + 1
    lines = wrap(text, area.width - _END - 6, SMALL)
    y = middle - 8 * (len(lines) - 1) / 2 + 2.3
    for line in lines:
        width = text_width(line, SMALL) + 5
        axes.add_patch(Rectangle((left, y - 6.5), width, 8.5, fc=PAPER, lw=0, zorder=2.5))
        style.write(axes, left + 2, y, line, size=SMALL, colour=QUIET)
        y += 8


def _mark(axes: Axes, x: float, y: float, mark: Mark, area: _Area | None = None) -> None:
    if area is not None and math.isfinite(mark.low) and math.isfinite(mark.high):
        ends = [area.place(mark.low), area.place(mark.high)]
        axes.plot(ends, [y, y], color=mark.colour, lw=0.7 if mark.hollow else 1.2, zorder=3)
    face, edge = (PAPER, mark.colour) if mark.hollow else (mark.colour, PAPER)
    axes.plot(
        [x],
        [y],
        marker=mark.shape,
        ms=6.0 if mark.shape in "^D" else 5.4,
        mfc=face,
        mec=edge,
        mew=0.9,
        ls="",
        zorder=4,
    )

"""One plotting area: lines with readings in, marks, ribbons, ticks and value labels drawn into a box out."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reports.charts import style
from reports.charts.scale import Box, Line, Scale, WaveTick
from reports.charts.style import INK, PAPER, QUIET, RULE, SEMIBOLD, SMALL, TEXT
from reports.charts.text import spread, stagger, text_width, wrap
from reports.i18n import Words
from reports.rows import Reading

_MARKERS = ("o", "s", "^", "D")
_DASHES: tuple[str | tuple[int, tuple[float, ...]], ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (2, 1.2)),
    (0, (6, 1.5, 1.5, 1.5)),
)
_LABEL_GAP = 8.5
_HEADROOM = 5.0
"""A mark nearer to the upper end than this would lie on its own label above it."""
SUPPRESSED = "(s)"
TICK_ROW = 19.0
"""Height of one row of wave names with bases."""
KEY = 18.0
"""Length of the piece of line in a key."""
BREAK_ROW = 9.0
"""Height of one row of words over breaks."""
TOTAL = "#9aa3ab"
"""The total behind one group's line."""


def draw_panel(
    axes: Axes,
    box: Box,
    lines: Sequence[Line],
    ticks: Sequence[WaveTick],
    words: Words,
    *,
    top: float,
    behind: Line | None = None,
) -> tuple[float, ...]:
    """Draw everything of one panel; gives the height of each line's last mark, for direct labels.

    `behind` is the total: a grey line without figures.
    """
    low, high = (0.0, top) if lines[0].unit == "percent" else lines[0].scale
    scale = Scale(box, low, high, tuple(ticks))
    _grid(axes, scale, lines[0].unit, words)
    _ticks(axes, scale, lines, words)
    if behind is not None:
        _behind(axes, scale, behind)
    for number, line in enumerate(lines):
        _marks(axes, scale, line, number)
    _breaks(axes, scale, lines[0])
    _values(axes, scale, lines, words, ground=behind is not None)
    if len(lines) == 1:
        _hidden(axes, scale, lines[0])
    return tuple(_end(scale, line) for line in lines)


def _grid(axes: Axes, scale: Scale, unit: str, words: Words) -> None:
    step = 0.2 if unit == "percent" else max(1.0, round((scale.high - scale.low) / 4))
    count = round((scale.high - scale.low) / step)
    for i in range(count + 1):
        value = scale.low + i * step
        y = scale.y(value)
        axes.plot(
            [scale.box.x, scale.box.right],
            [y, y],
            color=INK if i == 0 else RULE,
            lw=0.8 if i == 0 else 0.5,
            zorder=1,
        )
        if unit == "percent":
            text = words.percent(value) if i == count else words.number(100 * value)
        else:
            text = words.number(value)
        style.write(axes, scale.box.x - 4, y + 2.3, text, size=SMALL, colour=QUIET, align="right")


def tick_rows(box: Box, lines: Sequence[Line], ticks: Sequence[WaveTick], words: Words) -> tuple[int, ...]:
    """The row each wave's name and base stand in below the axis, so that none collide."""
    scale = Scale(box, 0.0, 1.0, tuple(ticks))
    widths = [
        max(text_width(tick.name, TEXT, SEMIBOLD), text_width(_bases(tick.name, lines, words), SMALL))
        for tick in ticks
    ]
    return stagger([scale.x(tick.name) for tick in ticks], widths, 4)


def _ticks(axes: Axes, scale: Scale, lines: Sequence[Line], words: Words) -> None:
    rows = tick_rows(scale.box, lines, scale.ticks, words)
    for tick, row in zip(scale.ticks, rows, strict=True):
        x, y = scale.x(tick.name), scale.box.bottom + 10 + TICK_ROW * row
        axes.plot([x, x], [scale.box.bottom, scale.box.bottom + 2.5], color=INK, lw=0.8, zorder=1)
        style.write(axes, x, y, tick.name, weight=SEMIBOLD, align="center")
        style.write(axes, x, y + 8, _bases(tick.name, lines, words), size=SMALL, colour=QUIET, align="center")


def _bases(wave: str, lines: Sequence[Line], words: Words) -> str:
    bases = [reading.base for line in lines for reading in line.readings if reading.wave == wave]
    if not bases:
        return words.say("not asked")
    low, high = min(bases), max(bases)
    return f"n={words.number(low)}" + (f"–{words.number(high)}" if high > low else "")


def _marks(axes: Axes, scale: Scale, line: Line, number: int) -> None:
    colour, _ = style.shades(line.higher)
    for piece in line.pieces():
        xs = [scale.x(reading.wave) for reading in piece]
        if all(_has_interval(reading) for reading in piece):
            lows, highs = [scale.y(r.low) for r in piece], [scale.y(r.high) for r in piece]
            axes.fill_between(xs, lows, highs, color=colour, alpha=0.16, lw=0, zorder=2)
        ys = [scale.y(reading.estimate) for reading in piece]
        axes.plot(xs, ys, color=colour, lw=1.6, ls=_DASHES[number % len(_DASHES)], zorder=3)
    for reading in line.readings:
        if reading.printable:
            _mark(axes, scale, reading, colour, _MARKERS[number % len(_MARKERS)])


def _hidden(axes: Axes, scale: Scale, line: Line) -> None:
    """A sign on the axis for each figure that may not be printed; a panel without any says why in words."""
    hidden = [reading for reading in line.readings if not reading.printable]
    if len(hidden) == len(line.readings):
        _reason(axes, scale.box, line.hidden)
        return
    for x, y in _signs(scale, line):
        style.write(axes, x, y, SUPPRESSED, size=SMALL, colour=QUIET, align="center")


def _signs(scale: Scale, line: Line) -> list[tuple[float, float]]:
    """Where the signs of hidden figures stand: on the axis, one above the other where waves are close."""
    xs = [scale.x(reading.wave) for reading in line.readings if not reading.printable]
    if len(xs) == len(line.readings):
        return []
    rows = stagger(xs, [text_width(SUPPRESSED, SMALL)] * len(xs), 2)
    return [(x, scale.box.bottom - 3 - _LABEL_GAP * row) for x, row in zip(xs, rows, strict=True)]


def _reason(axes: Axes, box: Box, text: str) -> None:
    """Words in the middle of a panel, on a ground that hides the grid."""
    centre, y = box.x + box.width / 2, box.y + box.height / 2
    for line in wrap(text, box.width - 8, SMALL):
        width = text_width(line, SMALL) + 6
        axes.add_patch(Rectangle((centre - width / 2, y - 6.5), width, 9, fc=PAPER, lw=0, zorder=4))
        style.write(axes, centre, y, line, size=SMALL, colour=QUIET, align="center")
        y += 8


def _mark(axes: Axes, scale: Scale, reading: Reading, colour: str, marker: str) -> None:
    """A full mark, or a hollow one for a small base, with its interval as a thin upright line."""
    x, y = scale.x(reading.wave), scale.y(reading.estimate)
    if _has_interval(reading):
        axes.plot(
            [x, x], [scale.y(reading.low), scale.y(reading.high)], color=colour, lw=0.7, alpha=0.75, zorder=2
        )
    face, edge = (PAPER, colour) if reading.small else (colour, PAPER)
    axes.plot([x], [y], marker=marker, ms=4.2, mfc=face, mec=edge, mew=0.7, ls="", zorder=4)


def _has_interval(reading: Reading) -> bool:
    return math.isfinite(reading.low) and math.isfinite(reading.high)


def _behind(axes: Axes, scale: Scale, total: Line) -> None:
    for piece in total.pieces():
        xs, ys = [scale.x(r.wave) for r in piece], [scale.y(r.estimate) for r in piece]
        axes.plot(xs, ys, color=TOTAL, lw=1.6, marker="o", ms=2.6, zorder=2)


def break_rows(box: Box, line: Line, ticks: Sequence[WaveTick]) -> list[list[tuple[float, float, str]]]:
    """(place of the rule, left end of its words, words) of each break, in as many rows as keep them apart."""
    scale = Scale(box, 0.0, 1.0, tuple(ticks))
    names = [tick.name for tick in ticks]
    rows: list[list[tuple[float, float, str]]] = []
    ends: list[float] = []
    for wave in line.breaks:
        if not names.index(wave):
            continue
        x = (scale.x(names[names.index(wave) - 1]) + scale.x(wave)) / 2
        width = text_width(line.break_label, SMALL)
        left = max(box.x, min(x + 3, box.right + 10 - width))
        row = next((number for number, end in enumerate(ends) if end + 4 <= left), len(ends))
        ends[row:] = [left + width, *ends[row + 1 :]]
        rows[row:] = [
            [*(rows[row] if row < len(rows) else []), (x, left, line.break_label)],
            *rows[row + 1 :],
        ]
    return rows


def _breaks(axes: Axes, scale: Scale, line: Line) -> None:
    """A dashed rule where waves stop being comparable, up to its words over the panel."""
    for number, row in enumerate(break_rows(scale.box, line, scale.ticks)):
        baseline = scale.box.y - 10 - BREAK_ROW * number
        for x, left, text in row:
            top = baseline - 5 if left > x else baseline + 2
            axes.plot([x, x], [top, scale.box.bottom], color=INK, lw=0.7, ls=(0, (3, 2)), zorder=1)
            style.write(axes, left, baseline, text, size=SMALL, colour=QUIET)


def draw_key(axes: Axes, x: float, y: float, line: Line, number: int) -> None:
    """A short piece of the line with its mark, as the panel draws the line of that number."""
    colour, _ = style.shades(line.higher)
    axes.plot([x, x + KEY], [y, y], color=colour, lw=1.6, ls=_DASHES[number % len(_DASHES)], zorder=3)
    marker = _MARKERS[number % len(_MARKERS)]
    axes.plot([x + KEY / 2], [y], marker=marker, ms=4.2, mfc=colour, mec=PAPER, mew=0.7, ls="", zorder=4)


def _values(axes: Axes, scale: Scale, lines: Sequence[Line], words: Words, *, ground: bool) -> None:
    """Figures beside the marks; with several lines the last one stands in the direct label instead."""
    several = len(lines) > 1
    signs = [] if several else _signs(scale, lines[0])
    last = scale.ticks[-1].name
    room = min(
        (scale.x(b.name) - scale.x(a.name) for a, b in zip(scale.ticks, scale.ticks[1:], strict=False)),
        default=scale.box.width,
    )
    for tick in scale.ticks:
        if several and tick.name == last:
            continue
        found = [(line, r) for line in lines for r in line.readings if r.wave == tick.name and r.printable]
        texts = [line.text(reading, words) for line, reading in found]
        crowded = any(text_width(text, SMALL, SEMIBOLD) + 3 > room for text in texts)
        if crowded and tick.name not in (scale.ticks[0].name, last):
            continue
        wanted = _baselines(scale, found)
        widest = max((text_width(text, SMALL, SEMIBOLD) for text in texts), default=0.0)
        near = [y for x, y in signs if abs(x - scale.x(tick.name)) < widest / 2 + 7]
        lowest = min([scale.box.bottom - 2, *(y - _LABEL_GAP for y in near)])
        places = spread(wanted, _LABEL_GAP, scale.box.y - 1, lowest)
        for (line, _), text, y in zip(found, texts, places, strict=True):
            if ground:
                _ground(axes, scale.x(tick.name), y, text)
            style.write(
                axes,
                scale.x(tick.name),
                y,
                text,
                size=SMALL,
                weight=SEMIBOLD,
                colour=style.shades(line.higher)[0],
                align="center",
            )


def _ground(axes: Axes, x: float, y: float, text: str) -> None:
    """Paper under a figure that stands over the total's line."""
    width = text_width(text, SMALL, SEMIBOLD) + 2
    axes.add_patch(Rectangle((x - width / 2, y - 5.4), width, 6.6, fc=PAPER, alpha=0.85, lw=0, zorder=4))


def _baselines(scale: Scale, found: Sequence[tuple[Line, Reading]]) -> list[float]:
    """Above the interval, or below it where another line's mark is close above."""
    marks = [scale.y(reading.estimate) for _, reading in found]
    result = []
    for (_, reading), mark in zip(found, marks, strict=True):
        upper = scale.y(reading.high) if math.isfinite(reading.high) else mark
        lower = scale.y(reading.low) if math.isfinite(reading.low) else mark
        crowded_above = mark < scale.box.y + _HEADROOM or any(0 < mark - other < 20 for other in marks)
        crowded_below = any(0 < other - mark < 20 for other in marks)
        below = max(lower, mark + 3) + 7
        result.append(
            below
            if crowded_above and not crowded_below and below < scale.box.bottom
            else min(upper, mark - 3) - 2.5
        )
    return result


def _end(scale: Scale, line: Line) -> float:
    shown = [reading for reading in line.readings if reading.printable]
    return scale.y(shown[-1].estimate) if shown else scale.box.bottom

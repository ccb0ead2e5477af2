"""Answer charts: answers by wave in, diverging bars with don’t know and refused apart on the right out."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from reports.charts import style
from reports.charts.style import INK, PAPER, QUIET, RULE, SEMIBOLD, SMALL, TEXT, WIDTH, Figure
from reports.charts.text import text_width, wrap
from reports.i18n import Words

__all__ = ["BarRow", "Segment", "diverging_bars"]

_BAR, _STEP, _LEADING = 10.5, 13.5, 10.0
_LEFT, _RIGHT, _GAP = 74.0, 96.0, 14.0
_BLOCK_GAP = 9.0
_FIT = 13.0
"""A segment narrower than this (points) carries no number."""


@dataclass(frozen=True)
class Segment:
    """One bar: a wave's answers from the lowest to the highest code, shares of those who answered (0..1).

    `dont_know` and `refused` are shares of everybody asked, None where one may not be printed; without
    `shares`, `hidden` stands for the bar. `small` marks the base.
    """

    wave: str
    base: int
    shares: tuple[float, ...]
    dont_know: float | None = 0.0
    refused: float | None = 0.0
    hidden: str = ""
    small: bool = False


@dataclass(frozen=True)
class BarRow:
    """One statement and its bars, one a wave."""

    label: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class _Columns:
    """Where bars stand: the zero line, points per share, the start of the right column and its scale."""

    zero: float
    per_share: float
    right: float
    right_per_share: float


def diverging_bars(
    rows: Sequence[BarRow], answers: Sequence[str], higher: str, words: Words, *, caption: str, table: str
) -> Figure:
    """Bars around the middle answer. `answers` are labels from the lowest to the highest code.

    Colour is the direction of the attitude: `higher` says which one a high code means.
    """
    with style.drawing():
        svg = style.to_svg(draw(rows, answers, higher, words))
    return Figure(svg, _alt(rows, answers, words, table), caption)


def draw(rows: Sequence[BarRow], answers: Sequence[str], higher: str, words: Words) -> "style.Canvas":
    """The unsaved drawing, for measuring its text boxes."""
    titles = [wrap(row.label, WIDTH, TEXT, SEMIBOLD) for row in rows]
    heights = [
        _LEADING * len(t) + 2 + _STEP * len(r.segments) + _BLOCK_GAP
        for t, r in zip(titles, rows, strict=True)
    ]
    legend = _legend_lines(answers, words)
    canvas, axes = style.sheet(len(legend) * 13 + 8 + sum(heights) - _BLOCK_GAP + 4)
    colours = style.scale_colours(len(answers), higher)
    painter = _Painter(axes, colours, _columns(rows, len(answers)), words)
    y = _draw_legend(axes, legend, (*colours, "dont_know", "refused"))
    for row, title, height in zip(rows, titles, heights, strict=True):
        painter.row(y, row, title)
        y += height
    return canvas


def _columns(rows: Sequence[BarRow], size: int) -> _Columns:
    reaches = [_reach(s.shares, size) for row in rows for s in row.segments if s.shares]
    left = max((low for low, _ in reaches), default=0.5)
    right = max((high for _, high in reaches), default=0.5)
    room = WIDTH - _LEFT - _RIGHT - _GAP
    per_share = room / (left + right)
    apart = max(((s.dont_know or 0) + (s.refused or 0) for row in rows for s in row.segments), default=0.0)
    return _Columns(
        _LEFT + left * per_share, per_share, WIDTH - _RIGHT, min(per_share, (_RIGHT - 50) / max(apart, 0.01))
    )


def _reach(shares: Sequence[float], size: int) -> tuple[float, float]:
    """How far a bar reaches to both sides of the middle of the scale."""
    half = size // 2
    middle = shares[half] / 2 if size % 2 else 0.0
    return sum(shares[:half]) + middle, sum(shares[half + size % 2 :]) + middle


@dataclass(frozen=True)
class _Painter:
    """Draws rows of bars on one sheet."""

    axes: Axes
    colours: tuple[str, ...]
    columns: _Columns
    words: Words

    def row(self, y: float, row: BarRow, title: Sequence[str]) -> None:
        for line in title:
            style.write(self.axes, 0, y + 7, line, weight=SEMIBOLD)
            y += _LEADING
        y += 2
        bottom = y + _STEP * len(row.segments) - (_STEP - _BAR)
        zero = self.columns.zero
        self.axes.plot([zero, zero], [y - 2, bottom + 2], color=INK, lw=0.7, zorder=1)
        for segment in row.segments:
            self._wave(y, segment)
            if segment.shares:
                self._bar(y, segment)
                self._apart(y, segment)
            else:
                style.write(self.axes, zero + 6, y + 7.6, segment.hidden, size=SMALL, colour=QUIET)
            y += _STEP

    def _wave(self, y: float, segment: Segment) -> None:
        base = f"n={self.words.number(segment.base)}" + ("*" if segment.small else "")
        style.write(self.axes, 0, y + 7.8, segment.wave, weight=SEMIBOLD)
        style.write(self.axes, _LEFT - 8, y + 7.8, base, size=SMALL, colour=QUIET, align="right")

    def _bar(self, y: float, segment: Segment) -> None:
        left, _ = _reach(segment.shares, len(self.colours))
        x = self.columns.zero - left * self.columns.per_share
        for share, colour in zip(segment.shares, self.colours, strict=True):
            width = share * self.columns.per_share
            self.axes.add_patch(Rectangle((x, y), width, _BAR, fc=colour, ec=PAPER, lw=0.8, zorder=3))
            text = self.words.number(100 * share)
            if width >= max(_FIT, text_width(text, SMALL, SEMIBOLD) + 4):
                ink = style.ink_on(colour)
                style.write(
                    self.axes,
                    x + width / 2,
                    y + 7.6,
                    text,
                    size=SMALL,
                    weight=SEMIBOLD,
                    colour=ink,
                    align="center",
                )
            x += width

    def _apart(self, y: float, segment: Segment) -> None:
        x, scale = self.columns.right, self.columns.right_per_share
        hatched, outlined = (segment.dont_know or 0) * scale, (segment.refused or 0) * scale
        _hatched(self.axes, x, y, hatched, _BAR)
        self.axes.add_patch(Rectangle((x + hatched, y), outlined, _BAR, fc=PAPER, ec=QUIET, lw=0.7, zorder=3))
        shares = (segment.dont_know, segment.refused)
        text = " + ".join("(s)" if share is None else self.words.whole(share) for share in shares)
        style.write(self.axes, x + hatched + outlined + 5, y + 7.6, text, size=SMALL, colour=QUIET)


def _hatched(axes: Axes, x: float, y: float, width: float, height: float) -> None:
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


def _legend_lines(answers: Sequence[str], words: Words) -> list[list[tuple[int, str]]]:
    """Legend entries (number, words) packed into lines of the sheet's width."""
    entries = [*answers, words.say("Don’t know"), words.say("Refused or skipped (% of all asked)")]
    lines: list[list[tuple[int, str]]] = [[]]
    used = 0.0
    for number, text in enumerate(entries):
        width = 11 + text_width(text, SMALL) + 11
        if lines[-1] and used + width > WIDTH + 11:
            lines.append([])
            used = 0.0
        lines[-1].append((number, text))
        used += width
    return lines


def _draw_legend(axes: Axes, lines: Sequence[Sequence[tuple[int, str]]], fills: Sequence[str]) -> float:
    y = 0.0
    for line in lines:
        x = 0.0
        for number, text in line:
            _swatch(axes, x, y + 1, fills[number])
            style.write(axes, x + 11, y + 7.4, text, size=SMALL)
            x += 11 + text_width(text, SMALL) + 11
        y += 13
    axes.plot([0, WIDTH], [y + 0.5, y + 0.5], color=RULE, lw=0.5, zorder=1)
    return y + 8


def _swatch(axes: Axes, x: float, y: float, fill: str) -> None:
    if fill == "dont_know":
        _hatched(axes, x, y, 8, 7)
    else:
        outlined = fill == "refused"
        face, edge = (PAPER, QUIET) if outlined else (fill, fill)
        axes.add_patch(Rectangle((x, y), 8, 7, fc=face, ec=edge, lw=0.7, zorder=3))


def _alt(rows: Sequence[BarRow], answers: Sequence[str], words: Words, table: str) -> str:
    parts = []
    for row in rows:
        shown = [segment for segment in row.segments if segment.shares]
        if shown:
            values = ", ".join(
                words.say("{label} {value}", label=answer, value=words.percent(share))
                for answer, share in zip(answers, shown[-1].shares, strict=True)
            )
            parts.append(
                words.say("{label} ({wave}): {values}", label=row.label, wave=shown[-1].wave, values=values)
            )
    return words.say(
        "Bars around the middle answer, one a wave; the latest: {rows}; all waves are in {table}.",
        rows="; ".join(parts),
        table=table,
    )

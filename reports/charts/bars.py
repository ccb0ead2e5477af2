"""Answer charts: answers by wave in, diverging bars with don’t know and refused apart on the right out."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reports.charts import style
from reports.charts.figure import Figure
from reports.charts.legend import DONT_KNOW, REFUSED, draw_legend, hatched, legend_of
from reports.charts.style import INK, PAPER, QUIET, SEMIBOLD, SMALL, TEXT, WIDTH
from reports.charts.text import text_width, wrap
from reports.i18n import Words

__all__ = ["BarRow", "Segment", "diverging_bars"]

BAR, _STEP, _LEADING = 9.6, 11.6, 10.0
_BREAK = 9.0
"""Room between two bars of a question that changed."""
_LEFT, _RIGHT, _GAP = 74.0, 96.0, 14.0
_BLOCK_GAP = 9.0
_ABOVE = 10.0
"""Height of a wave's own line above its bar, where the sheet is too narrow to have it beside the bar."""
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
    breaks: tuple[str, ...] = ()
    """Waves from which on the question is not the one of the wave before."""
    break_label: str = ""

    @property
    def height(self) -> float:
        """Room of the bars, with a gap at each break."""
        return _STEP * len(self.segments) + _BREAK * sum(map(self.breaks_at, range(len(self.segments))))

    def breaks_at(self, number: int) -> bool:
        """Whether the bar of that number does not compare with the one above it."""
        above = [each.wave for each in self.segments[:number]]
        return bool(above) and self.segments[number].wave in self.breaks


@dataclass(frozen=True)
class _Columns:
    """Where bars stand: the zero line, points per share, the start of the right column and its scale."""

    zero: float
    per_share: float
    right: float
    right_per_share: float
    width: float = WIDTH
    above: float = 0.0
    """Room above each bar for its wave, base and right column; without any they stand beside it."""

    def height(self, row: BarRow) -> float:
        """Room of a row's bars."""
        return row.height + self.above * len(row.segments)


def diverging_bars(
    rows: Sequence[BarRow], answers: Sequence[str], higher: str, words: Words, *, caption: str, table: str
) -> Figure:
    """Bars around the middle answer. `answers` are labels from the lowest to the highest code.

    Colour is the direction of the attitude: `higher` says which one a high code means.
    """
    with style.drawing():
        svg = style.to_svg(draw(rows, answers, higher, words))
    return Figure(svg, bars_alt(rows, answers, words, table), caption)


def draw(
    rows: Sequence[BarRow], answers: Sequence[str], higher: str, words: Words, width: float = WIDTH
) -> "style.Canvas":
    """The unsaved drawing; in a narrow one each wave has a line of its own above its bar."""
    columns = _columns(rows, len(answers)) if width >= WIDTH else _slim(rows, len(answers), words, width)
    titles = [wrap(row.label, width, TEXT, SEMIBOLD) for row in rows]
    heights = [
        _LEADING * len(title) + 2 + columns.height(row) + _BLOCK_GAP
        for title, row in zip(titles, rows, strict=True)
    ]
    entries = [*answers, words.say("Don’t know"), words.say("Refused or skipped (% of all asked)")]
    legend = legend_of(entries, width)
    canvas, axes = style.sheet(legend.height + sum(heights) - _BLOCK_GAP + 4, width)
    colours = style.scale_colours(len(answers), higher)
    painter = _Painter(axes, colours, columns, words)
    y = draw_legend(axes, legend, (*colours, DONT_KNOW, REFUSED))
    for row, title, height in zip(rows, titles, heights, strict=True):
        painter.row(y, row, title)
        y += height
    return canvas


def paint_row(axes: Axes, y: float, row: BarRow, higher: str, words: Words, *, width: float) -> "_Columns":
    """One row without legend or title on a part of a sheet; gives where its bars stand."""
    size = len(row.segments[0].shares)
    columns = _columns([row], size, width)
    _Painter(axes, style.scale_colours(size, higher), columns, words).row(y, row, ())
    return columns


def _columns(rows: Sequence[BarRow], size: int, width: float = WIDTH) -> _Columns:
    reaches = [_reach(s.shares, size) for row in rows for s in row.segments if s.shares]
    left = max((low for low, _ in reaches), default=0.5)
    right = max((high for _, high in reaches), default=0.5)
    apart_room = _RIGHT * width / WIDTH
    room = width - _LEFT - apart_room - _GAP
    per_share = room / (left + right)
    apart = max(((s.dont_know or 0) + (s.refused or 0) for row in rows for s in row.segments), default=0.0)
    return _Columns(
        _LEFT + left * per_share,
        per_share,
        width - apart_room,
        min(per_share, (apart_room - 50 * width / WIDTH) / max(apart, 0.01)),
        width,
    )


def _slim(rows: Sequence[BarRow], size: int, words: Words, width: float) -> _Columns:
    """Bars over the whole width, and what else there is of a wave on a line above its bar."""
    segments = [segment for row in rows for segment in row.segments]
    reaches = [_reach(segment.shares, size) for segment in segments if segment.shares]
    left = max((low for low, _ in reaches), default=0.5)
    per_share = width / (left + max((high for _, high in reaches), default=0.5))
    named = max(text_width(s.wave, TEXT, SEMIBOLD) + text_width(_base(s, words), SMALL) for s in segments)
    told = max(text_width(_apart(segment, words), SMALL) for segment in segments)
    right = named + 16
    apart = max((s.dont_know or 0) + (s.refused or 0) for s in segments)
    room = max(0.0, width - right - told - 6)
    return _Columns(
        left * per_share, per_share, right, min(per_share, room / max(apart, 0.01)), width, _ABOVE
    )


def _base(segment: Segment, words: Words) -> str:
    return f"n={words.number(segment.base)}" + ("*" if segment.small else "")


def _apart(segment: Segment, words: Words) -> str:
    shares = (segment.dont_know, segment.refused)
    return " + ".join("(s)" if share is None else words.whole(share) for share in shares)


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
        above = self.columns.above
        if not above:
            self._zero(y, y + row.height - (_STEP - BAR))
        for number, segment in enumerate(row.segments):
            if row.breaks_at(number):
                self._break(y, row.break_label)
                y += _BREAK
            self._wave(y, segment)
            if segment.shares:
                self._bar(y + above, segment)
                self._apart(y, segment)
                if above:
                    self._zero(y + above, y + above + BAR)
            else:
                left = 0.0 if above else self.columns.zero + 6
                style.write(self.axes, left, y + above + 7.6, segment.hidden, size=SMALL, colour=QUIET)
            y += _STEP + above

    def _zero(self, top: float, bottom: float) -> None:
        """The middle of the scale."""
        zero = self.columns.zero
        self.axes.plot([zero, zero], [top - 2, bottom + 2], color=INK, lw=0.7, zorder=1)

    def _break(self, y: float, label: str) -> None:
        """A dashed rule, as in the trends: what stands above and below it does not compare."""
        start = text_width(label, SMALL) + 5
        middle = y + _BREAK / 2 - (_STEP - BAR) / 2
        style.write(self.axes, 0, middle + 2.3, label, size=SMALL, colour=QUIET)
        dashes = (0, (3, 2))
        self.axes.plot([start, self.columns.width], [middle, middle], color=INK, lw=0.7, ls=dashes, zorder=1)

    def _wave(self, y: float, segment: Segment) -> None:
        base = _base(segment, self.words)
        style.write(self.axes, 0, y + 7.8, segment.wave, weight=SEMIBOLD)
        if self.columns.above:
            after = text_width(segment.wave, TEXT, SEMIBOLD) + 6
            style.write(self.axes, after, y + 7.8, base, size=SMALL, colour=QUIET)
        else:
            style.write(self.axes, _LEFT - 8, y + 7.8, base, size=SMALL, colour=QUIET, align="right")

    def _bar(self, y: float, segment: Segment) -> None:
        left, _ = _reach(segment.shares, len(self.colours))
        x = self.columns.zero - left * self.columns.per_share
        for share, colour in zip(segment.shares, self.colours, strict=True):
            width = share * self.columns.per_share
            self.axes.add_patch(Rectangle((x, y), width, BAR, fc=colour, ec=PAPER, lw=0.8, zorder=3))
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
        unknown, refused = (segment.dont_know or 0) * scale, (segment.refused or 0) * scale
        high = BAR - 2 if self.columns.above else BAR
        hatched(self.axes, x, y, unknown, high)
        self.axes.add_patch(Rectangle((x + unknown, y), refused, high, fc=PAPER, ec=QUIET, lw=0.7, zorder=3))
        text = _apart(segment, self.words)
        style.write(self.axes, x + unknown + refused + 5, y + 7.6, text, size=SMALL, colour=QUIET)


def bars_alt(rows: Sequence[BarRow], answers: Sequence[str], words: Words, table: str) -> str:
    """The latest answers to each statement, and where all of them stand."""
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

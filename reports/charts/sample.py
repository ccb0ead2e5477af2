"""How a figure is read: words in; bars and a trend of invented numbers with numbered notes out."""

from dataclasses import dataclass

from matplotlib.axes import Axes

from reports.charts import style
from reports.charts.bars import BarRow, Segment, paint_row
from reports.charts.figure import Figure
from reports.charts.panel import TICK_ROW, draw_panel
from reports.charts.scale import Box, Line, WaveTick
from reports.charts.style import INK, PAPER, SEMIBOLD, SMALL, WIDTH
from reports.i18n import Words
from reports.rows import FLAG, SHOW, Reading

__all__ = ["Sample", "sample_figure"]

_TOP, _NET, _TALL = 22.0, 9.0, 64.0
_SHARES = ((0.14, 0.22, 0.24, 0.26, 0.14), (0.13, 0.17, 0.22, 0.28, 0.20), (0.12, 0.14, 0.20, 0.31, 0.23))
_BASES = {"A": 400, "B": 410, "C": 405, "D": 60}
_TREND = {"A": 0.40, "B": 0.48, "C": 0.54, "D": 0.35}
_HALF = {"A": 0.07, "B": 0.07, "C": 0.07, "D": 0.14}
_BROKEN = "D"
_WIDE = 300.0
"""The part of the sheet that bars take beside a trend."""


@dataclass(frozen=True)
class Sample:
    """The figure and what its numbers point at, in their order."""

    figure: Figure
    key: tuple[str, ...]


def sample_figure(words: Words, *, several: bool, infers: bool) -> Sample:
    """`several`: with a trend over waves; `infers`: with intervals."""
    key = [*_bars_key(words), *(_trend_key(words, infers=infers) if several else ())]
    with style.drawing():
        svg = style.to_svg(draw(words, several=several, infers=infers))
    alt = words.say(
        "Sample of bars and of a trend, with invented numbers; what the notes in it mean is told below it."
    )
    return Sample(Figure(svg, alt, words.say("A sample figure")), tuple(key))


def draw(words: Words, *, several: bool, infers: bool) -> "style.Canvas":
    """The unsaved drawing of `sample_figure`, for measuring its text boxes."""
    canvas, axes = style.sheet(_TOP + _TALL + TICK_ROW + 4 if several else _TOP + 52)
    _bars(axes, words)
    if several:
        _trend(axes, words, infers=infers)
    return canvas


def _bars_key(words: Words) -> tuple[str, ...]:
    return (
        words.say(
            "Right of the line stand the upper answers, left of it the lower ones; the middle across it."
        ),
        words.say(
            "Blue is the attitude that protects, brown the one that harms; "
            "purple and green have no such direction."
        ),
        words.say("A net: answers reported together. The sentences below a figure speak of it."),
        words.say("Apart, in per cent of all asked: don’t know (hatched) and refused or skipped."),
    )


def _trend_key(words: Words, *, infers: bool) -> tuple[str, ...]:
    interval = words.say("Shaded: the 95% interval, where the figure for everybody most likely lies.")
    return (
        *((interval,) if infers else ()),
        words.say("Below each wave: n, the people who answered. Waves stand by their dates."),
        words.say("The question changed: the line ends, and nothing is compared across the rule (‡)."),
        words.say("Hollow: a small base, 30 to 99 answers, in bars and tables a star; no line joins it."),
    )


def _bars(axes: Axes, words: Words) -> None:
    """Three waves of one statement, a net over the latest."""
    segments = tuple(
        Segment(wave, _BASES[wave], shares, 0.05, 0.03) for wave, shares in zip("ABC", _SHARES, strict=True)
    )
    drawn = paint_row(axes, _TOP, BarRow("", segments), "protective", words, width=_WIDE)
    upper = _SHARES[0][3] + _SHARES[0][4]
    start = drawn.zero + _SHARES[0][2] / 2 * drawn.per_share
    end, y = start + upper * drawn.per_share, _TOP - _NET / 2
    axes.plot([start, start, end, end], [y + 3, y, y, y + 3], color=INK, lw=0.8, zorder=3)
    text = words.say("Net: {label}", label=words.percent(upper))
    style.write(axes, start + 11, y - 3, text, size=SMALL, weight=SEMIBOLD)
    last = _TOP + 44
    for number, x, place in (
        (1, drawn.zero, last),
        (2, drawn.zero + 0.3 * drawn.per_share, last),
        (3, start + 4, y - 5.4),
        (4, drawn.right + 8, last),
    ):
        _badge(axes, x, place, number)


def _trend(axes: Axes, words: Words, *, infers: bool) -> None:
    """Four waves of one share: three on a line, one after a break and on a small base."""
    box = Box(_WIDE + 44, _TOP, WIDTH - _WIDE - 56, _TALL)
    line = Line(
        "",
        "protective",
        tuple(_reading(wave, infers=infers) for wave in _TREND),
        breaks=(_BROKEN,),
    )
    ticks = [WaveTick(wave, float(number)) for number, wave in enumerate(_TREND)]
    draw_panel(axes, box, [line], ticks, words, top=0.8)
    step = box.width / len(_TREND)
    numbers = iter(range(5, 9))
    if infers:
        _badge(axes, box.x + step, box.bottom - _TALL * 0.47, next(numbers))
    _badge(axes, box.x - 12, box.bottom + 15, next(numbers))
    _badge(axes, box.right - step, _TOP - 6, next(numbers))
    _badge(axes, box.right + 6, box.bottom - _TALL * 0.44, next(numbers))


def _reading(wave: str, *, infers: bool) -> Reading:
    value, half = _TREND[wave], _HALF[wave] if infers else float("nan")
    small = wave == _BROKEN
    return Reading(wave, value, value - half, value + half, _BASES[wave], publish=FLAG if small else SHOW)


def _badge(axes: Axes, x: float, y: float, number: int) -> None:
    """A number in a disc: where a note below the figure points."""
    axes.plot([x], [y], marker="o", ms=9.5, mfc=INK, mec=PAPER, mew=0.8, ls="", zorder=4.5)
    style.write(axes, x, y + 2.3, str(number), size=SMALL, weight=SEMIBOLD, colour=PAPER, align="center")

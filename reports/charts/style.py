"""What all charts share: colours, type sizes, the drawing sheet; a drawn sheet in, SVG text out."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from reports.charts.sheet import Sheet, TextLine
from reports.colours import contrast
from reports.fonts import FAMILY, font_paths
from reports.trace import numbers, unmarked

WIDTH = 468.0
"""Text width of the page, points."""
NARROW = 216.0
"""Width of a drawing for a telephone, points: shown 328 pixels wide its smallest type is 10 pixels."""
POINTS_PER_INCH = 72.0

HARMFUL = ("#8c4a00", "#d9953f")
PROTECTIVE = ("#1f4e79", "#7aa6c9")
NEUTRAL, NEUTRAL_LOW = ("#6b2f7a", "#c99bd6"), ("#21763c", "#98c5a0")
"""Strong and light shade by direction; tests hold their distances for every colour vision."""
_THREE = {
    HARMFUL: ("#8c4a00", "#da8844", "#f5b483"),
    PROTECTIVE: ("#1f4e79", "#5497d9", "#96bbe3"),
    NEUTRAL: ("#6b2f7a", "#b576c3", "#d4a3df"),
    NEUTRAL_LOW: ("#0f6a31", "#56a76a", "#98c5a0"),
}
"""Three shades a side, for scales of six and seven answers."""
MIDDLE = "#d5d5d5"
INK, QUIET, RULE, PAPER = "#1c2733", "#5b6670", "#d9dee3", "#ffffff"

TEXT, SMALL = 7.5, 6.5
"""Type sizes in points; nothing in a chart is smaller than SMALL."""
REGULAR, SEMIBOLD = 400, 600


def shades(higher: str) -> tuple[str, str]:
    """Strong and light colour of an attitude whose high value is `harmful`, `protective` or `neutral`."""
    return {"harmful": HARMFUL, "protective": PROTECTIVE}.get(higher, NEUTRAL)


def opposite(higher: str) -> str:
    """The direction a low value has."""
    return {"harmful": "protective", "protective": "harmful"}.get(higher, "neutral")


def scale_colours(size: int, higher: str) -> tuple[str, ...]:
    """Colours of `size` ordered answers from the lowest code up; the middle of an odd scale is grey."""
    low = NEUTRAL_LOW if higher == "neutral" else shades(opposite(higher))
    half = size // 2
    return (*_ramp(low, half), *([MIDDLE] if size % 2 else []), *reversed(_ramp(shades(higher), half)))


def _ramp(pair: tuple[str, str], count: int) -> tuple[str, ...]:
    """The strong colour, the light one, then paler ones: no mid-tone on which no number would read."""
    if count == 3:
        return _THREE[pair]
    strong, light = pair
    pale = [_mix(light, PAPER, step / (count - 1)) for step in range(1, count - 1)]
    return (strong, light, *pale)[:count]


def ink_on(colour: str) -> str:
    """The text colour that reads better on this one (contrast of relative luminance, WCAG 2)."""
    return max((INK, PAPER), key=lambda ink: contrast(ink, colour))


@contextmanager
def drawing() -> Iterator[None]:
    """matplotlib's settings for the time of one drawing: text stays text, element names do not vary."""
    _register_fonts()
    with mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "tolqyn",
            "font.family": [FAMILY],
            "text.parse_math": False,
        }
    ):
        yield


def sheet(height: float, width: float = WIDTH) -> tuple[Canvas, Axes]:
    """A blank drawing of that size in points whose one axes counts points from the top left corner."""
    canvas = Canvas(figsize=(width / POINTS_PER_INCH, height / POINTS_PER_INCH), dpi=POINTS_PER_INCH)
    FigureCanvasSVG(canvas)
    return canvas, canvas.add_axes(Sheet(canvas, width, height))


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float = TEXT,
    weight: int = REGULAR,
    colour: str = INK,
    align: str = "left",
) -> Text:
    """One line of horizontal text whose baseline is at y; marks of its numbers become the element's name."""
    made = TextLine(
        x,
        y,
        unmarked(text),
        fontsize=size,
        fontweight=weight,
        color=colour,
        ha=align,
        va="baseline",
        zorder=5,
    )
    axes.add_artist(made)
    if text != unmarked(text):
        made.set_gid(numbers(text)[1])
    return made


def to_svg(canvas: Canvas) -> str:
    """SVG text without date or program name: the same drawing gives the same bytes."""
    buffer = io.StringIO()
    for artist in axes_of(canvas).collections:
        artist.set_clip_on(False)  # everything is placed inside the sheet
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    canvas.savefig(buffer, format="svg", metadata=nothing, transparent=True)
    return buffer.getvalue()


def axes_of(canvas: Canvas) -> Axes:
    """The one axes of a sheet."""
    return canvas.axes[0]


@cache
def _register_fonts() -> None:
    for path in font_paths():
        fontManager.addfont(str(path))


def _mix(first: str, second: str, share: float) -> str:
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)

"""An unsaved drawing and words in, the same drawing with the words under it out: it says where it is from."""

from collections.abc import Sequence

from reports.charts import style
from reports.charts.style import INK, POINTS_PER_INCH, QUIET, RULE, SEMIBOLD, SMALL
from reports.charts.text import wrap

_LEADING, _ABOVE = 8.5, 8.0


def footed(canvas: style.Canvas, line: str, mark: str = "") -> style.Canvas:
    """The sheet made taller, the line below a rule in as many lines as it needs, the mark bold before it."""
    width, height = (inches * POINTS_PER_INCH for inches in canvas.get_size_inches())
    axes = style.axes_of(canvas)
    told = [(text, SEMIBOLD, INK) for text in _lines(mark, width, SEMIBOLD)]
    told += [(text, style.REGULAR, QUIET) for text in _lines(line, width)]
    if not told:
        return canvas
    whole = height + _ABOVE + _LEADING * len(told) + 3
    canvas.set_size_inches(width / POINTS_PER_INCH, whole / POINTS_PER_INCH)
    axes.set_ylim(whole, 0)
    axes.plot([0, width], [height + 4, height + 4], color=RULE, lw=0.5, zorder=1)
    y = height + _ABOVE + _LEADING - 2
    for text, weight, colour in told:
        style.write(axes, 0, y, text, size=SMALL, weight=weight, colour=colour)
        y += _LEADING
    return canvas


def _lines(text: str, room: float, weight: int = style.REGULAR) -> Sequence[str]:
    return wrap(text, room, SMALL, weight) if text else ()

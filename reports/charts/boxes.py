"""Room that drawn words take: an unsaved drawing in, text boxes, collisions, clipped words out (points)."""

from itertools import combinations

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Bbox

from reports.charts.style import POINTS_PER_INCH, Canvas, axes_of

SEPARATE = 0.3
"""Points two boxes may share: side bearings, which no ink fills."""
_ACCENTS = 1.6
"""Room a line's box holds for accents its letters may not use."""


def text_boxes(canvas: Canvas) -> list[tuple[str, Bbox]]:
    """Every text with its box, from the lower left corner."""
    renderer = FigureCanvasAgg(canvas).get_renderer()
    texts = [text for text in axes_of(canvas).texts if text.get_text()]
    with mpl.rc_context({"text.hinting": "none"}):  # as in print: whole pixels would widen small type
        return [(text.get_text(), text.get_window_extent(renderer)) for text in texts]


def collisions(canvas: Canvas) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other."""
    found = []
    for (one, a), (other, b) in combinations(text_boxes(canvas), 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > SEPARATE and high > SEPARATE + _ACCENTS:
            found.append((one, other))
    return found


def clipped(canvas: Canvas) -> list[str]:
    """Texts that reach over the edge of the sheet."""
    width, height = (POINTS_PER_INCH * inches for inches in canvas.get_size_inches())
    return [
        text
        for text, box in text_boxes(canvas)
        if box.x0 < -SEPARATE or box.x1 > width + SEPARATE or box.y0 < -_ACCENTS or box.y1 > height + _ACCENTS
    ]

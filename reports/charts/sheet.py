"""A size in points in; a sheet whose marks stand where they are put, and lines of text, out.

What matplotlib does for plots of unknown data is left out, which is half of its work: no limits are gathered
from the marks, nothing is clipped, and a line of text is not measured to find its baseline.
"""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import TransformedPatchPath


class Sheet(Axes):
    """Axes that count points from the top left corner."""

    def __init__(self, canvas: Figure, width: float, height: float) -> None:
        super().__init__(canvas, (0, 0, 1, 1))
        self.set_xlim(0, width)
        self.set_ylim(height, 0)
        self.set_axis_off()
        self._whole = TransformedPatchPath(self.patch)

    def add_patch(self, p: Patch) -> Patch:
        """A surface inside the sheet."""
        return self._put(p)

    def plot(self, xs: Sequence[float], ys: Sequence[float], **look: Any) -> list[Line2D]:  # type: ignore[override]
        """A stroke through the points, or a mark at each."""
        return [self._put(Line2D(xs, ys, **look))]

    def _put(self, artist: Any) -> Any:
        # An artist that has a clip gets none of its own, and one that is off is not followed.
        artist.set_clip_path(self._whole)
        artist.set_clip_on(False)
        self.add_artist(artist)
        return artist


class TextLine(Text):
    """One horizontal line of text whose baseline is at its place."""

    def draw(self, renderer: RendererBase) -> None:
        """In a format that aligns words itself, their place need not be found by measuring them."""
        if isinstance(renderer, RendererAgg) or not self.get_text():
            super().draw(renderer)
            return
        renderer.open_group("text", self.get_gid())
        x, y = self.get_transform().transform(self.get_unitless_position())
        ink = renderer.new_gc()
        ink.set_foreground(to_rgba(self.get_color()), isRGBA=True)
        _, height = renderer.get_canvas_width_height()
        renderer.draw_text(ink, x, height - y, self.get_text(), self.get_fontproperties(), 0.0, mtext=self)
        ink.restore()
        renderer.close_group("text")

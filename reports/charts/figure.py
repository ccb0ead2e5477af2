"""A drawn chart in: its SVG, its words, and its address for the printer."""

import base64
from dataclasses import dataclass

from reports.charts.flat import flat


@dataclass(frozen=True)
class Figure:
    """One chart: SVG text, what it shows in one sentence for who cannot see it, and the caption under it."""

    svg: str
    alt: str
    caption: str

    @property
    def source(self) -> str:
        """A data: address for an `img` element that is printed."""
        return "data:image/svg+xml;base64," + base64.b64encode(flat(self.svg).encode()).decode()

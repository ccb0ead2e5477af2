"""The sizes of tiles: a name in, the sheet to draw on out."""

from dataclasses import dataclass

PIXELS = 3
"""Pixels of one unit of the sheet: charts are drawn as in print and come out three times as large."""


@dataclass(frozen=True)
class Shape:
    """One size of tile, in units of the sheet."""

    name: str
    width: float
    height: float
    margin: float
    code: float
    """Side of the QR code."""
    foot: float
    """Room of the foot at most."""

    @property
    def pixels(self) -> tuple[int, int]:
        return round(self.width * PIXELS), round(self.height * PIXELS)

    @property
    def inner(self) -> float:
        """Width between the margins."""
        return self.width - 2 * self.margin

    @property
    def wide(self) -> bool:
        return self.width > self.height


PORTRAIT = Shape("portrait", 360, 450, 16, 66, 122)
LANDSCAPE = Shape("landscape", 400, 210, 12, 50, 66)
SHAPES = (PORTRAIT, LANDSCAPE)

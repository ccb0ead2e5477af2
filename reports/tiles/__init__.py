"""Social tiles: material in, PNG pictures with their alternative text and the source of each number out."""

from reports.tiles.made import LeftOut, Tile, tiles_of
from reports.tiles.shapes import LANDSCAPE, PORTRAIT, SHAPES, Shape

__all__ = ["LANDSCAPE", "PORTRAIT", "SHAPES", "LeftOut", "Shape", "Tile", "tiles_of"]

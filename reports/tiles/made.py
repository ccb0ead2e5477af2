"""Material of one language in, its tiles as PNG with alternative text and sources of their numbers out."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from reports.charts.scale import Box
from reports.charts.style import PAPER, POINTS_PER_INCH, axes_of, drawing, sheet
from reports.evidence import IndicatorEvidence
from reports.sections import Material
from reports.sections.headlines import card
from reports.summary import carded
from reports.tiles.card import card_alt, draw_card
from reports.tiles.frame import Frame, draw_frame, frame_of
from reports.tiles.shapes import PIXELS, SHAPES, Shape
from reports.tiles.trend import Told, draw_trend, together, trend_words
from reports.trace import NUMBER, Source, unmarked

TREND = "trend"


@dataclass(frozen=True)
class Tile:
    """One picture. `numbers`: what it prints, and the cell of the estimate table each is, where it is one."""

    name: str
    shape: Shape
    png: bytes
    alt: str
    numbers: tuple[tuple[str, Source | None], ...]


@dataclass(frozen=True)
class LeftOut:
    """An indicator of which no tile is made, because its latest figure may not be printed."""

    name: str
    label: str
    why: str


@dataclass(frozen=True)
class Picture:
    """What a tile shows inside its frame: painted into a room of any shape, and said in words."""

    name: str
    alt: str
    paint: Callable[[Axes, Box, Shape], None]


def tiles_of(material: Material) -> Iterator[Tile | LeftOut]:
    """A tile of each size for each card, and for the trend where there are waves to join."""
    frame = frame_of(material)
    for picture in pictures(material):
        if isinstance(picture, LeftOut):
            yield picture
            continue
        for shape in SHAPES:
            yield _tile(picture, shape, frame, material)


def pictures(material: Material) -> Iterator[Picture | LeftOut]:
    """What there is to show, in the order of the cards."""
    cards = carded(material)
    for each in cards:
        shown = card(each, material)
        if shown.why:
            yield LeftOut(each.indicator.name, shown.label, shown.why)
            continue
        yield Picture(
            each.indicator.name,
            card_alt(each, material),
            partial(_paint_card, each, material),
        )
    lines = together(cards, material) if material.several else []
    if lines:
        yield Picture(
            TREND,
            trend_words(lines, material),
            partial(_paint_trend, lines, material),
        )


def _paint_card(each: IndicatorEvidence, material: Material, axes: Axes, room: Box, shape: Shape) -> None:
    draw_card(axes, room, each, material, wide=shape.wide)


def _paint_trend(told: list[Told], material: Material, axes: Axes, room: Box, shape: Shape) -> None:
    draw_trend(axes, room, told, material, wide=shape.wide)


def draw_tile(picture: Picture, shape: Shape, frame: Frame) -> Canvas:
    """The unsaved drawing, for measuring its text boxes."""
    with drawing():
        canvas, axes = sheet(shape.height, shape.width)
        picture.paint(axes, draw_frame(axes, shape, frame), shape)
    return canvas


def _tile(picture: Picture, shape: Shape, frame: Frame, material: Material) -> Tile:
    canvas = draw_tile(picture, shape, frame)
    alt = f"{unmarked(picture.alt)} {unmarked(frame.spoken)}".strip()
    return Tile(picture.name, shape, _png(canvas, alt, frame), alt, tuple(_numbers(canvas, material)))


def _png(canvas: Canvas, alt: str, frame: Frame) -> bytes:
    """The same drawing gives the same bytes: without date and program, unhinted, as it was measured."""
    buffer = io.BytesIO()
    told = {"Software": None, "Description": alt, "Source": unmarked(frame.release)}
    with drawing(), mpl.rc_context({"text.hinting": "none"}):
        canvas.savefig(buffer, format="png", dpi=POINTS_PER_INCH * PIXELS, metadata=told, facecolor=PAPER)
    return buffer.getvalue()


def _numbers(canvas: Canvas, material: Material) -> Iterator[tuple[str, Source | None]]:
    """Every number of every text, in the order of drawing."""
    marks = material.words.marks
    for text in axes_of(canvas).texts:
        found = NUMBER.findall(text.get_text())
        letters = text.get_gid() or ""
        known = marks.sources(letters) if marks and len(letters) == len(found) else (None,) * len(found)
        yield from zip(found, known, strict=True)

"""What stands on every tile: band with the publisher, marks, foot with help line, method line and QR code."""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.image import BboxImage
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox, TransformedBbox
from PIL import Image, UnidentifiedImageError

from reports.charts.scale import Box
from reports.charts.style import PAPER, QUIET, RULE, SEMIBOLD, write
from reports.errors import ReportError
from reports.qr import QUIET as MODULES_AROUND
from reports.qr import qr_modules
from reports.sections import Material, gaps
from reports.sections.cover import organiser
from reports.shortening import shortened
from reports.spec.reading import LAST_CHUNK
from reports.summary import helping, method_line, plain_address, short_help
from reports.tiles.setting import LEAST, Block, fitted, flow, height, sized
from reports.tiles.shapes import PIXELS, Shape

GROUND, STAMP = "#f5f7f9", "#f0b75e"
"""Under the foot, and under marks such as SYNTHETIC DATA."""
STRIP = 14.0
PARTS, HELP = (110, 80, 60, 45, 32, 22), 110
"""Letters of a free text of the method line, and of the help line."""
LEAST_MODULE = 3
"""Pixels of a module of the QR code at least."""


@dataclass(frozen=True)
class Frame:
    """One language's words around every tile."""

    organiser: str
    title: str
    colours: tuple[str, str]
    marks: str
    help: str
    methods: tuple[str, ...]
    """The method line, ever shorter in its free texts; its figures stand in all."""
    release: str
    address: str
    code: tuple[tuple[bool, ...], ...]
    logo: bytes

    @cached_property
    def picture(self) -> Any:
        """The logo as an array; None where there is none that can be drawn."""
        if not self.logo:
            return None
        try:
            # Pillow may have been told to fill up what is torn off: WeasyPrint does so for the whole process.
            if LAST_CHUNK not in self.logo[-64:]:
                raise OSError("its end is missing")
            with Image.open(io.BytesIO(self.logo)) as opened:
                return np.asarray(opened.convert("RGBA"))
        except (UnidentifiedImageError, OSError) as error:
            why = "" if isinstance(error, UnidentifiedImageError) else f" ({error})"
            raise ReportError(f"the logo is no PNG that can be read{why}: export it again") from error

    @property
    def spoken(self) -> str:
        """The words of the frame for who cannot see it."""
        parts = (self.marks, self.help, self.methods[0], self.address)
        return " ".join(part.rstrip(".") + "." for part in parts if part)


def frame_of(material: Material) -> Frame:
    """The frame of a language's tiles."""
    words, spec, latest = material.words, material.spec, material.evidence.latest.meta
    help_ = helping(material)
    number, owner = help_.phones[0] if help_.phones else ("", "")
    source, organisation = spec.source, spec.organisation
    drawable = source is not None and organisation is not None and organisation.logo.endswith(".png")
    return Frame(
        organiser=organiser(material),
        title=material.title,
        colours=material.colours,
        marks=_marks(material),
        help=f"{number} {shortened(owner, HELP)}".strip() or short_help(help_.told, HELP),
        methods=tuple(method_line(material, most) for most in PARTS),
        release=words.say("Release {release}", release=f"{latest.study} {latest.wave}/{latest.release}"),
        address=plain_address(spec.address),
        code=qr_modules(spec.address) if spec.address else (),
        logo=source.logo if drawable and source is not None else b"",
    )


def _marks(material: Material) -> str:
    words = material.words
    marks = [words.say("DRAFT")] if material.spec.draft else []
    marks += [words.say("INCOMPLETE METHODS")] if gaps(material) else []
    marks += [words.say("SYNTHETIC DATA")] if material.synthetic else []
    return " · ".join(marks)


def draw_frame(axes: Axes, shape: Shape, frame: Frame) -> Box:
    """Draw it; the box left for the tile's own matter."""
    top = _band(axes, shape, frame)
    if frame.marks:
        axes.add_patch(Rectangle((0, top), shape.width, STRIP, fc=STAMP, lw=0))
        (mark,) = fitted([Block(frame.marks, 8.5, SEMIBOLD, rigid=True)], shape.inner, STRIP - 2)
        write(axes, shape.width / 2, top + 10, mark.text, size=mark.size, weight=SEMIBOLD, align="center")
        top += STRIP
    bottom = _foot(axes, shape, frame)
    gap = 5 if shape.wide else 10
    return Box(shape.margin, top + gap, shape.inner, bottom - top - 2 * gap)


def _band(axes: Axes, shape: Shape, frame: Frame) -> float:
    main, accent = frame.colours
    most = 26.0 if shape.wide else 44.0
    left, plate = shape.margin, 0.0
    if frame.picture is not None:
        high, wide = frame.picture.shape[:2]
        scale = min((most - 8) / high, 80 / wide)
        plate = wide * scale + 6
        left += plate + 6
    blocks = fitted(
        [
            Block(frame.organiser, 10.5 if not shape.wide else 8.5, SEMIBOLD, PAPER, after=1),
            Block(frame.title, 8.5 if not shape.wide else 7.0, colour=accent),
        ],
        shape.width - shape.margin - left,
        most - 6,
    )
    tall = max(height(blocks, shape.width - shape.margin - left) + 10, most if plate else 0.0)
    axes.add_patch(Rectangle((0, 0), shape.width, tall, fc=main, lw=0))
    if plate:
        _logo(axes, shape, frame.picture, plate, tall)
    flow(axes, left, 5, shape.width - shape.margin - left, blocks)
    return tall


def _logo(axes: Axes, shape: Shape, picture: Any, plate: float, tall: float) -> None:
    """The logo on white paper, whatever the band's colour."""
    high, wide = picture.shape[:2]
    width = plate - 6
    deep = width * high / wide
    axes.add_patch(Rectangle((shape.margin, (tall - deep) / 2 - 2), plate, deep + 4, fc=PAPER, lw=0))
    place = Bbox([[shape.margin + 3, (tall + deep) / 2], [shape.margin + 3 + width, (tall - deep) / 2]])
    image = BboxImage(TransformedBbox(place, axes.transData), interpolation="antialiased", zorder=6)
    # Heights grow downwards on a tile, and upwards in the picture's box.
    image.set_data(picture[::-1])
    axes.add_artist(image)


def _foot(axes: Axes, shape: Shape, frame: Frame) -> float:
    """Where to turn to, how it is known, where the rest is; the height at which it begins."""
    side = _side(shape, frame)
    width = shape.inner - (side + 8 if side else 0)
    room = max(shape.foot, side + 8) - 10
    tried = (sized(_foot_blocks(shape, frame, method), width, room) for method in frame.methods)
    blocks = next((found for found in tried if found), None) or fitted(
        _foot_blocks(shape, frame, frame.methods[-1]), width, room
    )
    tall = max(height(blocks, width) + 10, side + 8)
    top = shape.height - tall
    axes.add_patch(Rectangle((0, top), shape.width, tall, fc=GROUND, lw=0))
    axes.plot([0, shape.width], [top, top], color=RULE, lw=0.8)
    flow(axes, shape.margin, top + 5, width, blocks)
    if side:
        _code(axes, shape.width - shape.margin - side, top + (tall - side) / 2, side, frame.code)
    return top


def _foot_blocks(shape: Shape, frame: Frame, method: str) -> list[Block]:
    small = LEAST if shape.wide else 7.2
    rest = " · ".join(part for part in (frame.release, frame.address) if part)
    return [
        Block(frame.help, 8.5 if shape.wide else 10.0, SEMIBOLD, after=2.5),
        Block(method, small, colour=QUIET, after=1.5, leading=1.2, rigid=True),
        Block(rest, small, SEMIBOLD, QUIET, leading=1.2, rigid=True),
    ]


def _side(shape: Shape, frame: Frame) -> float:
    """The side of the QR code in units: whole pixels a module."""
    if not frame.code:
        return 0.0
    modules = len(frame.code) + 2 * MODULES_AROUND
    return modules * max(LEAST_MODULE, int(shape.code * PIXELS) // modules) / PIXELS


def _code(axes: Axes, x: float, y: float, side: float, rows: tuple[tuple[bool, ...], ...]) -> None:
    """Dark squares on white, on the edges of pixels."""
    x, y = round(x * PIXELS) / PIXELS, round(y * PIXELS) / PIXELS
    unit = side / (len(rows) + 2 * MODULES_AROUND)
    axes.add_patch(Rectangle((x, y), side, side, fc=PAPER, lw=0, antialiased=False, zorder=2))
    squares = [
        [(left, up), (left + unit, up), (left + unit, up + unit), (left, up + unit)]
        for row, line in enumerate(rows)
        for column, dark in enumerate(line)
        if dark
        for left, up in [(x + unit * (column + MODULES_AROUND), y + unit * (row + MODULES_AROUND))]
    ]
    axes.add_collection(PolyCollection(squares, facecolors="#000000", lw=0, antialiaseds=False, zorder=3))

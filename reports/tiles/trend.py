"""The trend's tile: up to three indicators of one unit over the waves, with a key that says their figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from reports.charts import Line, WaveTick
from reports.charts.lines import trend_alt
from reports.charts.panel import KEY, draw_key
from reports.charts.scale import Box
from reports.charts.style import QUIET, SEMIBOLD, shades
from reports.evidence import IndicatorEvidence
from reports.sections import Material
from reports.sections.headlines import Card, card
from reports.sections.trends import trend_line
from reports.summary import alike, sample_only
from reports.tiles.card import draw_line
from reports.tiles.setting import LEAST, Block, fitted, flow

MOST_LINES, MOST_WIDE = 3, 2
"""Lines of a panel; a wide tile's panel is too flat for the figures of three."""
_GAP = 8.0


@dataclass(frozen=True)
class Told:
    """One line with what its key says."""

    line: Line
    card: Card


def together(cards: Sequence[IndicatorEvidence], material: Material) -> list[Told]:
    """Those whose latest figure may be printed and that may share a panel, the first few of them."""
    latest, told = material.evidence.latest.name, []
    for each in cards:
        reading = each.reading(latest)
        shown = sum(reading.printable for reading in each.readings)
        if reading is not None and reading.printable and shown > 1:
            told.append(Told(trend_line(each, material), card(each, material)))
    kept = alike([each.line for each in told])
    return [each for each in told if each.line in kept][:MOST_LINES]


def draw_trend(axes: Axes, room: Box, told: list[Told], material: Material, *, wide: bool) -> None:
    """Heading, panel, and below or beside it the key."""
    ticks = [WaveTick(wave.name, wave.year) for wave in material.evidence.waves]
    words, told = material.words, told[:MOST_WIDE] if wide else told
    heading = fitted(
        [
            Block(caption(material), 10.0 if wide else 16.0, SEMIBOLD),
            Block(sample_only(material), 7.0 if wide else 10.5, colour=QUIET, rigid=True),
        ],
        room.width,
        25 if wide else 62,
    )
    top = flow(axes, room.x, room.y, room.width, heading) + 2
    width = room.width * 0.42 if wide else room.width
    lines = [each.line for each in told]
    most = (room.bottom - top) if wide else (room.bottom - top) * 0.48
    keys = [fitted(_key(each, wide=wide), width - KEY - _GAP, most / len(told) - 4) for each in told]
    tall = sum(sum(b.height(width - KEY - _GAP) for b in key) + 4 for key in keys)
    left = room.right - width if wide else room.x
    y = top + 2 if wide else room.bottom - tall
    place = Box(room.x, top, room.width - width - 12, room.bottom - top) if wide else None
    draw_line(axes, place or Box(room.x, top, room.width, y - top - 6), lines, ticks, words)
    for number, (line, key) in enumerate(zip(lines, keys, strict=True)):
        draw_key(axes, left, y + key[0].size * 0.62, line, number)
        y = flow(axes, left + KEY + _GAP, y, width - KEY - _GAP, key) + 4


def caption(material: Material) -> str:
    """`Headline indicators, 2023 to 2026`."""
    waves = material.wave_names
    return material.words.say("Headline indicators, {first} to {last}", first=waves[0], last=waves[-1])


def trend_words(told: Sequence[Told], material: Material) -> str:
    """What the tile says, for who cannot see it."""
    lines = [each.line for each in told]
    ticks = [WaveTick(wave.name, wave.year) for wave in material.evidence.waves]
    notes = "; ".join(
        material.words.say("{label}: {values}", label=line.label, values=line.note)
        for line in lines
        if line.note
    )
    said = trend_alt(lines, ticks, material.words, material.words.say("the report"))
    return f"{said} {notes}." if notes else said


def _key(told: Told, *, wide: bool) -> list[Block]:
    """The latest figure with the label, and below it the verdict with the change."""
    line, shown = told.line, told.card
    size = 8.0 if wide else 12.0
    label = f"{line.last} {line.label}" if line.last else line.label
    small, colour = max(LEAST, size * 0.78), line.note_colour or QUIET
    return [
        Block(label, size, SEMIBOLD, shades(line.higher)[0]),
        Block(f"{shown.mark} {shown.verdict}".strip(), small, colour=colour, rigid=True),
        Block("" if wide else shown.change, small, colour=colour, optional=True),
    ]

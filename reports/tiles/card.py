"""One indicator's tile: its latest figure, how it moved, and its line over the waves."""

from matplotlib.axes import Axes

from reports.charts import Line, WaveTick
from reports.charts.panel import BREAK_ROW, TICK_ROW, break_rows, draw_panel, tick_rows
from reports.charts.scale import Box, y_top
from reports.charts.style import HARMFUL, INK, PROTECTIVE, QUIET, SEMIBOLD
from reports.charts.text import text_width
from reports.evidence import IndicatorEvidence
from reports.i18n import Words
from reports.sections import Material, finding
from reports.sections.headlines import Card, card
from reports.sections.trends import trend_line
from reports.summary import sample_only
from reports.tiles.setting import Block, fitted, flow

BOLD = 700
TONES = {"better": PROTECTIVE[0], "worse": HARMFUL[0]}
LEAST_PANEL = 84.0
_AXIS, _HEAD, _GAP = 26.0, 12.0, 14.0


def draw_card(axes: Axes, room: Box, each: IndicatorEvidence, material: Material, *, wide: bool) -> None:
    """Words, and beside or below them the line, where there are waves to join."""
    shown = card(each, material)
    ticks = [WaveTick(wave.name, wave.year) for wave in material.evidence.waves]
    several = material.several
    left = room.width * 0.46 if wide and several else room.width
    most = room.height if wide or not several else room.height - LEAST_PANEL - _GAP
    blocks = fitted(_blocks(shown, each, material, left, wide=wide), left, most)
    end = flow(axes, room.x, room.y, left, blocks)
    if not several:
        return
    line = trend_line(each, material)
    if wide:
        place = Box(room.x + left + _GAP, room.y, room.width - left - _GAP, room.height)
    else:
        place = Box(room.x, end + _GAP, room.width, min(room.bottom - end - _GAP, 150))
    draw_line(axes, place, [line], ticks, material.words)


def draw_line(axes: Axes, place: Box, lines: list[Line], ticks: list[WaveTick], words: Words) -> None:
    """A panel whose axis, wave names and words over breaks stay inside a place."""
    wanted = Box(place.x + _AXIS, place.y, place.width - _AXIS - 10, place.height)
    broken = BREAK_ROW * len(break_rows(wanted, lines[0], ticks))
    below = TICK_ROW * (1 + max(tick_rows(wanted, lines, ticks, words))) + 2
    top = place.y + _HEAD + broken
    box = Box(wanted.x, top, wanted.width, place.bottom - below - top)
    draw_panel(axes, box, lines, ticks, words, top=y_top(lines))


def card_alt(each: IndicatorEvidence, material: Material) -> str:
    """What the tile says, for who cannot see it."""
    shown, words = card(each, material), material.words
    interval = f"{words.say('95% interval')} {shown.interval}" if shown.interval else ""
    values = "; ".join(part for part in (shown.value, interval, f"n={shown.base}", shown.asked) if part)
    said = words.say("{label} ({wave}): {values}", label=shown.label, wave=_wave(material), values=values)
    return f"{said}. {finding(each, material).sentences[0]}"


def _blocks(
    shown: Card, each: IndicatorEvidence, material: Material, width: float, *, wide: bool
) -> list[Block]:
    words = material.words
    size = (12.5, 40.0, 8.0, 9.0) if wide else (18.0, 72.0, 10.5, 13.0)
    interval = f"{words.say('95% interval')} {shown.interval}" if shown.interval else ""
    about = " · ".join(part for part in (_wave(material), interval) if part)
    joined, base = f"{about} · n={shown.base}", ""
    if text_width(joined, size[2]) > width:
        joined, base = about, f"n={shown.base}"
    sentence = "" if material.several else finding(each, material).sentences[0]
    latest = each.reading(material.evidence.latest.name)
    caution = words.say("* Fewer than 100 answers: read with caution.") if latest and latest.small else ""
    colour = TONES.get(shown.tone, INK)
    return [
        Block(shown.label, size[0], SEMIBOLD, after=2),
        Block(shown.value, size[1], BOLD, material.colours[0], leading=1.2, rigid=True),
        Block(joined, size[2], colour=QUIET, after=0 if base else 3, rigid=True),
        Block(base, size[2], colour=QUIET, after=3, rigid=True),
        Block(shown.asked, size[2], colour=QUIET, after=3),
        Block(f"{shown.mark} {shown.verdict}".strip(), size[3], SEMIBOLD, colour, rigid=True),
        Block(shown.change, size[2], colour=colour, optional=True),
        Block(sample_only(material), size[2], colour=QUIET, rigid=True),
        Block(caution, size[2], colour=QUIET, rigid=True),
        Block(sentence, size[3], optional=True),
    ]


def _wave(material: Material) -> str:
    return material.evidence.latest.name

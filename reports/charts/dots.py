"""Dot plots: groups or differences with intervals in; a figure with whiskers, the wave before hollow, out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.charts import style
from reports.charts.axis import Axis, difference_axis, level_axis
from reports.charts.figure import Figure
from reports.charts.rowplot import Key, Mark, Panel, Row, draw_rows, draw_slim
from reports.charts.style import INK, QUIET, WIDTH
from reports.i18n import Words
from reports.rows import Reading

__all__ = ["Dot", "DotBlock", "effect_dots", "group_dots"]

HARMFUL_SHAPE, PROTECTIVE_SHAPE, UNCLEAR_SHAPE, REFERENCE_SHAPE = "D", "^", "o", "s"


@dataclass(frozen=True)
class Dot:
    """One group or one difference; without a reading it is what the others are compared with."""

    label: str
    reading: Reading | None
    before: Reading | None = None
    """The same group in the wave before."""
    hidden: str = ""
    """Why its figure may not be printed."""


@dataclass(frozen=True)
class DotBlock:
    """Dots under one heading: the groups of one variable, the levels of one factor."""

    label: str
    dots: tuple[Dot, ...]


def group_dots(
    blocks: Sequence[DotBlock],
    words: Words,
    *,
    higher: str,
    wave: str,
    total: Reading | None = None,
    before: str = "",
    unit: str = "percent",
    scale: tuple[float, float] = (0.0, 1.0),
    caption: str,
    table: str,
) -> Figure:
    """Levels by group: dot and whisker, the total a dashed rule, bases in a column.

    `before` names the earlier wave, whose dots are hollow. `unit`: `percent`, or `score` over `scale`.
    """
    with style.drawing():
        drawn = draw_groups(
            blocks, words, higher=higher, wave=wave, total=total, before=before, unit=unit, scale=scale
        )
        svg = style.to_svg(drawn)
    axis = levels_axis(blocks, total, unit, scale)
    return Figure(svg, groups_alt(blocks, axis, words, wave=wave, table=table), caption)


def groups_alt(blocks: Sequence[DotBlock], axis: Axis, words: Words, *, wave: str, table: str) -> str:
    """Each group's figure, and where all of them stand."""
    return words.say(
        "Dot plot by group, {wave}: {values}; all figures are in {table}.",
        wave=wave,
        values=_spoken(blocks, axis, words),
        table=table,
    )


def draw_groups(
    blocks: Sequence[DotBlock],
    words: Words,
    *,
    higher: str,
    wave: str,
    total: Reading | None = None,
    before: str = "",
    unit: str = "percent",
    scale: tuple[float, float] = (0.0, 1.0),
    width: float = WIDTH,
) -> "style.Canvas":
    """The unsaved drawing of `group_dots`; a narrow one has the marks under the words."""
    axis = levels_axis(blocks, total, unit, scale)
    colour = style.shades(higher)[0]
    shown_before = before and any(dot.before and dot.before.printable for b in blocks for dot in b.dots)
    rows = [
        row for block in blocks for row in _block(block, lambda dot: _level_row(dot, axis, colour, words))
    ]
    rule = total.estimate if total is not None and total.printable else None
    label = words.say("all: {value}", value=axis.text(rule, words)) if rule is not None else ""
    keys = [Key(Mark(0, colour=colour), wave)] if shown_before else []
    keys += [Key(Mark(0, colour=colour, hollow=True), before)] if shown_before else []
    heads = (
        words.say("% and 95% interval") if unit == "percent" else words.say("score and 95% interval"),
        "n",
    )
    panel = Panel("", axis, rule, label)
    if width < WIDTH:
        return draw_slim(rows, panel, heads, keys, words, width=width)
    return draw_rows(rows, [panel], heads, keys, words)


def effect_dots(
    blocks: Sequence[DotBlock],
    words: Words,
    *,
    higher: str,
    unit: str = "points",
    caption: str,
    table: str,
) -> Figure:
    """Differences from a comparison group with intervals, around a line of no difference.

    `higher`: the direction a high outcome has. `unit`: `points` (of shares), `difference` (of scores), `odds`
    (odds ratios). A mark's shape and colour say which way a difference goes that its interval leaves no
    doubt about.
    """
    with style.drawing():
        svg = style.to_svg(draw_effects(blocks, words, higher, unit))
    spoken = _spoken(blocks, effect_axis(_readings(blocks), unit), words)
    alt = words.say(
        "Dot plot of differences: {values}; all figures are in {table}.", values=spoken, table=table
    )
    return Figure(svg, alt, caption)


def draw_effects(blocks: Sequence[DotBlock], words: Words, higher: str, unit: str) -> "style.Canvas":
    """The unsaved drawing of `effect_dots`."""
    axis = effect_axis(_readings(blocks), unit)
    rows = [
        row for block in blocks for row in _block(block, lambda dot: _effect_row(dot, axis, higher, words))
    ]
    based = any(dot.reading is not None and dot.reading.base for block in blocks for dot in block.dots)
    heads = (effect_head(unit, words), "n") if based else (effect_head(unit, words),)
    if not based:
        rows = [Row(row.label, row.marks, row.cells[:1], row.note, row.heading) for row in rows]
    return draw_rows(rows, [Panel("", axis)], heads, effect_keys(higher, words), words)


def effect_axis(readings: Sequence[Reading], unit: str) -> Axis:
    """An axis that reaches every printable interval."""
    ends = [value for each in readings if each.printable for value in (each.estimate, each.low, each.high)]
    return difference_axis(unit, [value for value in ends if math.isfinite(value)])


def effect_head(unit: str, words: Words) -> str:
    """The head of a column of differences."""
    heads = {
        "points": words.say("difference in points and 95% interval"),
        "difference": words.say("difference in score and 95% interval"),
        "odds": words.say("odds ratio and 95% interval"),
    }
    return heads[unit]


def effect_mark(reading: Reading, axis: Axis, higher: str) -> Mark:
    """Shape and colour by the direction of the attitude; grey and round where the interval meets zero."""
    zero = axis.zero or 0.0
    if not (reading.low > zero or reading.high < zero) or higher == "neutral":
        return Mark(reading.estimate, reading.low, reading.high, QUIET, UNCLEAR_SHAPE)
    direction = higher if reading.estimate > zero else style.opposite(higher)
    shape = HARMFUL_SHAPE if direction == "harmful" else PROTECTIVE_SHAPE
    return Mark(reading.estimate, reading.low, reading.high, style.shades(direction)[0], shape)


def effect_keys(higher: str, words: Words) -> list[Key]:
    """What the marks of differences mean."""
    reference = Key(Mark(0, colour=INK, shape=REFERENCE_SHAPE, hollow=True), words.say("comparison group"))
    if higher == "neutral":
        return [reference]
    return [
        Key(Mark(0, colour=style.HARMFUL[0], shape=HARMFUL_SHAPE), words.say("more harmful attitude")),
        Key(
            Mark(0, colour=style.PROTECTIVE[0], shape=PROTECTIVE_SHAPE), words.say("more protective attitude")
        ),
        Key(Mark(0, colour=QUIET, shape=UNCLEAR_SHAPE), words.say("no clear difference")),
        reference,
    ]


def reference_mark(axis: Axis) -> Mark:
    """The comparison group, on the line of no difference."""
    return Mark(axis.zero or 0.0, colour=INK, shape=REFERENCE_SHAPE, hollow=True)


def interval_cell(reading: Reading, axis: Axis, words: Words) -> str:
    """`46% (42–50)`: a figure with its interval where there is one."""
    value = axis.text(reading.estimate, words)
    if not (math.isfinite(reading.low) and math.isfinite(reading.high)):
        return value
    ends = [_bare(end, axis, words) for end in (reading.low, reading.high)]
    joined = (
        words.say("{low} to {high}", low=ends[0], high=ends[1]) if axis.zero is not None else "–".join(ends)
    )
    return f"{value} ({joined})"


def base_cell(reading: Reading, words: Words) -> str:
    """The number of answers, with a star where it is small."""
    return words.number(reading.base) + ("*" if reading.small else "") if reading.base else ""


def _bare(value: float, axis: Axis, words: Words) -> str:
    return words.number(100 * value) if axis.unit == "percent" else axis.text(value, words)


def levels_axis(
    blocks: Sequence[DotBlock], total: Reading | None, unit: str, scale: tuple[float, float]
) -> Axis:
    """An axis of levels for everything that may be shown."""
    shown = [each for each in (*_readings(blocks), total) if each is not None and each.printable]
    return level_axis(unit, scale, [r.high if math.isfinite(r.high) else r.estimate for r in shown])


def _readings(blocks: Sequence[DotBlock]) -> list[Reading]:
    return [
        each
        for block in blocks
        for dot in block.dots
        for each in (dot.reading, dot.before)
        if each is not None
    ]


def _block(block: DotBlock, row: Callable[[Dot], Row]) -> list[Row]:
    heading = [Row(block.label, heading=True)] if block.label else []
    return [*heading, *(row(dot) for dot in block.dots)]


def _level_row(dot: Dot, axis: Axis, colour: str, words: Words) -> Row:
    reading, marks = dot.reading, []
    if dot.before is not None and dot.before.printable:
        marks.append(Mark(dot.before.estimate, colour=colour, hollow=True, below=True))
    if reading is None or not reading.printable:
        base = base_cell(reading, words) if reading is not None else ""
        return Row(dot.label, (() if dot.hidden else tuple(marks),), ("(s)", base), note=dot.hidden)
    marks.append(Mark(reading.estimate, reading.low, reading.high, colour))
    return Row(dot.label, (tuple(marks),), (interval_cell(reading, axis, words), base_cell(reading, words)))


def _effect_row(dot: Dot, axis: Axis, higher: str, words: Words) -> Row:
    reading = dot.reading
    if reading is None:
        return Row(dot.label, ((reference_mark(axis),),), ("", ""))
    if not reading.printable:
        return Row(dot.label, ((),), ("(s)", base_cell(reading, words)), note=dot.hidden)
    cells = (interval_cell(reading, axis, words), base_cell(reading, words))
    return Row(dot.label, ((effect_mark(reading, axis, higher),),), cells)


def _spoken(blocks: Sequence[DotBlock], axis: Axis, words: Words) -> str:
    parts = [
        words.say("{label} {value}", label=dot.label, value=spoken_value(dot.reading, axis, words))
        for block in blocks
        for dot in block.dots
        if dot.reading is not None and dot.reading.printable
    ]
    return ", ".join(parts) or words.say("no printable figure")


def spoken_value(reading: Reading, axis: Axis, words: Words) -> str:
    """A figure with its unit, as a sentence says it."""
    return words.points(reading.estimate) if axis.unit == "points" else axis.text(reading.estimate, words)

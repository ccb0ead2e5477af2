"""Weighting plot: distances from population margins in; a figure of each before and after weighting out."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.charts import style
from reports.charts.axis import difference_axis
from reports.charts.figure import Figure
from reports.charts.rowplot import Key, Mark, Panel, Row, draw_rows
from reports.charts.style import INK, QUIET
from reports.i18n import Words

__all__ = ["Margin", "MarginCell", "weighting_plot"]


@dataclass(frozen=True)
class MarginCell:
    """One category of a margin: its share of the population and of the sample before and after weighting."""

    label: str
    target: float
    before: float
    after: float


@dataclass(frozen=True)
class Margin:
    """One margin: a variable, or several crossed."""

    label: str
    cells: tuple[MarginCell, ...]


def weighting_plot(margins: Sequence[Margin], words: Words, *, caption: str, table: str) -> Figure:
    """Sample share minus population share in points: hollow before weighting, full after it."""
    with style.drawing():
        svg = style.to_svg(draw(margins, words))
    worst = max((cell for margin in margins for cell in margin.cells), key=lambda c: abs(c.before - c.target))
    largest = max(abs(cell.after - cell.target) for margin in margins for cell in margin.cells)
    alt = words.say(
        "Distances of the sample from the population: before weighting the largest is {before} ({label}), "
        "after weighting {after}; all are in {table}.",
        before=words.points(worst.before - worst.target, 1),
        label=worst.label,
        after=words.width(largest, 1),
        table=table,
    )
    return Figure(svg, alt, caption)


def draw(margins: Sequence[Margin], words: Words) -> "style.Canvas":
    """The unsaved drawing, for measuring its text boxes."""
    cells = [cell for margin in margins for cell in margin.cells]
    away = [share - cell.target for cell in cells for share in (cell.before, cell.after)]
    axis = difference_axis("points", away)
    rows = []
    for margin in margins:
        rows.append(Row(margin.label, heading=True))
        rows += [_row(cell, words) for cell in margin.cells]
    keys = [
        Key(Mark(0, colour=QUIET, hollow=True), words.say("before weighting")),
        Key(Mark(0, colour=INK), words.say("after weighting")),
    ]
    panel = Panel(words.say("sample minus population, in points"), axis)
    heads = (words.say("population, %"), words.say("before"), words.say("after"))
    return draw_rows(rows, [panel], heads, keys, words)


def _row(cell: MarginCell, words: Words) -> Row:
    before, after = cell.before - cell.target, cell.after - cell.target
    marks = (Mark(before, colour=QUIET, hollow=True), Mark(after, colour=INK))
    figures = (
        words.number(100 * cell.target, 1),
        words.signed(100 * before, 1),
        words.signed(100 * after, 1),
    )
    return Row(cell.label, (marks,), figures)

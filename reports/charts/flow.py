"""Sample flow: counts from issued to analysed in; a figure of boxes with the losses beside them out."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from reports.charts import style
from reports.charts.figure import Figure
from reports.charts.style import INK, PAPER, QUIET, RULE, SEMIBOLD, SMALL, TEXT, WIDTH
from reports.charts.text import text_width, wrap
from reports.i18n import Words

__all__ = ["FlowStep", "Loss", "sample_flow"]

_BOX, _SIDE, _ARROW, _PAD = 196.0, 236.0, 14.0, 7.0
_LEADING, _SMALL_LEADING = 9.5, 8.5


@dataclass(frozen=True)
class Loss:
    """Cases that leave before a step, and why."""

    label: str
    count: int


@dataclass(frozen=True)
class FlowStep:
    """One stage: how many are in it, and who left since the one above."""

    label: str
    count: int
    losses: tuple[Loss, ...] = ()


def sample_flow(steps: Sequence[FlowStep], words: Words, *, caption: str, table: str = "") -> Figure:
    """Boxes from what was issued down to the base of the figures; `table` names where the counts stand."""
    with style.drawing():
        svg = style.to_svg(draw(steps, words))
    stages = ", ".join(_counted(step.label, step.count, words) for step in steps)
    losses = [_counted(loss.label, loss.count, words) for step in steps for loss in step.losses]
    left = words.say(", of whom left: {values}", values=", ".join(losses)) if losses else ""
    where = words.say("; the counts are in {table}", table=table) if table else ""
    return Figure(
        svg,
        words.say("Flow of the sample: {stages}{left}{where}.", stages=stages, left=left, where=where),
        caption,
    )


def draw(steps: Sequence[FlowStep], words: Words) -> "style.Canvas":
    """The unsaved drawing, for measuring its text boxes."""
    figures = max(text_width(words.number(step.count), TEXT + 1, SEMIBOLD) for step in steps)
    labels = [wrap(step.label, _BOX - 3 * _PAD - figures, TEXT, SEMIBOLD) for step in steps]
    losses = [_losses(step, words) for step in steps]
    boxes = [_LEADING * len(label) + 2 * _PAD - 2 for label in labels]
    sides = [sum(_SMALL_LEADING * len(lines) for lines, _ in found) for found in losses]
    between = [0.0, *(max(_ARROW, side + 8) for side in sides[1:])]
    above = sides[0] + 6 if sides[0] else 0.0
    canvas, axes = style.sheet(above + sum(boxes) + sum(between) + 3)
    y = 1.0
    for number, step in enumerate(steps):
        _side(axes, y + (3 if number == 0 else between[number] / 2 - sides[number] / 2), losses[number])
        y += above if number == 0 else between[number]
        if number:
            _arrow(axes, y - between[number], y, bool(losses[number]), between[number])
        _box(axes, y, boxes[number], labels[number], words.number(step.count), last=number == len(steps) - 1)
        y += boxes[number]
    return canvas


def _losses(step: FlowStep, words: Words) -> list[tuple[tuple[str, ...], str]]:
    room = WIDTH - _SIDE - 2
    return [
        (
            wrap(loss.label, room - text_width(words.number(loss.count), SMALL, SEMIBOLD) - 8, SMALL),
            words.number(loss.count),
        )
        for loss in step.losses
    ]


def _box(axes: Axes, y: float, height: float, label: Sequence[str], count: str, *, last: bool) -> None:
    axes.add_patch(Rectangle((0.6, y), _BOX, height, fc=PAPER, ec=INK, lw=1.4 if last else 0.7, zorder=3))
    line = y + height / 2 - _LEADING * (len(label) - 1) / 2 + 2.6
    for text in label:
        style.write(axes, _PAD, line, text, weight=SEMIBOLD if last else style.REGULAR)
        line += _LEADING
    style.write(axes, _BOX - _PAD, y + height / 2 + 3, count, size=TEXT + 1, weight=SEMIBOLD, align="right")


def _arrow(axes: Axes, top: float, bottom: float, branches: bool, height: float) -> None:
    x = _BOX / 2
    axes.plot([x, x], [top, bottom - 1], color=INK, lw=0.8, zorder=2)
    axes.plot([x - 2.6, x, x + 2.6], [bottom - 4, bottom - 0.8, bottom - 4], color=INK, lw=0.8, zorder=2)
    if branches:
        middle = top + height / 2
        axes.plot([x, _SIDE - 6], [middle, middle], color=INK, lw=0.6, zorder=2)


def _side(axes: Axes, y: float, losses: Sequence[tuple[tuple[str, ...], str]]) -> None:
    if not losses:
        return
    total = sum(_SMALL_LEADING * len(lines) for lines, _ in losses)
    axes.plot([_SIDE - 6, _SIDE - 6], [y, y + total], color=RULE, lw=0.8, zorder=1)
    widest = max(text_width(count, SMALL, SEMIBOLD) for _, count in losses)
    for lines, count in losses:
        style.write(axes, _SIDE + widest, y + 6.5, count, size=SMALL, weight=SEMIBOLD, align="right")
        for text in lines:
            style.write(axes, _SIDE + widest + 5, y + 6.5, text, size=SMALL, colour=QUIET)
            y += _SMALL_LEADING


def _counted(label: str, count: int, words: Words) -> str:
    return words.say("{label} {value}", label=label, value=words.number(count))

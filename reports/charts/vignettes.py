"""Vignette experiments: means and effects of every level in; one figure with both side by side out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.charts import style
from reports.charts.axis import Axis, level_axis
from reports.charts.dots import (
    base_cell,
    effect_axis,
    effect_head,
    effect_keys,
    effect_mark,
    interval_cell,
    reference_mark,
    spoken_value,
)
from reports.charts.figure import Figure
from reports.charts.rowplot import Mark, Panel, Row, draw_rows
from reports.charts.style import INK
from reports.i18n import Words
from reports.rows import Reading

__all__ = ["Factor", "FactorLevel", "vignette_effects"]


@dataclass(frozen=True)
class FactorLevel:
    """One level of a factor: its marginal mean and its effect; None for what others are compared with."""

    label: str
    mean: Reading
    effect: Reading | None
    hidden: str = ""
    """Why its figures may not be printed."""


@dataclass(frozen=True)
class Factor:
    """What was varied in the vignette, and its levels."""

    label: str
    levels: tuple[FactorLevel, ...]


def vignette_effects(
    factors: Sequence[Factor],
    words: Words,
    *,
    higher: str,
    unit: str = "percent",
    scale: tuple[float, float] = (0.0, 1.0),
    caption: str,
    table: str,
) -> Figure:
    """Marginal means on the left, differences from the comparison level on the right.

    `unit`: `percent` (differences in points) or `score` over `scale`.
    """
    with style.drawing():
        svg = style.to_svg(draw(factors, words, higher, unit, scale))
    axis = _effect_axis(factors, unit)
    parts = [
        words.say(
            "{label} against {other} {value}",
            label=level.label,
            other=_reference(factor),
            value=spoken_value(level.effect, axis, words),
        )
        for factor in factors
        for level in factor.levels
        if level.effect is not None and level.effect.printable
    ]
    alt = words.say(
        "Mean answers by what the vignette said, and differences: {values}; all figures are in {table}.",
        values=", ".join(parts) or words.say("no printable figure"),
        table=table,
    )
    return Figure(svg, alt, caption)


def draw(
    factors: Sequence[Factor], words: Words, higher: str, unit: str, scale: tuple[float, float]
) -> "style.Canvas":
    """The unsaved drawing, for measuring its text boxes."""
    means, effects = _mean_axis(factors, unit, scale), _effect_axis(factors, unit)
    rows = []
    for factor in factors:
        rows.append(Row(factor.label, heading=True))
        rows += [_row(level, means, effects, higher, words) for level in factor.levels]
    panels = [
        Panel(words.say("share answering so") if unit == "percent" else words.say("mean score"), means),
        Panel(effect_head(effects.unit, words), effects),
    ]
    heads = (
        "%" if unit == "percent" else words.say("mean score"),
        words.say("points") if unit == "percent" else words.say("difference"),
        "n",
    )
    return draw_rows(rows, panels, heads, effect_keys(higher, words), words)


def _mean_axis(factors: Sequence[Factor], unit: str, scale: tuple[float, float]) -> Axis:
    means = [level.mean for factor in factors for level in factor.levels if level.mean.printable]
    return level_axis(
        unit, scale, [each.high if math.isfinite(each.high) else each.estimate for each in means]
    )


def _effect_axis(factors: Sequence[Factor], unit: str) -> Axis:
    effects = [level.effect for factor in factors for level in factor.levels if level.effect is not None]
    return effect_axis(effects, "points" if unit == "percent" else "difference")


def _reference(factor: Factor) -> str:
    return next((level.label for level in factor.levels if level.effect is None), factor.label)


def _row(level: FactorLevel, means: Axis, effects: Axis, higher: str, words: Words) -> Row:
    mean, effect, base = level.mean, level.effect, base_cell(level.mean, words)
    if not mean.printable:
        return Row(level.label, ((), ()), ("(s)", "(s)", base), note=level.hidden)
    left = Mark(mean.estimate, mean.low, mean.high, INK)
    value = means.text(mean.estimate, words)
    if effect is None:
        return Row(level.label, ((left,), (reference_mark(effects),)), (value, "", base))
    if not effect.printable:
        return Row(level.label, ((left,), ()), (value, "(s)", base))
    return Row(
        level.label,
        ((left,), (effect_mark(effect, effects, higher),)),
        (value, interval_cell(effect, effects, words), base),
    )

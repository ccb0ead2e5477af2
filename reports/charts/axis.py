"""Value axes of row plots: what is to be shown in, range, ticks and their words out."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.i18n import Words

UNITS = ("percent", "score", "points", "difference", "odds")
_STEPS = (1.0, 2.0, 5.0)
_ODDS = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
_MOST_TICKS = 6


@dataclass(frozen=True)
class Axis:
    """A range with ticks. `percent` and `score` are levels; `points`, `difference` and `odds` compare."""

    unit: str
    low: float
    high: float
    ticks: tuple[float, ...]

    @property
    def zero(self) -> float | None:
        """Where no difference lies; None on an axis of levels."""
        return {"points": 0.0, "difference": 0.0, "odds": 1.0}.get(self.unit)

    def share(self, value: float) -> float:
        """Place of a value, 0 at the left end to 1 at the right one; what lies beyond stands at the end."""
        low, high, at = (self._linear(each) for each in (self.low, self.high, value))
        return min(1.0, max(0.0, (at - low) / (high - low)))

    def tick(self, value: float, words: Words) -> str:
        """The words under a tick."""
        if self.unit == "percent":
            return words.percent(value) if value == self.ticks[-1] else words.number(100 * value)
        if self.unit == "points":
            return words.signed(100 * value, _decimals(100 * self._step))
        if self.unit == "odds":
            return words.number(value, _decimals(value))
        if self.unit == "difference":
            return words.signed(value, _decimals(self._step))
        return words.number(value, _decimals(self._step))

    def text(self, value: float, words: Words, decimals: int = 0) -> str:
        """A figure as charts print it beside its mark, without the unit where a head names it."""
        if self.unit == "percent":
            return words.percent(value, decimals)
        if self.unit == "points":
            return words.signed(100 * value, decimals)
        if self.unit == "difference":
            return words.signed(value, 2)
        return words.number(value, 2)

    @property
    def _step(self) -> float:
        return self.ticks[1] - self.ticks[0]

    def _linear(self, value: float) -> float:
        return math.log(max(value, 1e-9)) if self.unit == "odds" else value


def level_axis(unit: str, scale: tuple[float, float], highs: Iterable[float]) -> Axis:
    """Per cent from 0 to 80 or 100, never zoomed; a score over its whole range."""
    if unit == "percent":
        top = 0.8 if all(high <= 0.8 for high in highs) else 1.0
        return Axis(unit, 0.0, top, tuple(i / 5 for i in range(round(top * 5) + 1)))
    step = _step_for(scale[1] - scale[0])
    first = math.ceil(scale[0] / step - 1e-9)
    last = math.floor(scale[1] / step + 1e-9)
    return Axis(unit, *scale, tuple(step * i for i in range(first, last + 1)))


def difference_axis(unit: str, values: Sequence[float]) -> Axis:
    """The same reach to both sides of no difference, as far as the values go."""
    if unit == "odds":
        return _odds_axis(values)
    least = 0.05 if unit == "points" else 0.1
    reach = max([least, *(abs(value) for value in values)])
    step = _step_for(2 * reach)
    count = math.ceil(reach / step - 1e-9)
    return Axis(unit, -count * step, count * step, tuple(step * i for i in range(-count, count + 1)))


def _odds_axis(values: Sequence[float]) -> Axis:
    reach = max([2.0, *(max(value, 1 / max(value, 1e-3)) for value in values)])
    reach = next((each for each in _ODDS if each >= reach), _ODDS[-1])
    ticks = tuple(each for each in _ODDS if 1 / reach - 1e-9 <= each <= reach)
    if len(ticks) > _MOST_TICKS + 1:
        ticks = tuple(each for each in ticks if each in (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0))
    return Axis("odds", 1 / reach, reach, ticks)


def _step_for(span: float) -> float:
    """A round step that leaves at most six ticks."""
    power = 10.0 ** math.floor(math.log10(span / _MOST_TICKS))
    return next(power * each for each in (*_STEPS, 10.0) if span / (power * each) <= _MOST_TICKS)


def _decimals(value: float, most: int = 3) -> int:
    return next((n for n in range(most) if abs(value - round(value, n)) < 1e-9), most)

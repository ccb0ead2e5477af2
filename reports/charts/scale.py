"""What a trend panel is made of: waves, lines of readings, a box; values and dates in, places out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reports.i18n import Words
from reports.rows import Reading


@dataclass(frozen=True)
class WaveTick:
    """One wave on the date axis: its name and the middle of its fieldwork as a decimal year."""

    name: str
    year: float


@dataclass(frozen=True)
class Line:
    """One indicator over the waves. `unit` is `percent` (0..1) or `score`, then `scale` is its range."""

    label: str
    higher: str
    readings: tuple[Reading, ...]
    unit: str = "percent"
    scale: tuple[float, float] = (0.0, 1.0)
    breaks: tuple[str, ...] = ()
    """Waves that cannot be compared with the wave before: a new piece of line starts there."""
    break_label: str = ""
    note: str = ""
    note_colour: str = ""
    last: str = ""
    """The latest figure in words, for a direct label."""
    hidden: str = ""
    """Why no figure of it may be printed, for a panel that has none."""

    def text(self, reading: Reading, words: Words) -> str:
        """A figure as the chart prints it: whole per cent, or a score with two decimals."""
        return (
            words.percent(reading.estimate) if self.unit == "percent" else words.number(reading.estimate, 2)
        )

    def pieces(self) -> list[list[Reading]]:
        """Runs of neighbouring readings a line may join: no break, nothing hidden, no small base between."""
        runs: list[list[Reading]] = [[]]
        for reading in self.readings:
            if reading.wave in self.breaks:
                runs.append([])
            if reading.printable and not reading.small:
                runs[-1].append(reading)
            else:
                runs.append([])
        return [run for run in runs if run]


@dataclass(frozen=True)
class Box:
    """A plotting area in points from the sheet's top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True)
class Scale:
    """Values and dates to places in a box."""

    box: Box
    low: float
    high: float
    ticks: tuple[WaveTick, ...]

    def y(self, value: float) -> float:
        return self.box.bottom - (value - self.low) / (self.high - self.low) * self.box.height

    def x(self, wave: str) -> float:
        years = {tick.name: tick.year for tick in self.ticks}
        first, last = min(years.values()), max(years.values())
        if last == first:
            return self.box.x + self.box.width / 2
        margin = 12.0
        return self.box.x + margin + (years[wave] - first) / (last - first) * (self.box.width - 2 * margin)


def y_top(lines: Sequence[Line]) -> float:
    """One upper end for all per cent panels of a chart: 80% when everything fits below, else 100%."""
    shown = [r for line in lines if line.unit == "percent" for r in line.readings if r.printable]
    highs = [reading.high if math.isfinite(reading.high) else reading.estimate for reading in shown]
    return 0.8 if all(high <= 0.8 for high in highs) else 1.0

"""Figures in, the coordinates of small pictures out: bars and a line of days, drawn by the page as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, LEFT, ABOVE, BELOW = 640, 220, 60, 20, 40
"""Units of the picture of days; it is scaled to the page."""


@dataclass(frozen=True)
class Line:
    """A line of days: its points, the marks of its axis, and where its last value stands."""

    points: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, int], ...]
    """Height of a mark, and its number."""
    first: date
    last: date
    top: int
    goal: float | None = None
    """Height of what is wanted; None where nobody said."""

    @property
    def path(self) -> str:
        """For `polyline`."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


def line(days: Sequence[tuple[date, int]], target: int | None = None) -> Line | None:
    """Days to scale, counts from 0; None for less than two days."""
    if len(days) < 2:
        return None
    first, last = days[0][0], days[-1][0]
    top = ceiling(max(*(count for _, count in days), target or 0))
    span = max(1, (last - first).days)

    def at(day: date, count: int) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - 8) * (day - first).days / span
        return x, ABOVE + (HEIGHT - BELOW - ABOVE) * (1 - count / top)

    ticks = tuple((at(first, count)[1], count) for count in (0, top // 2, top))
    goal = at(first, target)[1] if target else None
    return Line(tuple(at(day, count) for day, count in days), ticks, first, last, top, goal)


def ceiling(count: int) -> int:
    """The next round number of which a half is whole: 10, 20, 50, 100, 200, ..."""
    power = 10
    while True:
        for size in (power, 2 * power, 5 * power):
            if size >= count:
                return size
        power *= 10

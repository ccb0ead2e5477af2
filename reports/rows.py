"""Rows of an EstimateTable in, frozen records out: what sentences, tables and charts are made of."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.trace import Count, Source, Value

SHOW, FLAG, SUPPRESS = "show", "flag", "suppress"
LEAST_BASE, SMALL_BASE = 30, 100
FEW_IN_CELL = "cell_under_10"
"""The reason of a share given by fewer people than tables by group may show."""
COMPLEMENTARY = "complementary"
"""The reason of a figure that is hidden only so that no other one can be reckoned from it."""


@dataclass(frozen=True)
class Reading:
    """One estimate of one wave. Proportions in 0..1; `publish` is `show`, `flag` or `suppress`."""

    wave: str
    estimate: float
    low: float
    high: float
    base: int
    se: float = math.nan
    n_eff: float = math.nan
    deff: float = math.nan
    code: int | None = None
    publish: str = SHOW
    reason: str = ""

    @property
    def printable(self) -> bool:
        """Whether the number may stand in print at all."""
        return self.publish != SUPPRESS and math.isfinite(self.estimate)

    @property
    def few(self) -> bool:
        """Whether too few answers alone forbid the figure; otherwise it is too uncertain to print."""
        return self.base < LEAST_BASE or FEW_IN_CELL in self.reason.split(";")

    @property
    def withheld(self) -> bool:
        """Whether it is hidden for the sake of another figure, and not for its own size or uncertainty."""
        return COMPLEMENTARY in self.reason.split(";")

    @property
    def small(self) -> bool:
        """A base of 30 to 99: printed with a mark, never joined by a line."""
        return self.publish == FLAG and self.base < SMALL_BASE


@dataclass(frozen=True)
class Change:
    """The difference of two waves with the verdict on it; `low` and `high` are the interval that decided."""

    wave_from: str
    wave_to: str
    estimate: float
    low: float
    high: float
    mdc: float
    verdict: str
    publish: str = SHOW
    reason: str = ""
    standing: str = ""
    """`confirmatory` or `exploratory` under the tracking plan; empty without one."""

    @property
    def few(self) -> bool:
        """Whether too few answers are meant by that verdict; otherwise a figure is too uncertain."""
        return "base_under_30" in self.reason.split(";")


@dataclass(frozen=True)
class Slope:
    """The line through three or more waves, per year; `low` and `high` are the interval that decided."""

    waves: int
    wave_from: str
    wave_to: str
    estimate: float
    low: float
    high: float
    verdict: str
    curved: bool
    """Whether the waves depart from the line by more than chance explains."""
    publish: str = SHOW
    mdc: float = math.nan
    """The slope that would have been seen four times in five."""
    standing: str = ""

    @property
    def printable(self) -> bool:
        """Whether there is a slope that may stand in print."""
        return self.publish != SUPPRESS and math.isfinite(self.low)


VERDICTS = ("rose", "fell", "no_clear_change", "too_few", "not_comparable", "not_inferable")


def reading(row: Mapping[str, Any]) -> Reading:
    """A reading from one row with the columns of an EstimateTable."""
    return Reading(
        wave=str(row["wave"]),
        estimate=cell(row, "estimate"),
        low=cell(row, "low"),
        high=cell(row, "high"),
        base=_count(row, "base"),
        se=cell(row, "se"),
        n_eff=cell(row, "n_eff"),
        deff=cell(row, "deff"),
        code=code_in(row),
        publish=str(row["publish"]),
        reason=_words(row["reason"]),
    )


def change(row: Mapping[str, Any]) -> Change:
    """A change from one row with the columns of an EstimateTable and its change columns."""
    if row["verdict"] not in VERDICTS:
        raise ValueError(f"verdict {row['verdict']!r}: expected one of {', '.join(VERDICTS)}")
    return Change(
        wave_from=str(row["wave_from"]),
        wave_to=str(row["wave_to"]),
        estimate=cell(row, "estimate"),
        low=cell(row, "low"),
        high=cell(row, "high"),
        mdc=cell(row, "mdc"),
        verdict=str(row["verdict"]),
        publish=str(row["publish"]),
        reason=_words(row["reason"]),
        standing=_words(row.get("standing")),
    )


def slope(row: Mapping[str, Any], *, level: float) -> Slope:
    """A slope from one row with TREND_COLUMNS; `level`: below it the waves count as off the line."""
    suffix = "_waves" if row["decides"] == "waves" else ""
    departure = cell(row, "departure_p")
    return Slope(
        waves=_count(row, "waves"),
        wave_from=str(row["wave_from"]),
        wave_to=str(row["wave_to"]),
        estimate=cell(row, f"estimate{suffix}"),
        low=cell(row, f"low{suffix}"),
        high=cell(row, f"high{suffix}"),
        verdict=str(row["verdict"]),
        curved=departure < level,
        publish=str(row["publish"]),
        mdc=cell(row, "mdc"),
        standing=_words(row.get("standing")),
    )


def _absent(value: Any) -> bool:
    return bool(pd.isna(value))


def cell(row: Mapping[str, Any], column: str) -> float:
    """The number of a cell, which remembers the cell where the row has an id."""
    value = row[column]
    if _absent(value):
        return math.nan
    return Value(float(value), Source(str(row["id"]), column)) if "id" in row else float(value)


def code_in(row: Mapping[str, Any], column: str = "code") -> int | None:
    """The code of a cell; None where it has none, as of a mean."""
    value: Any = row.get(column)
    return None if _absent(value) else int(value)


def _count(row: Mapping[str, Any], column: str) -> int:
    value = int(row[column])
    return Count(value, Source(str(row["id"]), column)) if "id" in row else value


def _words(value: Any) -> str:
    return "" if _absent(value) else str(value)

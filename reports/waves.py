"""Pooled releases in, each wave with its interviews, languages, modes and middle of fieldwork out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis import Meta, SurveyData


@dataclass(frozen=True)
class Wave:
    """One wave of the report."""

    name: str
    meta: Meta
    interviews: int
    year: float
    """Middle of fieldwork as a decimal year."""
    languages: dict[str, int]
    modes: dict[str, int]
    weighted: bool = True
    """Whether an interview may count for more than another."""


def waves_of(data: SurveyData) -> Iterator[Wave]:
    """Every wave of the data, in order."""
    names = data.frame["wave"].astype(str)
    for name in data.waves:
        part = data.frame[names == name]
        meta = data.wave_meta(name)
        languages, modes = _counts(part, "language"), _counts(part, "mode")
        weighted = "weight" in part and part["weight"].nunique() > 1
        yield Wave(name, meta, len(part), _middle(meta, name), languages, modes, weighted)


def _counts(frame: pd.DataFrame, column: str) -> dict[str, int]:
    if column not in frame:
        return {}
    found = frame[column].dropna().astype(str)
    counts = found[found != ""].value_counts(sort=True)
    return {
        str(key): int(count) for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    }


def _middle(meta: Meta, name: str) -> float:
    first, last = meta.dates or (name, name)
    return (_decimal_year(first, end=False) + _decimal_year(last, end=True)) / 2


def _decimal_year(text: str, *, end: bool) -> float:
    """`2025`, `2025-03` or `2025-03-14` as a decimal year: the start of what is named, or its end."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return parts[0] + float(end)
    if len(parts) == 2:
        return parts[0] + (parts[1] - 1 + float(end)) / 12
    day = date(*parts)
    return day.year + (day - date(day.year, 1, 1)).days / 365.25

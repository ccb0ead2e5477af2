"""Releases that replaced others and what was estimated from both in; every figure that changed out."""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import SurveyData, release_at
from reports.counts import FEWEST
from reports.evidence import records
from reports.rows import SUPPRESS

COLUMNS = ("estimate", "low", "high", "base", "verdict")
WITHHELD = "withheld"


@dataclass(frozen=True)
class Replaced:
    """A release of a wave in the report's stead before: its number and fingerprint."""

    wave: str
    release: int
    fingerprint: str


@dataclass(frozen=True)
class Changed:
    """One estimate before and now, as rows of the estimate table; `before` is empty where there was none.

    `withheld`: the old figure is not told, for it would tell of a few people.
    """

    before: Mapping[str, Any]
    now: Mapping[str, Any]
    withheld: bool


@dataclass(frozen=True)
class Corrections:
    """What the releases of a report correct; empty where every wave stands in its first release."""

    replaced: tuple[Replaced, ...] = ()
    changed: tuple[Changed, ...] = ()


def earlier_folders(folders: Sequence[Path]) -> dict[str, Path]:
    """By wave: the folder of the release that one of these replaced, where it lies beside it."""
    found = {}
    for folder in folders:
        release = release_at(folder)
        numbers = [
            int(each.name)
            for each in folder.resolve().parent.iterdir()
            if each.is_dir() and each.name.isdecimal() and int(each.name) < release.number
        ]
        if numbers:
            found[release.wave] = folder.resolve().parent / str(max(numbers))
    return found


def corrections(
    before: Sequence[SurveyData], now: Sequence[SurveyData], old: pd.DataFrame, new: pd.DataFrame
) -> Corrections:
    """Figures of whole waves whose printed value is another one: `old` and `new` are estimate tables.

    Figures by group are left out: those of a small group, old and new side by side, tell of its people.
    """
    pairs = [
        (one.meta, other.meta, abs(len(one.frame) - len(other.frame)))
        for one, other in zip(before, now, strict=True)
        if one.meta.fingerprint != other.meta.fingerprint
    ]
    apart = {meta.wave for meta, _, people in pairs if 0 < people < FEWEST}
    replaced = tuple(Replaced(meta.wave, meta.release, meta.fingerprint) for meta, _, _ in pairs)
    return Corrections(replaced, tuple(_changed(old, new, apart)))


def corrections_csv(found: Corrections) -> bytes:
    """Every figure that changed: a line a column of its row."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "column", "before", "now"])
    for each in found.changed:
        for column in COLUMNS:
            values = [_plain(row.get(column)) for row in (each.before, each.now)]
            if values[0] != values[1]:
                writer.writerow([each.now["id"], column, WITHHELD if each.withheld else values[0], values[1]])
    return file.getvalue().encode("utf-8-sig")


def _changed(old: pd.DataFrame, new: pd.DataFrame, apart: set[str]) -> Iterator[Changed]:
    before = {str(row["id"]): row for row in records(old)}
    for row in records(new):
        if not _absent(row["group"]):
            continue
        was = before.get(str(row["id"]), {})
        if was and _printed(was) != _printed(row):
            yield Changed(was, row, _withheld(was, row, apart))


def _printed(row: Mapping[str, Any]) -> tuple[object, ...]:
    """What tables print of a row: rounded values, base, verdict; nothing of a suppressed one."""
    decimals = 3 if "mean" not in str(row["statistic"]) else 2
    values = (_rounded(row.get(column), decimals) for column in COLUMNS[:3])
    shown = row["publish"] != SUPPRESS
    return (*(values if shown else ()), _plain(row.get("base")), _plain(row.get("verdict")), shown)


def _withheld(was: Mapping[str, Any], row: Mapping[str, Any], apart: set[str]) -> bool:
    waves = {str(row.get(column)) for column in ("wave", "wave_from", "wave_to")}
    people = abs(_number(was.get("base")) - _number(row.get("base")))
    return bool(waves & apart) or 0 < people < FEWEST


def _number(value: Any) -> float:
    return 0.0 if _absent(value) else float(value)


def _rounded(value: Any, decimals: int) -> float | None:
    return None if _absent(value) or not math.isfinite(float(value)) else round(float(value), decimals)


def _plain(value: Any) -> str:
    return "" if _absent(value) else str(value)


def _absent(value: Any) -> bool:
    return value is None or value == "" or bool(pd.isna(value))

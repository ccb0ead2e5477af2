"""The settings files in, one frozen `Settings` out; a broken file is refused with all its problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
TARGETS = {"mean", "top", "shares", "ticks", "words", "cell_mean", "count"}
"""What an item's answers are made to hit; an item has exactly one of them."""


class SettingsError(ValueError):
    """The settings of the simulation cannot be used; `problems` lists why, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the simulation settings have problems:\n  " + "\n  ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class FieldPeriod:
    """First and last day of a wave's fieldwork."""

    opens: date
    closes: date


@dataclass(frozen=True)
class Stratum:
    """An area by settlement, and how many places are drawn in it."""

    name: str
    settlement: str
    regions: tuple[int, ...]
    places: int


@dataclass(frozen=True, eq=False)
class Settings:
    """Everything the simulation is told; mappings as they stand in the files. Compared by identity."""

    seed: int
    study: Mapping[str, Any]
    waves: Mapping[str, FieldPeriod]
    open_link: Mapping[str, Any]
    tryout: Mapping[str, Any]
    """A wave that nobody plays and that stays open."""
    completes: int
    icc: float
    strata: tuple[Stratum, ...]
    response: Mapping[str, Any]
    open_response: Mapping[str, Any]
    course: Mapping[str, float]
    habits: Mapping[str, float]
    item_nonresponse: Mapping[str, float]
    language: Mapping[int, Mapping[str, float]]
    factors: Mapping[str, Mapping[str, Any]]
    items: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, str]
    fact_refused: Mapping[str, float]
    experiments: Mapping[str, Mapping[str, int]]
    open_text: Mapping[str, Any]
    population: Mapping[str, Any]
    disclosure: Mapping[str, Any]
    """Who asks, and the disclosure record by kind of sample."""


@cache
def load_settings(folder: Path = HERE) -> Settings:
    """Settings from `settings.yaml`, `population.yaml` and `disclosure.yaml`. Raises SettingsError."""
    raw, population, disclosure = (
        yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))
        for name in ("settings", "population", "disclosure")
    )
    problems = [*_item_problems(raw["items"], raw["factors"]), *_strata_problems(raw["sample"], population)]
    if problems:
        raise SettingsError(problems)
    sample = raw.pop("sample")
    study = raw.pop("study")
    return Settings(
        study=study,
        waves={name: FieldPeriod(**period) for name, period in study["waves"].items()},
        completes=sample["completes"],
        icc=sample["icc"],
        strata=tuple(
            Stratum(name, row["settlement"], tuple(row["regions"]), row["places"])
            for name, row in sample["strata"].items()
        ),
        population=population,
        disclosure=disclosure,
        **raw,
    )


def _item_problems(items: Mapping[str, Any], factors: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, item in items.items():
        if len(TARGETS & set(item)) != 1:
            problems.append(f"items.{name}: expected exactly one of {', '.join(sorted(TARGETS))}")
        for factor in item.get("loads", {}):
            if factor not in factors:
                problems.append(f"items.{name}.loads: no factor {factor!r}; there are {', '.join(factors)}")
    return problems


def _strata_problems(sample: Mapping[str, Any], population: Mapping[str, Any]) -> list[str]:
    regions = population["regions"]
    problems = [
        f"sample.strata.{name}: no region {region} in population.yaml"
        for name, row in sample["strata"].items()
        for region in row["regions"]
        if region not in regions
    ]
    for name, row in sample["strata"].items():
        if row["places"] < 2:
            problems.append(f"sample.strata.{name}: expected 2 places or more, found {row['places']}")
    covered = {(r, row["settlement"]) for row in sample["strata"].values() for r in row["regions"]}
    needed = {(r, "urban") for r in regions} | {
        (r, "rural") for r, row in regions.items() if row["urban"] < 100
    }
    problems += [f"sample.strata: region {r} {s} is in no stratum" for r, s in sorted(needed - covered)]
    return problems

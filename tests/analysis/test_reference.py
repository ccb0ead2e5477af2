"""Every stored result of R on the public surveys is compared with ours, or named as not yet covered."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from public_surveys import FILES
from public_trends import gss

from analysis import trend

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
TABLE: dict[str, dict[str, Any]] = yaml.safe_load((REFERENCE / "coverage.yaml").read_text())
COVERED = sorted(file for file, entry in TABLE.items() if entry.get("covered") or entry.get("in part"))
TOLERANCE = 1e-6
ZERO = 1e-12
"""What a figure may be where R has exactly 0."""
Leaves = Iterator[tuple[str, Any]]


def leaves(value: Any, path: str) -> Leaves:
    """Every number below `value`, with its path; words and R's NULL are no figures."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves(part, f"{path}/{name}")
    elif isinstance(value, (str, type(None))):
        return
    elif hasattr(value, "__len__"):
        for place, part in enumerate(value):
            yield from leaves(part, f"{path}/{place}")
    else:
        yield path, float(value)


def difference(theirs: float, ours: float) -> float:
    return abs(ours - theirs) / abs(theirs) if theirs else 0.0 if abs(ours) < ZERO else float("inf")


@lru_cache
def stored(shared: Path, file: str) -> dict[str, Any]:
    """R's results by key; keys that begin with _ say versions."""
    raw = json.loads((shared / "reference" / "json" / f"{file}.json").read_text())
    return {key: value for key, value in raw.items() if not key.startswith("_")}


@lru_cache
def computed(shared: Path, file: str) -> dict[str, Any]:
    return FILES[file](shared / "data")


def test_the_table_names_every_stored_file(shared: Path) -> None:
    assert sorted(TABLE) == sorted(path.stem for path in (shared / "reference" / "json").glob("*.json"))


@pytest.mark.parametrize("file", sorted(TABLE))
def test_no_key_of_r_is_silent_and_none_is_named_twice(shared: Path, file: str) -> None:
    entry = TABLE[file]
    named = [*entry.get("covered", ()), *entry.get("in part", ()), *entry.get("not yet", ())]
    assert sorted(named) == sorted(stored(shared, file))
    reasons = [
        *entry.get("not yet", {}).values(),
        *(d["because"] for kind in ("differs", "looser") for d in entry.get(kind, {}).values()),
    ]
    reasons += [reason for fields in entry.get("in part", {}).values() for reason in fields.values()]
    assert all(isinstance(reason, str) and len(reason) > 10 for reason in reasons)


def test_only_files_with_covered_keys_are_compared() -> None:
    assert set(FILES) == set(COVERED)
    assert len(COVERED) == 11


@pytest.mark.parametrize("file", COVERED)
def test_every_covered_number_of_r_is_met(
    shared: Path, file: str, record_property: Callable[[str, object], None]
) -> None:
    entry = TABLE[file]
    left = {f"{key}/{field}" for key, fields in entry.get("in part", {}).items() for field in fields}
    covered = {*entry.get("covered", ()), *entry.get("in part", ())}
    theirs = {
        path: number
        for key, value in stored(shared, file).items()
        if key in covered
        for path, number in leaves(value, key)
        if not any(path == field or path.startswith(f"{field}/") for field in left)
    }
    ours = {
        path: number for key, value in computed(shared, file).items() for path, number in leaves(value, key)
    }
    assert theirs
    assert theirs.keys() == ours.keys()
    differs = entry.get("differs", {})
    found = {path: difference(number, ours[path]) for path, number in theirs.items()}
    within = {path: value for path, value in found.items() if path not in differs}
    looser = entry.get("looser", {})
    bounds = {
        path: bound["up to"]
        for start, bound in looser.items()
        for path in found
        if path.startswith(f"{start}/")
    }
    worst = max((value for path, value in within.items() if path not in bounds), default=0.0)
    counts = (len(within), len(covered), len(stored(shared, file)))
    record_property("numbers compared with R", (file, *counts, worst))
    assert {path: value for path, value in within.items() if not value <= bounds.get(path, TOLERANCE)} == {}
    assert {path for path, bound in differs.items() if not TOLERANCE < found[path] <= bound["up to"]} == set()


def test_a_trend_is_the_slope_of_the_regression_per_year_instead_of_per_decade(shared: Path) -> None:
    data, theirs = gss(shared / "data"), stored(shared, "07_trend")
    for link, key in (("identity", "trend.lpm"), ("logit", "trend.logit_linear")):
        row = trend(data, "agree", code=1, link=link).table.iloc[0]
        for ours, field in (("estimate", "coef"), ("se", "se")):
            assert 10 * row[ours] == pytest.approx(theirs[key][field]["t10"], rel=TOLERANCE)
        assert row["df"] == theirs[key]["df_resid"]


def test_the_trend_over_waves_has_the_variation_of_the_random_effects_line(shared: Path) -> None:
    theirs = stored(shared, "11_extra")["gss.meta_regression_DL"]
    row = trend(gss(shared / "data"), "agree", code=1).table.iloc[0]
    assert row["tau2"] == pytest.approx(theirs["tau2"], rel=TOLERANCE)
    assert row["q_waves"] == pytest.approx(theirs["Q"], rel=TOLERANCE)
    assert 10 * row["estimate_waves"] == pytest.approx(theirs["coef"][1], rel=TOLERANCE)
    assert row["decides"] == "waves"

"""The path of a tracking plan comes in; a checked `TrackingPlan` or every problem of the file goes out."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from analysis.errors import PlanError
from analysis.imports.checked import Kind, published, read_checked
from analysis.imports.noting import Notes
from analysis.imports.shape import departures, near
from analysis.tracking.plan import Comparison, Family, Indicator, TrackingPlan

SCHEMA = "tracking-plan.schema.json"
PLAN = Kind("a tracking plan", "study: NAME")
_WAVES_OF = {"change": ("from", "to")}
"""Keys that a kind of comparison needs; the other kinds take all waves that asked."""


def plan_schema() -> dict[str, Any]:
    """The published JSON Schema of the format, which is also what the loader accepts."""
    return published(__package__, SCHEMA)


def read_plan(path: str | Path) -> TrackingPlan:
    """Read and check a plan. PlanError lists everything wrong with it, with its lines."""
    read = read_checked(Path(path), plan_schema(), PLAN)
    notes = read.notes
    if isinstance(read.data, Mapping):
        _check(read.data, notes)
    if notes.problems:
        raise PlanError(notes.in_order())
    return _build(read.data, read.sha256, read.content)


def _check(raw: Mapping[str, Any], notes: Notes) -> None:
    """What the schema cannot say, of the parts that are as it says: so every problem is told at once."""
    schema = plan_schema()
    groups = {key: raw[key] if isinstance(raw.get(key), dict) else {} for key in ("indicators", "families")}
    day = raw.get("declared")
    declared = _day(day, ("declared",), notes) if _sound(day, "day", schema) else None
    for name, indicator in groups["indicators"].items():
        if _sound(indicator, "indicator", schema):
            _check_indicator(indicator, ("indicators", name), notes)
    listed = raw["comparisons"] if isinstance(raw.get("comparisons"), list) else []
    seen: dict[str, int] = {}
    for place, comparison in enumerate(listed):
        if not isinstance(comparison, dict):
            continue
        path = ("comparisons", str(place))
        _check_names(comparison, path, groups, seen, notes)
        if _sound(comparison, "comparison", schema):
            _check_kind(comparison, path, notes)
            _check_day(comparison, path, declared, notes)


def _sound(part: Any, kind: str, schema: Mapping[str, Any]) -> bool:
    """Whether a part of the file is as its schema says."""
    return next(departures(part, {"$ref": f"#/$defs/{kind}"}, schema), None) is None


def _check_names(
    comparison: Mapping[str, Any],
    path: tuple[str, ...],
    groups: Mapping[str, Mapping[str, Any]],
    seen: dict[str, int],
    notes: Notes,
) -> None:
    name = comparison.get("name")
    if isinstance(name, str):
        first = seen.setdefault(name, int(path[-1]))
        if first != int(path[-1]):
            found = f"{name} again, of line {notes.line(('comparisons', str(first), 'name'))}"
            notes.add((*path, "name"), "repeated-name", "each name once", found, "type another name")
    for key, group in (("indicator", "indicators"), ("family", "families")):
        named = comparison.get(key)
        if groups[group] and isinstance(named, str) and named not in groups[group]:
            hint = near(named, list(groups[group]))
            notes.add((*path, key), f"unknown-{key}", f"a name under {group}", named, hint)


def _check_day(
    comparison: Mapping[str, Any], path: tuple[str, ...], declared: date | None, notes: Notes
) -> None:
    own = _day(comparison.get("declared"), (*path, "declared"), notes)
    if own is not None and declared is not None and own < declared:
        hint = "leave it out, or date the plan earlier"
        notes.add((*path, "declared"), "declared", f"a day from {declared} on, the plan's", str(own), hint)


def _day(text: str | None, path: tuple[str, ...], notes: Notes) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        notes.add(path, "day", "a day of the calendar such as 2026-03-01", text, "correct the day")
        return None


def _check_indicator(indicator: Mapping[str, Any], path: tuple[str, ...], notes: Notes) -> None:
    figures = [key for key in ("code", "net") if key in indicator]
    if len(figures) == 2:
        notes.add((*path, "net"), "figure", "either a code or a net", "both", "leave one out")
    if indicator.get("statistic") == "mean" and figures:
        hint = "leave it out: a mean is over all codes"
        notes.add(
            (*path, figures[0]), "figure", "no code and no net beside statistic: mean", figures[0], hint
        )


def _check_kind(comparison: Mapping[str, Any], path: tuple[str, ...], notes: Notes) -> None:
    kind = comparison["kind"]
    needed = (*_WAVES_OF.get(kind, ()), *(("by",) if kind == "groups" else ()))
    for key in needed:
        if key not in comparison:
            notes.add((*path, key), "required", f"{key}, which kind: {kind} needs", "nothing", f"add {key}")
    allowed = {
        "from": ("change",),
        "to": ("change",),
        "against": ("groups",),
        "link": ("trend", "any_change", "groups"),
    }
    for key, kinds in allowed.items():
        if key in comparison and kind not in kinds:
            expected = f"{key} with kind: {' or '.join(kinds)} only"
            notes.add((*path, key), "key-of-kind", expected, f"kind: {kind}", f"leave {key} out")
    if kind == "change" and "from" in comparison and str(comparison["from"]) == str(comparison.get("to")):
        notes.add((*path, "to"), "waves", "another wave than from", str(comparison["to"]), "name two waves")
    if kind == "any_change" and comparison.get("direction", "any") != "any":
        hint = "leave it out: a test of any change has none"
        notes.add((*path, "direction"), "direction", "direction: any", comparison["direction"], hint)


def _build(raw: Mapping[str, Any], sha256: str, content: bytes) -> TrackingPlan:
    declared = date.fromisoformat(raw["declared"])
    return TrackingPlan(
        study=raw["study"],
        declared=declared,
        level=float(raw.get("level", 0.95)),
        families={
            name: Family(name, family["adjustment"], family.get("title", ""))
            for name, family in raw["families"].items()
        },
        indicators={
            name: Indicator(
                name,
                found["variable"],
                found.get("code", found.get("net")),
                found.get("statistic"),
                dict(found.get("where", {})),
            )
            for name, found in raw["indicators"].items()
        },
        comparisons=tuple(_comparison(each, declared) for each in raw["comparisons"]),
        fingerprint=sha256,
        title=raw.get("title", ""),
        content=content,
    )


def _comparison(raw: Mapping[str, Any], declared: date) -> Comparison:
    by = raw.get("by", [])
    return Comparison(
        name=raw["name"],
        indicator=raw["indicator"],
        kind=raw["kind"],
        family=raw["family"],
        declared=date.fromisoformat(raw["declared"]) if "declared" in raw else declared,
        wave_from=str(raw["from"]) if "from" in raw else None,
        wave_to=str(raw["to"]) if "to" in raw else None,
        by=(by,) if isinstance(by, str) else tuple(by),
        against=raw.get("against"),
        link=raw.get("link", "identity"),
        direction=raw.get("direction", "any"),
    )

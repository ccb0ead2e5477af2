"""A wave's design file in, its strata, targets, quotas and disclosure out, or every problem by line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from instruments import FileProblem, Questionnaire, Text
from survey.config import HOME_ZONE, zone_of
from survey.fieldwork.cells import Departure, cell_departures
from survey.refusal import Refused, Said
from survey.store.models import Wave
from survey.store.quotas import Cell, refuse_others, set_quotas
from survey.store.rules import reason_of
from survey.store.waves import hold

SCHEMA = "wave-design.schema.json"
REVIEWED = ("required", "reported")


@dataclass(frozen=True)
class Stratum:
    """One stratum of the sample, as batches name it."""

    name: str
    target: int | None = None
    psus: int | None = None
    """Primary sampling units it has in the population."""


@dataclass(frozen=True)
class WaveDesign:
    """What a design file says."""

    time_zone: str = HOME_ZONE
    title: Text = field(default_factory=dict)
    disclosure: Mapping[str, Any] = field(default_factory=dict)
    target: int | None = None
    strata: tuple[Stratum, ...] = ()
    clusters: Text | str = ""
    cells: tuple[Cell, ...] = ()
    reviewed: str = "reported"
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Setting -> why it is another than in the wave before."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The file as it was read; what is stored."""


def design_schema() -> dict[str, Any]:
    """The published JSON Schema of the format, which is also what the reader accepts."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath(SCHEMA).read_text(encoding="utf-8"))
    return found


def read_design(path: Path, questionnaire: Questionnaire) -> WaveDesign:
    """Read and check a design file. Refused lists every problem, by line."""
    from analysis import FileKind, read_checked  # noqa: PLC0415  slow, and most commands read no design

    read = read_checked(path, design_schema(), FileKind("a wave design", "format: 1"))
    notes, data = read.notes, read.data
    problems = list(notes.problems)
    if isinstance(data, dict):
        problems += [
            FileProblem(
                str(path), notes.line(at), _told((*at, rest) if rest else at), rule, expected, found, hint
            )
            for at, rest, rule, expected, found, hint in _departures(data, questionnaire)
        ]
    if problems:
        in_order = sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.path))
        raise Refused(*map(reason_of, in_order))
    return design_of(data)


def design_of(data: Mapping[str, Any] | None) -> WaveDesign:
    """The design that a wave keeps; an empty one where it has none."""
    if not data:
        return WaveDesign()
    title = data.get("title") or {}
    return WaveDesign(
        time_zone=data.get("time_zone", HOME_ZONE),
        title={"en": title} if isinstance(title, str) else dict(title),
        disclosure=dict(data.get("disclosure") or {}),
        target=data.get("target"),
        strata=tuple(Stratum(str(name), **(given or {})) for name, given in _mapping(data, "strata")),
        clusters=data.get("clusters", ""),
        cells=tuple(Cell(n, **quota) for n, quota in enumerate(data.get("quotas") or (), start=1)),
        reviewed=data.get("reviewed", "reported"),
        changes=dict(data.get("changes") or {}),
        data=dict(data),
    )


def apply_design(session: Session, wave: Wave, design: WaveDesign) -> None:
    """Store a design with its wave; cells keep what the office closed by hand. Raises Refused."""
    hold(session, wave)
    closed = {cell["name"] for cell in wave.quotas or () if cell.get("closed")}
    cells = tuple(replace(cell, closed=cell.name in closed) for cell in design.cells)
    refuse_others(session, wave, cells, strict=True)
    set_quotas(session, wave, cells)
    wave.design = dict(design.data)
    wave.time_zone = design.time_zone
    wave.disclosure = {**wave.disclosure, **design.disclosure}
    if title := design.data.get("title"):
        wave.title = dict.fromkeys(wave.languages, title) if isinstance(title, str) else dict(title)
    session.flush()


def _departures(data: Mapping[str, Any], questionnaire: Questionnaire) -> Iterator[Departure]:
    """What the schema cannot say, of the parts that are as it says."""
    zone = data.get("time_zone", HOME_ZONE)
    if isinstance(zone, str):
        try:
            zone_of(zone)
        except Refused as refused:
            reason = refused.reasons[0]
            yield ("time_zone",), "", reason.rule, reason.expected, reason.found, reason.hint
    yield from _targets(data)
    yield from cell_departures(data.get("quotas"), questionnaire)


def _told(path: Sequence[str]) -> str:
    """A place as people count: the first of a list is 1, as in what the schema finds."""
    return ".".join(str(int(part) + 1) if part.isdigit() else part for part in path)


def _targets(data: Mapping[str, Any]) -> Iterator[Departure]:
    wanted = [given.get("target") for _, given in _mapping(data, "strata") if isinstance(given, dict)]
    whole = data.get("target")
    if wanted and all(isinstance(each, int) for each in wanted) and isinstance(whole, int):
        total = sum(each for each in wanted if each)
        if total != whole:
            hint = f"target: {total}"
            yield ("target",), "", "target", Said("{n}, what its strata add up to", n=total), str(whole), hint


def _mapping(data: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    found = data.get(key)
    return list(found.items()) if isinstance(found, dict) else []

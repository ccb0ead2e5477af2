"""The path of an import map comes in; a checked `ImportMap` or every problem of the file goes out."""

import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.errors import ImportProblems
from analysis.imports import yamlfile
from analysis.imports.building import build_map
from analysis.imports.mapchecks import check_map
from analysis.imports.noting import Notes
from analysis.imports.shape import departures
from analysis.imports.spec import ImportMap

SCHEMA = "import-map.schema.json"


def schema() -> dict[str, Any]:
    """The published JSON Schema of the format, which is also what the loader accepts."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath(SCHEMA).read_text(encoding="utf-8"))
    return found


def read_map(path: Path) -> ImportMap:
    """Read and check a map. ImportProblems lists everything wrong with it, with its lines."""
    content = _content(path)
    document = yamlfile.parse(content.decode("utf-8-sig"))
    notes = Notes(str(path), document.line)
    for fault in document.faults:
        notes.problems.append(_fault(str(path), fault))
    if document.data is None and not document.faults:
        notes.add((), "empty", "an import map", "an empty file", "begin with `study: NAME`")
    if not notes.problems:
        _shape(document.data, notes)
    if notes.problems:
        raise ImportProblems(notes.in_order())
    built = build_map(document.data, notes, path=str(path), sha256=hashlib.sha256(content).hexdigest())
    check_map(built, notes)
    if notes.problems:
        raise ImportProblems(notes.in_order())
    return built


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        content.decode("utf-8-sig")
    except OSError as error:
        notes = Notes(str(path), lambda _: 0)
        notes.add((), "no-file", "a readable import map", error.strerror or "no file", "check the path")
        raise ImportProblems(notes.problems) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        notes = Notes(str(path), lambda _: line)
        found = f"byte {content[error.start]:#04x}, which is no UTF-8"
        notes.add((), "encoding", "a map in UTF-8", found, "save the map as UTF-8")
        raise ImportProblems(notes.problems) from error
    return content


def _fault(path: str, fault: yamlfile.Fault) -> Any:
    notes = Notes(path, lambda _: fault.line)
    notes.add(fault.path, fault.rule, fault.expected, fault.found, fault.hint)
    return notes.problems[0]


def _shape(data: Any, notes: Notes) -> None:
    known = schema()
    for departure in departures(data, known, known):
        notes.add(departure.path, departure.rule, departure.expected, departure.found, departure.hint)

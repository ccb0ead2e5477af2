"""The path of an import map comes in; a checked `ImportMap` or every problem of the file goes out."""

from pathlib import Path
from typing import Any

from analysis.errors import ImportProblems
from analysis.imports.building import build_map
from analysis.imports.checked import Kind, published, read_checked
from analysis.imports.mapchecks import check_map
from analysis.imports.spec import ImportMap

SCHEMA = "import-map.schema.json"
MAP = Kind("an import map", "study: NAME")


def schema() -> dict[str, Any]:
    """The published JSON Schema of the format, which is also what the loader accepts."""
    return published(__package__, SCHEMA)


def read_map(path: Path | str) -> ImportMap:
    """Read and check a map. ImportProblems lists everything wrong with it, with its lines."""
    read = read_checked(Path(path), schema(), MAP)
    if read.notes.problems:
        raise ImportProblems(read.notes.in_order())
    built = build_map(read.data, read.notes, path=str(path), sha256=read.sha256)
    check_map(built, read.notes)
    if read.notes.problems:
        raise ImportProblems(read.notes.in_order())
    return built

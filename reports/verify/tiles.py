"""A list of tiles and release folders in, the tiles drawn again and what differs out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analysis import TrackingPlan
from reports.errors import ReportError
from reports.sheets import write_tiles
from reports.spec import ReportSpec
from reports.verify.difference import Difference


def is_list(file: Path) -> bool:
    """Whether a file is a list of tiles and no report."""
    return file.suffix == ".json"


def read_list(file: Path) -> Mapping[str, Any]:
    """The list, as `report tiles` wrote it; ReportError for any other file."""
    try:
        found = json.loads(file.read_bytes())
        if {"language", "releases", "code", "tiles"} <= set(found):
            return dict(found)
    except (ValueError, TypeError):
        pass
    raise ReportError(
        f"{file}: expected a list of tiles, found something else: give …-tiles.json as it was written"
    )


def differing_tiles(
    file: Path,
    listed: Mapping[str, Any],
    folders: Sequence[Path],
    spec: ReportSpec | None,
    plan: TrackingPlan | None = None,
) -> tuple[int, tuple[Difference, ...]]:
    """How many numbers the tiles made again hold, and every picture, text and number that is another one.

    ReportError where a specification or plan was used and none is given: pictures carry none.
    """
    if listed.get("specification") and spec is None:
        raise ReportError(f"{file}: expected the specification it was made with, found none: add --spec FILE")
    if listed.get("planned") and plan is None:
        raise ReportError(f"{file}: expected the tracking plan it was made with, found none: add --plan FILE")
    with TemporaryDirectory() as folder:
        (written,) = write_tiles(
            folders, (str(listed["language"]),), Path(folder), spec, plan, incomplete=True
        )
        again = json.loads(written.index.read_bytes())
        numbers = sum(len(tile["numbers"]) for tile in again["tiles"])
        return numbers, tuple(_differences(file.parent, listed, Path(folder), again))


def _differences(
    here: Path, listed: Mapping[str, Any], there: Path, again: Mapping[str, Any]
) -> Iterator[Difference]:
    printed = {str(tile["file"]): tile for tile in listed["tiles"]}
    recomputed = {str(tile["file"]): tile for tile in again["tiles"]}
    for name in dict.fromkeys([*recomputed, *printed]):
        if name not in recomputed or name not in printed:
            states = ("(none)", "a tile") if name in recomputed else ("a tile", "(none)")
            yield Difference(name, *states, "list")
            continue
        yield from _numbers(name, printed[name].get("numbers"), recomputed[name]["numbers"])
        for path in (Path(name), Path(name).with_suffix(".txt")):
            states = (_sum(here / path.name), _sum(there / path.name))
            if states[0] != states[1]:
                yield Difference(path.name, *states, "file")


def _numbers(name: str, printed: Any, recomputed: list[dict[str, str]]) -> Iterator[Difference]:
    if printed == recomputed:
        return
    if not isinstance(printed, list) or len(printed) != len(recomputed):
        yield Difference(f"{name} numbers", "another list", f"{len(recomputed)} numbers", "list")
        return
    for one, other in zip(printed, recomputed, strict=True):
        if one != other:
            about = f"{other.get('estimate', 'text')}:{other.get('column', '')}".rstrip(":")
            said = str(one.get("printed", "")) if isinstance(one, dict) else "not readable"
            yield Difference(about, said, other["printed"], name)


def _sum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else "(no file)"

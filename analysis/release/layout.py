"""Where releases live and what their folders hold: paths in, names, numbers, canonical JSON and sums out."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 1
"""Version of the folder's layout, written in every manifest."""
MANIFEST = "manifest.json"
DATA = "data.parquet"
JSON_FILES = (
    "codebook.json",
    "design.json",
    "instrument.json",
    "weights.json",
    "fieldwork.json",
    "disclosure.json",
)
CONTENT = (DATA, *JSON_FILES)
"""Every file the manifest vouches for."""
SEAL = "seal"
"""Key of the manifest's own sum: SHA-256 of the canonical manifest without this key."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""A study or wave name is a folder name on every system."""


@dataclass(frozen=True)
class ReleaseRef:
    """One release on disk; `fingerprint` is the SHA-256 of its manifest, empty where that is gone."""

    study: str
    wave: str
    number: int
    folder: Path
    fingerprint: str


def wave_folder(home: Path, study: str, wave: str) -> Path:
    """The folder that holds the numbered releases of one wave; ValueError for a name no folder may have."""
    for kind, name in (("study", study), ("wave", wave)):
        if not NAME.fullmatch(name):
            raise ValueError(
                f"{kind} {name!r}: expected a name of letters, digits, dot, underscore or hyphen "
                "that starts with a letter or digit and has at most 60 signs"
            )
    return home / "releases" / study / wave


def canonical_json(value: Any) -> bytes:
    """Sorted keys, two spaces, UTF-8 kept, one final newline; refuses NaN, because JSON has none."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    return (text + "\n").encode()


def sha256(content: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with the sum over itself, so that an edit by hand shows without any other record."""
    bare = {key: value for key, value in manifest.items() if key != SEAL}
    return {**bare, SEAL: sha256(canonical_json(bare))}


def fingerprint(folder: Path) -> str:
    """SHA-256 of the folder's manifest, empty where there is none."""
    path = folder / MANIFEST
    return sha256(path.read_bytes()) if path.is_file() else ""


def release_at(folder: Path | str) -> ReleaseRef:
    """The release in a folder that may stand anywhere: what its manifest says, else what its place says."""
    folder = Path(folder)
    place = folder.resolve()
    try:
        said = json.loads((folder / MANIFEST).read_bytes())
        study, wave, number = str(said["study"]), str(said["wave"]), int(said["release"])
    except (OSError, ValueError, KeyError, TypeError):
        study, wave = place.parent.parent.name, place.parent.name
        number = int(place.name) if place.name.isdecimal() else 0
    return ReleaseRef(study, wave, number, folder, fingerprint(folder))


def numbers(folder: Path) -> tuple[int, ...]:
    """Release numbers in a wave's folder, ascending; unfinished temporary folders are none."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(int(entry.name) for entry in folder.iterdir() if _is_release(entry)))


def list_releases(
    home: Path | str, study: str | None = None, wave: str | None = None
) -> tuple[ReleaseRef, ...]:
    """Every release below TOLQYN_HOME, by study, wave and number."""
    return tuple(
        ReleaseRef(
            folder.parent.parent.name, folder.parent.name, int(folder.name), folder, fingerprint(folder)
        )
        for folder in sorted((Path(home) / "releases").glob("*/*/*"), key=_order)
        if _is_release(folder)
        and study in (None, folder.parent.parent.name)
        and wave in (None, folder.parent.name)
    )


def latest(refs: Iterable[ReleaseRef]) -> tuple[ReleaseRef, ...]:
    """The release with the highest number of each study and wave, in the order of the first of each."""
    best: dict[tuple[str, str], ReleaseRef] = {}
    for ref in refs:
        known = best.get((ref.study, ref.wave))
        if known is None or ref.number > known.number:
            best[ref.study, ref.wave] = ref
    return tuple(best.values())


def by_time(refs: Iterable[ReleaseRef]) -> tuple[ReleaseRef, ...]:
    """By the dates in their manifests, then by name, where every one has some; else as they come: as `pool`
    sets waves."""
    known = tuple(refs)
    dates = [json.loads((ref.folder / MANIFEST).read_bytes()).get("dates") for ref in known]
    if not all(dates):
        return known
    dated = sorted(zip(dates, known, strict=True), key=lambda each: (tuple(each[0]), each[1].wave))
    return tuple(ref for _, ref in dated)


def _is_release(entry: Path) -> bool:
    return entry.name.isdecimal() and entry.is_dir()


def _order(folder: Path) -> tuple[str, str, int]:
    number = int(folder.name) if folder.name.isdecimal() else 0
    return folder.parent.parent.name, folder.parent.name, number

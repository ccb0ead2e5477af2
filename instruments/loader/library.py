"""A name and a version in, the structure file out. Knows where the instruments of Tolqyn stand."""

import re
from pathlib import Path

from instruments.problem import FileProblem, InstrumentError

LIBRARY = Path(__file__).resolve().parent.parent / "library"


def library_path(name: str, version: str | None = None, library: Path = LIBRARY) -> Path:
    """The structure file of an instrument of the library, the newest by default. Raises InstrumentError."""
    known = sorted(folder.name for folder in library.iterdir() if folder.is_dir())
    if name not in known:
        raise _unknown(name, "an instrument of the library", f"Known: {', '.join(known)}.")
    found = versions(library / name)
    if version is not None and version not in found:
        raise _unknown(f"{name} {version}", "a version of the instrument", f"Known: {', '.join(found)}.")
    return found[version or list(found)[-1]]


def versions(folder: Path) -> dict[str, Path]:
    """The structure file of each version of an instrument, oldest first."""
    paths = (path for path in folder.glob("*.yaml") if not re.search(r"\.[a-z]{2,3}$", path.stem))
    return {path.stem: path for path in sorted(paths, key=lambda path: _natural(path.stem))}


def _natural(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _unknown(found: str, expected: str, hint: str) -> InstrumentError:
    return InstrumentError([FileProblem("", 0, found, "unknown_instrument", expected, f"'{found}'", hint)])

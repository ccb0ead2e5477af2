"""Versions that went into the field: their hashes, so that none is ever edited."""

import re
from collections.abc import Iterator
from pathlib import Path

from instruments.problem import FileProblem, InstrumentError
from instruments.questionnaire import Questionnaire

LOCK = "fielded.lock"
HEAD = "# Versions that went into the field: VERSION SHA256. A version listed here is never edited; copy it."
LINE = re.compile(r"([A-Za-z0-9][\w.-]*)\s+([0-9a-f]{64})")


def fielded(folder: Path) -> dict[str, str]:
    """Version -> SHA-256 from `fielded.lock`: lines `VERSION SHA256`, comments after `#`."""
    return {
        version: sha
        for _, line in _lines(folder)
        if (entry := LINE.fullmatch(line))
        for version, sha in [entry.groups()]
    }


def lock_problems(questionnaire: Questionnaire, path: Path) -> tuple[FileProblem, ...]:
    """One problem when this version is locked with another hash, one for each line that locks nothing."""
    broken = tuple(_unreadable(path.parent))
    locked = fielded(path.parent).get(questionnaire.version)
    if locked is None or locked == questionnaire.fingerprint:
        return broken
    hint = f"Undo the edit, or copy the files to a new version and edit that; {LOCK} stays as it is."
    found = f"SHA-256 {questionnaire.fingerprint[:16]}..."
    expected = f"the files of version {questionnaire.version} as fielded (SHA-256 {locked[:16]}...)"
    return (*broken, FileProblem(str(path), 1, "", "fielded", expected, found, hint))


def lock_version(questionnaire: Questionnaire, path: Path) -> bool:
    """Note a version as fielded in the `fielded.lock` beside its file; False where it was noted before.

    The version must be loaded from `path`, so that a lock with another hash was refused. A line that is there
    is never touched. Raises InstrumentError where the lock cannot be written.
    """
    if questionnaire.version in fielded(path.parent):
        return False
    lock = path.parent / LOCK
    try:
        before = lock.read_text(encoding="utf-8") if lock.is_file() else f"{HEAD}\n"
        gap = "" if not before or before.endswith("\n") else "\n"
        beside = lock.with_name(f"{LOCK}.new")
        beside.write_text(
            f"{before}{gap}{questionnaire.version} {questionnaire.fingerprint}\n", encoding="utf-8"
        )
        beside.replace(lock)
    except OSError as error:
        expected, found = f"a folder in which {LOCK} can be written", error.strerror or "an error"
        hint = f"Add this line by hand: {questionnaire.version} {questionnaire.fingerprint}"
        raise InstrumentError([FileProblem(str(lock), 0, "", "fielded", expected, found, hint)]) from error
    return True


def _lines(folder: Path) -> list[tuple[int, str]]:
    """Number and content of every line that is more than a comment."""
    path = folder / LOCK
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    said = ((number, line.partition("#")[0].strip()) for number, line in enumerate(lines, start=1))
    return [(number, line) for number, line in said if line]


def _unreadable(folder: Path) -> Iterator[FileProblem]:
    """A line that is misspelt locks nothing, and a version noted twice is locked with neither hash."""
    known: dict[str, str] = {}
    for number, line in _lines(folder):
        entry = LINE.fullmatch(line)
        if entry is None:
            expected, found = "VERSION and a SHA-256 of 64 hexadecimal digits", repr(line[:60])
        elif known.setdefault(entry[1], entry[2]) != entry[2]:
            expected, found = f"version {entry[1]} with one SHA-256", "two"
        else:
            continue
        hint = "Put the line back as it was when the version went into the field."
        yield FileProblem(str(folder / LOCK), number, "", "fielded", expected, found, hint)

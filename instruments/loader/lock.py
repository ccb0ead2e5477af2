"""Versions that went into the field: their hashes, so that none is ever edited."""

from pathlib import Path

from instruments.problem import FileProblem
from instruments.questionnaire import Questionnaire

LOCK = "fielded.lock"


def fielded(folder: Path) -> dict[str, str]:
    """Version -> SHA-256 from `fielded.lock`: lines `VERSION SHA256`, comments after `#`."""
    path = folder / LOCK
    if not path.is_file():
        return {}
    lines = (line.partition("#")[0].split() for line in path.read_text(encoding="utf-8").splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 2}


def lock_problems(questionnaire: Questionnaire, path: Path) -> tuple[FileProblem, ...]:
    """One problem when this version is locked with another hash."""
    locked = fielded(path.parent).get(questionnaire.version)
    if locked is None or locked == questionnaire.fingerprint:
        return ()
    hint = f"Undo the edit, or copy the files to a new version and edit that; {LOCK} stays as it is."
    found = f"SHA-256 {questionnaire.fingerprint[:16]}..."
    expected = f"the files of version {questionnaire.version} as fielded (SHA-256 {locked[:16]}...)"
    return (FileProblem(str(path), 1, "", "fielded", expected, found, hint),)

"""Any exception in, its problems in the shape commands print out; None for a fault that is no refusal."""

import errno
import json
import sys
from typing import Any

import click

from instruments import InstrumentError
from survey.cli.spelling import Spell, spelled
from survey.refusal import Refused

FIELDS = ("file", "line", "path", "rule", "expected", "found", "hint")
OTHERS = {
    "analysis": ("AnalysisError",),
    "reports": ("ReportError",),
    "survey.simulation": ("SettingsError",),
}
"""Refusals of packages too heavy to load for their error classes: looked up only when loaded already."""

REMEDIES = {
    errno.ENOSPC: "make room on that disk, or name a folder on another one, and type the same again",
    errno.EDQUOT: "make room within your quota, or name a folder elsewhere, and type the same again",
    errno.EROFS: "name a folder that can be written",
    errno.EACCES: "name a place you may read and write, or type it as the user whose it is",
    errno.EPERM: "name a place you may read and write, or type it as the user whose it is",
    errno.EIO: "the disk fails: look at the system's log, and name a folder on another disk",
}
"""What to do about what the operating system refuses."""

Problem = dict[str, Any]


def problems_of(error: Exception, spell: Spell | None = None) -> list[Problem] | None:
    """The problems of a refusal, each with the keys `file line path rule expected found hint`.

    `spell` writes the settings that an analysis names as the command's options.
    """
    if isinstance(error, Refused):
        return [reason.as_dict() for reason in error.reasons]
    if isinstance(error, (InstrumentError, *_loaded())):
        return [_problem(problem, spell) for problem in getattr(error, "problems", (str(error),))]
    if _of_the_database(error):
        return [_words("database", str(getattr(error, "orig", error)).strip())]
    if isinstance(error, OSError) and (error.filename or error.errno in REMEDIES):
        return [_of_the_system(error)]
    return None


def echo(problems: list[Problem], *, as_json: bool) -> None:
    """Print the problems: as a JSON list on standard output, else in words on standard error."""
    if as_json:
        click.echo(json.dumps(problems, ensure_ascii=False, indent=2))
        return
    for problem in problems:
        click.echo(in_words(problem), err=True)
    if len(problems) > 1:
        click.echo(f"{len(problems)} problems", err=True)


def in_words(problem: Problem) -> str:
    """`file:line: path: expected …; found …` and what to type on a second line."""
    place = ":".join(str(part) for part in (problem["file"], problem["line"]) if part)
    where = "".join(f"{part}: " for part in (place, problem["path"]) if part)
    said = (
        f"expected {problem['expected']}; found {problem['found']}"
        if problem["expected"]
        else problem["found"]
    )
    return f"{where}{said}" + (f"\n    {problem['hint']}" if problem["hint"] else "")


def _loaded() -> tuple[type[Exception], ...]:
    classes = (
        getattr(sys.modules[package], name, None)
        for package, names in OTHERS.items()
        if package in sys.modules
        for name in names
    )
    return tuple(found for found in classes if isinstance(found, type))


def _of_the_database(error: Exception) -> bool:
    """Its subclasses for wrong statements and rules are faults of ours; the class itself is the file's."""
    if "sqlalchemy" not in sys.modules:
        return False
    from sqlalchemy.exc import DatabaseError, OperationalError

    return isinstance(error, OperationalError) or type(error) is DatabaseError


def _problem(problem: object, spell: Spell | None) -> Problem:
    if not hasattr(problem, "expected"):
        return _words("refused", spelled(problem, spell))
    return {name: _plain(getattr(problem, name, None)) for name in FIELDS}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (int, str)) else str(value)


def _of_the_system(error: OSError) -> Problem:
    said = _words("file", error.strerror or str(error))
    hint = REMEDIES.get(error.errno or 0, "")
    return {**said, "file": str(error.filename) if error.filename else None, "hint": hint}


def _words(rule: str, found: str) -> Problem:
    return {"file": None, "line": None, "path": "", "rule": rule, "expected": "", "found": found, "hint": ""}

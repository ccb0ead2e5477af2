"""A YAML file and the schema of its format come in; plain data with every departure noted go out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.imports import yamlfile
from analysis.imports.noting import Notes
from analysis.imports.shape import departures, say
from instruments import Bounds, FileProblem, weigh_file

LARGEST = Bounds(size=2_000_000)


@dataclass(frozen=True)
class Kind:
    """What a file should be, in words: `name` ("an import map"), and how it begins."""

    name: str
    begin: str


@dataclass(frozen=True)
class Checked:
    """A file's data, the notes on it (a problem where it departs from its schema) and its fingerprint."""

    data: Any
    notes: Notes
    sha256: str
    faulty: tuple[tuple[str, ...], ...] = ()
    """Where it departs from its schema."""
    content: bytes = b""
    """The file as it was read."""

    @property
    def sound(self) -> dict[str, Any]:
        """The keys below which nothing departs from the schema: the format's other rules can be told of them.

        Of a mapping each key is looked at; a list is left out whole, because its places are counted.
        """
        if not isinstance(self.data, dict) or () in self.faulty:
            return {}
        spoilt = {path[0] for path in self.faulty}
        inside = {path[:2] for path in self.faulty if len(path) > 1}
        return {
            key: {k: v for k, v in value.items() if (key, k) not in inside} if key in spoilt else value
            for key, value in self.data.items()
            if key not in spoilt or (isinstance(value, dict) and (key,) not in self.faulty)
        }


def published(package: str, file: str) -> dict[str, Any]:
    """The JSON Schema of a format, which lies beside its reader and is also what that accepts."""
    found: dict[str, Any] = json.loads(files(package).joinpath(file).read_text(encoding="utf-8"))
    return found


def read_checked(path: Path, schema: Mapping[str, Any], kind: Kind) -> Checked:
    """Reads and holds the file to the schema; nothing is raised, every problem stands in the notes."""
    content, problem = _content(path, kind)
    if problem is not None:
        return Checked(None, problem, "", ((),))
    document = yamlfile.parse(content.decode("utf-8-sig"))
    notes = Notes(str(path), document.line, data=document.data)
    for fault in document.faults:
        notes.problems.append(_fault(str(path), fault))
    if document.data is None and not document.faults:
        notes.add((), "empty", kind.name, "an empty file", f"begin with `{kind.begin}`")
    elif not isinstance(document.data, dict) and not document.faults:
        notes.add(
            (), "type", f"{kind.name}: keys with values", say(document.data), f"begin with `{kind.begin}`"
        )
    faulty: list[tuple[str, ...]] = [()] if notes.problems else []
    if not notes.problems:
        for departure in departures(document.data, schema, schema):
            notes.add(departure.path, departure.rule, departure.expected, departure.found, departure.hint)
            faulty.append(departure.path)
    return Checked(document.data, notes, hashlib.sha256(content).hexdigest(), tuple(faulty), content)


def _content(path: Path, kind: Kind) -> tuple[bytes, Notes | None]:
    content = b""
    try:
        if unfit := weigh_file(path, LARGEST):
            notes = Notes(str(path), lambda _: 0)
            notes.add((), unfit.rule, unfit.expected, unfit.found, f"is this {kind.name}?")
            return content, notes
        content = path.read_bytes()
        content.decode("utf-8-sig")
    except OSError as error:
        notes = Notes(str(path), lambda _: 0)
        notes.add(
            (), "no-file", f"{kind.name} that can be read", error.strerror or "no file", "check the path"
        )
        return content, notes
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        notes = Notes(str(path), lambda _: line)
        found = f"byte {content[error.start]:#04x}, which is no UTF-8"
        notes.add((), "encoding", f"{kind.name} in UTF-8", found, "save the file as UTF-8")
        return content, notes
    return content, None


def _fault(path: str, fault: yamlfile.Fault) -> FileProblem:
    notes = Notes(path, lambda _: fault.line)
    notes.add(fault.path, fault.rule, fault.expected, fault.found, fault.hint)
    return notes.problems[0]

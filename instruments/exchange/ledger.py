"""Every part of a form in, what became of each out: mapped, changed (how) or not carried (why)."""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from instruments.problem import FileProblem

MAPPED, CHANGED, LOST = "mapped", "changed", "not carried"
STATUSES = (MAPPED, CHANGED, LOST)
KINDS = ("question", "row", "option", "rule", "text", "group", "setting", "other")
"""What a part of a form is; `row`: a statement of an array, `other`: what fits nowhere else."""
UNREAD = "Tolqyn has no place for it"
LONGEST_NAME = 60


@dataclass(frozen=True)
class Entry:
    """One part of the form and what became of it."""

    kind: str
    place: str
    name: str
    status: str
    note: str = ""

    def __str__(self) -> str:
        note = f": {self.note}" if self.note else ""
        return f"{self.place}: {self.kind} {self.name}{note}"


@dataclass(frozen=True)
class CodeRow:
    """One answer of a list: its name in the form and its code here."""

    list: str
    name: str
    code: int
    label: str


@dataclass(frozen=True)
class Report:
    """What became of a form. `added`: what Tolqyn had to write itself; `todo`: what `check` still finds."""

    source: str
    format: str
    files: tuple[str, ...]
    entries: tuple[Entry, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    codes: tuple[CodeRow, ...] = ()
    added: tuple[str, ...] = ()
    unruled: tuple[tuple[str, str], ...] = ()
    """Items that everybody is asked although the form asks them under a condition, with the condition."""
    validation: tuple[str, ...] = ()
    """What the format's own validator says about the form."""
    todo: tuple[FileProblem, ...] = ()

    def counts(self) -> dict[str, dict[str, int]]:
        """Kind of part -> status -> how many; every part of the form is in exactly one cell."""
        seen = Counter((entry.kind, entry.status) for entry in self.entries)
        present = [kind for kind in KINDS if any(seen[kind, status] for status in STATUSES)]
        return {kind: {status: seen[kind, status] for status in STATUSES} for kind in present}

    def of(self, status: str) -> tuple[Entry, ...]:
        """The entries of one status, in the order of the form."""
        return tuple(entry for entry in self.entries if entry.status == status)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {
            "source": self.source,
            "format": self.format,
            "files": list(self.files),
            "counts": self.counts(),
            "entries": [asdict(entry) for entry in self.entries],
            "renamed": dict(self.renamed),
            "codes": [asdict(row) for row in self.codes],
            "added": list(self.added),
            "unruled": [list(pair) for pair in self.unruled],
            "validation": list(self.validation),
            "todo": [problem.as_json() for problem in self.todo],
        }


@dataclass
class _Part:
    kind: str
    place: str
    name: str
    status: str | None = None
    notes: list[str] = field(default_factory=list)


class Ledger:
    """The parts of one form. A part nobody settles is not carried: nothing is lost without a line."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, _Part] = {}
        self.added: list[str] = []

    def note(self, key: Hashable, kind: str, place: str, name: str) -> None:
        """Take one part of the form into the inventory."""
        words = " ".join(name.split())
        short = words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1] + "…"
        self._parts.setdefault(key, _Part(kind, place, short))

    def knows(self, key: Hashable) -> bool:
        """Whether the part is in the inventory."""
        return key in self._parts

    def _settle(self, key: Hashable, status: str, note: str) -> None:
        part = self._parts[key]
        if part.status is None or STATUSES.index(status) > STATUSES.index(part.status):
            part.status = status
        if note and note not in part.notes:
            part.notes.append(note)

    def mapped(self, *keys: Hashable) -> None:
        """The parts are in the instrument as they are; keys that are not in the inventory are passed over."""
        for key in keys:
            if key in self._parts:
                self._settle(key, MAPPED, "")

    def changed(self, key: Hashable, how: str) -> None:
        """The part is in the instrument, but not quite as it was."""
        if key in self._parts:
            self._settle(key, CHANGED, how)

    def lost(self, key: Hashable, why: str) -> None:
        """The part is not in the instrument."""
        if key in self._parts:
            self._settle(key, LOST, why)

    def open(self, key: Hashable) -> bool:
        """Whether the part is in the inventory and not settled yet."""
        return key in self._parts and self._parts[key].status is None

    def entries(self) -> Iterator[Entry]:
        """Every part in the order it was found."""
        for part in self._parts.values():
            note = "; ".join(part.notes) if part.status else UNREAD
            yield Entry(part.kind, part.place, part.name, part.status or LOST, note)

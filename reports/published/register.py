"""A folder in, what was published of each study out: entries are added, never changed.

One file an entry, each holding the SHA-256 of the one before. Nobody but its owner may read it: it says how
large the groups are that were kept back.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from instruments import write_whole
from reports.errors import ReportError
from reports.published.record import Publication, dumped, read, written

_NAME = re.compile(r"\d{6}\.json")
_NOTHING = "0" * 64
PLANS, CHOICES = "plans", "choices"
"""Folders beside a study's entries: tracking plans, and what specifications chose."""


@dataclass(frozen=True)
class Entry:
    """One entry: a publication, or what is `struck` out, by its number, with the reason."""

    number: int
    seal: str
    """SHA-256 of its file."""
    publication: Publication | None = None
    struck: tuple[int, str] | None = None
    day: str = ""


@dataclass(frozen=True)
class Listed:
    """One publication as a list shows it; `because`: why it was struck, empty while it counts."""

    number: int
    seal: str
    publication: Publication
    because: str = ""


@dataclass(frozen=True)
class Register:
    """What was published, study by study."""

    folder: Path

    def entries(self, study: str) -> tuple[Entry, ...]:
        """Every entry, oldest first; ReportError where one was changed or is gone."""
        return tuple(self._read(study))

    def listed(self, study: str) -> tuple[Listed, ...]:
        """Every publication, struck ones too."""
        entries = self.entries(study)
        struck = dict(entry.struck for entry in entries if entry.struck)
        return tuple(
            Listed(e.number, e.seal, e.publication, struck.get(e.number, ""))
            for e in entries
            if e.publication
        )

    def publications(self, study: str) -> tuple[Publication, ...]:
        """What counts: published and not struck."""
        return tuple(each.publication for each in self.listed(study) if not each.because)

    def studies(self) -> tuple[str, ...]:
        """Studies of which something was published."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(path.name for path in self.folder.iterdir() if path.is_dir()))

    def add(self, publication: Publication) -> Entry:
        """Enter a publication; the newest entry that says the same stands for it.

        A report that another one followed is entered anew: the newest judges what else is published.
        """
        counting = self.publications(publication.study)
        newest = governing(counting, publication.edition) if publication.kind == "report" else None
        for known in reversed(counting):
            if known.same_as(publication) and (newest is None or known.number == newest.number):
                return next(e for e in self.entries(publication.study) if e.number == known.number)
        return self._append(publication.study, {"publication": written(publication)})

    def keep(self, study: str, kind: str, content: bytes) -> str:
        """Keep a file (PLANS or CHOICES) beside the entries, anew where it was damaged; its fingerprint."""
        mark = fingerprint(content)
        place = self._place(study, kind, mark)
        if self.kept(study, kind, mark) is None:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(place, content, 0o600)
        return mark

    def kept(self, study: str, kind: str, mark: str) -> Path | None:
        """The kept file; None where it is gone or no longer what it was."""
        place = self._place(study, kind, mark)
        kept = place.read_bytes() if mark and place.is_file() else None
        return place if kept is not None and fingerprint(kept) == mark else None

    def _place(self, study: str, kind: str, mark: str) -> Path:
        return self.folder / study / kind / f"{mark}.yaml"

    def strike(self, study: str, number: int, because: str, day: str) -> Entry:
        """Take a publication out of what counts; its entry stays."""
        if number not in {each.number for each in self.publications(study)}:
            have = ", ".join(str(each.number) for each in self.publications(study)) or "none"
            raise ReportError(
                f"expected a publication of {study} that counts, found {number}; there are {have}: "
                "type tolqyn release published to see them"
            )
        return self._append(study, {"struck": number, "because": because, "day": day})

    def _append(self, study: str, content: dict[str, Any]) -> Entry:
        folder = self.folder / study
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        entries = self.entries(study)
        number = len(entries) + 1
        before = entries[-1].seal if entries else _NOTHING
        path = folder / f"{number:06}.json"
        data = dumped({"number": number, "before": before, **content})
        # Exclusive: of two who publish at once, one is told instead of overwriting the other.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return next(self._one(path, number, before))

    def _read(self, study: str) -> Iterator[Entry]:
        folder = self.folder / study
        paths = sorted(path for path in folder.glob("*.json") if _NAME.fullmatch(path.name))
        before = _NOTHING
        for number, path in enumerate(paths, 1):
            if path.name != f"{number:06}.json":
                raise ReportError(
                    f"{folder}: expected entry {number} of what was published, found none: "
                    "put back the file from a copy of TOLQYN_HOME"
                )
            for entry in self._one(path, number, before):
                before = entry.seal
                yield entry

    def _one(self, path: Path, number: int, before: str) -> Iterator[Entry]:
        data = path.read_bytes()
        try:
            raw = json.loads(data)
            held = (raw["number"], raw["before"]) == (number, before)
            entry = _entry(raw, number, hashlib.sha256(data).hexdigest())
        except (ValueError, KeyError, TypeError) as error:
            raise ReportError(f"{path}: no entry of what was published ({error}): put back a copy") from error
        if not held:
            raise ReportError(
                f"{path}: expected an entry that follows {before[:12]}, found {raw['before'][:12]}: "
                "this entry or the one before was changed; put back the files from a copy of TOLQYN_HOME"
            )
        yield entry


def fingerprint(content: bytes) -> str:
    """By which entries name a file that judges changes: its SHA-256, empty without one."""
    return hashlib.sha256(content).hexdigest() if content else ""


def governing(publications: Sequence[Publication], wave: str) -> Publication | None:
    """The report whose plan and choices judge everything of that latest wave: the newest that counts."""
    reports = (each for each in publications if each.kind == "report" and each.edition == wave)
    return max(reports, key=lambda each: each.number, default=None)


def _entry(raw: dict[str, Any], number: int, seal: str) -> Entry:
    if "struck" in raw:
        return Entry(number, seal, struck=(int(raw["struck"]), str(raw["because"])), day=raw["day"])
    publication = read(raw["publication"], number)
    return Entry(number, seal, publication=replace(publication, number=number), day=publication.day)

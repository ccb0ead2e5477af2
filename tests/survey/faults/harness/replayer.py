"""Recorded events and a cut in, files as they may stand after a power cut at that moment out."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.recorder import Create, Event, Sync, Truncate, Unlink, Write

SECTOR = 512
"""The least that a disk writes whole; a page of 4096 bytes may be torn between any two of them."""

Change = Write | Truncate
Chooser = Callable[[Sequence[Change], random.Random], Sequence[Change]]


def nothing(_changes: Sequence[Change], _chance: random.Random) -> Sequence[Change]:
    """All that was not synced is gone."""
    return ()


def everything(changes: Sequence[Change], _chance: random.Random) -> Sequence[Change]:
    """All of it reached the disk."""
    return changes


def beginning(changes: Sequence[Change], chance: random.Random) -> Sequence[Change]:
    """What was written first reached the disk."""
    return changes[: chance.randint(0, len(changes))]


def any_of_them(changes: Sequence[Change], chance: random.Random) -> Sequence[Change]:
    """Each write for itself, whatever came before."""
    return [change for change in changes if chance.random() < 0.5]


def torn(changes: Sequence[Change], chance: random.Random) -> Sequence[Change]:
    """Each sector for itself."""
    return any_of_them([piece for change in changes for piece in _pieces(change)], chance)


CHOOSERS: tuple[Chooser, ...] = (nothing, everything, beginning, any_of_them, torn)


def _pieces(change: Change) -> Iterator[Change]:
    if isinstance(change, Truncate):
        yield change
        return
    start = 0
    while start < len(change.data):
        stop = start + SECTOR - (change.offset + start) % SECTOR
        yield Write(change.path, change.offset + start, change.data[start:stop])
        start = stop


@dataclass
class Disk:
    """What is certain of each file, and what was asked for since."""

    certain: dict[str, bytes]
    names: set[str]
    """Files whose names are certain."""
    waiting: list[tuple[int, Change]] = field(default_factory=list)
    """With the number of each event."""
    gone: set[str] = field(default_factory=set)
    """Files unlinked whose folder was not synced since."""

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> "Disk":
        """The files before anything was recorded."""
        return cls(dict(files), set(files))

    def take(self, number: int, event: Event) -> None:
        """The next event."""
        if isinstance(event, Write | Truncate):
            self.waiting.append((number, event))
        elif isinstance(event, Create):
            self.certain[event.path] = b""
            self.gone.discard(event.path)
            self.waiting = [entry for entry in self.waiting if entry[1].path != event.path]
        elif isinstance(event, Unlink):
            self.gone.add(event.path)
        elif isinstance(event, Sync):
            self._sync(event)

    def after_cut(self, choose: Chooser, chance: random.Random) -> dict[str, bytes]:
        """Files as they may be found."""
        chosen = choose([change for _, change in self.waiting], chance)
        found = {}
        for path, certain in self.certain.items():
            likely = {nothing: 0.0, everything: 1.0}.get(choose, 0.5)
            named = path in self.names or chance.random() < likely
            if named and not (path in self.gone and chance.random() < likely):
                found[path] = applied(certain, [change for change in chosen if change.path == path])
        return found

    def _sync(self, sync: Sync) -> None:
        below = [path for path in self.certain if path.startswith(f"{sync.path}/")]
        if below and not sync.failed:
            for path in self.gone & set(below):
                del self.certain[path]
            self.names = (self.names | set(below)) - self.gone
            self.gone -= set(below)
        done = [change for number, change in self.waiting if change.path == sync.path and number < sync.begun]
        self.waiting = [
            entry for entry in self.waiting if entry[1].path != sync.path or entry[0] >= sync.begun
        ]
        # After an error the system believes these pages clean: no later sync writes them (fsync(2), EIO).
        if not sync.failed and sync.path in self.certain:
            self.certain[sync.path] = applied(self.certain[sync.path], done)


def applied(content: bytes, changes: Sequence[Change]) -> bytes:
    """A file's content after the changes; what lies between is zero."""
    made = bytearray(content)
    for change in changes:
        if isinstance(change, Truncate):
            made = made[: change.size].ljust(change.size, b"\0")
            continue
        end = change.offset + len(change.data)
        if len(made) < end:
            made.extend(bytes(end - len(made)))
        made[change.offset : end] = change.data
    return bytes(made)


@dataclass(frozen=True)
class Cut:
    """One moment at which the power went."""

    after: int
    """Number of events before it."""
    disk: Disk


def cuts(recorded: Sequence[Event], files: Mapping[str, bytes], moments: Sequence[int]) -> Iterator[Cut]:
    """The disk at each of the moments, which ascend; look at each before asking for the next."""
    disk = Disk.of(files)
    done = 0
    for moment in moments:
        for number in range(done, moment):
            disk.take(number, recorded[number])
        done = moment
        yield Cut(moment, disk)

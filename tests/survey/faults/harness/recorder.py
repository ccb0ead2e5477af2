"""System calls of a server as strace prints them in, what they did to files and sockets out, in order."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = "openat,lseek,write,pwrite64,fsync,fdatasync,ftruncate,rename,unlink,sendto"
LINE = re.compile(r"^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$")
RESULT = re.compile(r"\) += (-?\d+|\?)[^\"]*$")
DESCRIPTOR = re.compile(r"^(\d+)<([^>]*)>")
QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
UNFINISHED = " <unfinished ...>"


@dataclass(frozen=True)
class Write:
    """Bytes on their way to a file; they may or may not survive until it is synced."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate:
    """A file's new length, as uncertain as a write."""

    path: str
    size: int


@dataclass(frozen=True)
class Create:
    """A new file; its name is certain once its folder is synced."""

    path: str


@dataclass(frozen=True)
class Unlink:
    """A file's name goes; certain once its folder is synced."""

    path: str


@dataclass(frozen=True)
class Sync:
    """A sync that began after `begun` events; what was written before is certain, or, if it failed, gone."""

    path: str
    begun: int
    failed: bool


@dataclass(frozen=True)
class Sent:
    """The beginning of what a socket was given."""

    data: bytes


Event = Write | Truncate | Create | Unlink | Sync | Sent


LONGEST = 1 << 20
"""Bytes of a write that are recorded: a log is written once more in pieces of that size (renewal.CHUNK)."""


def strace(program: str, output: Path, *injected: str) -> list[str]:
    """The command that records whatever follows it; `injected`: faults as strace's `inject=` takes them."""
    faults = [word for fault in injected for word in ("-e", f"inject={fault}")]
    how = ["-f", "--seccomp-bpf", "-qq", "-xx", "-y", "-s", str(LONGEST), "-o", str(output)]
    return [program, *how, "-e", f"trace={CALLS}", "-e", "signal=none", *faults]


def events(lines: Iterable[str], database: Path) -> list[Event]:
    """All that happened to the database's files and to sockets; the first file was there before."""
    reading = _Reading(str(database))
    for line in lines:
        reading.take(line.rstrip("\n"))
    return [event for event in reading.found if event is not None]


@dataclass
class _Call:
    name: str
    arguments: str
    at: int
    """Number of events before it began."""


class _Reading:
    def __init__(self, database: str) -> None:
        self.database, self.folder = database, database.rpartition("/")[0]
        self.existing = {database}
        self.found: list[Event | None] = []
        self.open: dict[str, _Call] = {}
        self.places: dict[tuple[str, str], int] = {}

    def take(self, line: str) -> None:
        match = LINE.match(line)
        if match is None:
            return
        thread, resumed, name, rest = match.groups()
        if resumed:
            call = self.open.pop(thread)
            call.arguments += rest
        else:
            call = _Call(name, rest.removesuffix(UNFINISHED), len(self.found))
            self.begin(thread, call)
            if rest.endswith(UNFINISHED):
                self.open[thread] = call
                return
        result = RESULT.search(call.arguments)
        self.end(thread, call, int(result[1]) if result and result[1] != "?" else -1)

    def begin(self, thread: str, call: _Call) -> None:
        """What may be half done when the power goes counts from its beginning."""
        if call.name == "sendto":
            self.found.append(Sent(_data(call)))
        elif call.name in ("write", "pwrite64") and (path := self._file(call)):
            where = _last_number(call) if call.name == "pwrite64" else self.places[self._place(thread, call)]
            self.found.append(Write(path, where, _data(call)))
        elif call.name == "ftruncate" and (path := self._file(call)):
            self.found.append(Truncate(path, _last_number(call)))
        elif call.name == "rename" and self.database in _text(call):
            raise NotImplementedError(_text(call))

    def end(self, thread: str, call: _Call, result: int) -> None:
        if call.name == "lseek" and self._file(call):
            self.places[self._place(thread, call)] = result
        elif call.name in ("write", "pwrite64", "ftruncate") and self._file(call):
            self._written(thread, call, result)
        elif call.name in ("fsync", "fdatasync") and (path := self._file(call)):
            self.found.append(Sync(path, call.at, failed=result < 0))
        elif call.name == "openat" and result >= 0 and "O_CREAT" in call.arguments:
            path = _text(call)
            if path.startswith(self.database) and path not in self.existing:
                self.existing.add(path)
                self.found.append(Create(path))
        elif call.name == "unlink" and result >= 0 and _text(call).startswith(self.database):
            self.existing.discard(_text(call))
            self.found.append(Unlink(_text(call)))

    def _written(self, thread: str, call: _Call, result: int) -> None:
        """A write that failed did nothing; one that was cut short did a part."""
        event = self.found[call.at]
        if result < 0:
            self.found[call.at] = None
        elif isinstance(event, Write):
            if result > len(event.data):
                raise ValueError(
                    f"a write of {result} bytes was recorded as {len(event.data)}: raise LONGEST"
                )
            self.found[call.at] = Write(event.path, event.offset, event.data[:result])
            if call.name == "write":
                self.places[self._place(thread, call)] += result

    def _file(self, call: _Call) -> str:
        """The database's file, or its folder, that the call is about; nothing for any other."""
        match = DESCRIPTOR.match(call.arguments)
        path = _plain(match[2]) if match else ""
        return path if path == self.folder or path.startswith(self.database) else ""

    def _place(self, thread: str, call: _Call) -> tuple[str, str]:
        """SQLite seeks and writes in one thread, under a lock."""
        match = DESCRIPTOR.match(call.arguments)
        assert match
        return thread, match[1]


def acknowledgements(recorded: Iterable[Event]) -> Iterator[tuple[int, str, str]]:
    """Place among the events, address led to and cookie of each 303 that was sent."""
    for number, event in enumerate(recorded):
        if isinstance(event, Sent) and event.data.startswith(b"HTTP/1.1 303"):
            head = event.data.decode(errors="replace")
            target = re.search(r"^Location: (\S+)", head, re.M)
            cookie = re.search(r"^Set-Cookie: s=([^;\r]+)", head, re.M)
            if target and cookie:
                yield number, target[1], cookie[1]


def _plain(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


def _data(call: _Call) -> bytes:
    match = QUOTED.search(call.arguments)
    return bytes.fromhex(match[1].replace("\\x", "")) if match else b""


def _text(call: _Call) -> str:
    return _data(call).decode()


def _last_number(call: _Call) -> int:
    numbers = re.findall(r", (\d+)(?:\)|$)", call.arguments)
    return int(numbers[-1])

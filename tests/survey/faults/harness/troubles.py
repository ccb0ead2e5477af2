"""A server in, its disk in trouble while a block runs: system calls that fail, a full or read-only disk."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.server import PATIENCE, Server, members

WRITES = "write,pwrite64,ftruncate"
SYNCS = "fsync,fdatasync"


@contextlib.contextmanager
def failing(strace: str, server: Server, calls: str, error: str) -> Iterator[None]:
    """Every one of these system calls on the database and its log fails, in all processes of the server."""
    file = server.place.file
    assert server.process is not None
    paths = [word for path in (file, f"{file}-wal") for word in ("-P", str(path))]
    tracees = [word for pid in members(server.process.pid) for word in ("-p", str(pid))]
    output = server.place.config.home / "strace.log"
    command = [strace, "-f", "-o", str(output), *paths, "-e", f"trace={calls}"]
    with (server.place.config.home / "strace.err").open("wb") as said:
        tracer = subprocess.Popen(
            [*command, "-e", f"inject={calls}:error={error}", *tracees], stdout=said, stderr=said
        )
    try:
        _wait_until_attached(server, tracer.pid)
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(PATIENCE)


def _wait_until_attached(server: Server, tracer: int) -> None:
    assert server.process is not None
    end = time.monotonic() + PATIENCE
    while not all(_tracer_of(pid) == tracer for pid in members(server.process.pid)):
        assert time.monotonic() < end, "strace did not attach"
        time.sleep(0.02)


def _tracer_of(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(status.partition("TracerPid:")[2].split()[0])


@dataclass(frozen=True)
class SmallDisk:
    """A file system in memory that holds a few megabytes."""

    folder: Path

    @classmethod
    def mount(cls, folder: Path, size: str) -> "SmallDisk":
        """Raises CalledProcessError where this user may not mount."""
        folder.mkdir()
        _mount("-t", "tmpfs", "-o", f"size={size},mode=755", "tolqyn-test", str(folder))
        return cls(folder)

    def unmount(self) -> None:
        """Give it back; the system may close a dead process's files a moment after it."""
        end = time.monotonic() + PATIENCE
        while subprocess.run(["umount", str(self.folder)], check=False, capture_output=True).returncode:
            assert time.monotonic() < end, f"something is open in {self.folder}"
            time.sleep(0.1)

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Filled to the last byte meanwhile."""
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        try:
            assert os.statvfs(self.folder).f_bavail == 0
            yield
        finally:
            filler.unlink()

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """Takes no writes meanwhile."""
        _mount("-o", "remount,ro", str(self.folder))
        try:
            yield
        finally:
            _mount("-o", "remount,rw", str(self.folder))


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)

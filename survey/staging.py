"""An instance's home in, a folder for plain copies out; it is gone afterwards, however the work ended."""

import fcntl
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from survey.locks import opened, taken

WORKS = ("backup", "restore")
_LOCK = ".staging.lock"
_STOPPED = 128 + signal.SIGTERM


@contextmanager
def staged(home: Path, work: str) -> Iterator[Path]:
    """A new folder in `home`, which must exist; removed at the end, also when the program is asked to stop.

    What a killed program or a power cut leaves behind is removed by the next `sweep`: the kernel frees the
    lock of a process that is no more.
    """
    with _one_at_a_time(home):
        _remove(abandoned(home))
        folder = Path(tempfile.mkdtemp(prefix=f".{work}-", dir=home))
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with _stopping_in_order():
            yield folder
    finally:
        shutil.rmtree(folder)
        os.close(held)


def sweep(home: Path) -> None:
    """Remove every plain copy whose program ended before it could; one still at work is left alone."""
    if abandoned(home):
        with _one_at_a_time(home):
            _remove(abandoned(home))


def abandoned(home: Path) -> tuple[Path, ...]:
    """Folders of plain copies that no program is at work in, of those that this user may open."""
    return tuple(path for path in _copies(home) if not _held(path))


def closed(home: Path) -> tuple[Path, ...]:
    """Folders of plain copies that another user of the machine made: nothing is known of them here."""
    return tuple(path for path in _copies(home) if not os.access(path, os.R_OK | os.W_OK | os.X_OK))


def _copies(home: Path) -> list[Path]:
    return sorted(path for work in WORKS for path in home.glob(f".{work}-*") if path.is_dir())


def _held(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except (FileNotFoundError, PermissionError):
        return True
    try:
        return not taken(handle)
    finally:
        os.close(handle)


def _remove(folders: tuple[Path, ...]) -> None:
    for folder in folders:
        shutil.rmtree(folder)


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Between a folder's making and its lock nobody may take it for abandoned."""
    handle = opened(home / _LOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _stopping_in_order() -> Iterator[None]:
    """SIGTERM, the reboot's and the service manager's, unwinds the program instead of ending it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise SystemExit(_STOPPED)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

"""A folder or file in, a turn in it out: whoever comes meanwhile waits, or hears that it is taken."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Threads and processes that ask for the same folder wait; the lock ends with whoever held it."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def opened(path: Path) -> int:
    """The descriptor of a lock's file that every user of the machine may take, whoever of them made it.

    To read is all that a lock needs (flock(2)); in the folder of a backup and a restoration work two users.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    if os.fstat(descriptor).st_uid == os.geteuid():
        os.fchmod(descriptor, 0o644)
    return descriptor


def taken(descriptor: int) -> bool:
    """Whether it is ours now; at once."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

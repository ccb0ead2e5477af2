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
    """The descriptor of a lock's file, which root and the owner of its folder may take, whoever made it.

    In the folder of a backup and a restoration work two users of the machine: who serves, and root.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o600)
    owner = path.parent.stat()
    if os.geteuid() == 0 and os.fstat(descriptor).st_uid != owner.st_uid:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def taken(descriptor: int) -> bool:
    """Whether it is ours now; at once."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

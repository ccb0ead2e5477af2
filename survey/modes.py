"""Whatever umask the machine has in, files of the owner's alone out; what is published is everybody's.

The one place that says so: set once a process, by the command and by the server.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey.refusal import Reason

PRIVATE, PUBLIC = 0o077, 0o022


def keep_private() -> int:
    """Files of mode 0600 and folders of 0700 from now on; the umask before."""
    return os.umask(PRIVATE)


@contextmanager
def for_everybody() -> Iterator[None]:
    """Files that a web server or a collector reads: 0644 and 0755."""
    before = os.umask(PUBLIC)
    try:
        yield
    finally:
        os.umask(before)


def open_to_all(folder: Path) -> None:
    """A folder of published files and all in it: 0755 and 0644."""
    for path in (folder, *folder.rglob("*")):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~PUBLIC)


def readable(home: Path) -> list[Reason]:
    """A home that others may enter, as an older version or a hand made it; none where nobody may."""
    if not home.is_dir() or not home.stat().st_mode & 0o077:
        return []
    mode = oct(home.stat().st_mode & 0o777)
    hint = f"chmod 700 {home}: nothing in it is for others; a web server gets tolqyn results export FOLDER"
    return [Reason("a folder only its owner enters", f"mode {mode}", hint, path=str(home), rule="mode")]

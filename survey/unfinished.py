"""The instance's folder in; whether a restoration runs or was cut off before its end, out.

Between the return of a database and the moment in which it shuts out again whom the office had shut out,
nobody may come in: a power cut there leaves the mark, and with it nothing serves (decision 0056).
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from survey.keys import sync_folder
from survey.locks import opened, taken
from survey.refusal import Reason, Refused

MARK = "restoring"
_LOCK = ".restoring.lock"


@dataclass(frozen=True)
class Mark:
    """A restoration that began: of which file, into which database."""

    sealed: str
    database: str = ""
    """As `copies.place_of` has it. Empty: the mark is not legible."""
    stood: str | None = None
    """What stood there (`copies.standing`). None: nobody knows, or what an earlier one had half restored."""


@contextmanager
def alone(home: Path) -> Iterator[int]:
    """For as long as it lasts nobody else restores into this folder, or settles what was cut off there.

    Raises Refused while somebody does. Whoever holds it may be another user of the machine. A program to
    which the descriptor is passed holds it too, until it ends.
    """
    lock = opened(home / _LOCK)
    try:
        if not taken(lock):
            raise Refused(_running(home))
        yield lock
    finally:
        os.close(lock)


def marked(home: Path) -> Mark | None:
    """The mark of a restoration that did not come to its end; None where there is none."""
    place = home / MARK
    if not place.is_file():
        return None
    try:
        stored = json.loads(place.read_text("utf-8"))
        return Mark(**stored)
    except (OSError, ValueError, TypeError, RecursionError):
        return Mark("")


def begin(home: Path, mark: Mark) -> None:
    """Leave the mark, whole and on the disk before anything is touched, for every user of the machine."""
    coming = home / f".{MARK}.part"
    try:
        with coming.open("w", encoding="utf-8") as file:
            json.dump(asdict(mark), file)
            file.flush()
            os.fsync(file.fileno())
        coming.chmod(0o644)
        coming.replace(home / MARK)
    finally:
        coming.unlink(missing_ok=True)
    sync_folder(home)


def end(home: Path) -> None:
    """Take the mark away."""
    (home / MARK).unlink(missing_ok=True)
    sync_folder(home)


def unfinished(home: Path) -> Reason | None:
    """What to do about a restoration that runs or was cut off; None where there is none."""
    mark = marked(home)
    if mark is None:
        return None
    if _held(home):
        return _running(home)
    typed = f"tolqyn db restore {mark.sealed or 'FILE'} --key KEY --replace NAME"
    hint = (
        f"type it again, as it was typed, with --replace where the database is filled: {typed}; or begin "
        "with an empty database: tolqyn db upgrade"
    )
    into = f" into {mark.database}" if mark.database else ""
    found = f"one{into} that was cut off: whom the office had shut out might come in"
    return _reason(found, hint, home)


def refuse_unfinished(home: Path) -> None:
    """Raises Refused while a restoration runs, or where one was cut off."""
    reason = unfinished(home)
    if reason is not None:
        raise Refused(reason)


def _running(home: Path) -> Reason:
    return _reason("one that runs", "wait until it has ended", home)


def _reason(found: str, hint: str, home: Path) -> Reason:
    return Reason("a restoration that came to its end", found, hint, path=str(home / MARK), rule="restoring")


def _held(home: Path) -> bool:
    """Whether somebody is `alone` in the folder. Where the lock may not be opened, nobody is known to be."""
    with suppress(OSError):
        lock = opened(home / _LOCK)
        try:
            return not taken(lock)
        finally:
            os.close(lock)
    return False

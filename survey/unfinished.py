"""The instance's folder in; whether a restoration was cut off between the database and whom it lets in, out.

Between the return of a database and the moment in which it shuts out again whom the office had shut out,
nobody may come in: a power cut there leaves the mark, and with it nothing serves (decision 0056).
"""

import os
from pathlib import Path

from survey.refusal import Reason, Refused

MARK = "restoring"


def begun(home: Path, sealed: Path) -> bool:
    """Leave the mark, on the disk before anything is touched; whether an earlier restoration left it."""
    place = home / MARK
    if place.is_file():
        return True
    with place.open("w", encoding="utf-8") as file:
        file.write(str(sealed))
        file.flush()
        os.fsync(file.fileno())
    _sync(home)
    return False


def ended(home: Path) -> None:
    """Take the mark away."""
    (home / MARK).unlink(missing_ok=True)
    _sync(home)


def unfinished(home: Path) -> Reason | None:
    """What to do about a restoration that was cut off; None where none was."""
    place = home / MARK
    if not place.is_file():
        return None
    sealed = place.read_text(encoding="utf-8", errors="replace")
    hint = f"type it again, with --replace: tolqyn db restore {sealed or 'FILE'} --key KEY --replace NAME"
    found = "one that was cut off: whom the office had shut out might come in"
    return Reason("a restoration that came to its end", found, hint, path=str(place), rule="restoring")


def refuse_unfinished(home: Path) -> None:
    """Raises Refused while a restoration is cut off."""
    reason = unfinished(home)
    if reason is not None:
        raise Refused(reason)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The instance's folder in; whether a restoration was cut off between the database and whom it lets in, out.

Between the return of a database and the moment in which it shuts out again whom the office had shut out,
nobody may come in: a power cut there leaves the mark, and with it nothing serves (decision 0056).
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from survey.keys import sync_folder
from survey.refusal import Reason, Refused

MARK = "restoring"


@dataclass(frozen=True)
class Mark:
    """A restoration that began: of which file, and the newest act's seal of the database it replaces."""

    sealed: str
    before: str
    """Empty: that database told nothing."""


def marked(home: Path) -> Mark | None:
    """The mark of a restoration that did not come to its end; None where there is none."""
    place = home / MARK
    if not place.is_file():
        return None
    try:
        stored = json.loads(place.read_text("utf-8"))
        return Mark(str(stored["sealed"]), str(stored["before"]))
    except (OSError, ValueError, TypeError, KeyError):
        return Mark("", "")


def begin(home: Path, mark: Mark) -> None:
    """Leave the mark, on the disk before anything is touched, for every user of the machine to read."""
    place = home / MARK
    try:
        with place.open("w", encoding="utf-8") as file:
            json.dump({"sealed": mark.sealed, "before": mark.before}, file)
            file.flush()
            os.fsync(file.fileno())
        place.chmod(0o644)
        sync_folder(home)
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def end(home: Path) -> None:
    """Take the mark away."""
    (home / MARK).unlink(missing_ok=True)
    sync_folder(home)


def unfinished(home: Path) -> Reason | None:
    """What to do about a restoration that was cut off; None where none was."""
    mark = marked(home)
    if mark is None:
        return None
    typed = f"tolqyn db restore {mark.sealed or 'FILE'} --key KEY --replace NAME"
    hint = f"type it again, as it was typed, with --replace where the database is filled: {typed}"
    found = "one that was cut off: whom the office had shut out might come in"
    return Reason("a restoration that came to its end", found, hint, path=str(home / MARK), rule="restoring")


def refuse_unfinished(home: Path) -> None:
    """Raises Refused while a restoration is cut off."""
    reason = unfinished(home)
    if reason is not None:
        raise Refused(reason)

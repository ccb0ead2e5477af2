"""The server's log: what a part of the program says in, one JSON object a line on standard error out.

No line holds an answer, an address or a time: whoever keeps the lines (the journal) writes the time beside
them, and keeps them as long as the host decides.
"""

import json
import logging
from traceback import extract_tb
from typing import TextIO

ROOT = "survey"
"""Everything the server says comes from below this package."""


class Lines(logging.Formatter):
    """A record as JSON: `level`, `part` and `said`, in that order."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds; a traceback is left out: its lines may quote values."""
        said = {"level": record.levelname.lower(), "part": record.name, "said": record.getMessage()}
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
        return json.dumps(said, ensure_ascii=False)


def trace(error: BaseException) -> str:
    """Kind of the error and the places it came through; its message may hold answers and is left out."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    return f"{type(error).__name__} at " + " < ".join(reversed(places))


def configure(*, as_json: bool, stream: TextIO | None = None) -> None:
    """Send what the server says to the stream, standard error, once; as JSON lines or as plain words."""
    log = logging.getLogger(ROOT)
    for handler in [each for each in log.handlers if isinstance(each.formatter, Lines)]:
        log.removeHandler(handler)
    if as_json:
        handler = logging.StreamHandler(stream)
        handler.setFormatter(Lines())
        log.addHandler(handler)
        log.propagate = False
        log.setLevel(logging.INFO)

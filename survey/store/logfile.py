"""SQLite's log file: a connection in, whether the log it writes is still the one that a restart would read.

Who deletes the log of a running server takes every page since the last checkpoint away, unseen: the open
files go on taking writes. So each transaction looks (one `stat`), saves what the open log holds and ends the
process, which opens the files anew.
"""

import logging
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

KEY = "tolqyn_log"
PATIENCE, PAUSE = 10.0, 0.02
SAVING = Lock()
EXIT_LOG_LOST = 74
"""EX_IOERR of sysexits.h; gunicorn starts another process."""


class LogLostError(SQLAlchemyError):
    """The log was deleted or replaced under the server: nothing is saved before that is mended."""


@dataclass
class LogWatch:
    """The log of one engine; reads no more than its file's number."""

    file: Path
    opened: dict[int, int] = field(default_factory=dict)
    """Open connection -> number of the log file it writes."""

    def open(self, connection: Any, record: Any) -> None:
        """A new connection has opened the log. Raises LogLostError when the others write to another file."""
        number = self._number()
        if number and self.opened and number not in self.opened.values():
            raise LogLostError("the log was replaced")
        if number:
            self.opened[id(connection)] = record.info[KEY] = number

    def close(self, connection: Any, record: Any) -> None:
        """A connection goes; SQLite deletes the log with the last one."""
        self.opened.pop(id(connection), None)
        record.info.pop(KEY, None)

    @property
    def lost(self) -> bool:
        """Whether an open connection writes to a file that is not there any more."""
        return bool(self.opened) and self._number() not in self.opened.values()

    def before(self, connection: Connection) -> None:
        """The same for SQLAlchemy's event."""
        self.look(connection.connection)

    def look(self, connection: PoolProxiedConnection) -> None:
        """Before each transaction and question; where the log is gone, save what it held and end."""
        number = connection.info.get(KEY)
        if number is not None and number != self._number():
            _save_and_exit(connection)

    def _number(self) -> int:
        try:
            return os.stat(self.file).st_ino  # noqa: PTH116  for each transaction: no Path is made
        except FileNotFoundError:
            return 0


def _save_and_exit(connection: PoolProxiedConnection) -> None:
    """Copy what the open log holds into the database; as long as another process does, wait."""
    said = logging.getLogger(__name__)
    with SAVING:  # no other thread ends the process before it is done
        try:
            driver: Any = connection.driver_connection
            end = time.monotonic() + PATIENCE
            busy = 1
            while busy and time.monotonic() < end:
                busy, pages, moved = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                time.sleep(PAUSE if busy else 0)
            said.critical(
                "the database's log was deleted; %s", "saved" if not busy else f"{moved} of {pages} saved"
            )
        finally:
            os._exit(EXIT_LOG_LOST)

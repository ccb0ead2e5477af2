"""SQLite's log as the system remembers it in, the same log on the disk out: before a process first writes.

After a failed sync the system keeps in memory what the disk does not have, and believes it written. A process
that reads the log anew takes such a commit for a good one and appends to it; a power cut then ends the log
before all that was appended and acknowledged. Bytes written once more are synced for real (fsync(2), EIO;
Rebello and others 2020, "Can Applications Recover from fsync Failures?", USENIX ATC, section 4.1). The log's
name is synced too: SQLite does so once, with the first commit, and does not look whether it succeeded
(`unixSync` in os_unix.c); without its name the whole log is gone.
"""

import os
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

CHUNK = 1 << 20


class NotRenewedError(SQLAlchemyError):
    """The log could not be written anew: nothing may be appended to it yet."""


class Renewal:
    """Once a process, and again when it had closed the log: SQLite deletes it with the last connection."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process = self._open = 0
        self._mutex = Lock()

    def try_now(self, connection: Any, _record: Any) -> None:
        """A new connection has opened the log: renew it, or leave that to the first that writes.

        Until then nothing may copy the log into the database either, as the last connection does that closes.
        """
        with self._mutex:
            self._open += 1
        try:
            self._renew(connection)
        except (OSError, _errors_of(connection)):
            pass

    def closed(self, _connection: Any, _record: Any) -> None:
        """A connection goes."""
        with self._mutex:
            self._open -= 1
            if self._open == 0:
                self._process = 0

    def before_writing(self, connection: Connection) -> None:
        """Before each transaction; one that writes needs it. Raises NotRenewedError."""
        if self._process == os.getpid() or not connection.get_execution_options().get("tolqyn_writes"):
            return
        driver: Any = connection.connection.driver_connection
        try:
            self._renew(driver)
        except (OSError, _errors_of(driver)) as error:
            raise NotRenewedError(f"the log could not be written anew: {error}") from error

    def _renew(self, driver: Any) -> None:
        with self._mutex:
            if self._process == os.getpid():
                return
            driver.execute("BEGIN IMMEDIATE").close()  # whoever else would write waits meanwhile
            try:
                write_again(self._log)
                self._process = os.getpid()
            finally:
                driver.execute("ROLLBACK").close()


def write_again(file: Path) -> None:
    """The same bytes at the same places, synced, and the name synced. Raises OSError."""
    descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    try:
        place = 0
        while content := os.pread(descriptor, CHUNK, place):
            place += os.pwrite(descriptor, content, place)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _errors_of(driver: Any) -> type[Exception]:
    errors: type[Exception] = driver.Error
    return errors

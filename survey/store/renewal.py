"""SQLite's log as the system remembers it in, the same log on the disk out: before a process first writes.

After a failed sync the system keeps in memory what the disk does not have, and believes it written. A process
that reads the log anew takes such a commit for a good one and appends to it; a power cut then ends the log
before all that was appended and acknowledged. Bytes written once more are synced for real (fsync(2), EIO;
Rebello and others 2020, "Can Applications Recover from fsync Failures?", USENIX ATC, section 4.1).
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
    """Once a process and database."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process = 0
        self._mutex = Lock()

    def try_now(self, connection: Any, _record: Any) -> None:
        """A new connection has opened the log: renew it, or leave that to the first that writes.

        Until then nothing may copy the log into the database either, as the last connection does that closes.
        """
        try:
            self._renew(connection)
        except (OSError, _errors_of(connection)):
            pass

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
            finally:
                driver.execute("ROLLBACK").close()
            self._process = os.getpid()


def write_again(file: Path) -> None:
    """The same bytes at the same places, then a sync. Raises OSError, but not without a file."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        place = 0
        while content := os.pread(descriptor, CHUNK, place):
            place += os.pwrite(descriptor, content, place)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _errors_of(driver: Any) -> type[Exception]:
    errors: type[Exception] = driver.Error
    return errors

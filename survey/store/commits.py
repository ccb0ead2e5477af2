"""Saves of many requests in, one durable commit for all that wait together out (decision 0014).

There is no thread to start, to fork or to drain: the first request commits for all that wait, then hands the
turn to the next. Each process writes one transaction at a time, and a lock file beside the database makes one
process wait for the other without polling SQLite's own lock.
"""

import fcntl
import logging
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

T = TypeVar("T")

LONGEST_QUEUE = 256
PATIENCE = 5.0
"""Seconds after which a request that waits for its turn is answered `not saved yet`."""
POLL = 0.0005
DISK_ERROR = 10
"""SQLITE_IOERR, the primary code of a failed fsync: pysqlite3 does not give the extended one."""


class BusyError(SQLAlchemyError):
    """Too many wait, or for too long. Nothing was promised to this request; sending it again is harmless."""


class Commits:
    """Commits works in groups; one for each database and process."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]], lock: Path) -> None:
        self._writing = writing
        self._lock = lock
        self._mutex = Lock()
        self._waiting: deque[_Work] = deque()
        self._led = self._ending = False

    def save(self, work: Callable[[Connection], T]) -> T:
        """What the work returns, once all it wrote is on the disk.

        Raises BusyError, DatabaseError (then nothing of it is stored) and whatever the work raises.
        """
        mine = _Work(work)
        if not self._begin(mine):
            self._await(mine)
        if mine.leads:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return mine.result

    def _begin(self, mine: "_Work") -> bool:
        """Stand in the queue; whether it is this one's turn at once."""
        with self._mutex:
            if self._ending:
                raise BusyError("the disk failed; this process ends")
            if len(self._waiting) >= LONGEST_QUEUE:
                raise BusyError(f"{LONGEST_QUEUE} saves wait already")
            self._waiting.append(mine)
            mine.leads = not self._led
            self._led = True
            return mine.leads

    def _await(self, mine: "_Work") -> None:
        if mine.wait(PATIENCE):
            return
        with self._mutex:
            if mine.leads or mine.done:
                return
            # It may be in the transaction that takes so long; then it is stored without having been promised.
            with suppress(ValueError):
                self._waiting.remove(mine)
        raise BusyError(f"no turn to save in {PATIENCE} seconds")

    def _lead(self) -> None:
        """Commit all that wait, tell them, and hand the turn on."""
        with self._mutex:
            works = list(self._waiting)
            self._waiting.clear()
        try:
            self._commit(works)
        finally:
            with self._mutex:
                for work in works:
                    work.tell()
                self._led = bool(self._waiting)
                if self._led:
                    self._waiting[0].lead()

    def _commit(self, works: list["_Work"]) -> None:
        try:
            with _alone(self._lock), self._writing() as connection:
                for work in works:
                    work.run(connection, alone=len(works) == 1)
        except Exception as error:
            for work in works:
                work.error = error
            if _disk_failed(error, self._lock):
                self._end()

    def _end(self) -> None:
        """After a failed fsync a second one may report success for what is lost: this process saves no more.

        Who waits is told `not saved yet`; gunicorn lets them be answered and starts another process.
        """
        self._ending = True
        logging.getLogger(__name__).critical("the disk failed to keep what was written: this process ends")
        os.kill(os.getpid(), signal.SIGTERM)


class _Work:
    """One request's part of a transaction."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self._work = work
        self._told = Lock()
        self._told.acquire()
        self.result: Any = None
        self.error: Exception | None = None
        self.done = self.leads = False

    def run(self, connection: Connection, *, alone: bool) -> None:
        """Do it inside the transaction; what goes wrong with it alone is undone and concerns nobody else.

        Raises DatabaseError where the whole transaction may be gone: SQLite ends it by itself on a full disk.
        """
        if alone:
            self.result = self._work(connection)
            return
        try:
            with connection.begin_nested():
                self.result = self._work(connection)
        except Exception as error:
            if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError):
                raise
            self.error = error

    def wait(self, seconds: float) -> bool:
        """Until it is done or leads; whether that came about in time."""
        return self._told.acquire(timeout=seconds)

    def tell(self) -> None:
        """It is committed, or it failed."""
        self.done = True
        if not self.leads:
            self._told.release()

    def lead(self) -> None:
        """It commits for all that wait now."""
        self.leads = True
        self._told.release()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold the lock file. It is opened each time: a descriptor inherited by a fork would lock out nobody."""
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BusyError(f"the lock file cannot be opened: {error.strerror}") from error
    try:
        _wait_for(descriptor)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise BusyError(f"another process has been saving for {PATIENCE} seconds") from error
        except OSError as error:
            raise BusyError(f"the lock file cannot be locked: {error.strerror}") from error
        time.sleep(POLL)


def _disk_failed(error: Exception, lock: Path) -> bool:
    """Whether the disk did not take what was written; a read-only file system keeps what it has."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None) or 0
    if code & 0xFF != DISK_ERROR:
        return False
    try:
        return not os.statvfs(lock.parent).f_flag & os.ST_RDONLY
    except OSError:  # not even that can be asked
        return True

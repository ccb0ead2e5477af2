"""Saves that wait together: one commit for all, nobody told before it, nobody harmed by another's error."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import StaticPool

from survey.refusal import Reason, Refused
from survey.store import ballots, commits
from survey.store.engine import Database, DatabaseError, connect
from survey.store.models import Ballot, PageAnswer, Wave

DAY = date(2027, 5, 12)
PATIENCE = 30


def ballot(number: int) -> str:
    return f"{number:064x}"


def save(database: Database, wave: Wave, number: int, **answers: Any) -> None:
    database.saving(
        lambda session: ballots.save_page(
            session, wave, ballot(number), 1, answers, sealed={}, language="en", seconds=5, day=DAY
        )
    )


def stored(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(PageAnswer.ballot)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The SQLite database that the fixtures make."""
    return tmp_path / "home/tolqyn.sqlite"


@contextmanager
def held(file: Path) -> Iterator[None]:
    """The turn, held by another process."""
    descriptor = os.open(f"{file}-writer", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def counted(database: Database) -> Iterator[list[float]]:
    """When something was committed during the block."""
    times: list[float] = []

    def note(_connection: object) -> None:
        times.append(time.monotonic())

    event.listen(database.engine, "commit", note)
    yield times
    event.remove(database.engine, "commit", note)


def queue_up(pool: ThreadPoolExecutor, database: Database, wave: Wave, numbers: range) -> list[Future[None]]:
    """Saves that stand in the queue in this order."""
    futures = []
    for number in numbers:
        futures.append(pool.submit(save, database, wave, number, AGE=number))
        time.sleep(0.02)
    return futures


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_saves_that_wait_together_share_one_commit(database: Database, open_wave: Wave, file: Path) -> None:
    with ThreadPoolExecutor(16) as pool, counted(database) as commits_seen:
        with held(file):
            futures = queue_up(pool, database, open_wave, range(16))
            assert not any(future.done() for future in futures)
        for future in futures:
            future.result(PATIENCE)
    assert stored(database) == {ballot(number) for number in range(16)}
    assert len(commits_seen) == 2  # the first came alone, the others waited for it together


def test_many_threads_save_and_every_page_is_there(database: Database, open_wave: Wave) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: save(database, open_wave, number % 50, AGE=number), range(200)))
    assert stored(database) == {ballot(number) for number in range(50)}


def test_nobody_is_told_before_the_commit_has_returned(database: Database, open_wave: Wave) -> None:
    told: dict[int, float] = {}

    def save_and_note(number: int) -> None:
        save(database, open_wave, number, AGE=number)
        told[number] = time.monotonic()

    waiting, go_on = threading.Event(), threading.Event()

    def hold(_connection: object) -> None:
        waiting.set()
        assert go_on.wait(PATIENCE)

    event.listen(database.engine, "commit", hold)  # before the driver's commit
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(save_and_note, number) for number in range(4)]
        assert waiting.wait(PATIENCE)
        time.sleep(0.1)
        assert not told
        go_on.set()
        for future in futures:
            future.result(PATIENCE)
    event.remove(database.engine, "commit", hold)
    assert len(told) == 4


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_refused_or_broken_leaves_the_others_alone(
    database: Database, open_wave: Wave, file: Path
) -> None:
    def refuse(session: Any) -> None:
        ballots.save_page(session, open_wave, ballot(90), 1, {}, sealed={}, language="en", seconds=5, day=DAY)
        raise Refused(Reason("something", "something else", ""))

    def break_a_rule(session: Any) -> None:
        session.add(PageAnswer(ballot=ballot(91), page=1, answers={}, sealed={}, language="en", seconds=0))

    with ThreadPoolExecutor(8) as pool:
        with held(file):
            good = queue_up(pool, database, open_wave, range(2))
            bad = [pool.submit(database.saving, work) for work in (refuse, break_a_rule)]
            time.sleep(0.1)
            good += queue_up(pool, database, open_wave, range(2, 4))
        with pytest.raises(Refused):
            bad[0].result(PATIENCE)
        with pytest.raises(IntegrityError):
            bad[1].result(PATIENCE)
        for future in good:
            future.result(PATIENCE)
    assert stored(database) == {ballot(number) for number in range(4)}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_fails_all_that_waited_together(database: Database, open_wave: Wave, file: Path) -> None:
    """SQLite ends the whole transaction by itself: nothing that stood in it may be called saved."""
    save(database, open_wave, 99, AGE=99)

    def fill(connection: Any, _record: object, _proxy: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 2}").close()

    event.listen(database.engine, "checkout", fill)
    words = {"WORDS": "x" * 50_000}
    with ThreadPoolExecutor(8) as pool:
        with held(file):
            first = queue_up(pool, database, open_wave, range(1))
            small = queue_up(pool, database, open_wave, range(1, 3))
            large = pool.submit(save, database, open_wave, 3, **words)
            time.sleep(0.1)
            small += queue_up(pool, database, open_wave, range(4, 6))
        first[0].result(PATIENCE)
        for future in (*small, large):
            with pytest.raises(DatabaseError):
                future.result(PATIENCE)
    event.remove(database.engine, "checkout", fill)
    assert stored(database) == {ballot(99), ballot(0)}
    save(database, open_wave, 1, AGE=1)
    assert ballot(1) in stored(database)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whoever_waits_too_long_is_told_so_and_nothing_of_it_is_stored(
    database: Database, open_wave: Wave, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "PATIENCE", 0.3)
    with ThreadPoolExecutor(4) as pool, held(file):
        futures = queue_up(pool, database, open_wave, range(4))
        for future in futures:
            with pytest.raises(commits.BusyError):
                future.result(PATIENCE)
    assert not stored(database)
    save(database, open_wave, 7, AGE=7)
    assert stored(database) == {ballot(7)}


@pytest.fixture
def queue(tmp_path: Path) -> commits.Commits:
    """One over a database of its own."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    return commits.Commits(engine.begin, tmp_path / "lock")


def test_whoever_waited_in_vain_is_not_saved_later_and_holds_nobody_up(
    queue: commits.Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "PATIENCE", 0.2)
    begun, go_on, done = threading.Event(), threading.Event(), []

    def slow(_: Any) -> None:
        begun.set()
        go_on.wait(PATIENCE)
        done.append("slow")

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(queue.save, slow)
        assert begun.wait(PATIENCE)
        with pytest.raises(commits.BusyError, match="no turn to save"):
            queue.save(lambda _: done.append("too late"))
        go_on.set()
        first.result(PATIENCE)
    queue.save(lambda _: done.append("next"))
    assert done == ["slow", "next"]


def test_after_the_disk_failed_nothing_more_is_even_tried(
    queue: commits.Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: ended.append(pid))

    def fail(_: Any) -> None:
        failed = pysqlite3.OperationalError("disk I/O error")
        failed.sqlite_errorcode = commits.DISK_ERROR
        raise OperationalError("COMMIT", {}, failed)

    with pytest.raises(OperationalError):
        queue.save(fail)
    assert ended == [os.getpid()]
    with pytest.raises(commits.BusyError, match="the disk failed"):
        queue.save(lambda _: ended.append(0))
    assert ended == [os.getpid()]


def test_whoever_is_told_wakes_at_once() -> None:
    work = commits._Work(lambda _: None)
    assert not work.wait(0)
    work.tell()
    assert work.wait(0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_queue_takes_no_more(
    database: Database, open_wave: Wave, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "LONGEST_QUEUE", 3)
    with ThreadPoolExecutor(8) as pool:
        with held(file):
            futures = queue_up(pool, database, open_wave, range(4))  # the first has the turn, three wait
            with pytest.raises(commits.BusyError):
                save(database, open_wave, 8, AGE=8)
        for future in futures:
            future.result(PATIENCE)
    assert stored(database) == {ballot(number) for number in range(4)}


ANOTHER_PROCESS = """
import signal
import sys
from datetime import date
from survey.store import ballots
from survey.store.engine import connect
database = connect(sys.argv[1])
with database.reading() as session:
    wave = ballots.load(session, sys.argv[2]).wave
signal.signal(signal.SIGTERM, signal.SIG_DFL)
for number in range(int(sys.argv[3]), int(sys.argv[4])):
    database.saving(lambda session: ballots.save_page(session, wave, f"{number:064x}", 1, {"AGE": number},
                    sealed={}, language="en", seconds=5, day=date(2027, 5, 12)))
    print("saved", number, flush=True)
"""


def process(database: Database, wave: Wave, first: int, end: int, *before: str) -> subprocess.Popen[str]:
    address = database.engine.url.render_as_string(hide_password=False)
    command = [*before, sys.executable, "-c", ANOTHER_PROCESS, address, wave.alias, str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_take_turns(database: Database, open_wave: Wave) -> None:
    running = [process(database, open_wave, first, first + 100) for first in (0, 100, 200)]
    for each in running:
        _, errors = each.communicate(timeout=120)
        assert (each.returncode, errors) == (0, "")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == 300


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_process_whose_fsync_fails_promises_nothing_more_and_ends(
    database: Database, open_wave: Wave
) -> None:
    """The sixth fsync fails once; a second try would succeed and prove nothing."""
    inject = "inject=fsync,fdatasync:error=EIO:when=6"
    each = process(database, open_wave, 0, 10, "strace", "-f", "-qq", "-o", "/dev/null", "-e", inject)
    said, errors = each.communicate(timeout=120)
    assert each.returncode == -signal.SIGTERM, errors
    assert "this process ends" in errors
    assert "saved 0" in said
    assert "saved 9" not in said
    promised = {ballot(int(line.split()[1])) for line in said.splitlines()}
    again = connect(database.engine.url.render_as_string())
    assert promised <= stored(again)
    again.close()

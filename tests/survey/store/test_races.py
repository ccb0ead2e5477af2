"""Two at once: the same page from many threads, and a save that meets a close."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from survey.store import ballots, closing, waves
from survey.store.engine import Database
from survey.store.models import Answer, Ballot, Interview, PageAnswer, Wave

DAY = date(2027, 5, 12)
BALLOT = "b" * 64
PATIENCE = 30


def save(session: Any, wave: Wave, page: int, answers: dict[str, Any]) -> None:
    ballots.save_page(session, wave, BALLOT, page, answers, sealed={}, language="en", seconds=5, day=DAY)


def close(database: Database, wave: Wave, progress: Callable[[int], object] = lambda done: None) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=DAY, progress=progress)


def test_one_ballot_and_one_page_come_of_many_posts_at_once(database: Database, open_wave: Wave) -> None:
    def post(number: int) -> None:
        with database.writing() as session:
            save(session, open_wave, 1, {"AGE": number})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(post, range(64)))
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (Ballot, PageAnswer)]
        kept = ballots.answers_of(session, BALLOT)
    assert counts == [1, 1]
    assert kept["AGE"] in range(64)


def test_a_save_under_way_is_in_the_closed_wave(database: Database, open_wave: Wave) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            save(session, open_wave, 1, {"AGE": 33})
            closed = pool.submit(close, database, open_wave)
            with pytest.raises(TimeoutError):
                closed.result(timeout=0.3)
        closed.result(PATIENCE)
    with database.reading() as session:
        assert session.scalar(select(Answer.value).where(Answer.variable == "AGE")) == 33
        assert session.scalar(select(func.count()).select_from(Interview)) == 1


def test_a_save_that_comes_during_a_close_is_told_so(database: Database, open_wave: Wave) -> None:
    with database.writing() as session:
        save(session, open_wave, 1, {"AGE": 33})
    converting, go_on = threading.Event(), threading.Event()

    def wait(_done: int) -> None:
        converting.set()
        assert go_on.wait(PATIENCE)

    def late() -> None:
        with database.writing() as session:
            save(session, open_wave, 2, {"SEEN": 1})

    with ThreadPoolExecutor(2) as pool:
        closed = pool.submit(close, database, open_wave, wait)
        assert converting.wait(PATIENCE)
        saved = pool.submit(late)
        with pytest.raises(TimeoutError):
            saved.result(timeout=0.3)
        go_on.set()
        closed.result(PATIENCE)
        with pytest.raises(ballots.NotSaved):
            saved.result(PATIENCE)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ballot)) == 0

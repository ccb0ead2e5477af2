"""Saving pages: one row a page, three statements a post, and nothing after the end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from survey import keys
from survey.config import Config
from survey.store import ballots, waves, withdrawal
from survey.store.engine import Database
from survey.store.models import Ballot, PageAnswer, Wave

DAY = date(2027, 5, 12)


def save(
    database: Database, wave: Wave, ballot: str, page: int, answers: dict[str, Any], **given: Any
) -> None:
    arguments: dict[str, Any] = {"sealed": {}, "language": "en", "seconds": 5, "day": DAY} | given
    with database.writing() as session:
        ballots.save_page(session, wave, ballot, page, answers, **arguments)


def count(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_page_posted_twice_is_one_row(database: Database, open_wave: Wave) -> None:
    for _ in range(2):
        save(database, open_wave, "b" * 64, 1, {"AGE": 40})
    assert (count(database, Ballot), count(database, PageAnswer)) == (1, 1)


def test_the_last_post_of_a_page_is_what_is_kept(database: Database, open_wave: Wave) -> None:
    save(database, open_wave, "b" * 64, 1, {"AGE": 40}, sealed={"WORDS": "box"})
    save(database, open_wave, "b" * 64, 2, {"SEEN": 2})
    save(database, open_wave, "b" * 64, 1, {"AGE": 41}, language="ru", seconds=9)
    with database.reading() as session:
        sitting = ballots.load(session, open_wave.alias, "b" * 64)
    assert sitting is not None
    assert sitting.answers == {"AGE": 41, "SEEN": 2}
    assert (sitting.pages[1].seconds, sitting.pages[1].language, sitting.sealed) == (9, "ru", frozenset())


def test_a_post_costs_three_statements(
    database: Database,
    open_wave: Wave,
    statements: Callable[[Database], AbstractContextManager[list[str]]],
) -> None:
    save(database, open_wave, "b" * 64, 1, {"AGE": 40})
    with statements(database) as sent, database.writing() as session:
        sitting = ballots.load(session, open_wave.alias, "b" * 64)
        assert sitting is not None
        ballots.save_page(
            session,
            sitting.wave,
            "b" * 64,
            2,
            {f"Q{number}": number for number in range(50)},
            sealed={},
            language="en",
            seconds=5,
            day=DAY,
            state="complete",
            code_mac="c" * 64,
        )
    # PostgreSQL takes both upserts as one statement.
    assert len(sent) == (3 if database.engine.dialect.name == "sqlite" else 2), sent


def test_loading_tells_an_unknown_alias_from_an_unknown_ballot(database: Database, open_wave: Wave) -> None:
    with database.reading() as session:
        assert ballots.load(session, "elsewhere", "b" * 64) is None
        sitting = ballots.load(session, open_wave.alias, "b" * 64)
    assert sitting is not None
    assert (sitting.ballot, sitting.answers) == (None, {})


def test_a_finished_interview_takes_no_further_page(database: Database, open_wave: Wave) -> None:
    save(database, open_wave, "b" * 64, 1, {"AGE": 40}, state="complete", code_mac="c" * 64)
    with pytest.raises(ballots.NotSaved):
        save(database, open_wave, "b" * 64, 1, {"AGE": 99})
    with database.reading() as session:
        assert ballots.answers_of(session, "b" * 64) == {"AGE": 40}


@pytest.mark.parametrize("state", ["draft", "closed", "released"])
def test_a_wave_not_in_the_field_takes_no_page(database: Database, open_wave: Wave, state: str) -> None:
    with database.writing() as session:
        waves.find_wave(session, open_wave.alias).state = state
    with pytest.raises(ballots.NotSaved):
        save(database, open_wave, "b" * 64, 1, {"AGE": 40})
    assert count(database, Ballot) == 0


def test_a_ballot_of_one_wave_is_not_written_through_another(
    database: Database, open_wave: Wave, make_wave: Callable[..., Wave]
) -> None:
    other = make_wave(name="2028", alias="opinion-28")
    with database.writing() as session:
        waves.find_wave(session, other.alias).state = "open"
    save(database, open_wave, "b" * 64, 1, {"AGE": 40})
    with pytest.raises(ballots.NotSaved):
        save(database, other, "b" * 64, 1, {"AGE": 50})


def test_a_code_finds_its_ballot_in_its_wave_only(
    database: Database, open_wave: Wave, make_wave: Callable[..., Wave], config: Config
) -> None:
    other = make_wave(name="2028", alias="opinion-28")
    mac = keys.read_wave_key(config.keys, open_wave.alias).code("ABCD-EFGH")
    save(database, open_wave, "b" * 64, 1, {"AGE": 40})
    with database.writing() as session:
        assert withdrawal.set_code(session, "b" * 64, mac)
    with database.reading() as session:
        found = withdrawal.find_by_code(session, open_wave, mac)
        assert found is not None
        assert found.ballot == "b" * 64
        assert withdrawal.find_by_code(session, other, mac) is None


def test_a_finished_interview_keeps_its_code(database: Database, open_wave: Wave) -> None:
    save(database, open_wave, "b" * 64, 1, {"AGE": 40}, state="complete", code_mac="c" * 64)
    with database.writing() as session:
        assert not withdrawal.set_code(session, "b" * 64, "d" * 64)
    with database.reading() as session:
        found = session.get(Ballot, "b" * 64)
    assert found is not None
    assert (found.state, found.code_mac) == ("complete", "c" * 64)


def test_a_withdrawn_interview_leaves_a_mark_without_answers(database: Database, open_wave: Wave) -> None:
    save(database, open_wave, "b" * 64, 1, {"AGE": 40}, state="complete", code_mac="c" * 64)
    with database.writing() as session:
        withdrawal.withdraw(session, "b" * 64)
    assert count(database, PageAnswer) == 0
    with database.reading() as session:
        found = session.get(Ballot, "b" * 64)
    assert found is not None
    assert (found.state, found.code_mac, found.batch) == ("withdrawn", None, None)
    with pytest.raises(ballots.NotSaved):
        save(database, open_wave, "b" * 64, 1, {"AGE": 40})


def test_a_refusal_or_a_minor_leaves_nothing(database: Database, open_wave: Wave) -> None:
    save(database, open_wave, "b" * 64, 1, {"AGE": 12})
    with database.writing() as session:
        withdrawal.delete(session, "b" * 64)
    assert (count(database, Ballot), count(database, PageAnswer)) == (0, 0)


def test_only_the_week_is_kept_of_the_day(database: Database, open_wave: Wave) -> None:
    save(database, open_wave, "b" * 64, 1, {"AGE": 40}, day=date(2027, 5, 16))
    save(database, open_wave, "b" * 64, 2, {"SEEN": 1}, day=date(2027, 5, 25))
    with database.reading() as session:
        found = session.get(Ballot, "b" * 64)
    assert found is not None
    assert found.week == date(2027, 5, 10)


def test_a_synthetic_wave_keeps_to_its_declared_weeks(make_wave: Callable[..., Wave]) -> None:
    wave = make_wave(synthetic=True)
    assert ballots.week_of(wave, date(2031, 1, 1)) == date(2027, 5, 31)
    assert ballots.week_of(wave, date(2020, 1, 1)) == date(2027, 5, 10)


def test_a_failed_request_stores_nothing(database: Database, open_wave: Wave) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        ballots.save_page(
            session, open_wave, "b" * 64, 1, {"AGE": 40}, sealed={}, language="en", seconds=1, day=DAY
        )
        raise RuntimeError("the worker stumbled")
    assert count(database, Ballot) == 0

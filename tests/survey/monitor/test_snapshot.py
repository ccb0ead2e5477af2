"""What the monitor says of a wave in the field, and what nobody can learn from it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from survey.monitor import last_snapshot, take_snapshot, take_todays
from survey.monitor.rules import STEP
from survey.monitor.snapshot import _document
from survey.store import opening, snapshots, waves
from survey.store.engine import Database
from survey.store.models import Ballot, PageAnswer, Snapshot, Wave
from survey.store.quotas import Cell

TODAY = date(2027, 5, 12)
TOMORROW = TODAY + timedelta(days=1)
SHARES = (
    "left",
    "flagged",
    "dont_know",
    "refused",
    "no_answer",
    "percent",
    "minutes",
    "rho",
    "design_effect",
)
SETTINGS = ("format", "smallest_base", "page", "invited", "target", "merged")


def night(day: date) -> datetime:
    return datetime.combine(day, time(3), UTC)


def taken(database: Database, wave: Wave, day: date = TODAY) -> dict[str, Any]:
    document = take_snapshot(database, wave.id, day, night(day))
    assert document is not None
    return document


def fresh(database: Database, wave: Wave) -> dict[str, Any]:
    """A monitor made to leak: it counts anew at every look."""
    with database.reading() as session:
        return _document(session, waves.find_wave(session, wave.alias), TODAY)


def numbers(document: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from numbers(value, key)
    elif isinstance(document, list):
        for value in document:
            yield from numbers(value, name)
    elif isinstance(document, (int, float)) and not isinstance(document, bool):
        yield name, document


@pytest.fixture
def fielded(open_wave: Wave, answer: Callable[..., str]) -> Wave:
    """48 finished interviews, of which 12 say they do not know, and 13 that stopped at the third page."""
    for place in range(48):
        answer(open_wave, f"token-{place}", SEEN=-1 if place < 12 else 1)
    for place in range(13):
        answer(open_wave, f"left-{place}", pages=2)
    return open_wave


def test_a_look_after_a_reminder_shows_what_the_look_before_it_showed(
    database: Database, fielded: Wave, answer: Callable[..., str]
) -> None:
    before, leaked = taken(database, fielded), fresh(database, fielded)
    for place in range(7):
        answer(fielded, f"reminded-{place}")
    assert fresh(database, fielded) != leaked, "a monitor that counts at every look is caught"
    assert taken(database, fielded) == before
    assert taken(database, fielded, TOMORROW) != before


def test_nobody_makes_two_snapshots_within_twenty_hours_whatever_day_it_is_said_to_be(
    database: Database, fielded: Wave, answer: Callable[..., str]
) -> None:
    late = datetime.combine(TODAY, time(23, 59), UTC)
    before = take_snapshot(database, fielded.id, TODAY, late)
    for place in range(7):
        answer(fielded, f"reminded-{place}")
    soon = (timedelta(minutes=2), timedelta(hours=19, minutes=59))
    for wait in soon:
        assert take_snapshot(database, fielded.id, TOMORROW, late + wait) == before
    assert take_snapshot(database, fielded.id, TODAY - timedelta(days=1), late + timedelta(days=2)) is None
    assert take_snapshot(database, fielded.id, TODAY, late + timedelta(days=2)) == before, "a day has one"
    assert take_snapshot(database, fielded.id, TOMORROW, late + timedelta(hours=20)) != before


def test_a_look_makes_the_first_snapshot_and_no_other(
    database: Database, fielded: Wave, answer: Callable[..., str]
) -> None:
    first = last_snapshot(database, fielded.id, TODAY, night(TODAY))
    for place in range(7):
        answer(fielded, f"reminded-{place}")
    later = TODAY + timedelta(days=5)
    assert last_snapshot(database, fielded.id, later, night(later)) == first
    assert take_todays(database, lambda wave: later, night(later)) == ["kz-thb/2027"]
    assert last_snapshot(database, fielded.id, later, night(later)) != first


def test_four_more_respondents_change_no_count_of_the_next_day(
    database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    for place in range(45):
        answer(open_wave, f"token-{place}", SEEN=-1 if place < 10 else 1)
    for place in range(10):
        answer(open_wave, f"left-{place}", pages=2)
    before = taken(database, open_wave)
    for place in range(STEP - 1):
        answer(open_wave, f"more-{place}", SEEN=-1)
    after = taken(database, open_wave, TOMORROW)
    assert dict(after, day="") == dict(before, day="")
    answer(open_wave, "the-fifth")
    fifth = taken(database, open_wave, TOMORROW + timedelta(days=1))
    assert (before["completes"], fifth["completes"]) == (45, 50)


def test_every_stored_count_is_a_multiple_of_five(database: Database, fielded: Wave) -> None:
    document = taken(database, fielded)
    counts = [(name, n) for name, n in numbers(document) if name not in (*SHARES, *SETTINGS)]
    assert len(counts) > 20
    assert [(name, n) for name, n in counts if n % STEP] == []


def test_it_says_where_people_leave(database: Database, fielded: Wave) -> None:
    pages = {row["page"]: row for row in taken(database, fielded)["pages"]}
    assert pages[3] == {"page": 3, "module": "B", "shown": 55, "left": 18}
    assert [pages[n]["left"] for n in (1, 2, 4)] == [0, 0, 0]


def test_it_says_which_questions_lack_answers(database: Database, fielded: Wave) -> None:
    items = {row["item"]: row for row in taken(database, fielded)["items"]}
    assert items["SEEN"]["asked"] == 45
    assert (items["SEEN"]["dont_know"], items["SEEN"]["refused"]) == (22, 0)
    assert "WORDS" not in items, "an empty box is no refusal"


def test_counts_languages_batches_and_rates(database: Database, fielded: Wave) -> None:
    document = taken(database, fielded)
    assert (document["completes"], document["unfinished"]) == (45, 10)
    assert document["languages"] == [{"language": "ru", "complete": 45, "left": 18, "minutes": 1}]
    assert {row["rate"]: row["percent"] for row in document["rates"]}["RR1"] == 82


def test_targets_strata_and_cells_are_in_the_snapshot_of_the_day(database: Database, fielded: Wave) -> None:
    with database.writing() as session:
        wave = waves.find_wave(session, fielded.alias)
        wave.design = {"format": 1, "target": 300, "strata": {"cities": {"target": 200}, "villages": {}}}
        wave.quotas = [Cell(1, "adults", {"item": "AGE", "ge": 18}, 60).as_json()]
        session.execute(update(Ballot).values(cells="1"))
    document = taken(database, fielded)
    assert document["target"] == 300
    assert [(row["stratum"], row["target"], row["complete"]) for row in document["strata"]] == [
        ("cities", 200, 0),
        ("villages", None, 0),
    ]
    (cell,) = document["quotas"]
    assert (cell["cell"], cell["at_least"], cell["target"], cell["state"]) == ("adults", 45, 60, "open")


def test_a_figure_that_would_fall_stands_another_day(
    database: Database, open_wave: Wave, answer: Callable[..., str], document: dict[str, Any]
) -> None:
    for place in range(45):
        answer(open_wave, f"token-{place}")
    before = taken(database, open_wave)
    for place in range(4):
        answer(open_wave, f"more-{place}")
    for place in range(9):
        answer(open_wave, f"left-{place}", pages=2)
    # 49 complete and 9 unfinished: rounded 45 and 5 of 55, so that interviews wait.
    after = taken(database, open_wave, TOMORROW)
    assert (after["completes"], after["day"]) == (before["completes"], TOMORROW.isoformat())


def test_a_small_wave_has_counts_and_nothing_else(
    database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    for place in range(12):
        answer(open_wave, f"token-{place}", SEEN=-1)
    document = taken(database, open_wave)
    assert document["completes"] == 10
    assert (document["items"], document["flags"], document["rates"], document["effects"]) == ([], [], [], [])
    assert [row["left"] for row in document["pages"]] == [None] * 4
    assert document["languages"][0]["minutes"] is None


def test_a_wave_that_nobody_has_answered_is_told(database: Database, open_wave: Wave) -> None:
    document = taken(database, open_wave)
    assert document["completes"] == 0
    assert document["languages"] == []


def test_a_draft_has_no_snapshot(database: Database, make_wave: Callable[..., Wave]) -> None:
    assert take_snapshot(database, make_wave().id, TODAY, night(TODAY)) is None


def test_a_closed_wave_keeps_its_last_snapshot(database: Database, fielded: Wave) -> None:
    last = taken(database, fielded)
    with database.writing() as session:
        session.execute(delete(PageAnswer))
        session.execute(update(Wave).values(state="closed"))
    assert taken(database, fielded, TOMORROW) == last


def test_the_night_takes_one_of_every_wave_in_the_field(
    database: Database, fielded: Wave, make_wave: Callable[..., Wave]
) -> None:
    make_wave(name="2028", alias="opinion-28")
    assert take_todays(database, lambda wave: TODAY, night(TODAY)) == ["kz-thb/2027"]
    take_todays(database, lambda wave: TOMORROW, night(TOMORROW))
    with database.reading() as session:
        assert snapshots.progress(session, fielded.id) == [(TODAY, 45), (TOMORROW, 45)]


def test_of_two_taken_at_once_the_first_stays(database: Database, fielded: Wave) -> None:
    first = taken(database, fielded)
    with database.writing() as session:
        assert not snapshots.keep_snapshot(session, fielded.id, TODAY, {"completes": 1}, night(TODAY))
    assert taken(database, fielded) == first
    with database.reading() as session:
        assert session.query(Snapshot).count() == 1


def test_the_figures_of_a_pilot_go_with_its_answers(database: Database, fielded: Wave) -> None:
    with database.writing() as session:
        session.execute(update(Wave).values(state="pilot"))
    taken(database, fielded)
    with database.writing() as session:
        opening.forget_answers(session, waves.find_wave(session, fielded.alias))
    with database.reading() as session:
        assert snapshots.progress(session, fielded.id) == []

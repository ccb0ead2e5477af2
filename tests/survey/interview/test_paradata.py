"""How a page was answered is counted on the interview's own clock, and travels in the page's signed form."""

from collections.abc import Callable

import itsdangerous.timed
import pytest

from survey.interview.stay import Stay
from survey.store.models import PageAnswer
from survey.store.paradata import PageParadata

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
SECOND = {"Z_SEX": "1", "Z_REG": "75", "Z_SETT": "1"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of day, to be moved by hand."""
    now = [itsdangerous.timed.time.time()]
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: now[0])
    return now


@pytest.fixture
def kept(database) -> Callable[[int], PageAnswer]:
    """The row of one page."""

    def row(page: int) -> PageAnswer:
        with database.reading() as session:
            return session.query(PageAnswer).filter_by(page=page).one()

    return row


def test_pages_lie_one_after_the_other_on_the_interview_s_clock(person, clock, kept) -> None:
    person.start()
    clock[0] += 10
    person.send(FIRST)
    clock[0] += 5
    person.send(SECOND)
    assert [(kept(n).served, kept(n).posted, kept(n).visits) for n in (1, 2)] == [(0, 10, 1), (10, 15, 1)]


def test_a_pause_between_two_pages_leaves_no_trace(person, clock, kept) -> None:
    person.start()
    clock[0] += 10
    person.send(FIRST)
    clock[0] += 9 * 3600
    person.get("q/2")
    clock[0] += 5
    person.send(SECOND)
    assert (kept(2).served, kept(2).posted, kept(2).seconds) == (10, 15, 5)


def test_an_answer_replaced_is_counted_once_however_often_it_is_sent(person, clock, kept) -> None:
    person.start()
    person.send(FIRST)
    person.send(SECOND)
    person.get("q/2")
    clock[0] += 3
    (token,) = person.form.xpath(".//input[@name='csrf_token']/@value")
    again = {"csrf_token": token, **person.filled_in(), "Z_SEX": "2"}
    for _ in range(3):
        person.client.post("/s/opinion/q/2", data=again)
    assert (kept(2).changes, kept(2).visits) == (1, 2)


def test_an_answer_given_where_there_was_none_is_no_change(person, kept) -> None:
    person.start()
    person.send(FIRST)
    person.send({"Z_SEX": "1", "Z_REG": "75"})
    person.send({"Z_SETT": "1"})
    assert (kept(2).changes, kept(2).visits, kept(2).errors) == (0, 2, 0)


def test_each_round_of_corrections_is_counted(person, kept) -> None:
    person.start()
    for wrong in ("old", "-3"):
        person.send({**FIRST, "Z_AGE": wrong})
    person.send(FIRST)
    assert (kept(1).errors, kept(1).visits) == (2, 1)


def test_a_form_served_before_the_update_is_still_taken() -> None:
    assert Stay.read("12") == Stay(spent=12)
    assert Stay.read(str(Stay(1, 2, 3, 4, 5))) == Stay(1, 2, 3, 4, 5)
    assert Stay.again(30, 20, PageParadata()).served == 30

"""Questions made of several controls, read from a page and answered as one."""

from typing import Any

import pytest

from survey.simulation import WalkError
from survey.simulation.answers import MADE_OF_PARTS, any_date
from survey.simulation.page import Form, read_page

PAGE = """<html lang=en><body><form id=survey action=/q/1 method=post>
<fieldset id=VISIT data-kind=date data-parts="VISIT__year VISIT__month VISIT__day"
 data-min=2024-02-01 data-max=2026-06-30>
<input type=text name=VISIT__day value="{day}">
<select name=VISIT__month><option value=""><option value=02 {month}>February<option value=12>December</select>
<input type=text name=VISIT__year value="{year}">
<input type=checkbox name=VISIT__missing value=-1>
</fieldset><input type=text name=LINE></form></body></html>"""


def form(**typed: str) -> Form:
    given: dict[str, Any] = {"day": "", "month": "", "year": ""}
    return read_page(PAGE.format(**(given | typed)).encode()).form("survey")


def test_the_controls_of_a_date_are_one_question() -> None:
    fields = form().fields
    assert set(fields) == {"VISIT", "LINE"}
    visit = fields["VISIT"]
    assert (visit.kind, visit.codes) == ("date", (-1,))
    assert (visit.earliest, visit.latest) == ("2024-02-01", "2026-06-30")
    assert [part.name for part in visit.parts] == ["VISIT__year", "VISIT__month", "VISIT__day"]


def test_its_answer_is_sent_part_by_part_and_a_don_t_know_by_its_box() -> None:
    assert form().press(None, {"VISIT": "2024-02-29"}) == [
        ("VISIT__year", "2024"),
        ("VISIT__month", "02"),
        ("VISIT__day", "29"),
    ]
    assert form().press(None, {"VISIT": -1}) == [("VISIT__missing", "-1")]
    assert form().press(None, {"VISIT": None}) == []


def test_a_month_that_the_page_does_not_offer_cannot_be_sent() -> None:
    with pytest.raises(WalkError, match="VISIT__month"):
        form().press(None, {"VISIT": "2024-03-01"})


def test_what_stands_in_the_parts_is_what_was_answered() -> None:
    assert form().chosen.get("VISIT", frozenset()) == frozenset()
    assert form(day="29", month="selected", year="2024").chosen["VISIT"] == {"2024-02-29"}


def test_an_answer_at_random_is_a_date_of_the_range() -> None:
    asked = form().fields["VISIT"]
    days = [any_date(asked, share / 1000) for share in range(1000)]
    assert (days[0], days[-1]) == ("2024-02-01", "2026-06-30")
    assert days == sorted(days)
    assert set(MADE_OF_PARTS) == {"date", "ranking"}

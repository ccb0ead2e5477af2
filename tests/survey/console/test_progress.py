"""How fieldwork goes, as the console shows it: the stored snapshot, drawn, sortable, and nothing newer."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from survey.config import study_today
from survey.console.drawing import ceiling, line
from survey.monitor import take_snapshot
from survey.store import audit, invitations, waves
from survey.store.engine import Database
from survey.store.models import Wave
from survey.store.quotas import Cell

MONITOR = "/waves/kz-thb/2027/monitor"


@pytest.fixture
def watched(database: Database, open_wave: Wave, answer: Callable[..., str]) -> Wave:
    """Forty finished interviews and eleven that were left, with a snapshot of yesterday and of today."""
    today = study_today()
    for place in range(20):
        answer(open_wave, f"first-{place}")
    now = datetime.now(UTC)
    take_snapshot(database, open_wave.id, today - timedelta(days=1), now - timedelta(days=1))
    for place in range(20):
        answer(open_wave, f"token-{place}", SEEN=-1)
    for place in range(11):
        answer(open_wave, f"left-{place}", pages=2)
    take_snapshot(database, open_wave.id, today, now)
    return open_wave


def test_the_day_s_figures_are_shown_and_drawn(director: Any, watched: Wave) -> None:
    shown = director.get(MONITOR)
    assert shown.status_code == 200
    assert re.search(r"<dt>Complete</dt><dd>40</dd>", shown.text)
    assert re.search(r"<dt>Unfinished</dt><dd>10</dd>", shown.text)
    assert "<polyline points=" in shown.text
    assert "style=" not in shown.text
    assert "<script" not in shown.text
    assert "Don" in shown.text and "50 %" in shown.text


def test_what_is_wanted_stands_beside_what_there_is(
    director: Any, database: Database, open_wave: Wave, answer: Callable[..., str]
) -> None:
    with database.writing() as session:
        wave = waves.find_wave(session, open_wave.alias)
        wave.design = {"format": 1, "target": 300, "strata": {"cities & towns": {"target": 200}}}
        wave.quotas = [Cell(1, "adults", {"item": "AGE", "ge": 18}, 60).as_json()]
    today, now = study_today(), datetime.now(UTC)
    for ago in (2, 1):
        take_snapshot(database, open_wave.id, today - timedelta(days=ago), now - timedelta(days=ago))
    shown = director.get(MONITOR).text
    assert re.search(r"<dt>Target</dt><dd>300</dd>", shown)
    assert '<line class="goal"' in shown
    assert "Target 300</text>" in shown
    assert "cities &amp; towns" in shown
    assert re.search(r"adults.*60.*Open", shown, re.DOTALL)
    listed = director.get(f"{MONITOR}/figures?q=adults").text
    assert "60" in listed


def test_tries_with_used_codes_are_shown_as_a_rounded_number(
    director: Any, database: Database, open_wave: Wave
) -> None:
    today, now = study_today(), datetime.now(UTC)
    for ago, tries in ((2, 4), (1, 3)):
        for _ in range(tries):
            with database.writing() as session:
                invitations.count_used(session, open_wave)
        take_snapshot(database, open_wave.id, today - timedelta(days=ago), now - timedelta(days=ago))
        said = "tried again at least 5 times" in director.get(MONITOR).text
        assert said is (ago == 1)
    assert "Used codes tried again" in director.get(f"{MONITOR}/figures").text


def test_a_look_after_a_reminder_shows_the_same_page(
    director: Any, watched: Wave, answer: Callable[..., str]
) -> None:
    tokens = re.compile(r'value="form[^"]+"')
    before = tokens.sub("", director.get(MONITOR).text)
    for place in range(20):
        answer(watched, f"reminded-{place}")
    assert tokens.sub("", director.get(MONITOR).text) == before


def test_without_a_snapshot_the_page_counts_nothing_and_says_who_makes_one(
    director: Any, open_wave: Wave, answer: Callable[..., str]
) -> None:
    for place in range(20):
        answer(open_wave, f"token-{place}")
    shown = director.get(MONITOR)
    assert (shown.status_code, "tolqyn db rewrite" in shown.text) == (200, True)
    assert ">20<" not in shown.text
    assert "No figures yet." in director.get(f"{MONITOR}/figures").text


def test_every_figure_can_be_sorted_filtered_and_taken_away(
    director: Any, office: Any, watched: Wave
) -> None:
    listed = director.get(f"{MONITOR}/figures?q=left&sort=value&order=down")
    assert listed.status_code == 200
    assert "Where people leave" in listed.text
    path = f"{MONITOR}/figures/export"
    sent = director.post(f"{path}?q=complete", f"{MONITOR}/figures", reason="weekly letter", format="csv")
    assert sent.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig"))))
    assert rows[0] == ["Part", "Of what", "Measure", "Figure"]
    assert ["All in all", "", "Complete", "40"] in rows
    with office.database.reading() as session:
        (noted,) = [act for act in audit.acts(session) if act.what == "console.export"]
    assert (noted.actor, noted.subject) == ("aigul", "kz-thb/2027")
    assert noted.detail == {
        "list": "figures",
        "reason": "weekly letter",
        "rows": len(rows) - 1,
        "format": "csv",
        "filter": "complete",
    }
    refused = director.post(path, f"{MONITOR}/figures", reason="", format="csv")
    assert refused.status_code == 400


def test_a_field_manager_sees_the_waves_of_his_own_place_alone(office: Any, watched: Wave) -> None:
    office.account("timur", ("field_manager", "kz-thb/2027"))
    office.account("saule", ("field_manager", "another"))
    office.account("dana", ("data_officer", ""))
    for path in (MONITOR, f"{MONITOR}/figures"):
        assert office.at("dana").get(path).status_code == 403, "how each interviewer works is the field's"
    assert office.at("timur").get(MONITOR).status_code == 200
    assert office.at("saule").get(MONITOR).status_code == 404


def test_the_record_and_the_page_for_a_theft_can_be_read(director: Any, open_wave: Wave) -> None:
    record = director.get("/waves/kz-thb/2027/protection")
    assert record.status_code == 200
    assert "Centre X" in record.text
    theft = director.get("/breach")
    assert theft.status_code == 200
    assert "tolqyn wave close kz-thb/2027 --by NAME" in theft.text
    assert "kz-thb/2027" in theft.text


@pytest.mark.parametrize(("count", "top"), [(0, 10), (10, 10), (11, 20), (45, 50), (51, 100), (999, 1000)])
def test_an_axis_ends_at_a_round_number(count: int, top: int) -> None:
    assert ceiling(count) == top


def test_days_stand_to_scale_and_one_day_is_no_line() -> None:
    day = date(2027, 5, 1)
    assert line([(day, 5)]) is None
    drawn = line([(day, 0), (day + timedelta(days=1), 5), (day + timedelta(days=10), 10)])
    assert drawn is not None
    xs = [x for x, _ in drawn.points]
    assert (xs[1] - xs[0]) * 9 == pytest.approx(xs[2] - xs[1])
    assert drawn.points[0][1] > drawn.points[2][1]

"""Quotas: who is turned away when, what stays of them, and that chance decides as if there were none."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, select, text

from survey import keys
from survey.cli import main
from survey.interview.panel import sign
from survey.refusal import Refused
from survey.store import access, closing, quotas, waves
from survey.store.engine import Database
from survey.store.interviews import dispositions
from survey.store.models import Ballot, PageAnswer, Wave
from survey.store.quotas import Cell

YOUNG = {"all": [{"item": "Z_AGE", "lt": 30}]}
OLD = {"item": "Z_AGE", "ge": 30}
FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
CELLS = (Cell(1, "young", YOUNG, 2), Cell(2, "old", OLD, 1))


@pytest.fixture
def with_quotas(database: Database, wave: Wave) -> Callable[..., None]:
    def put(cells: Sequence[Cell] = CELLS) -> None:
        with database.writing() as session:
            quotas.set_quotas(session, waves.find_wave(session, wave.alias), cells)

    return put


def ballots(database: Database) -> list[Ballot]:
    with database.reading() as session:
        return list(session.scalars(select(Ballot)))


def finish(somebody: Callable[[], Any], age: str = "34") -> Any:
    return finish_as(somebody(), age)


def finish_as(person: Any, age: str = "34") -> Any:
    person.start("en")
    person.send({**FIRST, "Z_AGE": age})
    if "/q/" in person.path and person.response.status_code == 200:
        person.walk()
    return person


def test_a_full_hard_cell_turns_the_next_one_away_and_keeps_only_the_count(
    somebody, database, wave, with_quotas, config
) -> None:
    with_quotas()
    assert "withdrawal" in finish(somebody).text
    late = finish(somebody)
    assert late.path.endswith("/done")
    assert "enough answers already" in late.text
    assert "111" in late.text, "every end page holds the help lines"
    kept = [ballot for ballot in ballots(database) if ballot.full_cell is not None]
    assert [(b.state, b.full_cell, b.cells, b.code_mac) for b in kept] == [("screenout", 2, None, None)]
    with database.reading() as session:
        query = select(PageAnswer).where(PageAnswer.ballot == kept[0].ballot)
        assert session.scalars(query).all() == []
    assert "withdrawal" in finish(somebody, age="20").text, "another cell is open"
    late.get("q/2")
    assert late.path.endswith("/done"), "who was turned away cannot begin again in this browser"
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=wave.closes)
        assert dispositions(session, found) == {"complete": 2, "quota": 1}


def test_a_soft_cell_turns_nobody_away(somebody, database, with_quotas) -> None:
    with_quotas([Cell(1, "old", OLD, 1, kind="soft")])
    for _ in range(2):
        assert "withdrawal" in finish(somebody).text
    with database.reading() as session:
        found = waves.find_wave(session, "opinion")
        assert quotas.filled(session, found)[1].complete == 2


def test_a_cell_closed_by_hand_takes_nobody_and_opened_again_it_does(somebody, database, with_quotas) -> None:
    with_quotas([Cell(1, "old", OLD, 100, kind="soft")])
    for closed, words in ((True, "enough answers"), (False, "withdrawal")):
        with database.writing() as session:
            quotas.change_cell(session, waves.find_wave(session, "opinion"), "old", closed=closed)
        assert words in finish(somebody).text


def complete(database: Database, cell: int = 2) -> int:
    with database.reading() as session:
        return quotas.filled(session, waves.find_wave(session, "opinion"))[cell].complete


def test_who_was_let_in_holds_a_place_and_may_finish(somebody, database, with_quotas) -> None:
    with_quotas()
    slow = somebody()
    slow.start("en")
    slow.send(FIRST)
    assert "last places" in finish(somebody).text, "the last place is held"
    slow.walk()
    assert "withdrawal" in slow.text
    assert complete(database) == 1


def test_the_night_frees_places_and_who_goes_on_finds_one_or_is_told(
    somebody, database, with_quotas, environment
) -> None:
    with_quotas()
    gone, late = somebody(), somebody()
    gone.start("en")
    gone.send(FIRST)
    night(environment)
    late.start("en")
    late.send(FIRST)
    assert "/q/" in late.path, "the place of whoever did not go on is free"
    path = gone.path
    gone.send(gone.sensible())
    assert "last places" in gone.text, "and taken meanwhile, perhaps not for good"
    night(environment)
    late.send(late.sensible())
    late.walk()
    assert "withdrawal" in late.text, "a place that is still free is taken again"
    assert complete(database) == 1
    gone.get(path.removeprefix("/s/opinion/"))
    gone.send(gone.sensible())
    assert "enough answers" in gone.text, "now it is filled"
    with database.reading() as session:
        assert session.scalars(select(PageAnswer.ballot).distinct()).all() == [
            ballot.ballot for ballot in ballots(database) if ballot.state == "complete"
        ], "of who was turned away nothing is kept"


def night(environment) -> None:
    done = CliRunner().invoke(main, ["db", "rewrite"])
    assert "order of arrival" in done.output


def test_the_night_frees_no_place_of_a_cell_that_counts_begun_interviews(
    somebody, database, with_quotas, environment
) -> None:
    with_quotas([Cell(1, "old", OLD, 1, counts="begun"), Cell(2, "all", {"item": "Z_AGE", "ge": 18}, 9)])
    somebody_gone = somebody()
    somebody_gone.start("en")
    somebody_gone.send(FIRST)
    night(environment)
    assert [ballot.cells for ballot in ballots(database)] == ["1"]
    assert "enough answers" in finish(somebody).text


def test_half_visits_do_not_shut_a_cell(somebody, database, with_quotas) -> None:
    """Whoever answers the first page thirty times finds the cell of thirty open to the next person."""
    with_quotas([Cell(1, "old", OLD, 30)])
    for _ in range(30):
        half = somebody()
        half.start("en")
        half.send(FIRST)
        assert half.path.endswith("/q/2")
    assert "withdrawal" in finish(somebody).text
    assert complete(database, 1) == 1


@pytest.mark.parametrize(
    ("target", "filled", "begun", "full", "taken"),
    [
        (30, 0, 300, False, False),
        (30, 26, 300, False, False),
        (30, 27, 29, False, False),
        (30, 27, 30, False, True),
        (30, 30, 30, True, True),
        (240, 215, 400, False, False),
        (240, 216, 400, False, True),
        (240, 216, 239, False, False),
    ],
)
def test_held_places_count_for_three_or_a_tenth(target, filled, begun, full, taken) -> None:
    so_far = quotas.Filled(filled, begun)
    cell = Cell(1, "old", OLD, target)
    assert (so_far.full(cell), so_far.taken(cell)) == (full, taken)


def test_who_finds_only_held_places_keeps_code_and_answers_and_tries_again(
    app, invited, make_person, database, environment
) -> None:
    with database.writing() as session:
        quotas.set_quotas(session, waves.find_wave(session, "opinion"), [Cell(1, "old", OLD, 1)])
    holder = make_person(app)
    holder.start("en", token=invited[0])
    holder.send(FIRST)
    late = make_person(app)
    late.start("en", token=invited[1])
    late.send(FIRST)
    assert late.response.status_code == 409
    assert "No place at the moment" in late.text
    boxes = late.page.get_element_by_id("retry").xpath(".//input[@type='hidden']")
    assert {**FIRST}.items() <= {box.get("name"): box.get("value") for box in boxes}.items()
    assert len(ballots(database)) == 1, "nothing is stored of it"
    night(environment)
    again = make_person(app)
    again.start("en", token=invited[1])
    again.send(FIRST)
    again.walk()
    assert "withdrawal" in again.text, "the same code, in another browser, the next day"
    holder.send(holder.sensible())
    assert "enough answers" in holder.text, "the place was filled meanwhile"


def test_a_used_code_finds_held_places_as_an_unused_one_does(app, invited, make_person, database) -> None:
    """Else the refusal that spends no code would tell, of each code of a list, whether it was used."""
    seen = []
    with database.writing() as session:
        quotas.set_quotas(session, waves.find_wave(session, "opinion"), [Cell(1, "old", OLD, 1)])
    holder = make_person(app)
    holder.start("en", token=invited[0])
    holder.send(FIRST)
    for token in invited[:2]:
        person = make_person(app)
        person.start("en", token=token)
        person.send(FIRST)
        seen.append((person.response.status_code, person.text))
    assert seen[0] == seen[1]


def test_many_at_once_fill_a_cell_no_further_than_decision_0044_says(
    app, make_person, database, with_quotas
) -> None:
    """Twelve people send the page that leads into a cell of five in the same moment, then all go on."""
    with_quotas([Cell(1, "old", OLD, 5)])
    people = [make_person(app) for _ in range(12)]
    for person in people:
        person.start("en")
    together = Barrier(len(people))

    def enter(person: Any) -> bool:
        together.wait()
        person.send(FIRST)
        return "/q/" in person.path

    with ThreadPoolExecutor(len(people)) as pool:
        let_in = list(pool.map(enter, people))
        assert sum(let_in) == 12, "nobody has finished: held places count for three"
        inside = [person for person, is_in in zip(people, let_in, strict=True) if is_in]
        list(pool.map(lambda person: person.walk(), inside))
    assert complete(database, 1) == 12, "target 5, and those under way beyond the three that count"
    assert "enough answers" in finish_as(make_person(app)).text
    assert sum(ballot.full_cell == 1 for ballot in ballots(database)) == 1


def test_the_same_page_sent_many_times_at_once_takes_one_place(
    app, make_person, database, with_quotas
) -> None:
    with_quotas([Cell(1, "old", OLD, 1)])
    person = make_person(app)
    person.start("en")
    cookies = [make_person(app) for _ in range(6)]
    for copy in cookies:
        copy.client._cookies.update(person.client._cookies)
        copy.get("q/1")
    together = Barrier(len(cookies))

    def send(copy: Any) -> str:
        together.wait()
        copy.send(FIRST)
        return copy.path

    with ThreadPoolExecutor(len(cookies)) as pool:
        paths = set(pool.map(send, cookies))
    assert paths == {"/s/opinion/q/2"}, paths
    assert [(ballot.state, ballot.full_cell) for ballot in ballots(database)] == [("started", None)]


def test_begun_interviews_count_where_the_office_wants_no_overshoot(somebody, with_quotas) -> None:
    with_quotas([Cell(1, "old", OLD, 1, counts="begun")])
    slow = somebody()
    slow.start("en")
    slow.send(FIRST)
    assert "enough answers" in finish(somebody).text


def test_going_back_and_saying_another_age_does_not_lead_round_a_full_cell(somebody, with_quotas) -> None:
    with_quotas()
    finish(somebody)
    sly = somebody()
    sly.start("en")
    sly.send({**FIRST, "Z_AGE": "20"})
    sly.get("q/1")
    sly.send({**FIRST, "Z_AGE": "34"})
    assert "enough answers" in sly.text


def test_switching_the_language_does_not_lead_round_a_full_cell(somebody, database, with_quotas) -> None:
    with_quotas()
    finish(somebody)
    sly = somebody()
    sly.start("en")
    sly.send(FIRST, button=("lang", "ru"))
    sly.get("q/2")
    if sly.path.endswith("/q/2"):
        sly.send(sly.sensible())
    else:
        sly.send(FIRST)
    assert sly.path.endswith("/done")
    with database.reading() as session:
        assert quotas.filled(session, waves.find_wave(session, "opinion"))[2].complete == 1


def test_the_same_invitation_cannot_try_again_after_a_full_cell(
    app: Flask, invited, make_person, database
) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, "opinion")
        quotas.set_quotas(session, found, [Cell(1, "old", OLD, 0)])
    for age, end in (("34", "/done"), ("20", "/used?lang=en")):
        person = make_person(app)
        person.start("en", token=invited[0])
        person.send({**FIRST, "Z_AGE": age})
        assert person.path.endswith(end), person.text


def test_a_panels_respondent_goes_back_by_the_quota_address(app, wave, make_person, database, config) -> None:
    addresses = {o: f"https://panel.example/{o}?id={{id}}" for o in ("complete", "screenout", "quota")}
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        access.set_panel(session, found, addresses)
        quotas.set_quotas(session, found, [Cell(1, "old", OLD, 0)])
    secret = keys.create_panel_key(config.keys, wave.alias)
    person = make_person(app)
    person.come_by(f"v/abc/{sign(secret, f'{wave.alias}/abc')}")
    person.send(FIRST)
    assert "enough answers" in person.text
    assert any("/quota?id=abc" in link for link in person.page.xpath("//a/@href"))


def test_chance_decides_with_quotas_as_without(app, invited, make_person, database) -> None:
    """The same invitation is shown the same order and cells, whether quotas stand or fall meanwhile."""

    def shown() -> list[tuple[list[str], list[str]]]:
        person = make_person(app)
        person.start("en", token=invited[0])
        pages = []
        while "/q/" in person.path:
            names = person.form.xpath(".//input[@type='radio']/@name")
            pages.append((list(dict.fromkeys(names)), person.page.xpath("//@data-cell")))
            person.send(FIRST if person.path.endswith("/q/1") else person.sensible())
        return pages

    with database.writing() as session:
        quotas.set_quotas(session, waves.find_wave(session, "opinion"), [Cell(1, "old", OLD, 5)])
    with_cells = shown()
    with database.writing() as session:
        quotas.set_quotas(session, waves.find_wave(session, "opinion"), [Cell(1, "old", OLD, 5)])
        session.execute(delete(PageAnswer))
        session.execute(delete(Ballot))
        waves.find_wave(session, "opinion").quotas = None
    assert shown() == with_cells
    assert any(cell for _, cells in with_cells for cell in cells), "a vignette was drawn"


def test_no_page_says_a_count(somebody, with_quotas) -> None:
    with_quotas([Cell(1, "old", OLD, 7919)])
    person = somebody()
    pages = [person.get("").get_data(as_text=True)]
    person.start("en")
    person.send(FIRST)
    while "/q/" in person.path:
        pages.append(person.response.get_data(as_text=True))
        person.send(person.sensible())
    pages.append(person.response.get_data(as_text=True))
    assert not any("7919" in page or "old" in page.split() for page in pages)


def test_only_the_page_that_enters_a_cell_asks_one_question_more(
    somebody, database, app, with_quotas, statements
) -> None:
    with_quotas()
    person = somebody()
    person.start("en")
    own = app.extensions["tolqyn"].database
    sent = []
    for answers in (FIRST, None):
        with statements(own) as noted:
            person.send(answers or person.sensible())
        sent.append([line for line in noted if "count(" in line.lower()])
    assert [len(each) for each in sent] == [1, 0]


def test_cells_set_during_a_pilot_place_those_who_answered(somebody, database, with_quotas) -> None:
    finish(somebody)
    finish(somebody, age="20")
    with pytest.raises(Refused, match="the cells with which it opened"):
        with_quotas()
    with database.writing() as session:
        waves.find_wave(session, "opinion").state = "pilot"
    with_quotas()
    with database.reading() as session:
        so_far = quotas.filled(session, waves.find_wave(session, "opinion"))
    assert {n: each.complete for n, each in so_far.items()} == {1: 1, 2: 1}


def test_withdrawn_answers_leave_their_cell(somebody, database, with_quotas) -> None:
    with_quotas()
    person = finish(somebody)
    code = re.search(r"code is ([^.]+)\.", person.text)[1]
    person.post("withdraw", {"code": code})
    with database.reading() as session:
        states = session.execute(text("SELECT state, cells FROM ballot")).all()
    assert states == [("withdrawn", None)]
    assert "withdrawal" in finish(somebody).text

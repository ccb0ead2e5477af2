"""Minors, refusals, stopping, withdrawing, leaving: what is kept, and what is not."""

import json
import re
from datetime import date

import pytest
from sqlalchemy import text

from instruments import Questionnaire
from survey.store import ballots, closing
from survey.store.models import Ballot

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
ENDS = {"minor": {"Z_AGE": "17"}, "refusal": {"CONSENT": "2"}, "screenout": {"S_RES": "2"}}


@pytest.mark.parametrize("end", ENDS)
def test_whoever_is_not_asked_further_leaves_nothing(person, core, rows, end) -> None:
    person.start("en")
    person.send(FIRST | ENDS[end])
    assert person.path == "/s/opinion/done"
    assert core.texts[f"end_{end}"]["en"].partition(". ")[2] in person.text
    assert "116 16" in person.text
    assert rows() == (0, 0)


@pytest.mark.parametrize("end", ENDS)
def test_and_cannot_begin_again_in_this_browser(person, rows, end) -> None:
    person.start("en")
    person.send(FIRST | ENDS[end])
    for path in ("q/1", "q/2", "stop"):
        person.get(path)
        assert person.path == "/s/opinion/done"
    person.start("ru")
    assert person.path == "/s/opinion/done"
    person.client.post("/s/opinion/leave")
    person.start("ru")
    assert person.path == "/s/opinion/done"
    assert rows() == (0, 0)


@pytest.mark.parametrize("typed", ["10", "17", " 12 "])
def test_a_child_reaches_the_minors_page_whatever_else_is_open(person, rows, typed) -> None:
    person.start("en")
    person.send({"CONSENT": None, "Z_AGE": typed, "S_RES": None})
    assert person.path == "/s/opinion/done"
    assert "aged 18 and over" in person.text
    assert rows() == (0, 0)


@pytest.mark.parametrize(
    ("others", "kept"),
    [
        ({"Z_AGE": "34"}, {"CONSENT": 1, "Z_AGE": 34, "S_RES": 2}),
        ({"Z_AGE": "400"}, {"CONSENT": 1, "S_RES": 2}),
        ({"Z_AGE": "34", "CONSENT": None}, {}),
    ],
)
def test_a_screen_out_that_is_kept_is_counted_whatever_else_is_wrong(
    app, fielded_wave, core, make_person, database, others, kept
) -> None:
    document = json.loads(core.to_json())
    document["items"]["S_RES"]["exits"][0]["keep"] = True
    fielded_wave(Questionnaire.from_json(json.dumps(document)))
    person = make_person(app)
    person.start("en")
    person.send(FIRST | {"S_RES": "2"} | others)
    assert person.path == "/s/opinion/done"
    with database.reading() as session:
        ballot = session.query(Ballot).one()
        assert ballot.state == "screenout"
        assert ballots.answers_of(session, ballot.ballot) == kept


def test_a_number_below_none_is_no_age(person, rows) -> None:
    person.start("en")
    person.send(FIRST | {"Z_AGE": "-2"})
    assert person.response.status_code == 422
    assert person.words_at("Z_AGE").startswith("Error: Please type a number")
    assert rows() == (0, 0)


@pytest.mark.parametrize("slip", ["3", "0", "9"])
def test_an_age_that_may_be_a_slip_is_asked_about_once(person, rows, slip) -> None:
    person.start("en")
    for typed in (slip, "4"):
        person.send(FIRST | {"Z_AGE": typed})
        assert person.response.status_code == 422
        assert f"You typed {typed} as your age" in person.text
        assert person.filled_in()["Z_AGE"] == [typed]
    person.send({"Z_AGE": "34"})
    assert person.path == "/s/opinion/q/2"
    assert rows() == (1, 1)


def test_a_small_child_who_says_so_twice_leaves_nothing(person, rows) -> None:
    person.start("en")
    person.send({"CONSENT": None, "Z_AGE": "9", "S_RES": None})
    person.send()
    assert person.path == "/s/opinion/done"
    assert "aged 18 and over" in person.text
    assert rows() == (0, 0)


@pytest.mark.parametrize("end", ENDS)
def test_a_slip_on_returning_deletes_no_interview(person, rows, end) -> None:
    person.start("en")
    person.walk_to(4)
    person.get("q/1")
    person.send(ENDS[end])
    assert person.response.status_code == 422
    assert "what you answered before is discarded" in person.text
    assert rows() == (1, 3)
    person.send(FIRST)
    assert rows() == (1, 3)
    person.get("q/4")
    assert person.path == "/s/opinion/q/4"


def test_an_exit_on_returning_deletes_what_was_stored_once_confirmed(person, rows) -> None:
    person.start()
    person.walk_to(4)
    assert rows() == (1, 3)
    person.get("q/1")
    person.send({"CONSENT": "2"})
    person.send()
    assert person.path == "/s/opinion/done"
    assert rows() == (0, 0)


def test_nothing_is_stored_before_consent(person, rows) -> None:
    person.start()
    token = person.form.xpath(".//input[@name='csrf_token']/@value")[0]
    response = person.client.post("/s/opinion/q/2", data={"csrf_token": token, "Z_SEX": "1"})
    assert response.status_code == 409
    person.send({"CONSENT": None, "Z_AGE": "34", "S_RES": "1"})
    assert person.response.status_code == 422
    assert rows() == (0, 0)


def test_done_shows_a_code_that_deletes_the_answers(person, rows, database, somebody) -> None:
    person.start("en")
    person.walk()
    code = person.page.find_class("keep")[0].text
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)
    with database.reading() as session:
        stored = [str(value) for row in session.execute(text("SELECT * FROM ballot")) for value in row]
    assert not any(code.replace("-", "") in value.upper() for value in stored)
    other = somebody()
    other.get("withdraw?lang=en")
    other.post("withdraw?lang=en", {"code": "0000-0000-0000"})
    assert other.response.status_code == 422
    assert "We know no answers with this code" in other.text
    assert rows() == (1, 24)
    other.post("withdraw?lang=en", {"code": code.lower().replace("-", " ").replace("0", "o")})
    assert other.response.status_code == 200
    assert "Your answers are deleted" in other.text
    with database.reading() as session:
        (ballot,) = session.query(Ballot).all()
        assert (ballot.state, ballot.code_mac) == ("withdrawn", None)
        assert ballots.answers_of(session, ballot.ballot) == {}
    person.get("done")
    assert "Your answers are deleted" in person.text


@pytest.mark.parametrize(("today", "said"), [("2027-06-01", "06.06.2027"), ("2027-06-09", "09.06.2027")])
def test_the_last_day_moves_with_a_wave_that_runs_on(person, monkeypatch, today, said) -> None:
    monkeypatch.setattr("survey.interview.ends.study_today", lambda zone: date.fromisoformat(today))
    person.start("ru")
    person.walk_to(3)
    person.get("stop")
    person.post("stop", _choice(person, "keep"))
    assert said in person.text


def test_the_code_is_shown_only_where_the_answers_were_given(
    app, invited, somebody_invited, make_person
) -> None:
    first = somebody_invited(invited[0])
    first.walk()
    (shown,) = first.page.find_class("keep")
    second = make_person(app)
    second.post("resume", {"code": shown.text})
    assert second.path == "/s/opinion/done"
    assert not second.page.find_class("keep")
    third = somebody_invited(invited[0])
    third.walk_until("/used?lang=ru")
    assert not third.page.find_class("keep")


def test_stopping_keeps_the_answers_and_gives_a_code(person, rows) -> None:
    person.start("en")
    person.walk_to(3)
    person.get("stop")
    person.post("stop", _choice(person, "keep"))
    assert person.path == "/s/opinion/stop"
    assert person.page.find_class("keep")
    assert "116 16" in person.text
    assert rows() == (1, 2)
    person.get("q/3")
    assert person.response.status_code == 200


def test_stopping_deletes_the_answers_if_asked_to(person, database, rows) -> None:
    person.start("en")
    person.walk_to(3)
    person.get("stop")
    person.post("stop", _choice(person, "delete"))
    assert "Your answers are deleted" in person.text
    assert "116 16" in person.text
    assert rows() == (1, 0)
    with database.reading() as session:
        assert session.query(Ballot).one().state == "withdrawn"
    person.start("en")
    assert person.path == "/s/opinion/done"


def test_stopping_needs_a_page_of_ours(person, rows) -> None:
    person.start()
    person.walk_to(3)
    person.post("stop", {"do": "delete"})
    assert person.response.status_code == 400
    assert rows() == (1, 2)


def test_stopping_before_anything_is_stored_offers_no_code(person, rows) -> None:
    person.start("en")
    person.get("stop")
    assert "Nothing is saved yet" in person.text
    assert not person.page.xpath("//form[@id='stop']")


def _choice(person, wish: str) -> dict[str, str]:
    (token,) = person.page.xpath("//form[@id='stop']//input[@name='csrf_token']/@value")
    return {"csrf_token": token, "do": wish}


def test_leaving_clears_the_cookie_and_goes_to_the_neutral_page(person, config) -> None:
    person.start()
    assert person.page.xpath("//form[@action='/s/opinion/leave']//button")
    response = person.client.post("/s/opinion/leave")
    assert (response.status_code, response.headers["Location"]) == (303, config.leave_url)
    assert re.match(r"s=; Expires=Thu, 01 Jan 1970 .*Path=/s/opinion", response.headers["Set-Cookie"])
    person.get("q/1")
    assert person.response.status_code == 400


def test_after_the_close_the_withdrawal_page_says_why_it_cannot_delete(
    person, database, config, wave
) -> None:
    person.start("en")
    person.walk()
    code = person.page.find_class("keep")[0].text
    with database.writing() as session:
        found = session.merge(wave)
        closing.close_wave(session, found, by="A", two_person=False, today=wave.closes)
    closing.clean_up(database, config.keys, found)
    for response in (person.get("withdraw?lang=en"), person.post("withdraw?lang=en", {"code": code})):
        assert response.status_code == 410
        assert "destroyed when a survey ends" in person.text
        assert person.page.xpath("//section[@class='help']//a/@href") == ["tel:111", "tel:102"]

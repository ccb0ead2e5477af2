"""A browser that keeps no cookies: the same interview, its state in the forms and in no address."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from survey.interview.state import COOKIE
from survey.store.models import Ballot, PageAnswer

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
HOUR = 3600
ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def blocked(app: Flask, wave, make_person) -> Callable[[], "object"]:
    """People whose browser drops every cookie; each notes all addresses it was sent to."""

    def come() -> object:
        person = make_person(app)
        person.client = app.test_client(use_cookies=False)
        return person

    return come


@pytest.fixture
def stranger(blocked):
    """One of them."""
    return blocked()


def _see(person, words: str) -> None:
    """Press the button that stands in place of a link."""
    (button,) = [b for b in person.page.xpath("//button[@form='carry']") if b.text_content() == words]
    carry = person.page.get_element_by_id("carry")
    data = {box.get("name"): box.get("value") for box in carry.xpath(".//input")} | {button.get("name"): "1"}
    person.post(button.get("formaction").removeprefix("/s/opinion/"), data)


def _walk(person) -> list[str]:
    """Answer every page; the addresses posted to."""
    seen = []
    while person.page.xpath("//form[@id='survey']"):
        _settle(person)
        seen.append(person.path)
        person.send(person.sensible())
        assert person.response.status_code == 200, person.text
    return seen


def _settle(person) -> None:
    """A page shown in answer to a post says itself where its answers go."""
    person.path = person.form.get("action")


def _state(person) -> str:
    return person.page.xpath("//input[@name='-state']/@value")[0]


def _walk_to(person, number: int) -> None:
    _settle(person)
    while not person.path.endswith(f"/q/{number}"):
        person.send(person.sensible())
        _settle(person)


def _choice(person, wish: str) -> dict[str, str]:
    boxes = person.page.xpath("//form[@id='stop']//input")
    return {box.get("name"): box.get("value") for box in boxes} | {"do": wish}


def test_the_whole_interview_can_be_answered(stranger, stored, rows) -> None:
    stranger.start("kk")
    assert len(_walk(stranger)) == 24
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", stranger.page.find_class("keep")[0].text)
    assert stranger.page.get("lang") == "kk"
    assert rows() == (1, 24)
    assert stored()["Z_AGE"] == 34


@ONE_DATABASE
def test_the_answers_are_those_of_a_browser_that_keeps_cookies(stranger, person, database) -> None:
    for somebody in (stranger, person):
        somebody.start("ru")
    _walk_to(stranger, 3)
    person.walk_to(3)
    with database.reading() as session:
        pages = [row.answers for row in session.query(PageAnswer).order_by(PageAnswer.page)]
    assert pages[0::2] == pages[1::2]


@ONE_DATABASE
def test_a_browser_with_cookies_meets_the_same_pages_and_no_state_in_them(person) -> None:
    response = person.client.post("/s/opinion/start", data={"lang": "en"})
    assert (response.status_code, response.headers["Location"]) == (307, "/s/opinion/start?again=1")
    assert response.headers["Set-Cookie"].startswith(f"{COOKIE}=1;")
    response = person.client.post("/s/opinion/start?again=1", data={"lang": "en"})
    assert (response.status_code, response.headers["Location"]) == (303, "/s/opinion/q/1")
    person.get("q/1")
    person.walk_to(3)
    for path in ("q/3", "stop", "q/2"):
        person.get(path)
        assert "-state" not in person.response.get_data(as_text=True)
        assert not person.page.xpath("//*[@formaction]")
    response = person.client.post("/s/opinion/start", data={"lang": "en"})
    assert response.status_code == 303, "once it has shown one, nothing is sent twice"


@ONE_DATABASE
def test_the_cookie_wins_over_a_state_in_the_form(person, blocked, rows) -> None:
    other = blocked()
    other.start("en")
    _walk_to(other, 2)
    person.start("en")
    person.send(FIRST | {"-state": _state(other)})
    assert person.path == "/s/opinion/q/2"
    assert rows() == (2, 2)
    with_cookie = person.client.post("/s/opinion/q/1", data={"-state": _state(other), "-see": "1"})
    assert with_cookie.status_code == 400, "a post without the form's token, not a way to another interview"


@ONE_DATABASE
def test_no_address_holds_the_state_or_the_ballot(stranger, database) -> None:
    stranger.start("en")
    states, seen = set(), set()
    for _ in range(3):
        states.add(_state(stranger))
        seen.update(stranger.page.xpath("//@href | //@action | //@formaction"))
        _settle(stranger)
        stranger.send(stranger.sensible())
    with database.reading() as session:
        ballot = session.query(Ballot).one().ballot
    assert len(states) == 3
    for address in seen:
        assert not any(part and part in address for state in states for part in (state, ballot))


def test_back_and_language_keep_place_and_answers(stranger, stored) -> None:
    stranger.start("ru")
    _walk_to(stranger, 2)
    stranger.send({"Z_SEX": "2", "Z_REG": "75"}, button=("lang", "kk"))
    assert stranger.page.get("lang") == "kk"
    assert stranger.filled_in() == {"Z_SEX": ["2"], "Z_REG": ["75"]}
    assert stored()["Z_SEX"] == 2
    _settle(stranger)
    stranger.send({"Z_SETT": "1"})
    _settle(stranger)
    assert stranger.path == "/s/opinion/q/3"
    before = stored()
    _see(stranger, "Артқа")
    assert stranger.filled_in() == {"Z_SEX": ["2"], "Z_REG": ["75"], "Z_SETT": ["1"]}
    assert stored() == before, "going back writes nothing"


@ONE_DATABASE
def test_a_blank_is_asked_about_once_and_then_accepted(stranger, stored) -> None:
    stranger.start("en")
    _walk_to(stranger, 3)
    for _ in range(2):
        assert stranger.path == "/s/opinion/q/3"
        stranger.send({})
        _settle(stranger)
    assert stranger.path == "/s/opinion/q/4"
    assert -5 in stored().values()


@ONE_DATABASE
def test_what_is_wrong_is_said_and_a_second_blank_beside_it_accepted(stranger) -> None:
    stranger.start("en")
    _walk_to(stranger, 23)
    stranger.send({"Z_ADULTS": "many"})
    assert stranger.response.status_code == 422
    stranger.send({"Z_ADULTS": "2"})
    _settle(stranger)
    assert stranger.path == "/s/opinion/q/24"


def test_stopping_gives_a_code_with_which_one_goes_on_without_cookies(stranger, blocked, rows) -> None:
    stranger.start("en")
    _walk_to(stranger, 4)
    _see(stranger, "I would rather stop, or continue later")
    stranger.post("stop", _choice(stranger, "keep"))
    code = stranger.page.find_class("keep")[0].text
    _see(stranger, "Back to the questions")
    _settle(stranger)
    assert stranger.path == "/s/opinion/q/4"
    other = blocked()
    other.post("resume?lang=en", {"code": code})
    _settle(other)
    assert other.path == "/s/opinion/q/4"
    assert not other.page.find_class("back"), "what another browser saved is not to be gone back to"
    assert not any(any(values) for values in other.filled_in().values())
    assert rows() == (1, 3)


def test_stopping_deletes_and_withdrawing_deletes(stranger, blocked, rows, database) -> None:
    stranger.start("en")
    _walk_to(stranger, 3)
    _see(stranger, "I would rather stop, or continue later")
    stranger.post("stop", _choice(stranger, "delete"))
    assert "Your answers are deleted" in stranger.text
    assert rows() == (1, 0)
    other = blocked()
    other.start("en")
    _walk(other)
    code = other.page.find_class("keep")[0].text
    for status, words in ((200, "Your answers are deleted"), (422, "We know no answers with this code")):
        other.post("withdraw?lang=en", {"code": code})
        assert other.response.status_code == status
        assert words in other.text
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM page_answer")) == 0


@ONE_DATABASE
def test_a_minor_leaves_nothing_and_the_end_page_speaks_every_language(stranger, rows, core) -> None:
    stranger.start("en")
    _settle(stranger)
    stranger.send(FIRST | {"Z_AGE": "17"})
    assert "aged 18 and over" in stranger.text
    _see(stranger, "Русский")
    assert core.texts["end_minor"]["ru"].partition(". ")[2] in stranger.text
    assert rows() == (0, 0)


@ONE_DATABASE
def test_an_invitation_is_answered_without_cookies(app, invited, make_person, rows) -> None:
    person = make_person(app)
    person.client = app.test_client(use_cookies=False)
    person.get(f"i/{invited[0]}")
    person.start("ru", token=invited[0])
    _walk_to(person, 3)
    again = make_person(app)
    again.client = person.client
    again.start("ru", token=invited[0])
    _settle(again)
    assert again.path == "/s/opinion/q/1", "as if nobody had begun with it: its own form alone goes on"
    again.send(again.sensible())
    assert "Этот код уже использован" in again.text
    assert rows() == (1, 2)
    person.send(person.sensible())
    assert rows() == (1, 3)


@ONE_DATABASE
def test_a_wrong_invitation_code_is_said_without_cookies(app, invited, make_person) -> None:
    person = make_person(app)
    person.client = app.test_client(use_cookies=False)
    person.start("en", token="ABCDEFGH")
    assert person.response.status_code == 422
    assert person.page.xpath("//input[@name='token']/@value") == ["ABCDEFGH"]


@ONE_DATABASE
@pytest.mark.parametrize("forged", ["nonsense", "e30.aaaa.bbbb", "x" * 3000])
def test_a_forged_state_opens_nothing(stranger, rows, forged) -> None:
    stranger.start("en")
    _walk_to(stranger, 2)
    good = _state(stranger)
    changed = good[:-10] + ("A" if good[-10] != "A" else "B") + good[-9:]
    for state in (forged, changed):
        for data in ({"-state": state, "-see": "1"}, {"-state": state, "Z_SEX": "1"}):
            stranger.post("q/2", data)
            assert stranger.response.status_code == 400
    assert rows() == (1, 1)


@ONE_DATABASE
def test_a_state_of_another_interview_does_not_fit_the_form(stranger, blocked, rows) -> None:
    other = blocked()
    for person in (stranger, other):
        person.start("en")
        _walk_to(person, 2)
    stranger.send({"Z_SEX": "1", "-state": _state(other)})
    assert stranger.response.status_code == 400
    assert rows() == (2, 2)


@ONE_DATABASE
def test_after_a_night_the_form_goes_on_and_shows_no_earlier_answers(stranger, monkeypatch, stored) -> None:
    import itsdangerous.timed

    from survey.interview import state

    stranger.start("en")
    _walk_to(stranger, 3)
    later = itsdangerous.timed.time.time() + 13 * HOUR
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: later)
    monkeypatch.setattr(state.time, "time", lambda: later)
    _see(stranger, "Back")
    assert not any(any(values) for values in stranger.filled_in().values())
    _settle(stranger)
    stranger.send({})
    _settle(stranger)
    assert stranger.path == "/s/opinion/q/3"
    assert stored()["Z_SEX"], "what was left blank stayed"


@ONE_DATABASE
def test_a_failing_database_keeps_answers_and_state_in_the_page(stranger, rows, monkeypatch) -> None:
    from survey.store import ballots
    from survey.store.engine import DatabaseError

    stranger.start("en")
    _walk_to(stranger, 2)
    given = stranger.sensible()
    with monkeypatch.context() as patched:

        def fail(*_: object, **__: object) -> None:
            raise DatabaseError("gone")

        patched.setattr(ballots, "save_page", fail)
        stranger.send(given)
    assert stranger.response.status_code == 503
    form = stranger.page.get_element_by_id("retry")
    again = {box.get("name"): box.get("value") for box in form.xpath(".//input")}
    stranger.post(form.get("action").removeprefix("/s/opinion/"), again)
    _settle(stranger)
    assert stranger.path == "/s/opinion/q/3"
    assert rows() == (1, 2)


@ONE_DATABASE
def test_an_interview_finished_elsewhere_is_said_without_cookies(stranger, blocked, rows) -> None:
    stranger.start("en")
    _walk_to(stranger, 3)
    old = {box.get("name"): box.get("value") for box in stranger.form.xpath(".//input[@type='hidden']")}
    _see(stranger, "I would rather stop, or continue later")
    stranger.post("stop", _choice(stranger, "delete"))
    stranger.post("q/3", old | {"go": "next"})
    assert "Your answers are deleted" in stranger.text
    assert rows() == (1, 0)


@ONE_DATABASE
def test_looking_writes_nothing_whatever_the_state(stranger, rows, app) -> None:
    stranger.start("en")
    _walk_to(stranger, 3)
    state = _state(stranger)
    for path in ("q/1", "q/2", "q/3", "stop", "done", "resume", "withdraw"):
        data = {"-state": state, "-see": "1", "Z_SEX": "1"}
        response = stranger.client.post(f"/s/opinion/{path}", data=data)
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
    assert rows() == (1, 2)
    assert app.test_client().get("/s/opinion/q/2", query_string={"-state": state}).status_code == 400
    assert stranger.client.post("/s/opinion/done", data={"-state": state}).status_code == 405

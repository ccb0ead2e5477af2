"""Two tabs, two devices, another key, another clock: one defined state, and respondents are told."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from survey import create_app
from survey.config import Config
from survey.interview.state import COOKIE, LIFETIME

ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}
SECOND = {"Z_SEX": "1", "Z_REG": "75", "Z_SETT": "4"}
OTHER = {"Z_SEX": "2", "Z_REG": "75", "Z_SETT": "4"}
DAY = 24 * 3600


def form_of(person: Any, answers: dict[str, str]) -> MultiDict[str, str]:
    """The form on the screen as a tab holds it, filled in."""
    hidden = person.form.xpath(".//input[@type='hidden']")
    data = MultiDict((box.get("name"), box.get("value")) for box in hidden)
    data.update({**answers, "go": "next"})
    return data


def retry_of(person: Any) -> dict[str, str]:
    """What the page that says "not saved" would send again."""
    boxes = person.page.get_element_by_id("retry").xpath(".//input[@type='hidden']")
    return {box.get("name"): box.get("value") for box in boxes}


def test_of_two_tabs_the_last_post_counts_and_the_next_page_says_so(person, stored) -> None:
    person.start("en")
    person.send(FIRST)
    first_tab, second_tab = form_of(person, SECOND), form_of(person, OTHER)
    person.post("q/2", first_tab)
    assert "had been saved before" not in person.text
    person.post("q/2", second_tab)
    assert stored()["Z_SEX"] == 2
    assert person.path == "/s/opinion/q/3"
    assert "Page 2 had been saved before, perhaps in another tab" in person.text
    assert person.page.xpath("//div[@role='status']")
    person.send(person.sensible())
    assert "had been saved before" not in person.text


def test_a_page_sent_twice_is_no_news(person, stored) -> None:
    person.start("en")
    person.send(FIRST)
    tab = form_of(person, SECOND)
    for _ in range(2):
        person.post("q/2", tab)
        assert person.path == "/s/opinion/q/3"
        assert "had been saved before" not in person.text
    assert stored()["Z_SEX"] == 1


def test_going_back_and_changing_an_answer_is_no_news(person) -> None:
    person.start("en")
    person.send(FIRST)
    person.send(SECOND)
    person.get("q/2")
    person.send({"Z_SEX": "2"})
    assert person.path == "/s/opinion/q/3"
    assert "had been saved before" not in person.text


def code_of(person: Any) -> str:
    """The respondent's own code, shown on demand."""
    person.get("stop")
    person.press("stop", "keep")
    return str(person.page.find_class("keep")[0].text)


def test_of_two_devices_the_first_to_save_a_page_counts_and_the_other_is_told(
    person, somebody, stored
) -> None:
    person.start("ru")
    person.send(FIRST)
    code = code_of(person)
    person.get("q/2")
    computer = somebody()
    computer.post("resume", {"code": code})
    assert computer.path == person.path == "/s/opinion/q/2"
    person.send(SECOND)
    computer.send(OTHER)
    assert computer.path == "/s/opinion/q/3"
    assert "Страница 2 уже была сохранена раньше" in computer.text
    assert "отправленное сейчас не принято" in computer.text
    assert stored()["Z_SEX"] == 1
    computer.send(computer.sensible())
    assert "уже была сохранена раньше" not in computer.text


def test_what_a_page_lacks_is_asked_on_another_device_and_the_rest_stays(person, somebody, stored) -> None:
    person.start("en")
    person.send(FIRST)
    code = code_of(person)
    person.get("q/2")
    person.send({"Z_SEX": "2"}, button=("lang", "ru"))
    other = somebody()
    other.post("resume", {"code": code})
    names = set(other.form.xpath(".//input[@type='radio']/@name | .//select/@name"))
    assert names == {"Z_REG", "Z_SETT"}
    other.send({"Z_REG": "75", "Z_SETT": "4", "Z_SEX": "1"})
    assert other.path == "/s/opinion/q/3"
    assert {name: stored()[name] for name in SECOND} == {"Z_SEX": 2, "Z_REG": 75, "Z_SETT": 4}
    other.get("q/2")
    assert other.path == "/s/opinion/q/3", "not all of it is this browser's own"


def test_the_mark_in_a_form_betrays_nothing_of_the_answers(person, somebody) -> None:
    marks = set()
    for answers in (SECOND, SECOND, OTHER):
        who = somebody()
        who.start("en")
        who.send(FIRST)
        who.send(answers)
        who.get("q/2")
        marks |= set(who.form.xpath(".//input[@name='stored']/@value"))
    assert len(marks) == 3, "equal answers of two people have different marks"


def test_a_page_that_comes_after_the_end_is_not_saved_and_this_is_said(person, stored) -> None:
    person.start("en")
    person.send(FIRST)
    old = form_of(person, OTHER)
    person.send(SECOND)
    person.walk()
    before = stored()
    person.post("q/2", old)
    assert person.path == "/s/opinion/done"
    assert "was finished before your last page arrived" in person.text
    assert person.page.find_class("keep"), "the code is still there"
    assert stored() == before


def test_the_last_page_sent_twice_just_thanks(person) -> None:
    person.start("en")
    person.walk_to(24)
    last = form_of(person, {"OPEN1": "my words"})
    for _ in range(2):
        person.post("q/24", last)
        assert person.path == "/s/opinion/done"
        assert "was finished before" not in person.text


def test_a_page_whose_turn_has_not_come_is_kept_in_the_page(person, somebody) -> None:
    person.start("en")
    person.send(FIRST)
    sent = form_of(person, SECOND)
    other = somebody()
    other.start("en")
    other.post("q/2", sent)
    assert other.response.status_code == 409
    assert retry_of(other) == sent.to_dict()
    assert other.page.xpath("//a[@href='/s/opinion/q/1'][@target='_blank']")
    again = retry_of(other)
    other.get("q/1")
    other.send(FIRST)
    other.post("q/2", again)
    assert other.response.status_code == 400, "another interview's form: shown, not yet saved"
    assert other.filled_in() == {name: [value] for name, value in SECOND.items()}
    other.send()
    assert other.path == "/s/opinion/q/3"


@pytest.fixture
def with_new_key(config: Config) -> Callable[..., Flask]:
    """The application after its key was replaced."""

    def make(*, keep_old: bool) -> Flask:
        key = config.keys / "server.key"
        key.rename(config.keys / "server.key.old") if keep_old else key.unlink()
        return create_app(config)

    return make


@ONE_DATABASE
def test_a_new_key_beside_the_old_one_is_not_noticed(person, with_new_key, stored) -> None:
    person.start("en")
    person.send(FIRST)
    open_form = form_of(person, SECOND)
    cookie = person.client.get_cookie(COOKIE, path="/s/opinion").value
    person.client = with_new_key(keep_old=True).test_client()
    person.client.set_cookie(COOKIE, cookie, path="/s/opinion")
    person.post("q/2", open_form)
    assert person.path == "/s/opinion/q/3"
    assert "had been saved before" not in person.text
    assert stored()["Z_SEX"] == 1
    person.get("q/2")
    assert person.filled_in() == {name: [value] for name, value in SECOND.items()}


@ONE_DATABASE
def test_what_was_typed_outlives_a_key_that_is_gone(person, with_new_key, stored, rows) -> None:
    person.start("en")
    person.send(FIRST)
    person.get("stop")
    (token,) = person.page.xpath("//form[@id='stop']//input[@name='csrf_token']/@value")
    person.post("stop", {"csrf_token": token, "do": "keep"})
    code = person.page.find_class("keep")[0].text
    person.get("q/2")
    sent = form_of(person, SECOND)
    cookie = person.client.get_cookie(COOKIE, path="/s/opinion").value
    person.client = with_new_key(keep_old=False).test_client()
    person.client.set_cookie(COOKIE, cookie, path="/s/opinion")
    person.post("q/2?lang=en", sent)
    assert person.response.status_code == 400
    assert "What you typed last is still in this page" in person.text
    again = retry_of(person)
    assert again == sent.to_dict()
    person.post("resume?lang=en", {"code": code})
    assert person.path == "/s/opinion/q/2"
    person.post("q/2", again)
    assert person.filled_in() == {name: [value] for name, value in SECOND.items()}
    person.send()
    assert person.path == "/s/opinion/q/3"
    assert stored()["Z_SEX"] == 1
    assert rows() == (1, 2)


@ONE_DATABASE
@pytest.mark.parametrize("jump", [-DAY, -60, DAY // 3])
def test_a_clock_that_jumps_throws_nobody_out(person, stored, monkeypatch, jump) -> None:
    person.start("en")
    person.send(FIRST)
    tab = form_of(person, SECOND)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    person.post("q/2", tab)
    assert person.path == "/s/opinion/q/3"
    monkeypatch.undo()
    person.send(person.sensible())
    if jump < -LIFETIME:  # by this clock the form is a day old: shown again as it was filled in
        assert person.response.status_code == 400
        person.send()
    assert person.path == "/s/opinion/q/4"
    assert stored()["Z_SEX"] == 1

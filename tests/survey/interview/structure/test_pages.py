"""Pages of an instrument with a split, a block, a recall and a blank that is not asked about."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from instruments import Missing, Questionnaire
from survey import keys
from survey.interview.instance import HERE

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FIRST = {"HAS_KIDS": "1", "MOOD": "1"}


def ballot_that_draws(core: Questionnaire, **wanted: Any) -> str:
    """The first of many ballots with this form and this first module."""
    for number in range(200):
        ballot = f"{number:064x}"
        draw = core.draw(ballot)
        if (draw.form("wording"), draw.order("block/main")[0]) == (wanted["form"], wanted["first"]):
            return ballot
    raise AssertionError("no such ballot")


@pytest.fixture
def drawn(
    core: Questionnaire, somebody: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """A person who drew what the test wants, on the first page."""

    def begin(language: str = "ru", form: str = "a", first: str = "TOWNS") -> Any:
        ballot = ballot_that_draws(core, form=form, first=first)
        monkeypatch.setattr(keys, "random_ballot", lambda: ballot)
        person = somebody()
        person.start(language)
        return person

    return begin


@pytest.mark.parametrize(
    ("kids", "words"), [("1", "1 ребёнок"), ("3", "3 ребёнка"), ("5", "5 детей"), ("21", "21 ребёнок")]
)
def test_an_earlier_number_is_said_again_in_its_plural_form(
    drawn: Callable[..., Any], kids: str, words: str
) -> None:
    person = drawn()
    person.send(FIRST)
    person.send({"KIDS": kids})
    person.walk_to(9)
    assert f"Итак, у Вас {words}. Есть ли рядом школа?" in person.text


def test_the_other_language_says_it_in_its_own_form(drawn: Callable[..., Any]) -> None:
    person = drawn()
    person.send(FIRST)
    person.send({"KIDS": "3"})
    person.walk_to(9)
    person.send({}, button=("lang", "en"))
    assert "You have 3 children. Is there a school?" in person.text


def test_a_changed_answer_is_said_again_as_changed_and_a_missing_one_in_words_for_it(
    drawn: Callable[..., Any],
) -> None:
    person = drawn()
    person.send(FIRST)
    person.send({"KIDS": "3"})
    person.walk_to(9)
    person.get("q/2")
    person.send({"KIDS": None})
    person.send({"KIDS": None})
    person.get("q/9")
    assert "Итак, у Вас дети." in person.text


def test_two_respondents_read_their_own_answer_and_the_process_keeps_neither(
    drawn: Callable[..., Any], app: Flask
) -> None:
    said = []
    for form, kids in (("a", "2"), ("b", "7")):
        person = drawn(form=form)
        person.send(FIRST)
        person.send({"KIDS": kids})
        person.walk_to(9)
        said.append(" ".join(person.page.xpath("//*[@id='SCHOOL']/legend")[0].text_content().split()))
    assert said == [
        "Итак, у Вас 2 ребёнка. Есть ли рядом школа?",
        "Итак, у Вас 7 детей. Есть ли рядом школа?",
    ]
    kept = app.extensions[HERE].press._blank
    assert kept
    assert not [key for key, html in kept.items() if "SCHOOL" in key or "Итак" in html]


def test_a_message_about_a_blank_quotes_the_question_with_the_answer_in_it(drawn: Callable[..., Any]) -> None:
    person = drawn()
    person.send(FIRST)
    person.send({"KIDS": "5"})
    person.walk_to(9)
    person.send({})
    assert person.path.endswith("/q/9")
    (quoted,) = person.page.xpath("//*[@role='alert']//a[@href='#SCHOOL']/text()")
    assert quoted.replace("\u00a0", " ") == "Итак, у Вас 5 детей. Есть ли рядом школа?"


def test_an_answer_is_escaped_where_it_is_said_again(
    core: Questionnaire, drawn: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label with a sign of markup in it, as an instrument that was never checked may have."""
    monkeypatch.setattr(
        Questionnaire, "recalled", lambda *_: {"recall:kids": "<b>3</b> & more"}, raising=True
    )
    person = drawn()
    person.send(FIRST)
    person.send({"KIDS": "3"})
    person.walk_to(9)
    body = person.response.get_data(as_text=True)
    assert "&lt;b&gt;3&lt;/b&gt; &amp; more" in body
    assert "<b>3" not in body


@pytest.mark.parametrize(
    ("first", "way"),
    [("TOWNS", [1, 2, 3, 4, 5, 8, 9, 10]), ("OPINIONS", [1, 2, 5, 3, 4, 8, 9, 10])],
)
def test_pages_come_in_the_drawn_order_and_are_counted_in_it(
    drawn: Callable[..., Any], first: str, way: list[int]
) -> None:
    person = drawn("en", first=first)
    seen, places = [], []
    while "/q/" in person.path:
        seen.append(int(person.path.rpartition("/")[2]))
        (bar,) = person.page.xpath("//progress")
        places.append((int(bar.get("value")), int(bar.get("max"))))
        button = person.page.xpath("//button[@class='main']")[0].text
        assert button == ("Finish" if seen[-1] == way[-1] else "Next")
        person.send({**person.sensible(), **({"KIDS": "3"} if seen[-1] == 2 else {})})
    assert seen == way
    assert [at for at, _ in places] == list(range(1, len(way) + 1))
    assert places[-1] == (len(way), len(way))


def test_back_leads_along_the_drawn_order(drawn: Callable[..., Any]) -> None:
    person = drawn(first="OPINIONS")
    person.send(FIRST)
    person.send({"KIDS": "3"})
    person.walk_to(3)
    (back,) = person.page.xpath("//a[@class='back']/@href")
    assert back.endswith("/q/5")
    person.get("q/4")
    assert person.path.endswith("/q/3"), "a page whose turn has not come leads to where one stands"


def test_another_device_goes_on_in_the_same_order(drawn: Callable[..., Any], somebody: Any) -> None:
    person = drawn(first="OPINIONS")
    person.send(FIRST)
    person.send({"KIDS": "3"})
    person.walk_to(3)
    person.get("stop")
    (token,) = person.page.xpath("//form[@id='stop']//input[@name='csrf_token']/@value")
    person.post("stop", {"csrf_token": token, "do": "keep"})
    other = somebody()
    other.post("resume", {"code": person.page.find_class("keep")[0].text})
    assert other.path.endswith("/q/3")


def test_the_rows_of_the_other_form_are_neither_shown_nor_taken(
    drawn: Callable[..., Any], stored: Callable[[], dict[str, Any]]
) -> None:
    person = drawn(form="a", first="OPINIONS")
    person.send(FIRST)
    person.send({"KIDS": "3"})
    assert {e.get("name") for e in person.form.xpath(".//input[@type='radio']")} == {"OP_A", "OP_B"}
    person.send({"OP_A": "1", "OP_B": "2", "OP_NEW": "2"})
    assert "OP_NEW" not in stored()
    assert "NEW_WHY" not in person.text


def test_a_blank_that_is_not_to_be_asked_about_is_accepted_at_once(
    drawn: Callable[..., Any], stored: Callable[[], dict[str, Any]]
) -> None:
    person = drawn()
    person.send({"HAS_KIDS": "2"})
    assert person.path.endswith("/q/3")
    assert stored() == {"HAS_KIDS": 2, "MOOD": Missing.NO_ANSWER}


def test_beside_a_blank_that_is_asked_about_it_is_not_mentioned(drawn: Callable[..., Any]) -> None:
    person = drawn()
    person.send({})
    assert person.page.xpath("//*[@role='alert']//a/@href") == ["#HAS_KIDS"]

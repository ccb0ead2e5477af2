"""Sensitive modules are answered alone: the device is handed over, given back, and shows nothing of it."""

import pytest
from sqlalchemy import select, text

from survey.store import closing, waves
from survey.store.administration import apart
from survey.store.models import Interview, PageAnswer

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}


def alone(person, interviewer_link: str) -> None:
    person.come_by(interviewer_link)
    person.press("private", "alone")


def page_at(person) -> int:
    return int(person.path.rpartition("/")[2])


def self_completed(database) -> dict[int, bool]:
    with database.reading() as session:
        rows = session.execute(select(PageAnswer.page, PageAnswer.self_completed)).all()
    return {row.page: row.self_completed for row in rows}


@pytest.fixture
def handed(person, interviewer_link):
    alone(person, interviewer_link)
    person.walk_until("/hand")
    person.press("hand")
    return person


def test_before_the_first_sensitive_page_the_device_is_handed_over(person, interviewer_link, core) -> None:
    alone(person, interviewer_link)
    person.walk_until("/hand")
    assert "The next questions are for you alone" in person.text
    person.press("hand")
    assert core.page(page_at(person)).module in apart(core)


def test_the_respondent_cannot_go_back_into_what_the_interviewer_asked(handed) -> None:
    assert not handed.page.xpath("//a[@class='back']")
    handed.get("q/1")
    assert handed.path.endswith("/return")


def test_after_the_last_sensitive_page_the_device_is_given_back(handed, core) -> None:
    handed.walk_until("/return")
    handed.press("return")
    assert core.page(page_at(handed)).module not in apart(core)


def test_what_was_answered_alone_is_shown_to_the_interviewer_by_no_way(handed, core) -> None:
    number = page_at(handed)
    handed.walk_until("/return")
    handed.press("return")
    here = handed.path
    handed.get(f"q/{number}")
    assert handed.path == here
    (back,) = handed.page.xpath("//a[@class='back']/@href")
    handed.get(back.removeprefix("/s/opinion/"))
    assert core.page(page_at(handed)).module not in apart(core)
    handed.post(f"q/{number}", {})
    assert handed.path == here


def test_a_new_question_among_those_answered_alone_needs_the_device_again_and_shows_nothing(
    handed, database
) -> None:
    number = page_at(handed)
    handed.walk_until("/return")
    handed.press("return")
    with database.writing() as session:
        emptied = text("UPDATE page_answer SET answers = '{}' WHERE page = :number")
        session.execute(emptied, {"number": number})
    handed.get(f"q/{number}")
    assert handed.path.endswith("/hand")
    handed.press("hand")
    assert handed.path.endswith(f"/q/{number}")
    assert not handed.page.xpath("//input[@checked]")


def test_each_page_says_whether_it_was_answered_alone(handed, core, database) -> None:
    handed.walk_until("/return")
    found = self_completed(database)
    assert found == {number: core.page(number).module in apart(core) for number in found}
    assert set(found.values()) == {True, False}


def test_whoever_would_rather_be_asked_is_asked_and_it_is_noted(
    person, interviewer_link, core, database
) -> None:
    alone(person, interviewer_link)
    person.walk_until("/hand")
    person.press("hand", "aloud")
    assert person.page.xpath("//a[text()='Show card']")
    person.walk_until("/done")
    assert set(self_completed(database).values()) == {False}


def test_an_interview_that_ends_alone_asks_for_the_device_back(handed) -> None:
    handed.walk_until("/return")
    handed.press("return")
    handed.walk_until("/hand")
    handed.press("hand")
    handed.walk_until("/done")
    assert "Please give the device back to the interviewer." in handed.text
    assert handed.page.xpath("//a[text()='Next interview']")


def test_a_closed_interview_says_which_pages_were_answered_alone_and_by_whom(handed, core, database) -> None:
    handed.walk_until("/return")
    with database.writing() as session:
        found = waves.find_wave(session, "opinion")
        closing.propose_close(session, found, "a")
        closing.close_wave(session, found, by="b", two_person=True, today=found.closes)
        (interview,) = session.scalars(select(Interview))
    assert (interview.interviewer, interview.others_present, interview.mode) == ("I07", False, "capi")
    assert interview.self_completed
    assert {core.page(number).module for number in interview.self_completed} <= apart(core)


@pytest.mark.parametrize("page", ["hand", "return"])
def test_a_change_of_hands_out_of_turn_leads_back(person, interviewer_link, page) -> None:
    alone(person, interviewer_link)
    for send in (person.get, lambda path: person.post(path, {"do": "x"})):
        send(page)
        assert person.path.endswith("/q/1")


def test_the_pages_of_changing_hands_refuse_a_foreign_form(person, interviewer_link) -> None:
    alone(person, interviewer_link)
    person.walk_until("/hand")
    person.post("hand", {"csrf_token": "x"})
    assert person.response.status_code == 400
    assert person.page.xpath("//form[@id='hand']//button")


def test_an_interview_goes_on_by_its_code_with_its_interviewer_on_the_same_device(
    person, somebody, interviewer_link, database
) -> None:
    alone(person, interviewer_link)
    person.send(FIRST)
    person.get("stop")
    person.post("stop?lang=en", {"csrf_token": person.hidden("stop", "csrf_token"), "do": "keep"})
    code = person.page.xpath("string(//p[@class='keep'])")
    person.post("leave", {})
    person.post("resume", {"code": code})
    assert person.path.endswith("/q/2")
    assert person.page.xpath("//a[text()='Show card']")
    elsewhere = somebody()
    elsewhere.post("resume", {"code": code})
    assert elsewhere.path.endswith("/q/2")
    assert not elsewhere.page.xpath("//a[text()='Show card']")


def test_a_card_shows_the_options_of_one_question_within_the_interviewers_page(
    person, interviewer_link
) -> None:
    alone(person, interviewer_link)
    person.send(FIRST)
    names = person.page.xpath("//section[@class='sheet']/@id")
    assert names
    for name in names:
        item = name.removeprefix("card-")
        (card,) = person.page.xpath(f"//section[@id='{name}']")
        shown = [line.text_content() for line in card.xpath(".//li")]
        said = person.page.xpath(
            f"//*[@id='{item}']//label[contains(@class, 'opt')][not(ancestor::*[@class='apart'])]/span"
        )
        assert shown == [label.text_content() for label in said]
        assert card.xpath(f".//a[@href='#{item}']")
        assert person.page.xpath(f"//a[@href='#{name}']")


def test_consent_has_no_card(person, interviewer_link) -> None:
    person.come_by(interviewer_link)
    person.press("private", "alone")
    assert "card-CONSENT" not in person.page.xpath("//section/@id")


def test_the_respondent_who_answers_alone_sees_no_cards(handed) -> None:
    assert not handed.page.xpath("//section[@class='sheet']")


def test_the_language_is_switched_where_the_device_changes_hands_and_stays(person, interviewer_link) -> None:
    """Whoever takes the device may read another language than the interviewer spoke."""
    person.come_by(interviewer_link, "ru")
    for name, way_there in (("private", None), ("hand", "/hand"), ("return", "/return")):
        if way_there:
            person.walk_until(way_there)
        for language in ("uz", "kk"):
            (link,) = person.page.xpath(f"//nav//a[@lang='{language}']/@href")
            person.get(f"{name}{link}")
            assert person.page.get("lang") == language
        (there,) = person.page.xpath(f"//form[@id='{name}']/@action")
        token = person.hidden(name, "csrf_token")
        person.post(there.removeprefix("/s/opinion/"), {"csrf_token": token, "do": "alone"})
        assert "/q/" in person.path
        assert person.page.get("lang") == "kk"
        person.send(person.sensible(), ("lang", "ru"))


def test_the_advice_to_find_another_place_can_be_read_in_another_language(person, interviewer_link) -> None:
    person.come_by(interviewer_link, "ru")
    person.press("private", "present")
    (link,) = person.page.xpath("//nav//a[@lang='en']/@href")
    person.get(f"private{link}")
    assert "Please find a place where nobody else hears or sees" in person.text

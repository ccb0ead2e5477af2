"""A site's kiosk: each start is somebody new, pages clear themselves, nothing goes on to the next person."""

import re

import pytest
from sqlalchemy import select, text

from survey.store.models import Ballot, Batch

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}


def refresh(person) -> str:
    (content,) = person.page.xpath("//head/noscript/meta[@http-equiv='refresh']/@content")
    return str(content)


def test_answers_at_a_kiosk_are_counted_at_its_site(person, kiosk, database) -> None:
    person.come_by(kiosk)
    person.send(FIRST)
    with database.reading() as session:
        assert session.scalars(select(Batch.name).join(Ballot, Ballot.batch == Batch.id)).all() == [
            "Clinic 3"
        ]


def test_a_word_of_no_site_is_not_found(person, kiosk) -> None:
    person.get("k/nowhere")
    assert person.response.status_code == 404


def test_the_start_page_forgets_the_last_person_and_writes_nothing(person, kiosk, database, rows) -> None:
    person.come_by(kiosk)
    person.send(FIRST)
    person.get(kiosk)
    with database.reading() as session:
        assert session.scalars(text("SELECT state FROM ballot")).all() == ["started"]
    assert rows() == (1, 1)
    person.get("q/1")
    assert person.response.status_code == 400
    assert "34" not in person.text


def test_whoever_begins_at_a_kiosk_is_somebody_new_even_beside_an_open_interview(person, kiosk, rows) -> None:
    person.start("en")
    person.send(FIRST)
    person.start("en", site="clinic3", kiosk="1")
    assert person.path.endswith("/q/1")
    person.send(FIRST)
    assert rows() == (2, 2)


def test_without_script_each_page_leads_back_after_a_while_and_can_be_extended_by_one_press(
    person, kiosk, rows
) -> None:
    person.come_by(kiosk)
    person.send(FIRST)
    assert refresh(person) == "300;url=/s/opinion/k/clinic3"
    (button,) = person.page.xpath("//form[@id='survey']//noscript//button")
    answers = person.sensible()
    person.send(answers, (button.get("name"), button.get("value")))
    assert person.path.endswith("/q/2")
    kept = person.filled_in()
    assert kept and all(kept[name] == [answers[name]] for name in kept)
    assert rows() == (1, 2)


def test_the_end_shows_its_code_for_a_minute_and_never_again(person, kiosk) -> None:
    person.come_by(kiosk)
    person.walk()
    code = person.page.xpath("string(//p[@class='keep'])")
    assert code
    assert refresh(person) == "60;url=/s/opinion/k/clinic3"
    assert person.page.xpath("//a[text()='Clear this page']/@href") == ["/s/opinion/k/clinic3"]
    person.get(kiosk)
    person.get("done")
    assert code not in person.text


def test_its_pages_run_one_script_of_our_own_and_warn_for_twenty_seconds_or_more(person, kiosk) -> None:
    person.come_by(kiosk)
    policy = person.response.headers["Content-Security-Policy"]
    assert re.search(r"script-src 'self'(;|$)", policy)
    (dialog,) = person.page.xpath("//dialog[@id='idle'][@aria-labelledby][@aria-describedby]")
    assert int(dialog.get("data-warning")) >= 20
    assert int(dialog.get("data-quiet")) + int(dialog.get("data-warning")) == 60
    (script,) = person.page.xpath("//script[@defer][contains(@src, '/idle/')]/@src")
    response = person.client.get(script)
    assert response.mimetype == "text/javascript"
    assert b"location.replace" in response.data
    assert len(response.data) < 3000
    assert person.client.get("/s/opinion/idle/other.js").status_code == 404


def test_no_other_page_has_a_script_or_clears_itself(person, kiosk, somebody) -> None:
    person.get(kiosk)
    assert not person.page.xpath("//script | //noscript | //dialog")
    other = somebody()
    other.start("en")
    assert not other.page.xpath("//script[contains(@src, '/idle/')] | //noscript | //dialog")


def test_error_pages_of_a_kiosk_clear_themselves_and_begin_again_at_its_start(person, kiosk) -> None:
    person.come_by(kiosk)
    person.get("q/99")
    assert person.response.status_code == 404
    assert refresh(person).endswith("/k/clinic3")
    person.client.delete_cookie("s", path="/s/opinion")
    person.get("q/1")
    assert person.page.xpath("//a[@class='quiet']/@href") == ["/s/opinion/k/clinic3"]


def test_leaving_a_kiosk_leads_to_its_start(person, kiosk) -> None:
    person.come_by(kiosk)
    person.post("leave", {})
    assert person.path == "/s/opinion/k/clinic3"
    person.get("q/1")
    assert person.response.status_code == 400


@pytest.mark.parametrize("cookie", ["k:../../x", "x:clinic3", "k:", "w:a b", "k:<i>"])
def test_a_forged_note_of_a_device_is_no_device(person, kiosk, cookie) -> None:
    person.start("en")
    person.client.set_cookie("d", cookie, path="/s/opinion")
    person.get("q/1")
    assert person.response.status_code == 200
    assert not person.page.xpath("//dialog")

"""An interviewer's link: many interviews, each its own; contacts counted once; the room looked at first."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from survey.store import closing, waves
from survey.store.contacts import totals
from survey.store.interviewers import add_interviewer
from survey.store.invitations import BatchSpec
from survey.store.models import Ballot, Batch, Interviewer

FIRST = {"CONSENT": "1", "Z_AGE": "34", "S_RES": "1"}


def alone(person, interviewer_link: str) -> None:
    person.come_by(interviewer_link)
    person.press("private", "alone")


def ballots(database) -> list[Ballot]:
    with database.reading() as session:
        return list(session.scalars(select(Ballot)))


def test_an_interview_begun_by_an_interviewer_is_capi_and_keeps_the_interviewer(
    person, interviewer_link, database
) -> None:
    alone(person, interviewer_link)
    assert person.path.endswith("/q/1")
    person.send(FIRST)
    (ballot,) = ballots(database)
    assert (ballot.mode, ballot.others_present) == ("capi", False)
    with database.reading() as session:
        assert session.get(Interviewer, ballot.interviewer).name == "I07"


def test_opening_the_link_writes_nothing(person, interviewer_link, rows, database) -> None:
    person.get(interviewer_link)
    person.come_by(interviewer_link)
    assert rows() == (0, 0)
    with database.reading() as session:
        assert session.scalar(select(Interviewer.contacts)) == 0


def test_an_interviewer_asks_in_a_wave_by_invitation_too(app, invited, database, make_person) -> None:
    with database.writing() as session:
        token = add_interviewer(session, waves.find_wave(session, "opinion"), "I07", BatchSpec("A", 0))
    person = make_person(app)
    alone(person, f"w/{token}")
    person.send(FIRST)
    (ballot,) = ballots(database)
    with database.reading() as session:
        assert session.get(Batch, ballot.batch).name == "A"


def test_a_link_nobody_was_given_looks_like_an_unknown_wave(person, interviewer_link) -> None:
    person.get("w/AAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert person.response.status_code == 404
    person.start("en", interviewer="AAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert person.response.status_code == 404


def test_the_stored_link_is_a_hash(interviewer_link, database) -> None:
    with database.reading() as session:
        stored = session.execute(text("SELECT * FROM interviewer")).one()
    assert interviewer_link.removeprefix("w/") not in str(stored)


def test_one_device_holds_one_interview_after_another_and_shows_nothing_of_the_last(
    person, interviewer_link, rows, database
) -> None:
    alone(person, interviewer_link)
    person.send(FIRST)
    person.send(person.sensible())
    person.come_by(interviewer_link)
    person.press("private", "alone")
    assert person.path.endswith("/q/1")
    assert "34" not in person.filled_in().get("Z_AGE", [])
    person.send(FIRST)
    assert rows() == (2, 3)
    assert len({ballot.interviewer for ballot in ballots(database)}) == 1


def test_the_end_leads_to_the_next_interview_and_forgets_this_one(person, interviewer_link) -> None:
    person.come_by(interviewer_link)
    person.press("private", "alone")
    person.send({**FIRST, "Z_AGE": "12"})
    assert person.path.endswith("/done")
    (target,) = person.page.xpath("//a[text()='Next interview']/@href")
    person.get(target.removeprefix("/s/opinion/"))
    assert person.response.status_code == 200
    person.get("done")
    assert person.response.status_code == 400
    person.get("q/1")
    assert person.response.status_code == 400


def test_an_unfinished_interview_can_be_gone_on_with_from_the_start_page(person, interviewer_link) -> None:
    alone(person, interviewer_link)
    person.send(FIRST)
    person.get(interviewer_link)
    (target,) = person.page.xpath("//a[contains(., 'open on this device')]/@href")
    assert target.endswith("/q/2")


def test_a_respondent_without_an_interviewer_sees_none_of_it(person, wave) -> None:
    person.start("en")
    assert person.path.endswith("/q/1")
    person.send(FIRST)
    assert not person.page.xpath("//a[text()='Show card'] | //style[contains(., '.sheet')]")


def test_no_page_is_asked_before_the_interviewer_looked_round(person, interviewer_link, rows) -> None:
    person.come_by(interviewer_link)
    assert person.path.endswith("/private")
    person.get("q/1")
    assert person.path.endswith("/private")
    person.post("q/1", FIRST)
    assert person.path.endswith("/private")
    assert rows() == (0, 0)


def test_with_somebody_there_only_a_second_press_goes_on(person, interviewer_link, database) -> None:
    person.come_by(interviewer_link)
    person.press("private", "present")
    assert "Please find a place" in person.text
    person.get("q/1")
    assert person.path.endswith("/private")
    person.get("private?advised=1")
    person.press("private", "on")
    assert person.path.endswith("/q/1")
    person.send(FIRST)
    assert [ballot.others_present for ballot in ballots(database)] == [True]


def test_the_privacy_page_asks_again_when_its_form_is_stale(person, interviewer_link) -> None:
    person.come_by(interviewer_link)
    person.post("private", {"do": "alone"})
    assert person.response.status_code == 400
    assert person.title.startswith("Error:")


@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en"])
def test_every_page_of_an_interviewer_has_its_words_in_every_language(
    person, interviewer_link, language
) -> None:
    person.get(f"{interviewer_link}?lang={language}")
    assert person.page.get("lang") == language
    person.come_by(interviewer_link, language)
    for form, do in (("private", "present"), ("private", "on")):
        assert person.page.get("lang") == language
        person.press(form, do)
    assert person.path.endswith("/q/1")


class TestContacts:
    """Contacts that gave no interview."""

    @pytest.fixture
    def count(self, person, interviewer_link) -> Callable[..., None]:
        def send(outcome: str, token: str = "") -> None:
            if not token:
                person.get(f"{interviewer_link}?lang=en")
            given = token or person.hidden("contact", "csrf_token")
            person.post(f"{interviewer_link}?lang=en", {"csrf_token": given, "outcome": outcome})

        return send

    def totals(self, database, wave) -> dict[str, int]:
        with database.reading() as session:
            return totals(session, wave)

    def test_a_contact_is_counted_by_its_aapor_code(self, person, count, database, wave) -> None:
        for outcome in ("2.24", "2.111", "2.24"):
            count(outcome)
            assert "The contact is counted." in person.text
        assert self.totals(database, wave) == {"2.111": 1, "2.24": 2}
        assert "Nobody at home: 2" in person.text

    def test_the_same_form_counts_once_however_often_it_is_sent(
        self, person, interviewer_link, count, database, wave
    ) -> None:
        person.get(interviewer_link)
        token = person.hidden("contact", "csrf_token")
        count("2.24", token)
        count("2.24", token)
        assert "Nothing was counted this time" in person.text
        count("2.25")
        count("2.24", token)
        assert self.totals(database, wave) == {"2.24": 1, "2.25": 1}

    @pytest.mark.parametrize("outcome", ["", "1.1", "9", "2.24'"])
    def test_what_is_no_outcome_is_asked_for_again(self, person, count, database, wave, outcome) -> None:
        count(outcome)
        assert person.title.startswith("Error:")
        assert person.page.xpath("//fieldset[@id='outcome'][@aria-describedby='outcome-err']")
        assert self.totals(database, wave) == {}

    @pytest.mark.parametrize("token", ["", "0", "0.abc.def"])
    def test_a_form_that_is_not_ours_counts_nothing(
        self, person, interviewer_link, database, wave, token
    ) -> None:
        person.post(interviewer_link, {"csrf_token": token, "outcome": "2.24"})
        assert self.totals(database, wave) == {}

    def test_anothers_form_counts_nothing(self, person, interviewer_link, database, wave) -> None:
        with database.writing() as session:
            other = add_interviewer(session, waves.find_wave(session, wave.alias), "I08")
        person.get(f"w/{other}")
        token = person.hidden("contact", "csrf_token")
        person.post(interviewer_link, {"csrf_token": token, "outcome": "2.24"})
        assert self.totals(database, wave) == {}

    def test_after_the_close_the_contacts_are_dispositions_and_the_link_is_gone(
        self, person, interviewer_link, count, database, wave
    ) -> None:
        count("2.112")
        with database.writing() as session:
            found = waves.find_wave(session, wave.alias)
            closing.propose_close(session, found, "a")
            closing.close_wave(session, found, by="b", two_person=True, today=found.closes)
            stored = dict(session.execute(text("SELECT outcome, count FROM disposition")).all())
            assert session.scalars(select(Interviewer.token_hash)).all() == [None]
        assert stored == {"2.112": 1}
        person.get(interviewer_link)
        assert person.response.status_code == 410

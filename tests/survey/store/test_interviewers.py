"""Interviewers' links and sampling points, what is refused, and what a release says of who asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

import analysis
from instruments import Role
from survey import keys
from survey.refusal import Refused
from survey.release import build_release
from survey.store import ballots, closing, contacts, waves, withdrawal
from survey.store.administration import Administration, apart
from survey.store.contacts import NotCounted
from survey.store.engine import Database
from survey.store.interviewers import add_interviewer, find_interviewer, interviewers
from survey.store.invitations import BatchSpec, batches, invite
from survey.store.models import Ballot, Interviewer, Wave

DAY = date(2027, 5, 12)
PAGES = ({"OK": 2, "AGE": 40}, {"SEEN": 1}, {"WORDS": ""}, {"VB1": 1, "VB2": 2})
Ask = Callable[..., str]


def make(database: Database, wave: Wave, *given: Any, **options: Any) -> str:
    with database.writing() as session:
        return add_interviewer(session, waves.find_wave(session, wave.alias), *given, **options)


@pytest.fixture
def ask(database: Database, open_wave: Wave) -> Ask:
    """One interview, by an interviewer's number or by nobody; its ballot."""

    def interview(by: int | None = None, others: bool | None = None, *, apart: tuple[int, ...] = ()) -> str:
        ballot = keys.random_ballot()
        with database.writing() as session:
            for number, answers in enumerate(PAGES, start=1):
                ballots.save_page(
                    session,
                    open_wave,
                    ballot,
                    number,
                    answers,
                    sealed={},
                    language="ru",
                    seconds=9,
                    day=DAY,
                    state="complete" if number == len(PAGES) else "started",
                    administered=Administration(by, others, number in apart),
                )
        return ballot

    return interview


def test_a_link_is_found_by_its_token_however_it_is_typed(database, open_wave) -> None:
    token = make(database, open_wave, "I07")
    assert len(token) == 26
    with database.reading() as session:
        found = find_interviewer(session, open_wave, token.lower())
        assert (found.name, found.batch, found.contacts) == ("I07", None, 0)
        assert find_interviewer(session, open_wave, "A" * 26) is None


def test_a_sampling_point_is_made_once_and_has_no_invitations(database, open_wave) -> None:
    spec = BatchSpec("p1", 0, stratum="cities", psu="p1", base_weight=3.0)
    make(database, open_wave, "I07", spec)
    make(database, open_wave, "I08", BatchSpec("p1", 0))
    with database.reading() as session:
        (batch,) = batches(session, open_wave)
        assert (batch.size, batch.psu, batch.base_weight) == (0, "p1", 3.0)
        assert {link.batch for link in interviewers(session, open_wave)} == {batch.id}


def test_one_interviewer_may_work_at_two_points(database, open_wave) -> None:
    for point in ("p1", "p2"):
        make(database, open_wave, "I07", BatchSpec(point, 0, stratum="cities", psu=point))
    with database.reading() as session:
        assert len(interviewers(session, open_wave)) == 2


@pytest.mark.parametrize("name", ["", "Айгүл", "Aigul", "Aigul Serikova", "a" * 21, "-x"])
def test_a_name_that_is_no_number_of_the_office_is_refused(database, open_wave, name) -> None:
    with pytest.raises(Refused) as refused:
        make(database, open_wave, name)
    assert [reason.path for reason in refused.value.reasons] == ["--name"]


def test_a_second_link_for_the_same_is_refused_and_a_renewed_one_takes_its_place(database, open_wave) -> None:
    old = make(database, open_wave, "I07")
    with pytest.raises(Refused, match="--renew"):
        make(database, open_wave, "I07")
    new = make(database, open_wave, "I07", renew=True)
    with database.reading() as session:
        assert find_interviewer(session, open_wave, old) is None
        assert find_interviewer(session, open_wave, new).name == "I07"
        assert len(interviewers(session, open_wave)) == 1
    with pytest.raises(Refused, match="leave --renew out"):
        make(database, open_wave, "I08", renew=True)


def test_every_reason_is_said_at_once(database, open_wave) -> None:
    with database.writing() as session:
        invite(session, waves.find_wave(session, open_wave.alias), BatchSpec("a", 10, stratum="s", psu="a"))
    with pytest.raises(Refused) as refused:
        make(database, open_wave, "?")
    assert {reason.path for reason in refused.value.reasons} == {"--name", "--batch"}
    with pytest.raises(Refused, match="leave --psu out"):
        make(database, open_wave, "I07", BatchSpec("a", 0, psu="b"))
    with pytest.raises(Refused, match="a stratum for every batch"):
        make(database, open_wave, "I07", BatchSpec("b", 0))


def test_a_closed_wave_takes_no_interviewer(database, make_wave) -> None:
    made = make_wave()
    with database.writing() as session:
        waves.find_wave(session, made.alias).state = "closed"
    with pytest.raises(Refused, match="draft, pilot or open"):
        make(database, made, "I07")


def test_a_form_sent_by_many_hands_at_once_counts_once(database, open_wave) -> None:
    token = make(database, open_wave, "I07")
    with database.reading() as session:
        found = find_interviewer(session, open_wave, token)

    def send(_: int) -> bool:
        try:
            with database.writing() as session:
                contacts.count_contact(session, found, "2.24", 0)
        except NotCounted:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(send, range(8))) == 1
    with database.reading() as session:
        assert contacts.totals(session, open_wave) == {"2.24": 1}


def test_a_closed_wave_counts_no_contact(database, open_wave) -> None:
    token = make(database, open_wave, "I07")
    with database.reading() as session:
        found = find_interviewer(session, open_wave, token)
    with database.writing() as session:
        waves.find_wave(session, open_wave.alias).state = "closed"
    with database.writing() as session, pytest.raises(NotCounted):
        contacts.count_contact(session, found, "2.24", 0)


def test_who_asks_is_kept_from_the_first_page_on(database, open_wave, ask) -> None:
    make(database, open_wave, "I07")
    ballot = ask(1, False)
    with database.writing() as session:
        withdrawal.withdraw(session, ballot)
    with database.reading() as session:
        row = session.get(Ballot, ballot)
        assert (row.state, row.interviewer, row.others_present) == ("withdrawn", None, None)


@pytest.fixture
def released(database, open_wave, config, ask) -> analysis.SurveyData:
    """Two interviewers and somebody who answered alone; the middle module is sensitive for none of them."""
    make(database, open_wave, "I07")
    make(database, open_wave, "I03")
    with database.reading() as session:
        numbers = {link.name: link.id for link in session.scalars(select(Interviewer))}
        (seven,) = [link for link in session.scalars(select(Interviewer)) if link.name == "I07"]
    with database.writing() as session:
        contacts.count_contact(session, seven, "2.112", 0)
    ask(numbers["I07"], False, apart=(4,))
    ask(numbers["I07"], True)
    ask(numbers["I03"], False)
    ask()
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        closing.close_wave(session, found, by="x", two_person=False, today=DAY)
        reference = build_release(session, found, config.home, today=DAY)
    return analysis.read_release(reference.folder), reference.folder


def test_a_release_numbers_interviewers_and_says_what_they_said_of_the_room(released) -> None:
    data, _ = released
    variable = data.variable("interviewer")
    assert variable.role is Role.PARADATA
    assert [words["en"] for words in variable.codes.values()] == ["2027 · I03", "2027 · I07"]
    assert sorted(data.frame["interviewer"]) == [-3, 1, 2, 2]
    assert sorted(data.frame["others_present"]) == [-3, 0, 0, 1]
    assert sorted(data.frame["mode"]) == ["capi", "capi", "capi", "web"]


def test_the_interviewer_can_be_the_cluster_of_an_estimate(released) -> None:
    data, _ = released
    asked = data.frame[data.frame["interviewer"] > 0]
    clustered = analysis.SurveyData(
        asked, data.codebook, analysis.Design(cluster=("interviewer",), weight="weight"), data.meta
    )
    (row,) = analysis.proportion(clustered, "others_present", code=1).to_dict("records")
    assert row["df"] == 1
    assert row["estimate"] == pytest.approx(1 / 3)


def test_the_release_counts_contacts_by_their_codes(released) -> None:
    _, folder = released
    assert analysis.read_json(folder, "fieldwork")["dispositions"] == {"2.112": 1, "complete": 4}


def test_modules_with_a_sensitive_item_are_for_the_respondent_alone_and_consent_never_is(document) -> None:
    import json

    from instruments import Questionnaire

    assert apart(Questionnaire.from_json(json.dumps(document))) == set()
    document["items"]["SEEN"]["sensitive"] = True
    document["modules"]["C"]["sensitive"] = True
    document["items"]["WORDS"]["sensitive"] = True
    assert apart(Questionnaire.from_json(json.dumps(document))) == {"B", "C"}

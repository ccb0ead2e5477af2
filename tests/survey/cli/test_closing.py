"""`tolqyn wave close`: whose names are taken, and how a proposal is taken back."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import Result

from survey.config import study_today
from survey.people import accounts
from survey.store import closing, people, waves
from survey.store.engine import Database
from survey.store.models import Wave

Type = Callable[..., Result]


@pytest.fixture(autouse=True)
def in_field(make_wave: Callable[..., Wave], database: Database) -> Wave:
    """A wave in the field today."""
    made = make_wave(opens=study_today(), closes=study_today() + timedelta(days=20))
    with database.writing() as session:
        waves.find_wave(session, made.alias).state = "open"
    return made


def read(database: Database) -> Wave:
    with database.reading() as session:
        return waves.find_wave(session, "opinion-27")


def test_a_proposal_is_taken_back_and_the_wave_is_open(tolqyn: Type, database: Database) -> None:
    proposed = tolqyn("wave", "close", "opinion-27", "--by", "aigul")
    assert "--by NAME --withdraw" in proposed.output
    back = tolqyn("wave", "close", "opinion-27", "--by", "timur", "--withdraw")
    assert (back.exit_code, "is open again" in back.output) == (0, True), back.output
    assert (read(database).state, read(database).proposed_by) == ("open", "")
    assert "wave.close.withdraw" in tolqyn("audit", "show", "withdraw").output
    assert tolqyn("wave", "close", "opinion-27", "--by", "timur", "--withdraw").exit_code == 1
    assert tolqyn("wave", "close", "opinion-27", "--by", "x", "--withdraw", "--confirm").exit_code == 2


def test_where_no_account_exists_names_are_typed_and_the_record_says_so(
    tolqyn: Type, database: Database
) -> None:
    tolqyn("wave", "close", "opinion-27", "--by", "aigul")
    done = tolqyn("wave", "close", "opinion-27", "--by", "timur", "--confirm")
    assert done.exit_code == 0, done.output
    assert read(database).disclosure["closing"] == closing.TWO_NAMES
    assert "typed, not proven" in closing.TWO_NAMES["en"]


def test_where_accounts_exist_only_names_of_accounts_that_may_close_are_taken(
    tolqyn: Type, database: Database
) -> None:
    with database.writing() as session:
        for name, role in (("aigul", "director"), ("timur", "data_officer"), ("dana", "analyst")):
            accounts.invite(
                session, "shell:root", name, language="en", now=int(time.time()), today=study_today()
            )
            made = people.account_named(session, name)
            made.password = "set"
            people.add_grant(session, made, role, "", "")
    for name in ("somebody", "timur"):
        refused = tolqyn("wave", "close", "opinion-27", "--by", name)
        assert (refused.exit_code, "accounts: aigul" in refused.output) == (1, True), refused.output
    assert tolqyn("wave", "close", "opinion-27", "--by", "Aigul").exit_code == 0
    for name in ("somebody", "dana"):
        refused = tolqyn("wave", "close", "opinion-27", "--by", name, "--confirm")
        assert (refused.exit_code, "accounts: aigul, timur" in refused.output) == (1, True), refused.output
    assert tolqyn("wave", "close", "opinion-27", "--by", "somebody", "--withdraw").exit_code == 1
    assert tolqyn("wave", "close", "opinion-27", "--by", "timur", "--confirm").exit_code == 0
    assert read(database).disclosure["closing"] == closing.TWO_NAMES, "typed here too"


def test_a_release_of_an_open_wave_says_how_it_is_closed(tolqyn: Type) -> None:
    told = tolqyn("release", "build", "opinion-27")
    assert "tolqyn wave close kz-thb/2027 --by NAME   (a second person then" in told.output
    tolqyn("wave", "close", "opinion-27", "--by", "aigul")
    told = tolqyn("release", "build", "opinion-27")
    assert "--by NAME --confirm   (not aigul, who proposed it)" in told.output


def test_a_poster_of_a_wave_by_code_is_refused(tolqyn: Type) -> None:
    told = tolqyn("wave", "poster", "opinion-27", "--out", "p.pdf")
    assert (told.exit_code, "a poster would let nobody in" in told.output) == (1, True)


def test_a_closed_wave_s_calendar_asks_nobody_to_close_it(tolqyn: Type) -> None:
    assert "close it, two persons" in tolqyn("wave", "calendar", "opinion-27").output
    tolqyn("wave", "close", "opinion-27", "--by", "aigul")
    assert tolqyn("wave", "close", "opinion-27", "--by", "timur", "--confirm").exit_code == 0
    assert "close it, two persons" not in tolqyn("wave", "calendar", "opinion-27").output


def test_a_batch_of_few_codes_wants_a_reason(tolqyn: Type, database: Database) -> None:
    words = ("wave", "invite", "opinion-27", "--n", "1", "--batch", "s9", "--psu", "s9", "--out", "s9.csv")
    refused = tolqyn(*words)
    assert (refused.exit_code, "10 codes or more" in refused.output) == (1, True)
    made = tolqyn(*words, "--few", "the one judge of the region")
    assert made.exit_code == 0, made.output
    assert "the one judge" in read(database).disclosure["few_codes"]["en"]

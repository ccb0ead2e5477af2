"""Who closes a wave together with whom: never somebody with an account of the other's making."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from survey.config import study_today
from survey.people import accounts
from survey.refusal import Refused
from survey.store import audit, closing, people, second, waves
from survey.store.engine import Database
from survey.store.models import Wave

Made = Callable[..., None]


@pytest.fixture
def account(database: Database) -> Made:
    """Make accounts, by the server's shell where nobody is named."""

    def make(name: str, role: str = "data_officer", by: str = "shell:root") -> None:
        with database.writing() as session:
            accounts.invite(session, by, name, language="en", now=int(time.time()), today=study_today())
            made = people.account_named(session, name)
            made.password = "set"
            people.add_grant(session, made, role, "", "")

    return make


@pytest.fixture
def proposed(database: Database, open_wave: Wave) -> Callable[[str, str], None]:
    """Propose by one name, and ask whether the other may confirm. Raises Refused."""

    def ask(one: str, other: str) -> None:
        with database.writing() as session:
            found = waves.find_wave(session, open_wave.alias)
            closing.propose_close(session, found, one)
            closing.refuse_alone(session, found, other, True)

    return ask


def test_an_account_that_the_proposer_invited_confirms_nothing_and_the_refusal_says_who_may_and_when(
    account: Made, proposed: Callable[[str, str], None]
) -> None:
    account("aigul", "director")
    account("timur")
    account("ghost", by="aigul")
    with pytest.raises(Refused) as refused:
        proposed("aigul", "ghost")
    said = str(refused.value)
    assert "neither let the other in" in said
    assert f"ghost, who may from {study_today() + timedelta(days=second.KEPT_APART)} on" in said
    assert "who may now: timur" in said
    proposed("aigul", "timur")


def test_it_is_the_same_the_other_way_round(account: Made, proposed: Callable[[str, str], None]) -> None:
    account("aigul", "director")
    account("ghost", "field_manager", by="aigul")
    with pytest.raises(Refused, match="neither let the other in"):
        proposed("ghost", "aigul")


def test_two_accounts_of_one_maker_are_no_two_persons_even_by_a_third_between(
    account: Made, proposed: Callable[[str, str], None]
) -> None:
    account("aigul", "director")
    account("ghost", "director", by="aigul")
    account("other", by="ghost")
    for one, other in (("aigul", "other"), ("ghost", "other")):
        with pytest.raises(Refused, match="nor somebody else both"):
            proposed(one, other)
    account("third", "field_manager", by="aigul")
    with pytest.raises(Refused, match="nor somebody else both"):
        proposed("third", "other")


@pytest.mark.parametrize("act", ["reset", "grant"])
def test_a_reset_and_a_role_given_keep_two_apart_as_well(
    database: Database, account: Made, proposed: Callable[[str, str], None], act: str
) -> None:
    account("aigul", "director")
    account("timur")
    proposed("aigul", "timur")
    with database.writing() as session:
        timur = people.account_named(session, "timur")
        if act == "reset":
            accounts.reset(session, "aigul", timur, int(time.time()))
        else:
            accounts.grant(session, "aigul", timur, "field_manager", study="kz-thb")
    with pytest.raises(Refused, match="neither let the other in"):
        proposed("aigul", "timur")


def test_roles_given_to_two_colleagues_part_them_from_the_giver_alone(
    database: Database, account: Made, proposed: Callable[[str, str], None]
) -> None:
    for name in ("aigul", "timur", "dana"):
        account(name, "director")
    with database.writing() as session:
        for name in ("timur", "dana"):
            found = people.account_named(session, name)
            accounts.grant(session, "aigul", found, "field_manager", study="kz-thb")
    proposed("timur", "dana")


def test_after_thirty_days_they_are_two_persons(
    account: Made, proposed: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    account("aigul", "director")
    account("berik", by="aigul")
    last = study_today() + timedelta(days=second.KEPT_APART)
    monkeypatch.setattr(second, "study_today", lambda: last - timedelta(days=1))
    with pytest.raises(Refused, match=f"from {last} on"):
        proposed("aigul", "berik")
    monkeypatch.setattr(second, "study_today", lambda: last)
    proposed("aigul", "berik")


def test_the_terminal_takes_names_of_accounts_that_may_and_any_name_where_there_are_none(
    database: Database, account: Made, open_wave: Wave
) -> None:
    with database.writing() as session:
        second.refuse_no_account(session, open_wave, "whoever", second.WATCHERS)
    account("dana", "analyst")
    account("timur")
    with database.writing() as session:
        second.refuse_no_account(session, open_wave, "timur", second.WATCHERS)
        for name in ("whoever", "dana"):
            with pytest.raises(Refused, match="accounts: timur"):
                second.refuse_no_account(session, open_wave, name, second.WATCHERS)
        with pytest.raises(Refused, match="tolqyn user role"):
            second.refuse_no_account(session, open_wave, "timur", second.MANAGERS)
        people.account_named(session, "timur").disabled = True
        session.flush()
        with pytest.raises(Refused):
            second.refuse_no_account(session, open_wave, "timur", second.WATCHERS)


def test_a_typed_name_is_not_said_to_be_a_signed_in_account(
    database: Database, account: Made, open_wave: Wave
) -> None:
    account("aigul", "director")
    account("timur")
    for proposer, confirmer, proven in (
        ("shell:root as aigul", "timur", False),
        ("aigul", "shell:root as timur", False),
        ("aigul", "timur", True),
    ):
        with database.writing() as session:
            found = waves.find_wave(session, open_wave.alias)
            closing.propose_close(session, found, "aigul")
            subject = f"{found.study}/{found.name}"
            audit.record(
                session, actor=proposer, what=second.PROPOSED, subject=subject, day=study_today(), detail={}
            )
            assert second.by_accounts(session, found, "timur", confirmer) is proven


def test_a_proposal_is_taken_back_until_the_last_day_is_over(database: Database, open_wave: Wave) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        with pytest.raises(Refused, match="closing was proposed"):
            closing.withdraw_close(session, found, found.opens)
        closing.propose_close(session, found, "aigul")
        assert waves.phase(found, found.opens) == "running"
        closing.withdraw_close(session, found, found.closes)
        assert (found.state, found.proposed_by) == ("open", "")
        assert waves.phase(found, found.opens) == "starts"
        with pytest.raises(Refused):
            closing.close_wave(session, found, by="timur", two_person=True, today=found.closes)
        closing.propose_close(session, found, "aigul")
        with pytest.raises(Refused, match="its last"):
            closing.withdraw_close(session, found, found.closes + timedelta(days=1))
        assert found.state == "closing"


def test_what_the_date_closed_nobody_opens_again(database: Database, open_wave: Wave) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        found.state = "closing"
        with pytest.raises(Refused, match="proposed by nobody"):
            closing.withdraw_close(session, found, date(2027, 5, 12))


def test_nobody_gives_rows_to_an_account_of_his_own_making(account: Made, database: Database) -> None:
    account("aigul", "director")
    account("timur", "director")
    account("ghost", "analyst", by="aigul")
    with database.writing() as session:
        with pytest.raises(Refused) as refused:
            second.refuse_own_hands(session, "aigul", "ghost")
        assert f"aigul, who may from {study_today() + timedelta(days=second.KEPT_APART)} on" in str(
            refused.value
        )
        second.refuse_own_hands(session, "timur", "ghost")
        second.refuse_own_hands(session, "aigul", "timur")

"""Batches: of so few codes that answers could be told apart there is none without a published reason."""

from collections.abc import Callable

import pytest

from survey.refusal import Refused
from survey.store import invitations, paper, waves
from survey.store.engine import Database
from survey.store.invitations import FEW, LEAST, BatchSpec
from survey.store.models import Wave


def test_fewer_codes_than_ten_are_refused_in_draft_and_field_alike(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave()
    for state in ("draft", "open"):
        with database.writing() as session:
            found = waves.find_wave(session, made.alias)
            found.state = state
            with pytest.raises(Refused, match="10 codes or more in a batch") as refused:
                invitations.invite(session, found, BatchSpec("s9", LEAST - 1, psu="s9"))
            assert "--few" in str(refused.value)
            assert invitations.batches(session, found) == []
            assert FEW not in found.disclosure
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        assert len(invitations.invite(session, found, BatchSpec("s10", LEAST, psu="s10"))) == LEAST


@pytest.mark.parametrize("reason", [" ", ".", "…", "1"])
def test_a_reason_without_a_word_is_none(database: Database, open_wave: Wave, reason: str) -> None:
    with database.writing() as session, pytest.raises(Refused) as refused:
        found = waves.find_wave(session, open_wave.alias)
        invitations.invite(session, found, BatchSpec("few", 4, few=reason))
    assert "--few" in str(refused.value)


def test_whoever_must_make_fewer_says_why_and_the_record_keeps_it_without_the_batch_s_name(
    database: Database, open_wave: Wave
) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        for name in ("village-9", "village-8"):
            invitations.invite(session, found, BatchSpec(name, 4, psu=name, few="All 4 judges are asked."))
        kept = found.disclosure[FEW]
    assert kept.keys() == {"en", "ru", "kk", "uz"}
    for words in kept.values():
        assert words.count("All 4 judges are asked.") == 1
        assert "village" not in words


def test_testers_and_invented_people_are_nobody_s_answers(
    database: Database, make_wave: Callable[..., Wave]
) -> None:
    made = make_wave()
    invented = make_wave(name="2028", alias="opinion-28", synthetic=True, seed=1)
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.state = "pilot"
        assert len(invitations.invite(session, found, BatchSpec("testers", 2))) == 2
        again = waves.find_wave(session, invented.alias)
        assert len(invitations.invite(session, again, BatchSpec("a", 1))) == 1
        assert FEW not in found.disclosure | again.disclosure


def test_a_batch_that_grows_is_judged_whole(database: Database, open_wave: Wave) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        invitations.invite(session, found, BatchSpec("members", LEAST))
        assert len(invitations.invite(session, found, BatchSpec("members", 1), more=True)) == 1


def test_paper_forms_are_counted_as_codes_are(database: Database, open_wave: Wave) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        with pytest.raises(Refused, match="10 codes or more in a batch"):
            paper.add_forms(session, found, BatchSpec("one", 1, psu="one"), "en")

"""A batch of one code: its answers are found without any order, and the attack says so."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from instruments import Questionnaire
from survey import keys
from survey.config import Config
from survey.fieldwork.ending import close_for_good
from survey.refusal import Refused
from survey.store import invitations, versions, waves
from survey.store.closing import ATTACKED
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Wave
from survey.thief import look_again
from survey.thief.own import LIMIT, Verdict

from .conftest import Field

PEOPLE = 30


@dataclass
class Listed(Field):
    """Each ballot keeps its batch, as a respondent's who came by a code."""

    batches: dict[str, int] = field(default_factory=dict)

    def how(self, ballot: str) -> dict[str, Any]:
        return {"batch": self.batches[ballot]}

    def came(self, tokens: list[str]) -> None:
        """They answer, each by the code's own batch."""
        with self.database.reading() as session:
            for token in tokens:
                found = invitations.find(session, self.wave, token)
                assert found is not None
                self.batches[self.ballot_of(token)] = found.batch
        self.answer(tokens)


@pytest.fixture
def real(
    database: Database,
    config: Config,
    make_wave: Callable[..., Wave],
    numbered: Questionnaire,
    monkeypatch: pytest.MonkeyPatch,
) -> Listed:
    """A wave in the field whose people are not invented; by the same random numbers each time."""
    chance = keys.chance
    monkeypatch.setattr(keys, "chance", lambda _, name: chance(2027, name))
    made = make_wave(numbered, access="invited")
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.state = "open"
        versions.begin(session, found, found.opens)
    return Listed(database, config, found)


def invite(made: Listed, *sizes: int) -> None:
    """Batches of these sizes, each a sampling unit of its own, and everybody answers."""
    for number, size in enumerate(sizes):
        with made.database.writing() as session:
            found = waves.find_wave(session, made.wave.alias)
            spec = BatchSpec(
                f"s{number}", size, psu=f"s{number}", few="" if size >= 10 else "no more live there"
            )
            tokens = invitations.invite(session, found, spec)
        made.came(tokens)


def close(made: Field) -> Verdict:
    config = replace(made.config, two_person=False)
    _, verdict = close_for_good(config, made.database, made.wave.alias, by="t", actor="t")
    assert verdict is not None
    return verdict


def test_a_batch_of_one_is_counted_and_never_called_held(real: Listed) -> None:
    invite(real, PEOPLE, 1)
    verdict = close(real)
    assert (verdict.few, verdict.succeeded, verdict.held) == (1, (), False)
    assert "1 of 31 interviews are of batches of fewer than 10 codes" in verdict.summary()
    with real.database.reading() as session:
        kept = waves.find_wave(session, real.wave.alias).disclosure[ATTACKED]
    assert kept["en"].startswith("1 of 31 interviews are of groups of fewer than 10 invitations")
    assert all("31" in words and "re-linked" not in words for words in kept.values())


def test_a_release_of_it_wants_a_reason(real: Listed) -> None:
    from survey.store.closing import refuse_unattacked

    invite(real, PEOPLE, 1)
    close(real)
    with real.database.writing() as session:
        found = waves.find_wave(session, real.wave.alias)
        with pytest.raises(Refused, match="despite-attack"):
            refuse_unattacked(session, found)
        refuse_unattacked(session, found, "agreed with the one")


def test_batches_of_ten_are_held(real: Listed) -> None:
    invite(real, PEOPLE, 10)
    verdict = close(real)
    assert verdict.interviews > LIMIT
    assert (verdict.few, verdict.held) == (0, True)


def test_two_small_batches_that_no_row_tells_apart_count_together(real: Listed) -> None:
    with real.database.writing() as session:
        found = waves.find_wave(session, real.wave.alias)
        tokens = []
        for name in ("a", "b"):
            spec = BatchSpec(name, 5, psu="same", few="two letters")
            tokens += invitations.invite(session, found, spec)
    real.came(tokens)
    invite(real, PEOPLE)
    assert close(real).few == 0


def test_a_close_that_was_cut_off_is_judged_alike(real: Listed) -> None:
    invite(real, PEOPLE, 2)
    close(real)
    with real.database.reading() as session:
        found = waves.find_wave(session, real.wave.alias)
        assert len(look_again(session, found, frozenset()).few) == 2

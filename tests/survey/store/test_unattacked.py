"""A closed wave without an attack that failed: no release of it, unless somebody says why."""

from datetime import date

import pytest

from survey.refusal import Refused
from survey.store import audit, waves
from survey.store.closing import ATTACKED, NOT_RUN, refuse_unattacked, unattacked
from survey.store.engine import Database
from survey.store.models import Wave

DAY = date(2027, 6, 7)


def refused(database: Database, wave: Wave, reason: str = "", **change: object) -> str:
    """What is said of the wave as changed; empty where nothing stands in the way."""
    with database.writing() as session:
        found = waves.find_wave(session, wave.alias)
        for name, value in change.items():
            setattr(found, name, value)
        try:
            refuse_unattacked(session, found, reason)
        except Refused as error:
            return str(error)
    return ""


def attacked(database: Database, held: bool, subject: str = "kz-thb/2027") -> None:
    with database.writing() as session:
        detail = {"held": held}
        audit.record(session, actor="a", what="wave.attack", subject=subject, day=DAY, detail=detail)


def test_without_an_attack_nothing_is_built_and_it_is_said_what_to_type(
    database: Database, open_wave: Wave
) -> None:
    cut_off = {"state": "closed", "disclosure": {ATTACKED: dict(NOT_RUN)}}
    said = refused(database, open_wave, **cut_off)
    assert "found none: it was not run" in said
    assert "tolqyn wave close kz-thb/2027 --confirm takes the close up again" in said
    assert '--despite-attack "WHY"' in said
    assert "--confirm" not in refused(database, open_wave, disclosure={})


def test_an_attack_that_failed_lets_it_be_built_one_that_succeeded_does_not(
    database: Database, open_wave: Wave
) -> None:
    attacked(database, held=True, subject="kz-thb/2028")
    assert "not run" in refused(database, open_wave, state="closed")
    attacked(database, held=False)
    assert "found one that succeeded" in refused(database, open_wave)
    attacked(database, held=True)
    assert refused(database, open_wave) == ""


def test_a_wave_in_the_field_needs_no_attack(database: Database, open_wave: Wave) -> None:
    assert refused(database, open_wave) == ""


def test_a_reason_is_kept_once_beside_the_words(database: Database, open_wave: Wave) -> None:
    for _ in range(2):
        assert refused(database, open_wave, "The disk is full.", state="closed") == ""
    with database.reading() as session:
        kept = waves.find_wave(session, open_wave.alias).disclosure[ATTACKED]
    assert kept == {language: f"{words} The disk is full." for language, words in NOT_RUN.items()}


@pytest.mark.parametrize(
    ("state", "words", "expected"),
    [
        ("closed", dict(NOT_RUN), True),
        ("closed", {"en": "It failed."}, False),
        ("closed", None, False),
        ("released", dict(NOT_RUN), False),
        ("open", dict(NOT_RUN), False),
    ],
)
def test_a_close_that_was_cut_off_is_one_that_is_closed_and_says_not_run(
    database: Database, open_wave: Wave, state: str, words: dict[str, str] | None, expected: bool
) -> None:
    with database.writing() as session:
        found = waves.find_wave(session, open_wave.alias)
        found.state = state
        found.disclosure = {} if words is None else {ATTACKED: words}
        assert unattacked(found) is expected

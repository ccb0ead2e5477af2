"""No day sheds the comparison: a wave is compared with every other that was in the field."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from instruments import Questionnaire
from survey.config import Config
from survey.earlier import latest_fielded, too_early, undeclared
from survey.fieldwork import gates
from survey.store import waves
from survey.store.engine import Database
from survey.store.models import Wave


@pytest.fixture
def fielded(database: Database, make_wave: Callable[..., Wave]) -> Wave:
    """A wave in the field, from 10 May 2027."""
    made = make_wave()
    with database.writing() as session:
        waves.find_wave(session, made.alias).state = "open"
    return made


@pytest.fixture
def reworded(document: dict[str, Any]) -> Questionnaire:
    """The same question in other words, which nobody declares."""
    document["version"] = "2"
    document["items"]["SEEN"]["text"]["en"] = "Have you ever heard of it?"
    return Questionnaire.from_json(json.dumps(document))


@pytest.mark.parametrize("opens", [date(2027, 5, 10), date(2027, 5, 9), date(2020, 1, 1), date(2028, 5, 8)])
def test_an_undeclared_change_is_found_whatever_the_first_day(
    database: Database, config: Config, fielded: Wave, make_wave: Callable[..., Wave],
    reworded: Questionnaire, opens: date,
) -> None:  # fmt: skip
    made = make_wave(reworded, name="2028", alias="opinion-28", opens=opens, closes=date(2028, 6, 4))
    with database.reading() as session:
        found = latest_fielded(session, config.home, made.study, made.name)
        listed = gates.gates(session, config.home, made, reworded, today=date(2020, 1, 1), rehearsed=())
        shut = gates.objections(session, config.home, made, reworded)
    assert found is not None
    assert found.wave == "2027"
    assert "undeclared" in {reason.rule for reason in undeclared(found, reworded)}
    gate = next(gate for gate in listed if gate.name == "comparability")
    assert not gate.open
    assert "compared with wave 2027" in gate.notes
    assert "undeclared" in {reason.rule for reason in shut}
    early = [reason for reason in (*gate.reasons, *shut) if reason.rule == "order"]
    assert len(early) == (2 if opens <= date(2027, 5, 10) else 0)


def test_a_first_day_at_or_before_that_of_the_latest_fielded_wave_is_refused(
    database: Database, config: Config, fielded: Wave
) -> None:
    with database.reading() as session:
        found = latest_fielded(session, config.home, fielded.study, "2028")
    (reason,) = too_early(found, date(2027, 5, 10))
    assert "after that of wave 2027 (2027-05-10)" in str(reason)
    assert "tolqyn release import" in str(reason)
    assert too_early(found, date(2027, 5, 11)) == []
    assert too_early(None, date(2027, 5, 10)) == []


def test_a_wave_is_not_compared_with_itself_nor_with_drafts(
    database: Database, config: Config, fielded: Wave, make_wave: Callable[..., Wave]
) -> None:
    make_wave(name="2026", alias="opinion-26", opens=date(2026, 5, 10), closes=date(2026, 6, 6))
    with database.reading() as session:
        assert latest_fielded(session, config.home, fielded.study, fielded.name) is None

"""A respondent of the core questionnaire, stored as the pages would store one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from instruments import Item, ListExperiment, Number, SeveralOf, SingleChoice
from survey import keys
from survey.config import Config
from survey.store import ballots, waves
from survey.store.engine import Database
from survey.store.models import Ballot, Wave


def some_answer(item: Item) -> Any:
    """An answer the item accepts: its last option, or 40."""
    if isinstance(item, SingleChoice):
        return 1 if item.role == "consent" or item.exits else item.options[-1].code
    if isinstance(item, SeveralOf):
        return [item.options[0].code]
    if isinstance(item, Number):
        return min(max(40, item.min), item.max)
    return 1 if isinstance(item, ListExperiment) else ""


@pytest.fixture
def core_interview(database: Database, config: Config) -> Callable[[Wave, str], None]:
    """Walk every page of a wave's questionnaire with the token, and finish."""

    def walk(wave: Wave, token: str) -> None:
        ballot = keys.read_wave_key(config.keys, wave.alias).ballot(token)
        with database.writing() as session:
            found = waves.find_wave(session, wave.alias)
            questionnaire = waves.questionnaire_of(session, found)
            draw, answers, page = questionnaire.draw(ballot), {}, 0
            while (page := questionnaire.next_page(page, answers, draw) or 0) > 0:
                shown = questionnaire.items_on(page, answers, draw)
                given = {item.id: some_answer(item) for item in shown if item.stores}
                assert not any(item.problems(given[item.id], draw) for item in shown if item.stores)
                answers |= given
                ballots.save_page(
                    session, found, ballot, page, given, sealed={}, language="kk", seconds=9, day=date.today()
                )
            session.get_one(Ballot, ballot).state = "complete"

    return walk

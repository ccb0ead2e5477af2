"""A wave with quotas robbed: the cells beside a ballot, and their index, tell nothing of who came when."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from survey.store import quotas, waves
from survey.store.quotas import Cell
from survey.store.rewriting import forget_log, rewrite_tables
from survey.thief import Score, Truth, attack_own, look_before, trials

from .conftest import Field
from .test_anonymity import SECRETS, at_chance

PEOPLE = 60


@dataclass
class Celled(Field):
    """A wave in which each ballot keeps the cells it falls into."""

    def how(self, ballot: str) -> dict[str, Any]:
        return {"cells": "1,2" if int(ballot[:2], 16) % 2 else "2"}


@pytest.fixture
def celled(in_field: Field) -> Celled:
    cells = (
        Cell(1, "some", {"item": "AGE", "ge": 40}, 1000),
        Cell(2, "all", {"item": "AGE", "ge": 18}, 1000),
    )
    with in_field.database.writing() as session:
        quotas.set_quotas(session, waves.find_wave(session, in_field.wave.alias), cells)
    return Celled(in_field.database, in_field.config, in_field.wave)


def among(field: Field, truth: Truth, folder: Path) -> list[Score]:
    found: list[Score] = []
    for table, column in SECRETS:
        found += trials(field.seen(), field.stolen(table, column, folder), truth)
    return found


def test_cells_and_their_index_betray_nobody(celled: Celled, tmp_path: Path) -> None:
    dialect = celled.database.engine.dialect.name
    celled.answer(celled.invite(PEOPLE))
    truth = celled.ballots(celled.tokens)
    seen = among(celled, truth, tmp_path)
    assert not all(score.at_chance for score in seen), "before the night some are found out: the loot is real"
    rewrite_tables(celled.database)
    assert forget_log(celled.database) == ()
    at_chance(among(celled, truth, tmp_path), "quotas, rewritten, watched", dialect)
    with celled.database.reading() as session:
        before = look_before(session, celled.wave)
    assert attack_own(celled.database, before, celled.close()).held

"""Designed questions from the questionnaire to the figure: what an instrument's codebook says is enough."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    Meta,
    SurveyData,
    crosswise,
    list_experiment,
    list_regression,
    split_ballot,
    vignette_effects,
)
from instruments import Questionnaire, load

LIBRARY = Path(__file__).resolve().parents[2] / "library"


def answered(name: str, people: int = 400) -> SurveyData:
    """Random answers of many people on their own routes, encoded as a release holds them."""
    questionnaire = load(LIBRARY / f"{name}.yaml")
    chance = random.Random(1)
    rows = [_one(questionnaire, f"person {number}", chance) for number in range(people)]
    frame = pd.DataFrame(rows).assign(wave="2026")
    return SurveyData(frame, questionnaire.codebook(), Design(weight=None), Meta("made", "2026"))


def _one(questionnaire: Questionnaire, ballot: str, chance: random.Random) -> dict[str, int | float]:
    draw, answers = questionnaire.draw(ballot), {}
    for page in questionnaire.sequence(draw):
        for item in questionnaire.items_on(page, answers, draw):
            if item.stores:
                answers[item.id] = item.sample(draw, chance.randrange)
    return questionnaire.encode(answers, draw, complete=True)


def test_a_list_experiment_needs_its_name_only() -> None:
    data = answered("list_experiment")
    found = list_experiment(data, "COUNTED")
    assert found.control_items == 3
    # a count drawn evenly from 0..J has the mean J / 2, so the long list adds a half
    assert found.table["estimate"].iloc[0] == pytest.approx(0.5, abs=4 * found.table["se"].iloc[0])
    assert list_regression(data, "COUNTED", method="lm").n == 400


def test_a_crosswise_item_needs_its_name_only() -> None:
    row = crosswise(answered("crosswise"), "PAID").table.iloc[0]
    assert row["estimate"] == pytest.approx(0.5, abs=4 * row["se"])


def test_a_vignette_needs_its_name_only() -> None:
    found = vignette_effects(answered("vignette"), "STORY")
    assert set(found.effects["variable"]) == {"FAULT"}
    assert (np.abs(found.effects["estimate"]) < 4 * found.effects["se"]).all()
    assert set(found.balance) == {"STORY_WHO", "STORY_HOW"}


def test_a_split_ballot_needs_its_name_only() -> None:
    data = answered("splits")
    found = split_ballot(data, "wording_op")
    assert set(zip(found.table["variable"], found.table["variable_to"], strict=True)) == {("OP_B", "OP_NEW")}
    assert found.tests["p"].iloc[0] > 1e-4
    assert split_ballot(data, "half", "END").tests["p"].iloc[0] > 1e-4

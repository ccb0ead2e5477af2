"""Do the simulated answers hit the generating values? Each tolerance is a number of standard errors."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest

from survey.simulation.answers import Field, Reading, answer
from survey.simulation.people import Person
from survey.simulation.settings import Settings

FIVE = (1, 2, 3, 4, 5)
WITH_MISSING = (-2, -1, *FIVE)
BLAME = [f"VB{row}" for row in range(1, 9)]
REVERSED = [f"VB{row}" for row in (2, 4, 6, 8)]
Population = Callable[[int], list[Person]]
Answers = Callable[..., np.ndarray]


def blame_rows(people: list[Person], answers: Answers) -> np.ndarray:
    """Keyed rows of the blame battery, people without a missing row."""
    rows = np.column_stack([answers(people, item, FIVE) for item in BLAME])
    keyed = np.where(np.isin(BLAME, REVERSED), 6 - rows, rows)
    return keyed[~np.isnan(keyed).any(axis=1)]


@pytest.mark.parametrize(("wave", "mean"), [(0, 3.05), (1, 2.95), (2, 2.86), (3, 2.80)])
def test_the_blame_index_has_the_mean_of_its_wave(
    wave: int, mean: float, population: Population, answers: Answers
) -> None:
    index = blame_rows(population(wave), answers).mean(axis=1)
    assert abs(index.mean() - mean) < 3.5 * index.std() / sqrt(len(index))


def test_the_blame_rows_hold_together_as_planned(population: Population, answers: Answers) -> None:
    rows = blame_rows(population(0), answers)
    k = rows.shape[1]
    alpha = k / (k - 1) * (1 - rows.var(axis=0, ddof=1).sum() / rows.sum(axis=1).var(ddof=1))
    assert abs(alpha - 0.74) < 0.03


def test_men_blame_more_than_women_by_the_planned_gap(
    population: Population, answers: Answers, settings: Settings
) -> None:
    gaps, errors = [], []
    for wave in range(4):
        people = population(wave)
        by_sex = {
            sex: blame_rows([p for p in people if p.facts["sex"] == sex], answers).mean(axis=1)
            for sex in (1, 2)
        }
        gaps.append(by_sex[2].mean() - by_sex[1].mean())
        errors.append(sum(rows.var() / len(rows) for rows in by_sex.values()))
    assert abs(np.mean(gaps) - 0.18) < 3.5 * sqrt(sum(errors)) / 4


@pytest.mark.parametrize(("wave", "share"), [(0, 0.46), (1, 0.47), (2, 0.51), (3, 0.54)])
def test_the_share_likely_to_call_the_police_is_the_one_of_its_wave(
    wave: int, share: float, population: Population, answers: Answers
) -> None:
    codes = answers(population(wave), "WR1a", FIVE)
    codes = codes[~np.isnan(codes)]
    assert abs((codes >= 4).mean() - share) < 3.5 * sqrt(share * (1 - share) / len(codes))


def test_the_situation_that_was_read_moves_responsibility(population: Population, answers: Answers) -> None:
    def mean(*levels: str) -> float:
        reading = Reading(cells={"VGN": frozenset(levels)})
        codes = answers(population(0), "VG1", tuple(range(11)), reading)
        assert abs(np.nanstd(codes) - 2.6) < 0.1
        return float(np.nanmean(codes))

    base = mean("woman", "deceived")
    assert abs(mean("woman", "agreed") - base - 1.6) < 0.05  # the same people read both: little noise
    assert abs(mean("man", "deceived") - base - 0.3) < 0.05
    assert abs(mean("man", "agreed") - base - 1.9) < 0.06


def test_the_longer_list_adds_the_share_of_silent_witnesses(
    population: Population, settings: Settings
) -> None:
    short = frozenset({"L1", "L2", "L3", "L4"})
    field = Field("LE", "one", tuple(range(6)))
    people = [p for wave in range(4) for p in population(wave)]

    def counts(names: frozenset[str]) -> np.ndarray:
        given = [answer(settings, p, field, Reading(statements={"LE": names})) for p in people]
        return np.array([np.nan if value is None else value for value in given], dtype=float)

    difference = np.nanmean(counts(short | {"sensitive_item"}) - counts(short))
    assert abs(difference - 0.12) < 3.5 * sqrt(0.12 * 0.88 / len(people))


@pytest.mark.parametrize("item", ["VB1", "WR1a", "AW2", "TR2", "EX4"])
def test_dont_know_stays_within_two_and_twenty_five_per_cent(
    item: str, population: Population, settings: Settings
) -> None:
    given = [answer(settings, p, Field(item, "one", WITH_MISSING), Reading()) for p in population(0)]
    share = sum(value == -1 for value in given) / len(given)
    assert 0.02 <= share <= 0.25


@pytest.mark.parametrize(
    ("item", "codes", "low", "high"),
    [("AW1", (3, 4), 60, 95), ("VB1", (4, 5), 15, 50), ("WR1f", (4, 5), 10, 40), ("KN2", (1,), 3, 25)],
)
def test_answers_lie_within_the_plausible_band(
    item: str,
    codes: tuple[int, ...],
    low: float,
    high: float,
    population: Population,
    answers: Answers,
) -> None:
    offered = (1, 2, 3) if item == "KN2" else (1, 2, 3, 4) if item == "AW1" else FIVE
    for wave in range(4):
        given = answers(population(wave), item, offered)
        share = 100 * np.isin(given[~np.isnan(given)], codes).mean()
        assert low <= share <= high


def test_the_own_region_is_thought_less_affected_than_the_country(
    population: Population, answers: Answers
) -> None:
    country, own = (answers(population(0), item, (1, 2, 3, 4)) for item in ("PR1", "PR2"))
    assert np.nanmean(own) < np.nanmean(country) - 0.2

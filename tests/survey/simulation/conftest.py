"""Simulated people of the whole population, and the answers a series of them gives to bare questions."""

from collections.abc import Callable

import numpy as np
import pytest

from survey.simulation.answers import Answer, Field, Reading, answer
from survey.simulation.chance import pick, uniform
from survey.simulation.people import Person, Place, draw_person
from survey.simulation.settings import Settings, load_settings

PEOPLE = 3000


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_settings()


@pytest.fixture(scope="session")
def population(settings: Settings) -> Callable[[int], list[Person]]:
    """Adults drawn without strata and without nonresponse, each from a place of their own."""
    shares = {
        (region, settlement): row["share"] * (row["urban"] if settlement == "urban" else 100 - row["urban"])
        for region, row in settings.population["regions"].items()
        for settlement in ("urban", "rural")
    }
    drawn: dict[int, list[Person]] = {}

    def draw(wave: int) -> list[Person]:
        if wave not in drawn:
            drawn[wave] = [
                draw_person(
                    settings,
                    "population",
                    wave,
                    number,
                    wave=wave,
                    place=Place(str(number), "", *pick(shares, uniform("place", wave, number))),
                )
                for number in range(PEOPLE)
            ]
        return drawn[wave]

    return draw


@pytest.fixture(scope="session")
def answers(settings: Settings) -> Callable[..., np.ndarray]:
    """Codes the people give to an item; nan where they give none."""

    def give(
        people: list[Person], item: str, codes: tuple[int, ...], reading: Reading | None = None
    ) -> np.ndarray:
        field = Field(item, "one", codes)
        return np.array([_number(answer(settings, p, field, reading or Reading())) for p in people])

    return give


def _number(value: Answer) -> float:
    return float(value) if isinstance(value, int) and value >= 0 else np.nan

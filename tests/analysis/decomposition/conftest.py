"""Waves whose people and opinions move, for decompositions."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Meta, SurveyData, from_frame, pool

CODES = {
    "agree": {0: "no", 1: "yes"},
    "sex": {1: "woman", 2: "man"},
    "school": {1: "basic", 2: "middle", 3: "higher"},
}
Made = Callable[..., SurveyData]


def people_of(year: int, n: int, *, higher: float, drift: float, seed: int) -> pd.DataFrame:
    """n people of a wave: the share with higher education and how far opinion has moved are given."""
    draw = np.random.default_rng(seed + year)
    school = draw.choice([1, 2, 3], n, p=[0.5 - higher / 2, 0.5 - higher / 2, higher])
    sex = draw.integers(1, 3, n)
    age = draw.integers(18, 80, n)
    chance = 0.25 + 0.12 * (school == 3) + 0.08 * (sex == 2) + 0.003 * (age - 45) + drift
    return pd.DataFrame(
        {
            "agree": (draw.random(n) < chance.clip(0.02, 0.98)).astype(int),
            "score": 2 + 3 * chance + draw.normal(0, 0.5, n),
            "sex": sex,
            "school": school,
            "age": age.astype(float),
            "born": (year - age).astype(float),
            "stratum": np.arange(n) % 3,
            "psu": np.arange(n) // 3 % 10,
            "weight": draw.uniform(0.5, 2.0, n),
        }
    )


@pytest.fixture
def moved() -> Made:
    """Pooled waves 2010, 2016, 2022, ...: more people with higher education, and opinion on its way up."""

    def build(count: int = 3, n: int = 600, seed: int = 3, **meta: object) -> SurveyData:
        design = Design(strata="stratum", cluster=("psu",), weight="weight")
        years = [2010 + 6 * i for i in range(count)]
        return pool(
            [
                from_frame(
                    people_of(year, n, higher=0.2 + 0.1 * i, drift=0.06 * i, seed=seed),
                    design,
                    codes=CODES,
                    meta=Meta("made", str(year), **meta),  # type: ignore[arg-type]
                )
                for i, year in enumerate(years)
            ]
        )

    return build

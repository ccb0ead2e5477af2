"""What tests of models share: made surveys whose answers hang on columns."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Design, SurveyData, from_frame

CODES = {
    "sex": {1: "woman", 2: "man"},
    "agree": {0: "no", 1: "yes"},
    "vote": {1: "for", 2: "against", 3: "abstain"},
    "trust": {1: "none", 2: "little", 3: "some", 4: "much"},
}
DESIGN = Design(strata="stratum", cluster=("psu",), weight="weight")


def answers(n: int = 800, seed: int = 5) -> pd.DataFrame:
    """n interviews in 4 strata of 10 clusters; agree, vote and trust hang on age and sex."""
    draw = np.random.default_rng(seed)
    row = np.arange(n)
    age, sex = draw.normal(0, 1, n), draw.integers(1, 3, n)
    eta = 0.7 * age + 0.5 * (sex == 2) + 0.3 * draw.normal(size=40)[row % 40]
    against, abstain = np.exp(0.5 * age), np.exp(-0.4 * (sex == 2))
    chosen = draw.random(n) * (1 + against + abstain)
    return pd.DataFrame(
        {
            "stratum": row % 4,
            "psu": row % 40,
            "weight": draw.uniform(0.5, 2.5, n),
            "sex": sex,
            "age": age,
            "agree": (draw.random(n) < 1 / (1 + np.exp(-eta))).astype(int),
            "trust": 1 + np.searchsorted([-1.0, 0.0, 1.2], eta + draw.logistic(size=n)),
            "vote": np.where(chosen < 1, 1, np.where(chosen < 1 + against, 2, 3)),
            "income": 3 + eta + draw.normal(0, 1, n),
        }
    )


def survey_of(frame: pd.DataFrame, design: Any = DESIGN, **options: Any) -> SurveyData:
    return from_frame(frame, design, codes=CODES, **options)


@pytest.fixture
def people() -> pd.DataFrame:
    return answers()


@pytest.fixture
def data(people: pd.DataFrame) -> SurveyData:
    return survey_of(people)


@pytest.fixture
def build() -> Any:
    return survey_of

"""What analysis tests share: made surveys and waves, and a last line on the numbers compared."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Design, Meta, SurveyData, from_frame

COMPARED = "numbers compared with R"
CODES = {
    "vote": {1: "for", 2: "against", 3: "abstain"},
    "sex": {1: "woman", 2: "man"},
    "agree": {0: "no", 1: "yes"},
}
CLUSTERS = Design(strata="stratum", cluster=("psu",), weight="weight")
MakeSurvey = Callable[..., SurveyData]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a file of R's results, from what its test recorded, and their sum."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    found = sorted(value for report in reports for name, value in report.user_properties if name == COMPARED)
    if not found:
        return
    terminalreporter.section(COMPARED)
    numbers, covered, keys, worst = (list(column) for column in list(zip(*found, strict=True))[1:])
    for row in [*found, ("all files", sum(numbers), sum(covered), sum(keys), max(worst))]:
        terminalreporter.line(
            f"{row[0]}: {row[1]} numbers, {row[2]} of {row[3]} keys, largest relative difference {row[4]:.1e}"
        )


def people(n: int = 400, seed: int = 1) -> pd.DataFrame:
    """n interviews in 4 strata of 5 clusters, with don't knows, refusals and an interval variable."""
    draw = np.random.default_rng(seed)
    row = np.arange(n)
    return pd.DataFrame(
        {
            "stratum": row % 4 + 1,
            "psu": row // 4 % 5 + 1,
            "weight": draw.uniform(0.5, 2.0, n),
            "vote": draw.choice([1, 2, 3, -1, -2], n, p=[0.4, 0.3, 0.15, 0.1, 0.05]),
            "sex": draw.choice([1, 2], n, p=[0.55, 0.45]),
            "agree": draw.choice([0, 1], n, p=[0.6, 0.4]),
            "income": draw.normal(10, 3, n),
        }
    )


@pytest.fixture
def frame() -> pd.DataFrame:
    return people()


@pytest.fixture
def survey(frame: pd.DataFrame) -> SurveyData:
    return from_frame(frame, CLUSTERS, codes=CODES)


@pytest.fixture
def make() -> MakeSurvey:
    """A survey of any frame with the columns of `people`."""

    def build(frame: pd.DataFrame, design: Design = CLUSTERS, **options: Any) -> SurveyData:
        return from_frame(frame, design, codes=CODES, **options)

    return build


@pytest.fixture
def wave() -> MakeSurvey:
    """A wave of n people, every row its own cluster, of whom exactly the given share agrees."""

    def build(name: str, share: float, n: int = 1000, **meta: Any) -> SurveyData:
        columns = people(n, seed=7).assign(agree=(np.arange(n) < round(n * share)).astype(int))
        design = Design(weight="weight")
        about = Meta("made", name, **meta)
        return from_frame(columns.assign(weight=1.0), design, codes=CODES, meta=about)

    return build


Estimator = Callable[[SurveyData], np.ndarray]
HeldToWeights = Callable[[Estimator, SurveyData, Any], None]


@pytest.fixture
def held_to_weights() -> HeldToWeights:
    """Influence values are the derivative of an estimator by the weights, along directions drawn at random.

    Knows no formula of the estimator, so it finds every term that a linearisation left out.
    """

    def check(estimator: Estimator, data: SurveyData, influence: Any) -> None:
        draw, step = np.random.default_rng(5), 1e-4
        weights = data.frame["weight"].to_numpy(float)
        for _ in range(3):
            direction = draw.normal(size=len(weights)).clip(-3, 3)
            ends = [
                estimator(data.with_frame(data.frame.assign(weight=weights * (1 + side * step * direction))))
                for side in (1, -1)
            ]
            found = (np.asarray(ends[0]) - np.asarray(ends[1])) / (2 * step)
            assert direction @ influence == pytest.approx(found, rel=1e-5, abs=1e-7)

    return check

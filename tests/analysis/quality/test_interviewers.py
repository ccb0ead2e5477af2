"""What interviewers share, against an analysis of variance by another program."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.formula.api import ols

from analysis import intraclass


def by_anova(values: np.ndarray, by: np.ndarray) -> float:
    """rho from statsmodels' table of sums of squares."""
    import pandas as pd

    frame = pd.DataFrame({"y": values, "g": by}).dropna()
    table = sm.stats.anova_lm(ols("y ~ C(g)", frame).fit())
    between, within = table["mean_sq"]
    sizes = frame.groupby("g").size().to_numpy(float)
    size = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(sizes) - 1)
    return float((between - within) / (between + (size - 1) * within))


def test_the_correlation_is_that_of_an_analysis_of_variance() -> None:
    data = sm.datasets.anes96.load_pandas().data
    values = data["selfLR"].to_numpy(float, copy=True)
    values[::17] = np.nan
    found = intraclass(values, data["educ"].to_numpy())
    assert found is not None
    assert found.rho == pytest.approx(by_anova(values, data["educ"].to_numpy()), rel=1e-9)
    assert found.interviews == np.isfinite(values).sum()
    assert found.design_effect == pytest.approx(1 + (found.interviews / found.interviewers - 1) * found.rho)


def test_interviewers_who_decide_the_answer_share_everything() -> None:
    by = np.repeat(np.arange(6), 20)
    found = intraclass(by.astype(float), by)
    assert found is not None
    assert found.rho == pytest.approx(1)


def test_answers_shuffled_over_interviewers_share_nothing() -> None:
    random = np.random.default_rng(3)
    found = intraclass(random.normal(size=4000), np.repeat(np.arange(40), 100))
    assert found is not None
    assert abs(found.rho) < 0.01


@pytest.mark.parametrize(
    ("values", "by"),
    [
        ([1.0, 2.0], [0, 0]),
        ([1.0, 2.0], [0, 1]),
        ([1.0] * 6, [0, 0, 0, 1, 1, 1]),
        ([np.nan] * 4, [0, 0, 1, 1]),
    ],
)
def test_nothing_is_said_where_nothing_can_be_told(values: list[float], by: list[int]) -> None:
    assert intraclass(np.array(values), np.array(by)) is None

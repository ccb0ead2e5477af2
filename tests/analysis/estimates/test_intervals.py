"""Quantiles of Student's t: to the last digit those of scipy's distribution."""

import numpy as np
import pytest
from scipy import stats

from analysis import EstimationError
from analysis.estimates.intervals import student


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99, 1 - 0.05 / 37, 0.999999])
def test_a_t_quantile_is_that_of_scipys_distribution(level: float) -> None:
    df = np.array([1, 2, 3, 7.5, 39, 116, 1e6, np.inf])
    assert (student(df, level) == stats.t.ppf(0.5 + level / 2, df)).all()


def test_without_degrees_of_freedom_there_is_no_quantile() -> None:
    assert np.isnan(student(np.array([0, -1, np.nan]), 0.95)).all()
    with pytest.raises(EstimationError, match="no confidence level"):
        student(np.array([3]), 1.0)

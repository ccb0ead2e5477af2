"""Means, totals, ratios and quantiles: what they are, and what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    EstimationError,
    SurveyData,
    from_frame,
    joint_covariance,
    mean,
    mean_estimates,
    proportion,
    quantile,
    ratio,
    total,
    total_estimates,
)


def numbers(*values: float, weights: Any = 1.0) -> SurveyData:
    return from_frame(pd.DataFrame({"y": values, "weight": weights}), Design())


def test_a_mean_is_weighted_over_the_valid_rows() -> None:
    row = mean(numbers(1, 2, np.nan, 6, weights=[1.0, 1, 5, 2]), "y").iloc[0]
    assert row["estimate"] == pytest.approx(15 / 4)
    assert (row["base"], row["weighted_base"]) == (3, 4)


def test_under_simple_sampling_the_error_of_a_mean_is_the_textbook_one() -> None:
    y = np.arange(20.0)
    row = mean(numbers(*y), "y").iloc[0]
    assert row["se"] == pytest.approx(y.std(ddof=1) / np.sqrt(20))
    assert row["df"] == 19


def test_the_mean_of_a_yes_and_no_is_the_share_of_yes(survey: SurveyData) -> None:
    share, average = proportion(survey, "agree", code=1).iloc[0], mean(survey, "agree").iloc[0]
    for column in ("estimate", "se", "df", "deff", "base"):
        assert average[column] == pytest.approx(share[column], rel=1e-12)


def test_totals_of_groups_add_up_to_the_total(survey: SurveyData) -> None:
    groups = total_estimates(survey, "income", by="sex")
    value, covariance = groups.contrast(np.ones(2))
    whole = total(survey, "income").iloc[0]
    assert value[0] == pytest.approx(whole["estimate"], rel=1e-12)
    assert np.sqrt(covariance[0, 0]) == pytest.approx(whole["se"], rel=1e-12)


def test_a_total_with_a_code_counts_people(survey: SurveyData) -> None:
    inside = survey.frame["vote"] == 2
    row = total(survey, "vote", code=2).iloc[0]
    assert row["estimate"] == pytest.approx(survey.frame.loc[inside, "weight"].sum())


def test_a_ratio_to_itself_is_one_without_error(survey: SurveyData) -> None:
    row = ratio(survey, "income", "income").iloc[0]
    assert row["estimate"] == pytest.approx(1)
    assert row["se"] == pytest.approx(0, abs=1e-12)


def test_the_joint_covariance_holds_each_ones_own(survey: SurveyData) -> None:
    parts = [mean_estimates(survey, "income"), mean_estimates(survey, "agree", by="sex")]
    joint = joint_covariance(parts)
    assert joint.shape == (3, 3)
    assert joint[0, 0] == pytest.approx(parts[0].variance[0])
    assert np.allclose(joint[1:, 1:], parts[1].covariance)
    assert np.linalg.eigvalsh(joint).min() >= -1e-15


def test_a_median_splits_the_weight_in_half() -> None:
    data = numbers(*range(1, 102))
    row = quantile(data, "y").iloc[0]
    assert row["estimate"] == 51
    assert row["low"] < 51 < row["high"]
    assert row["statistic"] == "quantile 0.5"


def test_quantiles_rise_with_p(survey: SurveyData) -> None:
    values = [quantile(survey, "income", p=p).iloc[0]["estimate"] for p in (0.1, 0.5, 0.9)]
    assert values == sorted(values)


@pytest.mark.parametrize("p", [0, 1, 1.5])
def test_a_quantile_outside_nought_and_one_is_refused(survey: SurveyData, p: float) -> None:
    with pytest.raises(EstimationError, match="is no quantile: type a number between 0 and 1"):
        quantile(survey, "income", p=p)


def test_codes_without_an_order_have_no_mean(survey: SurveyData) -> None:
    with pytest.raises(
        EstimationError, match="'vote' is nominal, its codes have no mean: ask for proportion"
    ):
        mean(survey, "vote")
    with pytest.raises(EstimationError, match="its codes have no mean"):
        total(survey, "vote")
    with pytest.raises(EstimationError, match="its codes have no mean"):
        ratio(survey, "income", "vote")


def test_a_total_of_an_unknown_code_is_refused(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match=r"'vote' has no code 8: type one of \[1, 2, 3\]"):
        total(survey, "vote", code=8)

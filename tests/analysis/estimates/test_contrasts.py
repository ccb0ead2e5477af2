"""Contrasts: covariance is that of the influence values, whatever is combined."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    CONTRAST_COLUMNS,
    EstimationError,
    Meta,
    SurveyData,
    contrast,
    difference,
    make_replicates,
    mean,
    mean_estimates,
    net_estimates,
    net_share,
    proportion_estimates,
    quotient,
    ratio,
    stack,
    svyglm,
    variance,
)


def test_a_contrast_of_one_statistic_is_its_own_covariance(survey: SurveyData) -> None:
    by = mean_estimates(survey, "income", by="vote")
    L = np.array([[1, -1, 0], [0, 1, -1]])
    made = contrast(by, L, labels=["for-against", "against-abstain"])
    values, covariance = by.contrast(L)
    assert made.values == pytest.approx(values)
    assert made.covariance == pytest.approx(covariance)
    assert list(made.table().columns) == list(CONTRAST_COLUMNS)
    assert list(made.table()["label"]) == ["for-against", "against-abstain"]


def test_a_ratio_of_means_is_the_ratio_estimator(survey: SurveyData, frame: pd.DataFrame, make: Any) -> None:
    data = make(frame.assign(rent=frame["income"] * 0.3 + frame["weight"]))
    made = quotient(mean_estimates(data, "rent"), mean_estimates(data, "income")).table().iloc[0]
    row = ratio(data, "rent", "income").iloc[0]
    assert (made["estimate"], made["se"]) == pytest.approx((row["estimate"], row["se"]), rel=1e-9)


def test_two_items_share_their_respondents(frame: pd.DataFrame, make: Any) -> None:
    data = make(frame.assign(after=frame["income"] + 1))
    made = difference(mean_estimates(data, "after"), mean_estimates(data, "income")).table().iloc[0]
    assert made["estimate"] == pytest.approx(1)
    assert made["se"] == pytest.approx(0, abs=1e-9)


def test_contrasts_may_be_combined_again(survey: SurveyData) -> None:
    by = proportion_estimates(survey, "vote", by="sex")
    once = contrast(by, np.array([[1, 0, 0, -1, 0, 0], [0, 1, 0, 0, -1, 0]]))
    twice = contrast(once, [[1, -1]])
    straight = contrast(by, [[1, -1, 0, -1, 1, 0]])
    assert twice.se == pytest.approx(straight.se)


def test_all_contrasts_together_are_a_wald_test(survey: SurveyData) -> None:
    by = mean_estimates(survey, "income", by="sex")
    one = contrast(by, [1, -1])
    f, df, ddf, p = one.wald()
    row = one.table().iloc[0]
    assert (f, df, ddf, p) == pytest.approx((row["t"] ** 2, 1, row["df"], row["p"]))
    with pytest.raises(EstimationError, match="depend on each other"):
        contrast(by, [[1, -1], [2, -2]]).wald()


def test_a_sample_without_inference_has_contrasts_without_errors(frame: pd.DataFrame, make: Any) -> None:
    data = make(frame, meta=Meta("open", "1", sample_type="nonprobability"))
    row = contrast(mean_estimates(data, "income", by="sex"), [1, -1]).table().iloc[0]
    assert np.isfinite(row["estimate"])
    assert row[["se", "low", "high", "t", "p"]].isna().all()


def test_labels_say_what_is_stacked(survey: SurveyData) -> None:
    parts = [proportion_estimates(survey, "agree", by="sex"), mean_estimates(survey, "income")]
    assert stack(parts).labels == (
        "agree 0 sex=1 1",
        "agree 1 sex=1 1",
        "agree 0 sex=2 1",
        "agree 1 sex=2 1",
        "income 1",
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda by, other: contrast(by, [1, -1, 0]), "3 weights for 2 estimates"),
        (lambda by, other: contrast([], [1]), "nothing to combine"),
        (lambda by, other: contrast(by, [1, -1], labels=["a", "b"]), "2 labels for 1 combinations"),
        (difference, "from different data"),
        (lambda by, other: difference(by, contrast(by, [1, -1])), "2 estimates against 1"),
        (lambda by, other: quotient(by, contrast(by, [[1, -1], [0, 0]])), "denominator is 0"),
    ],
)
def test_what_cannot_be_combined_is_refused(
    survey: SurveyData, frame: pd.DataFrame, make: Any, call: Any, message: str
) -> None:
    by, other = (mean_estimates(data, "income", by="sex") for data in (survey, make(frame)))
    with pytest.raises(EstimationError, match=message):
        call(by, other)


def test_a_net_share_is_the_difference_of_its_two_shares(survey: SurveyData) -> None:
    shares = proportion_estimates(survey, "vote", by="sex")
    by_hand = contrast(shares, [[1, -1, 0, 0, 0, 0], [0, 0, 0, 1, -1, 0]]).table()
    table = net_share(survey, "vote", 1, 2, by="sex")
    assert table["estimate"].to_numpy() == pytest.approx(by_hand["estimate"].to_numpy())
    assert table["se"].to_numpy() == pytest.approx(by_hand["se"].to_numpy())
    assert list(table["base"]) == list(shares.base[[0, 3]])


def test_everybody_is_either_for_or_not(survey: SurveyData) -> None:
    row = net_share(survey, "vote", 1, [2, 3]).iloc[0]
    share = proportion_estimates(survey, "vote", code=1)
    assert row["estimate"] == pytest.approx(2 * share.values[0] - 1)
    assert row["se"] == pytest.approx(2 * share.se[0])


@pytest.mark.parametrize(
    ("sides", "message"),
    [((1, [1, 2]), r"\[1\] are on both sides"), ((1, []), "one or more codes"), ((1, 9), "no code 9")],
)
def test_sides_of_a_net_share_are_refused(survey: SurveyData, sides: Any, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        net_estimates(survey, "vote", *sides)


def test_a_variance_of_equal_weights_is_the_usual_one(frame: pd.DataFrame, make: Any) -> None:
    row = variance(make(frame.assign(weight=2.0)), "income").iloc[0]
    assert row["estimate"] == pytest.approx(frame["income"].var())
    with pytest.raises(EstimationError, match="has no variance"):
        variance(make(frame), "income", where=np.arange(len(frame)) == 3)


def test_coefficients_of_a_model_have_a_covariance_with_any_estimate(survey: SurveyData) -> None:
    fit = svyglm("income ~ C(sex)", survey)
    means = mean_estimates(survey, "income", by="sex")
    both = stack([fit, means])
    assert both.labels[:2] == tuple(fit.params.index)
    assert both.covariance[:2, :2] == pytest.approx(fit.covariance.to_numpy())
    # intercept + slope is the second group's mean, so their difference is 0 without error
    row = contrast([fit, means], [1, 1, 0, -1]).table().iloc[0]
    assert (row["estimate"], row["se"]) == pytest.approx((0, 0), abs=1e-9)


def test_replicates_give_a_net_share_the_error_of_its_own_column(frame: pd.DataFrame, make: Any) -> None:
    sides = frame["vote"].map({1: 1.0, 2: -1.0, 3: 0.0})
    data = make_replicates(make(frame.assign(side=sides)), "JKn")
    net, column = net_share(data, "vote", 1, 2, by="sex"), mean(data, "side", by="sex")
    assert net["estimate"].to_numpy() == pytest.approx(column["estimate"].to_numpy())
    assert net["se"].to_numpy() == pytest.approx(column["se"].to_numpy(), rel=1e-10)

"""Tests of tables and groups: alike where they must be, right where it is known, refused else."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import (
    Design,
    EstimationError,
    Meta,
    SurveyData,
    association,
    from_frame,
    goodness_of_fit,
    rank_test,
    svyglm,
    t_test,
)
from analysis.estimates.quadratic import exact, saddlepoint, satterthwaite
from analysis.tables import STATISTICS


@pytest.mark.parametrize("statistic", STATISTICS)
def test_the_unit_of_the_weights_leaves_every_test(frame: pd.DataFrame, make: Any, statistic: str) -> None:
    one, other = (make(frame.assign(weight=k * frame["weight"])) for k in (1, 37))
    p = [association(data, "vote", "sex", statistic=statistic).p for data in (one, other)]
    assert p[0] == pytest.approx(p[1], rel=1e-8)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_rows_and_columns_may_change_places(survey: SurveyData, statistic: str) -> None:
    p = [association(survey, *pair, statistic=statistic).p for pair in (("vote", "sex"), ("sex", "vote"))]
    assert p[0] == pytest.approx(p[1], rel=1e-7)


def test_with_equal_weights_and_one_stratum_chisq_is_pearsons_up_to_n_less_1() -> None:
    draw = np.random.default_rng(4)
    frame = pd.DataFrame({"a": draw.choice([1, 2, 3], 500), "b": draw.choice([1, 2], 500)})
    codes = {"a": {1: "x", 2: "y", 3: "z"}, "b": {1: "x", 2: "y"}}
    data = from_frame(frame, Design(weight=None), codes=codes)
    made = association(data, "a", "b", statistic="Chisq")
    pearson = stats.chi2_contingency(pd.crosstab(frame["a"], frame["b"]), correction=False)
    assert made.statistic == pytest.approx(pearson.statistic)
    assert made.p == pytest.approx(pearson.pvalue, rel=0.05)


def test_missing_answers_leave_the_degrees_only_where_they_are_dropped_first(
    frame: pd.DataFrame, make: Any
) -> None:
    frame.loc[(frame["stratum"] == 1) & (frame["psu"] == 1), "vote"] = -1
    data = make(frame)
    kept, dropped = (
        association(data, "vote", "sex", statistic="Wald", where=where)
        for where in (None, {"vote": [1, 2, 3]})
    )
    assert kept.n == dropped.n == int((frame["vote"] > 0).sum())
    assert kept.statistic == pytest.approx(dropped.statistic)
    assert (kept.ddf, dropped.ddf) == (data.sample.df(), data.sample.df() - 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"statistic": "G"}, "statistic 'G' is unknown: type one of F, Chisq"),
        ({"where": {"vote": 1}}, "all answers to 'vote' are the same in this domain: nothing to test"),
        ({"where": {"stratum": 1, "psu": 1}}, "no degrees of freedom"),
        ({"where": {"vote": [-1, -2]}}, "nobody in the domain has valid answers"),
    ],
)
def test_a_table_that_tests_nothing_is_refused(
    survey: SurveyData, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(EstimationError, match=message):
        association(survey, "vote", "sex", **options)


def test_too_few_clusters_for_the_contrasts_are_refused_not_inverted() -> None:
    draw = np.random.default_rng(0)
    n = 240
    frame = pd.DataFrame({"psu": np.arange(n) % 4, "a": draw.choice(4, n) + 1, "b": draw.choice(4, n) + 1})
    codes = {name: {k: str(k) for k in range(1, 5)} for name in ("a", "b")}
    data = from_frame(frame, Design(cluster=("psu",), weight=None), codes=codes)
    with pytest.raises(EstimationError, match="too few clusters for 9 contrasts"):
        association(data, "a", "b", statistic="Wald")
    assert 0 < association(data, "a", "b").p < 1


def test_shares_of_the_sample_itself_fit_it(survey: SurveyData) -> None:
    weights = survey.frame.groupby("sex")["weight"].sum().to_dict()
    assert goodness_of_fit(survey, "sex", weights).statistic == pytest.approx(0, abs=1e-15)
    assert goodness_of_fit(survey, "sex", {1: 0.9, 2: 0.1}).p < 1e-6


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({1: 0.5, 2: 0.4, 9: 0.1}, r"\[9\] are no codes of 'vote'"),
        ({1: 0.5, 2: 0.5}, r"\[3\] occur without a share in 'vote'"),
        ({1: 0.5, 2: 0.7, 3: -0.2}, "'vote'"),
        ({1: 0.5, 2: 0.7, 3: float("nan")}, "'vote'"),
    ],
)
def test_given_shares_must_be_of_all_the_answers(
    survey: SurveyData, shares: dict[int, float], message: str
) -> None:
    with pytest.raises(EstimationError, match=message):
        goodness_of_fit(survey, "vote", shares)


def test_a_t_test_is_the_slope_of_the_regression_on_the_group(survey: SurveyData) -> None:
    made = t_test(survey, "income", "sex")
    fit = svyglm("income ~ C(sex)", survey)
    row = fit.table().iloc[1]
    assert made.estimate == pytest.approx(row["estimate"])
    assert made.se == pytest.approx(row["se"])
    assert made.df == fit.df_residual
    assert (made.low, made.high, made.p) == pytest.approx((row["low"], row["high"], row["p"]))


def test_a_mean_is_tested_against_the_given_value(survey: SurveyData) -> None:
    first = t_test(survey, "income")
    assert t_test(survey, "income", null=first.estimate).p == pytest.approx(1)
    assert first.statistic == pytest.approx(first.estimate / first.se)


def test_ranks_ignore_how_far_apart_answers_are(survey: SurveyData, frame: pd.DataFrame, make: Any) -> None:
    one = rank_test(survey, "income", "vote")
    other = rank_test(make(frame.assign(income=np.exp(frame["income"]))), "income", "vote")
    assert one.p == pytest.approx(other.p, rel=1e-12)
    assert one.df == 2


def test_equal_weights_give_the_rank_sums_of_wilcoxon() -> None:
    draw = np.random.default_rng(8)
    frame = pd.DataFrame({"y": draw.choice(20, 300), "g": draw.choice([1, 2], 300)})
    data = from_frame(frame, Design(weight=None), codes={"g": {1: "a", 2: "b"}})
    u = stats.mannwhitneyu(*(frame.loc[frame["g"] == g, "y"] for g in (2, 1))).statistic
    n = frame["g"].value_counts()
    # the difference of mean mid-ranks over n is the Mann-Whitney statistic in its own unit
    assert rank_test(data, "y", "g").estimate == pytest.approx((u / (n[1] * n[2]) - 0.5) * 1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda data: t_test(data, "income", "vote"),
            "'vote' has 3 codes in this domain, a t test compares two",
        ),
        (lambda data: t_test(data, "vote"), "'vote' is nominal"),
        (lambda data: t_test(data, "income", "sex", where={"vote": -6}), "holds nobody"),
        (lambda data: rank_test(data, "income", "sex", where={"sex": 1}), "has 1 groups"),
        (lambda data: rank_test(data, "income", "sex", scores="sign"), "scores 'sign' are unknown"),
        (lambda data: rank_test(data, "vote", "sex"), "'vote' is nominal"),
        (lambda data: rank_test(data, "income", "stratum"), "'stratum' has no codes"),
    ],
)
def test_comparisons_that_say_nothing_are_refused(survey: SurveyData, call: Any, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        call(survey)


WEIGHTS = np.array([3.0, 1.5, 0.4])


@pytest.mark.parametrize("x", [0.5, 3.0, 8.0, 20.0])
def test_the_exact_tail_is_what_draws_show(x: float) -> None:
    draw = np.random.default_rng(1)
    n = 400_000
    drawn = draw.chisquare(1, (n, 3)) @ WEIGHTS / (draw.chisquare(20.9, n) / 20.9)
    assert exact(x, WEIGHTS, 20.9) == pytest.approx((drawn > x).mean(), abs=4 * 0.5 / np.sqrt(n))


@pytest.mark.parametrize("x", [0.03, 3.0, 30.0, 3000.0])
@pytest.mark.parametrize("ddf", [7.0, 17.5, 4000.0])
def test_equal_weights_give_the_f_distribution_far_into_its_tail(x: float, ddf: float) -> None:
    expected = stats.f.sf(x / 6, 3, ddf)
    assert exact(x, np.full(3, 2.0), ddf) == pytest.approx(expected, rel=1e-9)


def test_approximations_are_near_the_exact_tail() -> None:
    found = exact(8.0, WEIGHTS, 1e6)
    assert satterthwaite(8.0, WEIGHTS) == pytest.approx(found, rel=0.08)
    assert saddlepoint(8.0, WEIGHTS, 1e6) == pytest.approx(found, rel=0.08)
    assert exact(0.0, WEIGHTS, 20) == 1.0


@pytest.mark.parametrize(
    "test",
    [
        lambda data: association(data, "vote", "sex"),
        lambda data: goodness_of_fit(data, "sex", {1: 1, 2: 1}),
        lambda data: t_test(data, "vote", "sex"),
        lambda data: rank_test(data, "vote", "sex"),
    ],
)
def test_a_sample_without_sampling_error_has_no_test(frame: pd.DataFrame, make: Any, test: Any) -> None:
    data = make(frame, meta=Meta("open", "1", sample_type="nonprobability"))
    with pytest.raises(EstimationError, match="no sampling error, so there is no test"):
        test(data)

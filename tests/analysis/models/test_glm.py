"""Regression under the design: what a fit is, what it does not depend on, and what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis import (
    Design,
    EstimationError,
    SurveyData,
    from_frame,
    mean,
    mean_estimates,
    proportion,
    svyglm,
)


def test_without_weights_the_coefficients_are_those_of_least_squares(frame: pd.DataFrame) -> None:
    fit = svyglm("income ~ agree", from_frame(frame.assign(weight=1.0), Design()))
    plain = sm.OLS(frame["income"], sm.add_constant(frame["agree"].astype(float))).fit()
    assert fit.params.to_numpy() == pytest.approx(plain.params.to_numpy())


def test_a_constant_alone_is_the_mean_with_its_error(survey: SurveyData) -> None:
    fit, row = svyglm("income ~ 1", survey), mean(survey, "income").iloc[0]
    assert fit.params["Intercept"] == pytest.approx(row["estimate"])
    assert fit.se["Intercept"] == pytest.approx(row["se"])
    assert fit.df_residual == row["df"]


def test_a_logit_constant_is_the_log_odds_of_the_share(survey: SurveyData) -> None:
    fit, row = svyglm("agree ~ 1", survey, family="binomial"), proportion(survey, "agree", code=1).iloc[0]
    p = row["estimate"]
    assert fit.params["Intercept"] == pytest.approx(np.log(p / (1 - p)))
    assert fit.se["Intercept"] == pytest.approx(row["se"] / (p * (1 - p)))


def test_the_unit_of_the_weights_and_the_order_of_rows_leave_the_fit(frame: pd.DataFrame, make: Any) -> None:
    changed = frame.assign(weight=70 * frame["weight"]).sample(frac=1, random_state=2)
    one, other = (
        svyglm("agree ~ income + C(sex)", make(rows), family="binomial") for rows in (frame, changed)
    )
    assert other.params.to_numpy() == pytest.approx(one.params.to_numpy(), rel=1e-8)
    assert other.se.to_numpy() == pytest.approx(one.se.to_numpy(), rel=1e-8)


def test_missing_codes_leave_the_base_and_the_design_stays(survey: SurveyData) -> None:
    fit = svyglm("income ~ C(vote)", survey)
    assert fit.n == survey.valid("vote").sum() < 400
    assert fit.df == 16


def test_a_domain_keeps_the_whole_design(survey: SurveyData) -> None:
    fit = svyglm("income ~ 1", survey, where={"sex": 1})
    row = mean(survey, "income", where={"sex": 1}).iloc[0]
    assert fit.se["Intercept"] == pytest.approx(row["se"])


def test_one_coefficient_is_tested_alike_by_t_and_by_wald(survey: SurveyData) -> None:
    fit = svyglm("income ~ agree + C(vote)", survey)
    tested = fit.table().loc["agree"]
    assert fit.wald("agree").f == pytest.approx(tested["t"] ** 2)
    assert fit.wald("agree").p == pytest.approx(tested["p"])
    assert fit.wald("C(vote)").df == 2


def test_the_influence_gives_the_covariance_with_any_other_estimate(survey: SurveyData) -> None:
    fit, other = svyglm("income ~ 1", survey), mean_estimates(survey, "income")
    joint = survey.sample.covariance(np.column_stack([fit.influence, other.influence.toarray()]))
    assert joint == pytest.approx(np.full((2, 2), other.variance[0]))


def test_predictions_on_both_scales_agree(survey: SurveyData) -> None:
    fit = svyglm("agree ~ income", survey, family="binomial")
    rows = pd.DataFrame({"income": [5.0, 10.0, 15.0]})
    eta, p = fit.predict(rows, scale="link"), fit.predict(rows)
    assert p["estimate"].to_numpy() == pytest.approx(1 / (1 + np.exp(-eta["estimate"].to_numpy())))
    assert (p["se"] / (p["estimate"] * (1 - p["estimate"]))).to_numpy() == pytest.approx(eta["se"].to_numpy())


def test_the_statsmodels_results_read_frames_and_carry_the_design(survey: SurveyData) -> None:
    fit = svyglm("agree ~ income + C(sex)", survey, family="binomial")
    rows = pd.DataFrame({"income": [5.0, 10.0], "sex": [1.0, 2.0]})
    theirs, ours = fit.fit.get_prediction(rows), fit.predict(rows)
    assert theirs.predicted == pytest.approx(ours["estimate"].to_numpy())
    assert theirs.se == pytest.approx(ours["se"].to_numpy())
    assert fit.fit.bse.to_numpy() == pytest.approx(fit.se.to_numpy())
    assert fit.fit.conf_int().to_numpy() == pytest.approx(fit.confint().to_numpy())
    assert "income" in str(fit.fit.summary())


@pytest.mark.parametrize(
    ("formula", "options", "words"),
    [
        ("income ~ sizes", {}, "the formula 'income ~ sizes' does not fit the data"),
        ("income ~ agree + I(2 * agree)", {}, "are linearly dependent: leave one of them out"),
        ("agree ~ I(agree * 2.0)", {"family": "binomial"}, "the model has no finite solution"),
        ("income ~ 1", {"family": "normal"}, "family 'normal' is unknown: type one of gaussian, binomial"),
        ("income ~ 1", {"link": "logarithm"}, "link 'logarithm' is unknown: type one of identity, log"),
        ("income ~ 1", {"where": {"sex": 5}}, "holds nobody: no row has sex=5, type one of"),
    ],
)
def test_what_cannot_be_fitted_is_refused(
    survey: SurveyData, formula: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(EstimationError, match=words):
        svyglm(formula, survey, **options)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_a_group_that_answers_all_alike_has_no_finite_coefficient(
    frame: pd.DataFrame, make: Any, link: str
) -> None:
    frame.loc[frame["vote"] == 3, "agree"] = 0
    with pytest.raises(EstimationError, match="a group may answer all alike; join its codes or leave"):
        svyglm("agree ~ C(vote)", make(frame), family="binomial", link=link)


def test_an_unknown_term_or_scale_is_refused(survey: SurveyData) -> None:
    fit = svyglm("income ~ agree", survey)
    with pytest.raises(EstimationError, match="no coefficient or term 'sex': type one of"):
        fit.wald("sex")
    with pytest.raises(EstimationError, match="scale 'odds' is unknown: type response or link"):
        fit.predict(pd.DataFrame({"agree": [1.0]}), scale="odds")


def test_nobody_with_valid_answers_is_refused(frame: pd.DataFrame, make: Any) -> None:
    with pytest.raises(EstimationError, match="nobody has valid answers in all of income, vote"):
        svyglm("income ~ C(vote)", make(frame.assign(vote=-1)))

"""Predictive margins and marginal effects: what they are, what their influence is, what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis import (
    Design,
    EstimationError,
    Margins,
    Meta,
    ModelResult,
    SurveyData,
    joint_covariance,
    marginal_effects,
    mean_estimates,
    pool,
    predictive_margins,
    proportion_estimates,
    svyglm,
    svymultinomial,
    svyolr,
)

LOGIT = "agree ~ age * C(sex)"


@pytest.fixture
def logit(data: SurveyData) -> ModelResult:
    return svyglm(LOGIT, data, family="binomial")


def test_with_nothing_set_and_a_canonical_link_the_margin_is_the_share_and_has_its_error(
    data: SurveyData, logit: ModelResult
) -> None:
    margin, share = predictive_margins(logit), proportion_estimates(data, "agree", code=1)
    assert margin.values[0] == pytest.approx(share.values[0])
    assert margin.se[0] == pytest.approx(share.se[0])
    assert joint_covariance([margin, share]) == pytest.approx(np.full((2, 2), share.variance[0]))


def test_groups_of_a_saturated_model_are_the_groups_shares(data: SurveyData) -> None:
    fit = svyglm("agree ~ C(sex)", data, family="binomial")
    margins, shares = predictive_margins(fit, by="sex"), proportion_estimates(data, "agree", code=1, by="sex")
    assert margins.values == pytest.approx(shares.values)
    assert margins.covariance == pytest.approx(shares.covariance, abs=1e-12)
    assert list(margins.table()["group"]) == ["sex=1", "sex=2"]


def test_margins_without_weights_are_the_effects_of_statsmodels(people: pd.DataFrame, build: Any) -> None:
    fit = svyglm("agree ~ age + sex", build(people.assign(weight=1.0), Design()), family="binomial")
    theirs = sm.Logit(people["agree"], sm.add_constant(people[["age", "sex"]].astype(float))).fit(disp=False)
    found = marginal_effects(fit, "age").values[0]
    assert found == pytest.approx(theirs.get_margeff().margeff[0], rel=1e-7)


def test_the_effect_of_a_number_is_the_mean_slope(data: SurveyData, logit: ModelResult) -> None:
    people, b = data.frame, logit.params
    slope = b["age"] + b["age:C(sex)[T.2.0]"] * (people["sex"] == 2)
    p = logit.predict(people)["estimate"]
    expected = np.average(slope * p * (1 - p), weights=people["weight"])
    assert marginal_effects(logit, "age").values[0] == pytest.approx(expected, rel=1e-8)


def test_the_effect_of_a_code_is_the_difference_of_two_margins(logit: ModelResult) -> None:
    margins, effect = predictive_margins(logit, "sex"), marginal_effects(logit, "sex")
    value, variance = margins.contrast(np.array([-1.0, 1.0]))
    assert effect.values[0] == pytest.approx(value[0])
    assert effect.covariance[0, 0] == pytest.approx(variance[0, 0])
    assert list(effect.table()["effect"]) == ["sex: 2 - 1"]
    other = marginal_effects(logit, "sex", reference=2)
    assert other.values[0] == pytest.approx(-value[0])


@pytest.mark.parametrize("covariates", ["sampled", "fixed"])
def test_a_rows_influence_is_what_its_weight_moves(people: pd.DataFrame, build: Any, covariates: str) -> None:
    margins = margins_of(build(people), covariates)
    step = 1e-6
    for row in (3, 250, 611):
        heavier = people.assign(weight=people["weight"] * np.where(people.index == row, 1 + step, 1))
        moved = margins_of(build(heavier), covariates).values
        if covariates == "sampled":
            slope = (moved - margins.values) / step
            assert slope == pytest.approx(margins.influence[row], rel=1e-3, abs=1e-9)
    difference = margins.influence - margins.model_part
    assert (np.abs(difference).max() > 0) == (covariates == "sampled")


def margins_of(data: SurveyData, covariates: str) -> Margins:
    return predictive_margins(svymultinomial("vote ~ age + C(sex)", data), "sex", covariates=covariates)


def test_the_outcomes_of_a_setting_add_up_to_one(data: SurveyData) -> None:
    for fit in (svyolr("trust ~ age + C(sex)", data), svymultinomial("vote ~ age + C(sex)", data)):
        margins = predictive_margins(fit, {"sex": [1, 2], "age": [0.0, 1.0]})
        table = margins.table()
        assert table.groupby(["sex", "age"])["estimate"].sum().to_numpy() == pytest.approx(np.ones(4))
        whole = margins.contrast(np.ones(len(table)))[1]
        assert whole[0, 0] == pytest.approx(0, abs=1e-15)
        effects = marginal_effects(fit, "age").table()
        assert effects["estimate"].sum() == pytest.approx(0, abs=1e-9)
        assert len(effects) == len(fit.engine.outcomes)


def test_averages_by_wave_compare_adjusted_shares(people: pd.DataFrame, build: Any) -> None:
    waves = [build(people[people.index % 2 == i], meta=Meta("made", str(2020 + i))) for i in range(2)]
    data = pool(waves)
    fit = svyglm("agree ~ age + C(sex) + C(wave)", data, family="binomial")
    table = predictive_margins(fit, by="wave").table()
    assert list(table["wave"]) == ["2020", "2021"]
    set_alike = predictive_margins(fit, "wave")
    assert list(set_alike.labels["wave_set"]) == ["2020", "2021"]
    gap = set_alike.contrast(np.array([-1.0, 1.0]))[0][0]
    assert gap == pytest.approx(marginal_effects(fit, "wave").values[0])


def test_a_domain_is_averaged_over_alone(data: SurveyData, people: pd.DataFrame, logit: ModelResult) -> None:
    men = predictive_margins(logit, where={"sex": 2})
    p = logit.predict(people)["estimate"][people["sex"] == 2]
    assert men.values[0] == pytest.approx(np.average(p, weights=people["weight"][people["sex"] == 2]))
    assert men.influence.shape == (len(people), 1)


def test_a_mean_has_covariance_with_a_margin_of_the_same_people(data: SurveyData, logit: ModelResult) -> None:
    joint = joint_covariance([mean_estimates(data, "income"), predictive_margins(logit), logit])
    assert joint.shape == (6, 6)
    assert joint[2:, 2:] == pytest.approx(logit.covariance.to_numpy())
    assert joint[0, 1] > 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda f: predictive_margins(f, "income"), "no column of the model 'income': type one of age, sex"),
        (lambda f: predictive_margins(f, "agree"), "no column of the model 'agree'"),
        (lambda f: predictive_margins(f, "age"), "'age' is a number without codes: say where to set it"),
        (lambda f: predictive_margins(f, {"sex": 3}), "the rows do not fit"),
        (lambda f: predictive_margins(f, covariates="all"), "type sampled or fixed"),
        (lambda f: predictive_margins(f, where={"sex": 5}), "holds nobody"),
        (
            lambda f: marginal_effects(f, "sex", reference=4),
            "the model has not met 4 in 'sex': type one of 1, 2",
        ),
        (lambda f: marginal_effects(f, "age", reference=4), "is a number without codes: it has no reference"),
        (lambda f: marginal_effects(f, "age", at={"age": 1}), "is set by at, so it has no effect"),
    ],
)
def test_what_the_model_cannot_say_is_refused(logit: ModelResult, call: Any, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        call(logit)

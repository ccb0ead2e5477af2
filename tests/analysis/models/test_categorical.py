"""Ordered and multinomial models: what they agree with, what they do not depend on, what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.discrete.discrete_model import MNLogit
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis import Design, EstimationError, Meta, SurveyData, pool, svyglm, svymultinomial, svyolr

ORDERED, UNORDERED = "trust ~ age + C(sex)", "vote ~ age + C(sex)"


def test_without_weights_the_coefficients_are_those_of_statsmodels(people: pd.DataFrame, build: Any) -> None:
    plain = build(people.assign(weight=1.0), Design())
    X = pd.DataFrame({"man": (people["sex"] == 2).astype(float), "age": people["age"]})
    theirs = OrderedModel(people["trust"], X, distr="probit").fit(method="bfgs", gtol=1e-8, disp=False)
    fit = svyolr(ORDERED, plain, link="probit")
    assert fit.params.iloc[:2].to_numpy() == pytest.approx(np.asarray(theirs.params)[:2], rel=1e-5)
    assert -fit.deviance / 2 == pytest.approx(theirs.llf, rel=1e-9)
    assert np.sqrt(np.diag(fit.naive))[:2] == pytest.approx(np.asarray(theirs.bse)[:2], rel=1e-3)
    many = MNLogit(people["vote"], X.assign(one=1.0)).fit(disp=False, tol=1e-12)
    ours = svymultinomial(UNORDERED, plain).params.to_numpy().reshape(2, 3)[:, [1, 2, 0]]
    assert ours == pytest.approx(np.asarray(many.params).T, rel=1e-6)


def test_a_weight_of_two_counts_a_person_twice(people: pd.DataFrame, build: Any) -> None:
    twice = people.assign(weight=1.0 + (people.index % 2))
    spread = pd.concat([people, people[people.index % 2 == 1]], ignore_index=True).assign(weight=1.0)
    for model, formula in ((svyolr, ORDERED), (svymultinomial, UNORDERED)):
        one, other = model(formula, build(twice)), model(formula, build(spread))
        assert one.params.to_numpy() == pytest.approx(other.params.to_numpy(), rel=1e-8)


def test_two_codes_give_the_binomial_model(data: SurveyData) -> None:
    logit = svyglm("agree ~ age + C(sex)", data, family="binomial")
    many = svymultinomial("agree ~ age + C(sex)", data)
    assert many.params.to_numpy() == pytest.approx(logit.params.to_numpy(), rel=1e-8)
    assert many.covariance.to_numpy() == pytest.approx(logit.covariance.to_numpy(), rel=1e-7)
    ordered = svyolr("agree ~ age + C(sex)", data)
    assert ordered.params["age"] == pytest.approx(logit.params["age"], rel=1e-8)
    assert ordered.params["0|1"] == pytest.approx(-logit.params["Intercept"], rel=1e-8)
    assert ordered.se["age"] == pytest.approx(logit.se["age"], rel=1e-7)
    assert ordered.df_residual == logit.df_residual


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_a_constant_alone_gives_the_shares(data: SurveyData, people: pd.DataFrame, link: str) -> None:
    fit = svyolr("trust ~ 1", data, link=link)
    many = svymultinomial("trust ~ 1", data)
    shares = people.groupby("trust")["weight"].sum() / people["weight"].sum()
    nobody = pd.DataFrame(index=[0])
    for found in (fit.predict(nobody), many.predict(nobody)):
        assert found["estimate"].to_numpy() == pytest.approx(shares.to_numpy(), rel=1e-9)
        assert list(found["outcome"]) == [1, 2, 3, 4]


@pytest.mark.parametrize(("model", "formula"), [(svyolr, ORDERED), (svymultinomial, UNORDERED)])
def test_the_unit_of_the_weights_and_the_order_of_rows_leave_the_fit_alone(
    people: pd.DataFrame, build: Any, model: Any, formula: str
) -> None:
    changed = people.assign(weight=900 * people["weight"]).sample(frac=1, random_state=2)
    one, other = model(formula, build(people)), model(formula, build(changed))
    assert other.params.to_numpy() == pytest.approx(one.params.to_numpy(), rel=1e-7)
    assert other.se.to_numpy() == pytest.approx(one.se.to_numpy(), rel=1e-7)
    assert other.deviance == pytest.approx(one.deviance)


@pytest.mark.parametrize(("model", "formula"), [(svyolr, ORDERED), (svymultinomial, UNORDERED)])
def test_a_domain_keeps_the_design_and_fits_its_rows_alone(
    people: pd.DataFrame, build: Any, model: Any, formula: str
) -> None:
    formula = formula.replace(" + C(sex)", "")
    fit = model(formula, build(people), where={"sex": 1})
    alone = model(formula, build(people[people["sex"] == 1]))
    assert fit.params.to_numpy() == pytest.approx(alone.params.to_numpy(), rel=1e-8)
    assert fit.influence.shape == (len(people), len(fit.params))
    assert not fit.influence[(people["sex"] == 2).to_numpy()].any()


def test_the_codes_reversed_turn_the_slopes_around(people: pd.DataFrame, build: Any) -> None:
    one, other = (svyolr(ORDERED, build(rows)) for rows in (people, people.assign(trust=5 - people["trust"])))
    assert other.params["age"] == pytest.approx(-one.params["age"], rel=1e-8)
    assert other.se["age"] == pytest.approx(one.se["age"], rel=1e-8)
    assert other.params["1|2"] == pytest.approx(-one.params["3|4"], rel=1e-8)


def test_another_reference_is_the_same_model(data: SurveyData) -> None:
    one, other = svymultinomial(UNORDERED, data), svymultinomial(UNORDERED, data, reference=3)
    difference = one.params["2: age"] - one.params["3: age"]
    assert other.params["2: age"] == pytest.approx(difference, rel=1e-8)
    assert other.deviance == pytest.approx(one.deviance)
    assert other.wald("age").f == pytest.approx(one.wald("age").f, rel=1e-7)
    assert other.likelihood_ratio("age").p == pytest.approx(one.likelihood_ratio("age").p, rel=1e-6)


def test_independent_waves_are_fitted_as_one_and_their_covariances_add_up(
    people: pd.DataFrame, build: Any
) -> None:
    parts = [build(people[people.index % 2 == i], meta=Meta("made", str(2020 + i))) for i in range(2)]
    for model, formula in ((svyolr, ORDERED), (svymultinomial, UNORDERED)):
        whole = model(formula, pool(parts))
        again = sum(
            part.sample.covariance(whole.influence[i * 400 : (i + 1) * 400]) for i, part in enumerate(parts)
        )
        assert whole.covariance.to_numpy() == pytest.approx(again, rel=1e-9)
        assert whole.df == sum(part.sample.df() for part in parts)
        apart = model(f"{formula} + C(wave)", pool(parts))
        assert len(apart.params) > len(whole.params)


def test_the_mean_of_the_predictions_is_the_share_of_the_sample(
    data: SurveyData, people: pd.DataFrame
) -> None:
    fit = svymultinomial(UNORDERED, data)
    predicted = fit.predict(people)["estimate"].to_numpy().reshape(-1, 3)
    weight = people["weight"].to_numpy()
    for place, code in enumerate((1, 2, 3)):
        share = weight @ (people["vote"] == code) / weight.sum()
        assert weight @ predicted[:, place] / weight.sum() == pytest.approx(share)
    assert predicted.sum(axis=1) == pytest.approx(np.ones(len(people)))


def test_predictions_of_shares_stay_between_0_and_1(data: SurveyData) -> None:
    table = svyolr(ORDERED, data).predict(pd.DataFrame({"age": [-8.0, 0.0, 8.0], "sex": [1, 2, 2]}))
    assert ((table["low"] > 0) & (table["high"] < 1) & (table["low"] < table["estimate"])).all()
    link = svyolr(ORDERED, data).predict(pd.DataFrame({"age": [1.0], "sex": [1]}), scale="link")
    fit = svyolr(ORDERED, data)
    assert link.iloc[0]["estimate"] == pytest.approx(fit.params["age"])
    assert link.iloc[0]["se"] == pytest.approx(fit.se["age"])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: svyolr(ORDERED, d, link="cloglog"), "link 'cloglog' is unknown: type logit or probit"),
        (lambda d: svyolr(ORDERED, d, information="some"), "type observed or expected"),
        (lambda d: svyolr("trust ~ age - 1", d), "leaves the intercept out"),
        (lambda d: svyolr("income ~ age", d), "800 different values, so it is no list of codes: use svyglm"),
        (lambda d: svyolr("trust ~ age", d, where={"trust": 2}), "everybody in the base answers 2"),
        (lambda d: svymultinomial("vote ~ age", d, reference=7), "nobody in the base answers 7"),
        (
            lambda d: svymultinomial("vote ~ age + I(2 * age)", d),
            "age, I\\(2 \\* age\\) are linearly dependent",
        ),
        (lambda d: svymultinomial("wave ~ age", d), "the left side of 'wave ~ age' holds words"),
        (lambda d: svyolr("~ age", d), "names no response"),
    ],
)
def test_what_cannot_be_fitted_is_refused(data: SurveyData, call: Any, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        call(data)


def test_answers_that_a_column_parts_are_refused(people: pd.DataFrame, build: Any) -> None:
    parted = people.assign(
        trust=1 + np.searchsorted([-1, 0, 1], people["age"]), vote=1 + np.searchsorted([-1, 1], people["age"])
    )
    alike = people.assign(
        trust=people["trust"].where(people["sex"] == 2, 1), vote=people["vote"].where(people["sex"] == 2, 1)
    )
    for rows in (parted, alike):
        data = build(rows)
        with pytest.raises(EstimationError, match="no finite solution"):
            svymultinomial(UNORDERED, data)
    with pytest.raises(EstimationError, match="no finite solution"):
        svyolr("trust ~ age", build(parted))
    with pytest.raises(EstimationError, match="no finite solution"):
        svyolr(
            "trust ~ C(sex)", build(alike.assign(trust=alike["trust"].clip(2).where(alike["sex"] == 2, 1)))
        )

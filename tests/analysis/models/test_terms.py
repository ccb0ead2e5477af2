"""Tests of terms, criteria and few-cluster errors: identities that hold whatever the data."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import (
    Design,
    EstimationError,
    Meta,
    ModelResult,
    SurveyData,
    bell_mccaffrey,
    design_aic,
    design_bic,
    from_frame,
    pool,
    svyglm,
    svymultinomial,
    svyolr,
)
from analysis.estimates.quadratic import saddlepoint


@pytest.fixture
def logit(data: SurveyData) -> ModelResult:
    return svyglm("agree ~ age + C(sex) + C(vote)", data, family="binomial")


@pytest.mark.parametrize("value", [0.3, 1.7, 9.0])
def test_equal_weights_give_nearly_the_chi_square_and_the_f_tail(value: float) -> None:
    two = np.array([1.5, 1.5, 1.5])
    assert saddlepoint(value, two, np.inf) == pytest.approx(stats.chi2.sf(value / 1.5, 3), rel=0.02)
    assert saddlepoint(value, two, 20) == pytest.approx(stats.f.sf(value / 4.5, 3, 20), rel=0.02)


def test_the_tail_of_a_weighted_sum_is_that_of_drawn_sums() -> None:
    weights, draw = np.array([2.5, 1.0, 0.2]), np.random.default_rng(1)
    sums = draw.chisquare(1, (400_000, 3)) @ weights
    over = sums / (draw.chisquare(12, 400_000) / 12)
    for value in (2.0, 6.0, 15.0):
        assert saddlepoint(value, weights, np.inf) == pytest.approx((sums > value).mean(), rel=0.03)
        assert saddlepoint(value, weights, 12) == pytest.approx((over > value).mean(), rel=0.03)


def test_a_tail_starts_at_one_and_has_none_without_degrees_of_freedom() -> None:
    assert saddlepoint(0.0, np.ones(2), np.inf) == 1.0
    assert np.isnan(saddlepoint(1.0, np.ones(2), 0))
    assert 0 < saddlepoint(1.0, np.ones(1), np.inf) < 1


def test_without_a_design_the_deviance_is_nearly_a_chi_square(people: pd.DataFrame, build: Any) -> None:
    plain = build(people.assign(weight=1.0), Design())
    found = svyglm("agree ~ age + C(vote)", plain, family="binomial").likelihood_ratio("C(vote)")
    assert found.df == 2
    assert found.weights == pytest.approx(np.ones(2), rel=0.1)
    assert np.isfinite(found.p)


def test_the_three_tests_of_one_coefficient_point_the_same_way(logit: ModelResult) -> None:
    t = logit.table().loc["age"]
    assert logit.wald("age").p == pytest.approx(t["p"])
    assert logit.wald("age", test="Chisq").chisq == pytest.approx(t["t"] ** 2)
    assert logit.wald("age", test="Chisq").ddf == np.inf
    ratio = logit.likelihood_ratio("age")
    assert ratio.weights[0] == pytest.approx(
        logit.covariance.loc["age", "age"] / logit.naive[1 + 2 + 1, 1 + 2 + 1]
    )
    assert ratio.chisq / ratio.weights[0] == pytest.approx(t["t"] ** 2, rel=0.2)


def test_the_deviance_explained_is_that_of_the_smaller_model(data: SurveyData) -> None:
    for model, formula in ((svyolr, "trust ~ age + C(sex)"), (svymultinomial, "vote ~ age + C(sex)")):
        small = model(formula.replace(" + C(sex)", ""), data)
        fit = model(formula, data)
        assert fit.likelihood_ratio("C(sex)").chisq == pytest.approx(small.deviance - fit.deviance)
        assert fit.likelihood_ratio("C(sex)").df == len(fit.terms["C(sex)"])


def test_the_last_of_the_sequential_tests_is_the_one_in_the_whole_model(logit: ModelResult) -> None:
    for method in ("LRT", "Wald"):
        whole, steps = logit.anova(method=method), logit.anova(method=method, sequential=True)
        assert steps.iloc[-1].equals(whole.iloc[-1])
        assert list(steps["term"]) == ["C(sex)", "C(vote)", "age"]
        assert steps.iloc[0]["ddf"] > whole.iloc[0]["ddf"]


def test_intervals_are_the_tables_at_any_level(logit: ModelResult) -> None:
    wide, narrow = logit.confint(0.99), logit.confint(0.5)
    assert (wide["low"] < narrow["low"]).all()
    assert (logit.confint().to_numpy() == logit.table()[["low", "high"]].to_numpy()).all()


def test_criteria_without_a_design_are_nearly_the_classical_ones(people: pd.DataFrame, build: Any) -> None:
    plain = build(people.assign(weight=1.0), Design())
    for family, response in (("binomial", "agree"), ("gaussian", "income")):
        fit = svyglm(f"{response} ~ age + C(sex)", plain, family=family)
        found = design_aic(fit)
        likelihood = fit.deviance
        if family == "gaussian":
            likelihood = 800 * (np.log(2 * np.pi * fit.deviance / 800) + 1)
        assert found.effective_parameters == pytest.approx(2 + (family == "gaussian"), rel=0.15)
        assert found.aic == pytest.approx(likelihood + 2 * found.effective_parameters)
    small = svyglm("agree ~ 1", plain, family="binomial")
    whole = svyglm("agree ~ age", plain, family="binomial")
    assert design_bic(whole).bic == pytest.approx(whole.deviance + 2 * np.log(800))
    assert design_bic(small, whole).bic > design_bic(whole).bic


def test_the_unit_of_the_weights_leaves_criteria_and_tests_alone(people: pd.DataFrame, build: Any) -> None:
    one, other = (
        svyglm("agree ~ age + C(vote)", build(people.assign(weight=k * people["weight"])), family="binomial")
        for k in (1, 5000)
    )
    assert design_aic(other).aic == pytest.approx(design_aic(one).aic)
    assert other.likelihood_ratio("C(vote)").p == pytest.approx(one.likelihood_ratio("C(vote)").p, rel=1e-6)


def test_few_clusters_get_larger_errors_and_fewer_degrees_of_freedom(
    people: pd.DataFrame, build: Any
) -> None:
    data = build(people.assign(psu=people["psu"] % 8), Design(cluster=("psu",), weight="weight"))
    fit = svyglm("income ~ age + C(sex)", data)
    few = bell_mccaffrey(fit)
    assert few.params.equals(fit.params)
    assert (few.se > fit.se).all()
    assert (few.table()["df"] < 8).all()
    assert few.covariance.to_numpy() == pytest.approx(data.sample.covariance(few.influence))


def test_the_correction_of_a_mean_of_equal_clusters_has_the_design_degrees_of_freedom(
    people: pd.DataFrame, build: Any
) -> None:
    data = build(people.assign(weight=1.0), Design(cluster=("psu",), weight="weight"))
    fit = svyglm("income ~ 1", data)
    few = bell_mccaffrey(fit)
    assert few.df_by_coefficient["Intercept"] == pytest.approx(39)
    assert few.se["Intercept"] == pytest.approx(fit.se["Intercept"] * np.sqrt(40 / 39), rel=1e-9)


def test_the_correction_is_that_of_survey_4_5_as_its_authors_print_it(shared: Path) -> None:
    """The snapshots of survey's own tests: tests/testthat/_snaps/bell_mccaffrey.md."""
    frame = pd.read_csv(shared / "data" / "apiclus1.csv", na_values=[""], keep_default_na=False)
    frame["wide"] = (frame["sch_wide"] == "Yes").astype(int)
    data = from_frame(frame, Design(cluster=("dnum",), fpc=("fpc",), weight="pw"))
    order = ["Intercept", "api99", "C(stype)[T.2.0]", "C(stype)[T.3.0]"]
    line = bell_mccaffrey(svyglm("api00 ~ api99 + C(stype)", data)).table().loc[order]
    assert line["df"].to_numpy() == pytest.approx([6.308131, 7.061340, 5.304156, 8.979698], rel=1e-6)
    assert line["low"].to_numpy() == pytest.approx(
        [56.2792308, 0.8387537, -33.1110597, -31.8944852], rel=1e-6
    )
    curve = bell_mccaffrey(svyglm("wide ~ api99 + C(stype)", data, family="binomial")).table().loc[order]
    assert curve["high"].to_numpy() == pytest.approx(
        [6.077377146, 0.004222495, 0.830203522, -0.014736530], rel=1e-5
    )


def test_the_correction_takes_strata_and_pooled_waves(people: pd.DataFrame, build: Any) -> None:
    waves = [build(people[people.index % 2 == i], meta=Meta("made", str(i))) for i in range(2)]
    fit = bell_mccaffrey(svyglm("agree ~ age + C(wave)", pool(waves), family="binomial"))
    assert np.isfinite(fit.table().to_numpy()).all()
    assert (fit.df_by_coefficient <= 40).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda f, d: f.wald("age", test="Z"), "test 'Z' is unknown: type F or Chisq"),
        (lambda f, d: f.anova(method="score"), "method 'score' is unknown: type LRT or Wald"),
        (lambda f, d: f.likelihood_ratio("C(sex)[T.9]"), "no coefficient or term 'C\\(sex\\)\\[T.9\\]'"),
        (lambda f, d: design_aic(svyglm("trust ~ age", d, family="gamma")), "no AIC and no BIC"),
        (lambda f, d: design_bic(f, svyglm("agree ~ sex", d, family="binomial")), "the largest model lacks"),
        (
            lambda f, d: design_bic(svyglm("agree ~ age", d, family="binomial", where={"sex": 1}), f),
            "fitted to different rows",
        ),
        (
            lambda f, d: bell_mccaffrey(svyolr("trust ~ age", d)),
            "known for svyglm, not for a cumulative logit",
        ),
        (lambda f, d: bell_mccaffrey(svyglm("income ~ C(psu)", d)), "a cluster alone decides a coefficient"),
    ],
)
def test_what_has_no_answer_is_refused(logit: ModelResult, data: SurveyData, call: Any, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        call(logit, data)


def test_more_coefficients_than_clusters_cannot_be_tested_together(people: pd.DataFrame, build: Any) -> None:
    few = build(people.assign(psu=people["psu"] % 3), Design(cluster=("psu",), weight="weight"))
    fit = svyglm("income ~ age + C(sex) + C(vote)", few)
    with pytest.raises(EstimationError, match="5 coefficients are too many for the 2 degrees of freedom"):
        fit.table()
    with pytest.raises(EstimationError, match="5 coefficients are too many for the 2 degrees of freedom"):
        fit.wald(["age", "C(sex)", "C(vote)"])
    with pytest.raises(EstimationError, match="no covariance matrix of full rank, as with fewer clusters"):
        fit.wald(["age", "C(sex)", "C(vote)"], test="Chisq")
    assert fit.df_residual < 0

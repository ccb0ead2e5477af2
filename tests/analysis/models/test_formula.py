"""Formulas: what becomes rows and columns, and what is refused in the words of the formula."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    EstimationError,
    Meta,
    ModelResult,
    SurveyData,
    Targets,
    from_frame,
    predictive_margins,
    rake,
    svyglm,
    svymultinomial,
    svyolr,
)


@pytest.mark.parametrize(
    ("formula", "model"),
    [
        ("agree ~ age * C(sex)", lambda f, d: svyglm(f, d, family="binomial")),
        ("income ~ age + C(vote)", svyglm),
        ("trust ~ age + C(sex)", svyolr),
        ("trust ~ age + C(sex)", lambda f, d: svyolr(f, d, link="probit")),
        ("vote ~ age + C(sex)", svymultinomial),
    ],
)
def test_a_rows_influence_is_what_its_weight_moves(
    people: pd.DataFrame, build: Any, formula: str, model: Any
) -> None:
    fit: ModelResult = model(formula, build(people))
    step = 1e-6
    for row in (0, 123, 799):
        heavier = people.assign(weight=people["weight"] * np.where(people.index == row, 1 + step, 1))
        slope = (model(formula, build(heavier)).params - fit.params) / step
        assert slope.to_numpy() == pytest.approx(fit.influence[row], rel=1e-3, abs=1e-8)


def test_calibration_shrinks_the_errors_of_levels_it_knows(people: pd.DataFrame, build: Any) -> None:
    shares = {"sex": {1: 0.5, 2: 0.5}, "vote": {1: 0.4, 2: 0.4, 3: 0.2}}
    raked = rake(build(people), Targets.from_shares(shares))[0]
    fixed = build(people.assign(weight=raked.sample.weights))
    for model in (svyolr, svymultinomial):
        ours, plain = (model("vote ~ C(sex)", data) for data in (raked, fixed))
        assert ours.params.to_numpy() == pytest.approx(plain.params.to_numpy(), rel=1e-6)
        level = [name for name in ours.params.index if "|" in name or "Intercept" in name]
        assert (ours.se[level] < plain.se[level]).all()
    share = predictive_margins(svymultinomial("vote ~ 1", raked))
    assert share.values == pytest.approx([0.4, 0.4, 0.2], rel=1e-8)
    assert share.se == pytest.approx(np.zeros(3), abs=1e-8)


def test_a_yes_or_no_on_the_left_means_yes(data: SurveyData) -> None:
    fit = svyglm("I(vote == 2) ~ age", data, family="binomial")
    codes = svymultinomial("vote ~ 1", data, where=None)
    assert fit.n == codes.n
    share = predictive_margins(fit).values[0]
    assert share == pytest.approx(predictive_margins(codes).values[1])


def test_names_outside_the_data_are_unknown(data: SurveyData) -> None:
    for name in ("rows", "formula", "data", "frame"):
        with pytest.raises(EstimationError, match=f"no column '{name}'"):
            svyglm(f"income ~ {name}", data)


def test_transformations_are_learned_from_the_rows_and_used_for_others(data: SurveyData) -> None:
    plain, moved = svyglm("income ~ age", data), svyglm("income ~ center(age)", data)
    rows = pd.DataFrame({"age": [-1.0, 0.5]})
    assert moved.predict(rows)["estimate"].to_numpy() == pytest.approx(
        plain.predict(rows)["estimate"].to_numpy()
    )
    curve = svyglm("income ~ bs(age, df=4)", data)
    assert np.isfinite(curve.predict(rows)[["estimate", "se"]].to_numpy()).all()


def test_a_coded_column_is_read_alike_with_and_without_a_contrast(data: SurveyData) -> None:
    one = svyglm("income ~ C(vote)", data)
    other = svyglm("income ~ C(vote, Treatment(reference=2))", data)
    rows = pd.DataFrame({"vote": [1, 2, 3]})
    assert one.predict(rows)["estimate"].to_numpy() == pytest.approx(
        other.predict(rows)["estimate"].to_numpy()
    )
    assert list(one.params.index) == ["Intercept", "C(vote)[T.2.0]", "C(vote)[T.3.0]"]


def test_words_are_categorical(people: pd.DataFrame) -> None:
    words = people.assign(place=np.where(people["age"] > 0, "town", "village"), wave="2020")
    data = from_frame(words, Design(weight="weight"))
    fit = svyglm("income ~ C(place)", data)
    assert list(fit.params.index) == ["Intercept", "C(place)[T.2.0]"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda d: svyglm("vote ~ age", d, family="binomial"),
            "0 or 1, or a share between, and 1 to 3 was found",
        ),
        (lambda d: svyglm("age ~ sex", d, family="poisson"), "Poisson model is not below 0"),
        (
            lambda d: svyglm("agree ~ sex", d, family="gamma"),
            "Gamma model lies above 0, and 0 to 1 was found",
        ),
        (lambda d: svyglm("wave ~ age", d), "holds words or classes: write"),
        (lambda d: svyglm("income + age ~ sex", d), "makes 2 columns: write one column of numbers"),
        (lambda d: svyglm("~ age", d), "names no response: write it as response ~ terms"),
        (lambda d: svyglm("income ~ 0", d), "has no columns: write at least ~ 1"),
        (lambda d: svyglm("income ~ age +", d), "does not fit the data: expected a noun"),
        (lambda d: svyglm("income ~ np.log(age)", d), r"np.log\(age\): not a finite number in some row"),
        (lambda d: svyglm("np.log(age) ~ sex", d), "the response is not a finite number in some row"),
        (lambda d: svyglm("sex ~ age", d, where={"sex": 2}), "everybody in the base has the response 2"),
        (lambda d: svyglm("income ~ C(sex) + I(sex == 2)", d), "linearly dependent: leave one of them out"),
    ],
)
def test_a_formula_that_says_nothing_is_refused(data: SurveyData, call: Any, words: str) -> None:
    with pytest.raises(EstimationError, match=words), warnings.catch_warnings():
        warnings.simplefilter("error")
        call(data)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"age": [1.0], "sex": [3]}, "value 3 does not match any of the expected levels"),
        ({"age": [1.0]}, "name 'sex' is not defined"),
        ({"age": [np.nan], "sex": [1]}, "a value is missing or not finite"),
        ({"age": [1.0], "sex": [np.nan]}, "does not match any of the expected levels"),
    ],
)
def test_rows_the_model_cannot_predict_are_refused(
    data: SurveyData, rows: dict[str, Any], words: str
) -> None:
    fit = svyglm("agree ~ age + C(sex)", data, family="binomial")
    with pytest.raises(EstimationError, match=words):
        fit.predict(pd.DataFrame(rows))


def test_no_rows_predict_nothing(data: SurveyData) -> None:
    fit = svymultinomial("vote ~ age + C(sex)", data)
    assert len(fit.predict(pd.DataFrame({"age": [], "sex": []}))) == 0


def test_a_non_probability_sample_has_coefficients_and_no_errors(people: pd.DataFrame, build: Any) -> None:
    volunteers = Meta("made", "1", sample_type="nonprobability")
    fit = svyglm("income ~ age + C(sex)", build(people, meta=volunteers))
    columns = ["se", "low", "high"]
    assert fit.table()["estimate"].notna().all()
    for table in (fit.table(), fit.predict(people.head(2)), predictive_margins(fit, "sex").table()):
        assert table[columns].isna().all(axis=None)
    for test in (fit.wald, fit.likelihood_ratio):
        with pytest.raises(
            EstimationError, match="a non-probability sample has no sampling error, so no test"
        ):
            test("age")
    declared = replace(volunteers, model="quotas of age and sex, taken as random within")
    assert svyglm("income ~ age", build(people, meta=declared)).table()[columns].notna().all(axis=None)

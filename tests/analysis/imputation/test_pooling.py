"""Rubin's rules: identities, what pools with what, what is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    EstimationError,
    SurveyData,
    from_frame,
    mean,
    mean_estimates,
    pool_imputations,
    predictive_margins,
    proportion_estimates,
    rubin_pool,
    svyglm,
    svyolr,
)


def test_equal_data_sets_pool_to_themselves(survey: SurveyData) -> None:
    fit = svyglm("income ~ agree + C(sex)", survey)
    pooled = pool_imputations([fit] * 5)
    assert pooled.params.to_numpy() == pytest.approx(fit.params.to_numpy())
    assert pooled.se.to_numpy() == pytest.approx(fit.se.to_numpy())
    df = fit.df_residual
    assert pooled.df.to_numpy() == pytest.approx(np.full(3, (df + 1) / (df + 3) * df))
    endless = pool_imputations([fit] * 5, df_complete=np.inf)
    assert np.isinf(endless.df).all()
    table = endless.table()
    assert np.isfinite(table[["low", "high", "p"]].to_numpy()).all()
    assert table["low"].iloc[0] == pytest.approx(fit.params.iloc[0] - 1.959964 * fit.se.iloc[0], rel=1e-6)


def test_rubins_rules_by_hand() -> None:
    pooled = rubin_pool([[1.0], [2.0], [3.0]], [[[0.5]], [[0.7]], [[0.6]]], names=["b"])
    assert pooled.params["b"] == 2
    assert pooled.covariance.loc["b", "b"] == pytest.approx(0.6 + 4 / 3)
    r = (4 / 3) / 0.6
    assert pooled.df["b"] == pytest.approx(2 * (1 + 1 / r) ** 2)
    assert pooled.missing_information["b"] == pytest.approx((r + 2 / (pooled.df["b"] + 3)) / (1 + r))
    assert pooled.m == 3
    small = rubin_pool([[1.0], [2.0], [3.0]], [0.5, 0.7, 0.6], df_complete=10)
    observed = 11 / 13 * 10 * 0.6 / 1.6
    assert small.df.iloc[0] == pytest.approx(1 / (1 / observed + 1 / pooled.df["b"]))


def test_estimates_margins_and_ordered_models_pool(
    survey: SurveyData, frame: pd.DataFrame, make: Any
) -> None:
    draw = np.random.default_rng(1)
    sets = [make(frame.assign(income=frame["income"] + draw.normal(0, 0.5, 400))) for _ in range(4)]
    by = pool_imputations([mean_estimates(one, "income", by="sex") for one in sets])
    assert list(by.params.index) == ["income sex=1", "income sex=2"]
    each = np.mean([mean(one, "income", by="sex")["estimate"] for one in sets], axis=0)
    assert by.params.to_numpy() == pytest.approx(each)
    shares = pool_imputations([proportion_estimates(one, "vote", code=1) for one in sets])
    assert list(shares.params.index) == ["vote=1"]
    margins = [
        predictive_margins(svyglm("agree ~ income + C(sex)", one, family="binomial"), "sex") for one in sets
    ]
    assert list(pool_imputations(margins).params.index) == ["sex=1 wave=1", "sex=2 wave=1"]
    ordered = pool_imputations([svyolr("vote ~ income", one) for one in sets])
    assert list(ordered.params.index) == ["income", "1|2", "2|3"]
    assert ordered.wald("income").f == pytest.approx((ordered.params["income"] / ordered.se["income"]) ** 2)
    assert ordered.wald(["1|2", "2|3"]).ddf == ordered.df[["1|2", "2|3"]].min()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: pool_imputations([]), "0 imputed data sets cannot be pooled: impute at least 2"),
        (lambda d: pool_imputations([svyglm("income ~ 1", d)]), "1 imputed data sets cannot be pooled"),
        (lambda d: pool_imputations([1.0, 2.0]), "float does not pool: give fits of models"),
        (
            lambda d: pool_imputations([svyglm("income ~ 1", d), svyglm("income ~ agree", d)]),
            "do not give the same estimates \\(agree\\)",
        ),
        (lambda d: rubin_pool([[1.0], [2.0]], [[[1.0]]]), "2 estimates and 1 covariances"),
        (lambda d: rubin_pool([[1.0], [np.nan]], [[[1.0]], [[1.0]]]), "not a finite number"),
        (lambda d: rubin_pool([[1.0, 2.0]] * 2, [[1.0]] * 2), "does not go with 2 estimates"),
        (lambda d: pool_imputations([svyglm("income ~ 1", d)] * 2).wald("b"), "no estimate 'b'"),
    ],
)
def test_what_does_not_pool_is_refused(survey: SurveyData, call: Any, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        call(survey)


def test_a_code_absent_from_one_data_set_is_named() -> None:
    frame = pd.DataFrame({"y": np.arange(12.0), "x": [1, 2, 3] * 4})
    sets = [from_frame(rows, Design(weight=None)) for rows in (frame, frame.assign(x=frame["x"].clip(2)))]
    with pytest.raises(EstimationError, match=r"C\(x\)\[T.2.0\]"):
        pool_imputations([svyglm("y ~ C(x)", one) for one in sets])


def test_what_is_pooled_of_an_opt_in_sample_has_no_errors_and_no_test(survey: SurveyData) -> None:
    opt_in = replace(survey, meta=replace(survey.meta, sample_type="nonprobability"))
    for found in (svyglm("income ~ agree", opt_in), mean_estimates(opt_in, "income")):
        pooled = pool_imputations([found] * 3)
        assert pooled.table()[["se", "low", "high", "t", "p"]].isna().to_numpy().all()
        assert pooled.table()["estimate"].notna().all()
        with pytest.raises(EstimationError, match="no sampling error, so no test"):
            pooled.wald(str(pooled.params.index[0]))

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import nnls

from analysis import (
    COLUMNS,
    Design,
    EstimationError,
    from_frame,
    list_experiment,
    list_regression,
    mean_estimates,
    pool,
    stack,
)
from analysis.experiments.chi_bar import chi_bar_weights

LISTS = {"t": {0: "short", 1: "long"}}


def counts(y: Any, t: Any, **columns: Any) -> Any:
    frame = pd.DataFrame({"y": y, "t": t, **columns})
    return from_frame(frame, Design(weight=None), codes=LISTS)


def test_the_items_name_is_enough(make: Any) -> None:
    data = make()
    found = list_experiment(data, "LX")
    row = found.table.iloc[0]
    assert list(found.table.columns) == [*COLUMNS, "admissible", "note"]
    assert found.control_items == 4
    assert abs(row["estimate"] - 0.25) < 3 * row["se"]
    assert row["base"] == len(data.frame)
    assert list(found.attention["flag"]) == ["flag_attention"]
    assert found.balance.sizes["base"].sum() == len(data.frame)


def test_the_difference_is_that_of_the_two_means_with_their_covariance(make: Any) -> None:
    data = make()
    means = mean_estimates(data, "LX", by="LX_GRP")
    value, variance = means.contrast(np.array([-1.0, 1.0]))
    row = list_experiment(data, "LX").table.iloc[0]
    assert row["estimate"] == pytest.approx(value[0], rel=1e-12)
    assert row["se"] == pytest.approx(variance[0, 0] ** 0.5, rel=1e-12)


def test_waves_are_pooled_or_stand_each_for_itself(make: Any) -> None:
    waves = [make(seed=1, wave="2025"), make(seed=2, wave="2026")]
    by_wave = list_experiment(waves, "LX", by="wave")
    alone = [list_experiment(wave, "LX").table.iloc[0] for wave in waves]
    assert by_wave.table["estimate"].to_numpy() == pytest.approx([row["estimate"] for row in alone])
    assert by_wave.table["se"].to_numpy() == pytest.approx([row["se"] for row in alone])
    change, variance = by_wave.estimates.contrast(np.array([-1.0, 1.0]))
    assert change[0] == pytest.approx(alone[1]["estimate"] - alone[0]["estimate"])
    assert variance[0, 0] == pytest.approx(alone[0]["se"] ** 2 + alone[1]["se"] ** 2)
    pooled = list_experiment(waves, "LX").table.iloc[0]
    assert pooled["se"] < min(row["se"] for row in alone)
    assert pooled["base"] == sum(row["base"] for row in alone)


def test_a_reworded_list_is_not_pooled(make: Any) -> None:
    first, second = make(seed=1, wave="2025"), make(seed=2, wave="2026")
    reworded = tuple(replace(v, wording=2) if v.name == "LX" else v for v in second.codebook.variables)
    second = second.with_frame(second.frame, codebook=replace(second.codebook, variables=reworded))
    with pytest.raises(EstimationError, match="does not compare between waves 2025 and 2026"):
        list_experiment([first, second], "LX")
    assert len(list_experiment([first, second], "LX", by="wave").table) == 2


def test_an_estimate_below_0_is_told_and_not_cut() -> None:
    data = counts([2] * 40 + [3] * 60 + [2] * 60 + [1] * 40, [0] * 100 + [1] * 100)
    row = list_experiment(data, "y", group="t", control_items=4).table.iloc[0]
    assert row["estimate"] == pytest.approx(-1.0)
    assert row["admissible"] == 0
    assert "below 0" in row["note"]


def test_weights_of_any_scale_give_the_same(make: Any) -> None:
    data = make()
    scaled = data.with_frame(data.frame.assign(weight=data.frame["weight"] * 1e5))
    fields = ["estimate", "se", "low", "high", "deff", "df"]
    ours, theirs = (list_experiment(d, "LX").table.iloc[0] for d in (data, scaled))
    assert list(ours[fields]) == pytest.approx(list(theirs[fields]))
    one, other = (list_regression(d, "LX", "C(age2)") for d in (data, scaled))
    assert one.params.to_numpy() == pytest.approx(other.params.to_numpy())
    assert one.se.to_numpy() == pytest.approx(other.se.to_numpy())


def test_a_covariate_in_other_units_gives_the_same_fit(make: Any) -> None:
    data = make()
    wide = data.frame.assign(income=np.random.default_rng(3).normal(2e6, 4e5, len(data.frame)))
    frame = wide.assign(millions=wide["income"] / 1e6)
    survey = from_frame(
        frame[["LX", "LX_GRP", "income", "millions"]], Design(weight=None), codes={"LX_GRP": {1: "c", 2: "t"}}
    )
    for method in ("lm", "nls", "ml"):
        tenge, millions = (
            list_regression(survey, "LX", name, method=method, control_items=4).table()
            for name in ("income", "millions")
        )
        assert tenge["t"].to_numpy() == pytest.approx(millions["t"].to_numpy(), rel=1e-5)


def test_without_covariates_the_linear_model_is_the_difference(make: Any) -> None:
    data = make()
    row = list_experiment(data, "LX").table.iloc[0]
    fit = list_regression(data, "LX", method="lm")
    found = fit.table().iloc[0]
    assert found["estimate"] == pytest.approx(row["estimate"], rel=1e-10)
    assert found["se"] == pytest.approx(row["se"], rel=1e-10)
    assert fit.prevalence().iloc[0]["se"] == pytest.approx(row["se"], rel=1e-10)
    assert list_regression(data, "LX", method="nls").prevalence().iloc[0]["estimate"] == pytest.approx(
        row["estimate"], rel=1e-6
    )


def test_a_model_and_the_difference_are_compared_with_their_covariance(make: Any) -> None:
    data = make()
    share, fit = list_experiment(data, "LX").estimates, list_regression(data, "LX", method="lm")
    both = stack([share, fit])
    assert both.covariance[0, 0] == pytest.approx(both.covariance[0, 1], rel=1e-10)


def test_maximum_likelihood_finds_the_coefficients_that_made_the_data() -> None:
    chance = np.random.default_rng(5)
    n = 20_000
    x, t = chance.normal(size=n), chance.integers(0, 2, n)
    holds = chance.random(n) < 1 / (1 + np.exp(1 - 0.8 * x))
    others = chance.binomial(4, 1 / (1 + np.exp(-0.2 - 0.3 * x)))
    data = counts(others + t * holds, t, x=x)
    for options in ({"method": "ml"}, {"method": "nls"}, {"method": "ml", "constrained": False}):
        table = list_regression(data, "y", "x", group="t", control_items=4, **options).table()
        truth = np.array([-1, 0.8, 0.2, 0.3, 0.2, 0.3])[: len(table)]
        assert (np.abs(table["estimate"] - truth) < 4 * table["se"]).all()


def test_likelihood_has_less_error_than_the_difference_where_counts_are_binomial() -> None:
    chance = np.random.default_rng(6)
    t = chance.integers(0, 2, 4000)
    y = chance.binomial(4, 0.4, 4000) + t * (chance.random(4000) < 0.25)
    data = counts(y, t)
    known: dict[str, Any] = {"group": "t", "control_items": 4}
    fits = [list_regression(data, "y", method=method, **known) for method in ("ml", "lm")]
    errors = [fit.prevalence()["se"].iloc[0] for fit in fits]
    assert errors[0] < errors[1]


def test_a_long_list_that_changes_the_other_answers_is_found() -> None:
    chance = np.random.default_rng(2)
    n = 4000
    t, others = chance.integers(0, 2, n), chance.binomial(4, 0.5, n)
    fewer = np.maximum(others - t * (chance.random(n) < 0.4), 0)
    honest = counts(others + t * (chance.random(n) < 0.3), t)
    moved = counts(fewer + t * (chance.random(n) < 0.1), t)
    clean, spoilt = (list_experiment(d, "y", group="t", control_items=4).design for d in (honest, moved))
    assert spoilt.p < 0.01
    assert spoilt.verdict == "design_effect"
    assert clean.p > 0.05
    assert clean.types["estimate"].sum() == pytest.approx(1)


def test_those_who_hide_at_the_ceiling_are_found() -> None:
    chance = np.random.default_rng(4)
    n = 6000
    t, others = chance.integers(0, 2, n), chance.binomial(1, [0.4, 0.5, 0.7], (n, 3)).sum(axis=1)
    holds = chance.random(n) < 0.35
    open_ = counts(others + t * holds, t)
    hidden = counts(others + t * (holds & ~((others == 3) & (chance.random(n) < 0.7))), t)
    ends = list_experiment(hidden, "y", group="t", control_items=3).ends.set_index("end")
    assert ends.loc["ceiling", "p"] < 0.01
    assert list_experiment(open_, "y", group="t", control_items=3).ends["p"].min() > 0.01


def test_weights_of_the_mixture_are_those_of_drawn_projections() -> None:
    R = np.array([[1, 0.3, 0.2, 0.1], [0.3, 1, 0.4, 0.2], [0.2, 0.4, 1, 0.5], [0.1, 0.2, 0.5, 1]])
    for k in (1, 2, 3, 4):
        S = R[:k, :k]
        root = np.linalg.cholesky(np.linalg.inv(S)).T
        draws = np.random.default_rng(k).multivariate_normal(np.zeros(k), S, 4000)
        positive = [int((nnls(root, root @ x)[0] > 1e-12).sum()) for x in draws]
        assert chi_bar_weights(S) == pytest.approx(np.bincount(positive, minlength=k + 1) / 4000, abs=0.03)


@pytest.mark.parametrize(
    ("y", "t", "said"),
    [
        ([1, 2, 6, 0], [0, 0, 1, 1], "the long list has 5 items"),
        ([1, 5, 2, 0], [0, 0, 1, 1], "the short list has 4 items"),
        ([1, 2, 2.5, 0], [0, 0, 1, 1], "holds 2.5"),
        ([1, 2, 2, 0], [1, 1, 1, 1], "saw the short list"),
    ],
)
def test_counts_that_no_list_allows_are_refused(y: list[float], t: list[int], said: str) -> None:
    with pytest.raises(EstimationError, match=said):
        list_experiment(counts(y, t), "y", group="t", control_items=4)


def test_refusals_say_what_to_type(make: Any) -> None:
    data = make()
    with pytest.raises(EstimationError, match="name it by group="):
        list_experiment(data, "VG1")
    with pytest.raises(EstimationError, match="type one of lm, nls, ml"):
        list_regression(data, "LX", method="ols")
    with pytest.raises(EstimationError, match="linearly dependent"):
        list_regression(data, "LX", "true + I(2 * true)")
    with pytest.raises(EstimationError, match="no column 'nothing_of_that_name'"):
        list_regression(data, "LX", "nothing_of_that_name")
    unknown = counts([1, 2, 3, 1], [0, 0, 1, 1])
    with pytest.raises(EstimationError, match="type control_items=2"):
        list_regression(unknown, "y", group="t")


def test_a_list_that_adds_nothing_has_no_finite_log_odds() -> None:
    data = counts([1, 2, 2, 1] * 50, [0, 0, 1, 1] * 50)
    with pytest.raises(EstimationError, match="no finite solution"):
        list_regression(data, "y", group="t", control_items=3)


def test_counts_that_are_all_alike_have_no_error() -> None:
    row = list_experiment(counts([1, 1, 1, 1] * 50, [0, 1, 0, 1] * 50), "y", group="t").table.iloc[0]
    assert row["estimate"] == 0
    assert np.isnan(row["se"])
    assert "alike" in row["note"]


def test_without_sampling_error_there_are_no_tests(make: Any) -> None:
    data = make(sample_type="nonprobability")
    found = list_experiment(data, "LX")
    assert found.table["se"].isna().all()
    assert found.design.verdict == "not_inferable"
    assert found.ends["p"].isna().all()
    with pytest.raises(EstimationError, match="no probability sample"):
        list_regression(data, "LX").table()


def test_a_group_without_one_of_the_lists_has_no_figure() -> None:
    data = counts([1, 2, 1, 2, 1, 2], [0, 0, 1, 1, 0, 0], g=["a"] * 4 + ["b"] * 2)
    table = list_experiment(data, "y", by="g", group="t", control_items=3).table
    assert table["estimate"].isna().tolist() == [False, True]
    assert "nobody" in table["note"].iloc[1]


def test_pooled_data_are_taken_as_they_are(make: Any) -> None:
    waves = [make(seed=1, wave="2025"), make(seed=2, wave="2026")]
    ours, theirs = (list_experiment(d, "LX").table.iloc[0] for d in (waves, pool(waves)))
    assert ours["estimate"] == theirs["estimate"]

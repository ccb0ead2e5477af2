"""Replicates: what they are made of, what they refuse, and that refits and sums by PSU say the same."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Calibration,
    DataError,
    Design,
    EstimationError,
    Meta,
    ModelResult,
    ReplicateDesign,
    SurveyData,
    Targets,
    calibrate,
    change,
    design_from_dict,
    from_frame,
    joint_covariance,
    make_replicates,
    mean,
    mean_estimates,
    pool,
    proportion,
    proportion_estimates,
    proportions,
    quantile,
    rake,
    read_release,
    replicate,
    svyglm,
    svymultinomial,
    svyolr,
    total,
    trend,
    write_release,
)
from analysis.replicates.hadamard import hadamard_for

CODES = {
    "vote": {1: "for", 2: "against", 3: "abstain"},
    "sex": {1: "woman", 2: "man"},
    "agree": {0: "no", 1: "yes"},
}
PAIRS = Design(strata="pair", cluster=("half",), weight="weight")
KINDS = {
    "JKn": {},
    "BRR": {},
    "Fay": {"fay_rho": 0.4},
    "bootstrap": {"replicates": 24, "seed": 3},
}


def people(n: int = 600, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    row = np.arange(n)
    return pd.DataFrame(
        {
            "pair": row % 15,
            "half": row // 15 % 2,
            "weight": draw.uniform(0.5, 2.0, n),
            "vote": draw.choice([1, 2, 3, -1], n, p=[0.4, 0.3, 0.2, 0.1]),
            "sex": draw.choice([1, 2], n),
            "agree": draw.choice([0, 1], n, p=[0.6, 0.4]),
            "income": draw.normal(10, 3, n),
        }
    )


@pytest.fixture
def survey() -> SurveyData:
    return from_frame(people(), PAIRS, codes=CODES)


def waves(count: int = 4, n: int = 300) -> SurveyData:
    return pool(
        [
            from_frame(
                people(n, seed),
                PAIRS,
                codes=CODES,
                meta=Meta("s", f"w{seed}", dates=(f"{2018 + seed}-05-01",) * 2),
            )
            for seed in range(1, count + 1)
        ]
    )


def weights_of(data: SurveyData) -> np.ndarray:
    return np.column_stack([weights for _, weights in data.sample.replicate_weights()])


@pytest.mark.parametrize("kind", KINDS)
def test_a_refit_of_every_replicate_gives_what_the_estimators_give(survey: SurveyData, kind: str) -> None:
    data = make_replicates(survey, kind, **KINDS[kind])
    for table in (
        lambda d: mean(d, "income", by="sex"),
        lambda d: proportion(d, "vote"),
        lambda d: total(d, "income"),
        lambda d: quantile(d, "income", p=0.5).assign(se=np.nan),
    ):
        refitted = replicate(lambda d, table=table: table(d)["estimate"], data)
        ours = table(data)
        assert refitted.values.to_numpy() == pytest.approx(ours["estimate"].to_numpy(), rel=1e-12)
        if ours["se"].notna().all():
            assert refitted.se.to_numpy() == pytest.approx(ours["se"].to_numpy(), rel=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("formula", "family", "link"),
    [
        ("agree ~ C(sex) + C(vote)", "binomial", "logit"),
        ("agree ~ income", "binomial", "logit"),
        ("agree ~ income + C(sex)", "binomial", "probit"),
        ("agree ~ C(sex)", "binomial", "cloglog"),
        ("income ~ C(vote)", "gaussian", None),
        ("agree ~ income", "poisson", None),
    ],
)
def test_sums_by_psu_and_cell_equal_the_refit_of_the_rows(
    survey: SurveyData, kind: str, formula: str, family: str, link: str | None
) -> None:
    data = make_replicates(survey, kind, **KINDS[kind])
    fit = svyglm(formula, data, family=family, link=link, where={"sex": [1, 2]})
    rows = replicate(
        lambda d: svyglm(formula, d, family=family, link=link, where={"sex": [1, 2]}).params, data
    )
    assert fit.replicates is not None
    assert fit.replicates == pytest.approx(rows.replicates, rel=1e-8, abs=1e-10)
    assert fit.se.to_numpy() == pytest.approx(rows.se.to_numpy(), rel=1e-8)
    known = replicate(svyglm, data, formula, family=family, link=link, where={"sex": [1, 2]})
    assert known.se.to_numpy() == pytest.approx(rows.se.to_numpy(), rel=1e-8)


def test_a_trend_and_a_change_under_a_bootstrap_are_the_refits() -> None:
    data = make_replicates(waves(), "bootstrap", replicates=40, seed=5)
    moved = change(data, "agree", wave_from="w1", wave_to="w3", code=1)
    again = replicate(lambda d: change(d, "agree", wave_from="w1", wave_to="w3", code=1), data)
    assert again.se.to_numpy() == pytest.approx(moved["se"].to_numpy(), rel=1e-9)
    for link in ("identity", "logit"):
        line = trend(data, "agree", code=1, link=link)
        slopes = replicate(lambda d, link=link: trend(d, "agree", code=1, link=link), data)
        assert slopes.se.to_numpy() == pytest.approx(line.table["se"].to_numpy(float), rel=1e-8)
        assert line.table["method"][0].startswith("bootstrap, 40 replicates")


def test_rao_and_wus_factors_keep_every_stratum_and_repeat_with_the_seed(survey: SurveyData) -> None:
    data = make_replicates(survey, "bootstrap", replicates=30, seed=8)
    sample = data.sample
    factors = np.hstack([block for _, block in sample.factors()])
    assert factors.shape == (30, 30)
    assert set(np.unique(factors)) == {0.0, 2.0}
    again = make_replicates(survey, "bootstrap", replicates=90, seed=8).sample
    other = make_replicates(survey, "bootstrap", replicates=30, seed=9).sample
    assert np.array_equal(next(again.factors())[1][:, :30], factors)
    assert not np.array_equal(next(other.factors())[1], factors)
    wide = from_frame(people().assign(half=np.arange(600) // 15 % 5), PAIRS, codes=CODES)
    many = make_replicates(wide, "bootstrap", replicates=50, seed=1).sample
    block = next(many.factors())[1]
    stratum = wide.sample.stages[0].stratum
    for h in range(15):
        assert block[stratum == h].sum(axis=0) == pytest.approx(np.full(50, 5.0), rel=1e-12)


def test_the_bootstrap_with_population_sizes_meets_the_linearised_variance() -> None:
    frame = people().assign(half=np.arange(600) // 15 % 5, towns=12)
    design = Design(strata="pair", cluster=("half",), fpc=("towns",), weight="weight")
    data = from_frame(frame, design, codes=CODES)
    exact = total(data, "income")["se"][0]
    drawn = total(make_replicates(data, "bootstrap", replicates=4000, seed=1), "income")["se"][0]
    assert drawn == pytest.approx(exact, rel=0.04)


def test_a_jackknife_and_half_samples_of_a_total_are_the_linearised_variance(survey: SurveyData) -> None:
    exact = total(survey, "income", by="sex")["se"].to_numpy()
    for kind in ("JKn", "BRR", "Fay"):
        found = total(make_replicates(survey, kind, **KINDS[kind]), "income", by="sex")["se"].to_numpy()
        assert found == pytest.approx(exact, rel=1e-10)


def test_a_covariance_of_two_statistics_needs_no_more_than_their_replicates(survey: SurveyData) -> None:
    data = make_replicates(survey, "JKn")
    parts = [mean_estimates(data, "income"), proportion_estimates(data, "agree", code=1)]
    both = replicate(
        lambda d: np.array([mean(d, "income")["estimate"][0], proportion(d, "agree", code=1)["estimate"][0]]),
        data,
    )
    assert joint_covariance(parts) == pytest.approx(both.covariance.to_numpy(), rel=1e-9)


def test_coefficients_and_shares_share_their_replicates(survey: SurveyData) -> None:
    data = make_replicates(survey, "JKn")

    def fit(d: SurveyData) -> ModelResult:
        return svyglm("agree ~ income", d, family="binomial")

    both = replicate(lambda d: np.append(fit(d).params, mean(d, "income")["estimate"]), data)
    joint = joint_covariance([fit(data), mean_estimates(data, "income")])
    assert joint == pytest.approx(both.covariance.to_numpy(), rel=1e-7, abs=1e-14)


def test_many_shares_at_once_are_those_of_one_after_the_other(survey: SurveyData) -> None:
    data = make_replicates(survey, "bootstrap", replicates=30, seed=1)
    many = proportions(data, ["vote", "agree"], by="sex")
    each = [proportion(data, name, by="sex") for name in ("vote", "agree")]
    assert many["se"].tolist() == pytest.approx([se for table in each for se in table["se"]], rel=1e-12)


@pytest.mark.parametrize("model", [svyolr, svymultinomial])
def test_models_that_know_no_replicates_are_linearised_and_can_be_refitted(
    survey: SurveyData, model: Callable[..., ModelResult]
) -> None:
    data = make_replicates(survey, "JKn")
    linearised = model("vote ~ income", data)
    refitted = replicate(model, data, "vote ~ income")
    assert refitted.values.to_numpy() == pytest.approx(linearised.params.to_numpy(), rel=1e-9)
    assert refitted.se.to_numpy() == pytest.approx(linearised.se.to_numpy(), rel=0.1)


def test_matrices_of_half_samples_are_orthogonal_and_the_smallest_of_rs_orders() -> None:
    for count in range(1, 130):
        matrix = hadamard_for(count)
        assert len(matrix) > count
        assert (matrix @ matrix.T == len(matrix) * np.eye(len(matrix))).all()
        assert (matrix[0] == 1).all()
        assert (matrix[:, 0] == 1).all()
    orders = {3: 4, 5: 8, 7: 8, 11: 12, 15: 16, 19: 20, 20: 24, 23: 24, 26: 28, 30: 32, 40: 44, 60: 64}
    assert {count: len(hadamard_for(count)) for count in orders} == orders


def test_weights_capped_within_raking_are_not_repeated_and_say_so(survey: SurveyData) -> None:
    capped = rake(survey, targets(survey), cap=2.0)[0]
    with pytest.raises(EstimationError, match="weights were capped within every iteration of raking"):
        _ = make_replicates(capped, "JKn").sample
    assert mean(make_replicates(capped, "JKn", recalibrate=False), "income")["se"][0] > 0


def test_weights_that_came_with_the_data_are_the_replicates_they_were_made_of(survey: SurveyData) -> None:
    made = make_replicates(survey, "bootstrap", replicates=25, seed=2)
    columns = pd.DataFrame(weights_of(made)).rename(columns="rw{}".format)
    frame = pd.concat([people(), columns], axis=1)
    given = from_frame(frame, ReplicateDesign("bootstrap", PAIRS, weights=tuple(columns)), codes=CODES)
    factors = columns.div(people()["weight"], axis=0)
    loose = ReplicateDesign("bootstrap", PAIRS, weights=tuple(columns), combined=False)
    for data in (given, from_frame(pd.concat([people(), factors], axis=1), loose, codes=CODES)):
        assert mean(data, "income")["se"][0] == pytest.approx(mean(made, "income")["se"][0], rel=1e-12)
        assert data.sample.df() == made.sample.df()
        assert svyglm("agree ~ income", data, family="binomial").se.to_numpy() == pytest.approx(
            svyglm("agree ~ income", made, family="binomial").se.to_numpy(), rel=1e-8
        )


def test_waves_with_replicates_of_their_own_pool_as_independent_samples() -> None:
    parts = [
        make_replicates(from_frame(people(300, seed), PAIRS, codes=CODES, meta=Meta("s", f"w{seed}")), "JKn")
        for seed in (1, 2)
    ]
    pooled = pool(parts)
    each = [mean(part, "income")["se"][0] for part in parts]
    found = mean(pooled, "income", by="wave")["se"].to_numpy()
    assert found == pytest.approx(each, rel=1e-3)
    assert change(pooled, "income", wave_from="w1", wave_to="w2")["se"][0] == pytest.approx(
        np.hypot(*found), rel=1e-9
    )
    again = replicate(lambda d: mean(d, "income", by="wave"), pooled)
    assert again.se.to_numpy() == pytest.approx(each, rel=1e-9)
    assert again.covariance.to_numpy()[0, 1] == pytest.approx(0, abs=1e-15)


def targets(data: SurveyData, population: float | None = None) -> Targets:
    return Targets.from_shares(
        {"sex": {1: 0.52, 2: 0.48}, "agree": {0: 0.55, 1: 0.45}}, population=population
    )


@pytest.mark.parametrize("trim", [None, (0.4, 2.5)])
def test_every_replicate_meets_the_margins_again(
    survey: SurveyData, trim: tuple[float, float] | None
) -> None:
    weighted = rake(survey, targets(survey), trim=trim)[0]
    data = make_replicates(weighted, "bootstrap", replicates=12, seed=4)
    table = weights_of(data)
    frame = data.frame
    for name, shares in (("sex", {1: 0.52, 2: 0.48}), ("agree", {0: 0.55, 1: 0.45})):
        for code, share in shares.items():
            rows = (frame[name] == code).to_numpy()
            assert table[rows].sum(axis=0) / table.sum(axis=0) == pytest.approx(np.full(12, share), abs=1e-5)
    if trim:
        drawn = np.where(table > 0, table, np.nan)
        relative = drawn / np.nanmean(drawn, axis=0)
        assert np.nanmin(relative) > trim[0] * (1 - 1e-5)
        assert np.nanmax(relative) < trim[1] * (1 + 1e-5)
    plain = make_replicates(weighted, "bootstrap", replicates=200, seed=4, recalibrate=False)
    again = make_replicates(weighted, "bootstrap", replicates=200, seed=4)
    assert proportion(again, "agree", code=1)["se"][0] < 1e-6
    assert proportion(plain, "agree", code=1)["se"][0] > 0.01


def test_weights_cut_after_calibration_are_cut_in_every_replicate(survey: SurveyData) -> None:
    met = calibrate(survey, targets(survey, 6000.0))[0]
    frame = met.frame.assign(adjusted=met.frame["weight"])
    low, high = np.quantile(frame["weight"], [0.1, 0.9])
    cut = np.clip(frame["weight"], low, high)
    assert met.design.calibration is not None
    undeclared = replace(met.design, calibration=replace(met.design.calibration, adjusted="adjusted"))
    with pytest.raises(EstimationError, match=r"does not say at what: type Calibration\(cut="):
        _ = make_replicates(replace(met, frame=frame, design=undeclared), "JKn").sample
    declared = replace(
        met.design,
        calibration=replace(met.design.calibration, adjusted="adjusted", cut=(low, high), strict=True),
    )
    data = make_replicates(replace(met, frame=frame.assign(weight=cut), design=declared), "JKn")
    table = weights_of(data)
    assert table[table > 0].min() >= low * (1 - 1e-9)
    assert table.max() <= high * (1 + 1e-9)


def test_pooled_waves_meet_each_their_own_margins() -> None:
    parts = [
        rake(from_frame(people(300, seed), PAIRS, codes=CODES, meta=Meta("s", f"w{seed}")), targets(None))[0]
        for seed in (1, 2)
    ]
    data = make_replicates(pool(parts), "bootstrap", replicates=8, seed=1)
    table = weights_of(data)
    for wave in data.waves:
        rows = (data.frame["wave"] == wave).to_numpy()
        woman = rows & (data.frame["sex"] == 1).to_numpy()
        assert table[woman].sum(axis=0) / table[rows].sum(axis=0) == pytest.approx(np.full(8, 0.52), abs=1e-9)


def test_a_replicate_design_comes_back_from_json_and_from_a_release(survey: SurveyData, tmp_path) -> None:
    weighted = rake(survey, targets(survey), trim=5)[0]
    data = make_replicates(weighted, "bootstrap", replicates=20, seed=4, mse=True, df=17)
    assert design_from_dict(json.loads(json.dumps(data.design.to_dict()))) == data.design
    reference = write_release(data, tmp_path, instrument="{}", weights={}, fieldwork={})
    again = read_release(reference.folder)
    assert again.design == data.design
    assert mean(again, "income")["se"][0] == mean(data, "income")["se"][0]
    assert again.sample.df() == 17
    pooled = make_replicates(waves(2), "JKn")
    assert design_from_dict(json.loads(json.dumps(pooled.design.to_dict()))) == pooled.design


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        (
            "jackknife",
            {},
            "replicates of kind 'jackknife' are unknown: type one of JK1, JKn, BRR, Fay, bootstrap",
        ),
        ("bootstrap", {"seed": 1}, "a bootstrap needs a number of replicates: type replicates=500"),
        ("bootstrap", {"replicates": 10}, "a bootstrap needs a seed of 0 or more"),
        ("Fay", {}, "Fay's half-samples need their factor: type fay_rho=0.3"),
        ("Fay", {"fay_rho": 1.0}, "fay_rho=1 must be from 0 to below 1"),
        ("JKn", {"df": 0}, "df=0 must be 1 or more"),
    ],
)
def test_a_kind_without_its_numbers_is_refused(
    survey: SurveyData, kind: str, options: dict, words: str
) -> None:
    with pytest.raises(DataError, match=words):
        make_replicates(survey, kind, **options)


def test_designs_that_a_kind_does_not_fit_are_refused(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match="JK1 is for designs without strata: type kind='JKn'"):
        _ = make_replicates(survey, "JK1").sample
    wide = from_frame(people().assign(half=np.arange(600) // 15 % 5), PAIRS, codes=CODES)
    with pytest.raises(EstimationError, match="need two PSUs in every stratum, and stratum '0' has 5"):
        _ = make_replicates(wide, "BRR").sample
    lonely = people().assign(half=lambda f: np.where(f.pair == 3, 0, f.half))
    with pytest.raises(
        EstimationError, match="pair '3' has only one PSU, half '0', and replicates cannot follow"
    ):
        _ = make_replicates(from_frame(lonely, PAIRS, codes=CODES), "JKn").sample
    certain = from_frame(lonely, replace(PAIRS, lonely_psu="certainty"), codes=CODES)
    assert make_replicates(certain, "BRR").sample.df() == certain.sample.df()
    staged = replace(PAIRS, cluster=("half", "sex"), fpc=("towns",))
    towns = from_frame(people().assign(towns=40), staged, codes=CODES)
    with pytest.raises(EstimationError, match="replicates of first-stage clusters leave out"):
        _ = make_replicates(towns, "JKn").sample
    counted = from_frame(people().assign(towns=40), replace(PAIRS, fpc=("towns",)), codes=CODES)
    with pytest.raises(EstimationError, match="balanced half-samples know no population sizes"):
        _ = make_replicates(counted, "BRR").sample
    alone = from_frame(people(12_000), Design(weight="weight"), codes=CODES)
    with pytest.raises(
        EstimationError, match="a jackknife would need 12,000 replicates: type kind='bootstrap'"
    ):
        _ = make_replicates(alone, "JK1").sample


def test_replicate_weights_that_are_none_are_refused_with_their_place() -> None:
    frame = people().assign(a=1.0, b=np.nan, c=-1.0, d=0.0)
    design = ReplicateDesign("other", PAIRS, weights=("a", "b", "c", "d", "e"), scale=1.0)
    with pytest.raises(DataError) as refused:
        from_frame(frame, design, codes=CODES)
    assert [p for p in refused.value.problems if "replicate" in p] == [
        "the design names column 'e' of replicate weights, which the data lack",
        "replicate weight 'b' is missing, infinite or negative in 600 rows, first row 0: a replicate leaves "
        "a row out by the weight 0",
        "replicate weight 'c' is missing, infinite or negative in 600 rows, first row 0: a replicate leaves "
        "a row out by the weight 0",
        "replicate weight 'd' is 0 in every row",
    ]


def test_a_replicate_without_anybody_in_a_group_is_refused_by_number(survey: SurveyData) -> None:
    rare = people().assign(sex=lambda f: np.where((f.pair == 2) & (f.half == 1), 1, 2))
    data = make_replicates(from_frame(rare, PAIRS, codes=CODES), "JKn")
    with pytest.raises(
        EstimationError, match=r"replicate \d+ has nobody in the base of 'income' in group sex=1"
    ):
        mean(data, "income", by="sex")
    with pytest.raises(EstimationError, match=r"replicate \d+ has no finite coefficients"):
        svyglm("agree ~ C(sex)", data, family="binomial")


def test_replicate_asks_for_replicates_and_for_numbers(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match="no replicates: type make_replicates"):
        replicate(mean, survey, "income")
    data = make_replicates(survey, "JKn")
    with pytest.raises(EstimationError, match="cannot read the figures of a str"):
        replicate(lambda _: "words", data)
    with pytest.raises(EstimationError, match="replicate 1 lacks a figure that the whole sample has"):
        replicate(lambda d: np.full(2 if d is data else 1, 1.0), data)


def test_a_large_element_sample_never_holds_rows_by_replicates() -> None:
    frame = people(60_000)
    data = make_replicates(
        from_frame(frame, Design(weight="weight"), codes=CODES), "bootstrap", replicates=400, seed=1
    )
    sample = data.sample
    assert sample.units == 60_000
    assert all(block.size <= 4_000_000 for _, block in sample.factors())
    exact = mean(from_frame(frame, Design(weight="weight"), codes=CODES), "income")["se"][0]
    assert mean(data, "income")["se"][0] == pytest.approx(exact, rel=0.15)


def test_a_table_of_replicated_figures_has_students_intervals(survey: SurveyData) -> None:
    table = replicate(mean_estimates, make_replicates(survey, "JKn"), "income").table()
    assert list(table.columns) == ["estimate", "se", "low", "high", "t", "df", "p", "method"]
    row = mean(make_replicates(survey, "JKn"), "income").iloc[0]
    assert table.loc[0, ["estimate", "se", "low", "high", "df"]].tolist() == pytest.approx(
        row[["estimate", "se", "low", "high", "df"]].tolist(), rel=1e-12
    )


def test_calibration_says_its_limits_in_json_without_infinities() -> None:
    assert Calibration(bounds=(0.5, np.inf)).bounds == (0.5, None)
    assert Calibration(limits=(-np.inf, np.inf)).limits is None


def test_replicates_give_an_opt_in_sample_no_margin_of_error(survey: SurveyData) -> None:
    meta = replace(survey.meta, sample_type="nonprobability")
    data = make_replicates(replace(survey, meta=meta), "JKn")
    for found in (replicate(mean, data, "income"), replicate(svyglm, data, "income ~ agree")):
        assert found.table()[["se", "low", "high", "t", "p"]].isna().to_numpy().all()
        assert set(found.table()["method"]) == {"non-probability sample: no sampling error"}
    modelled = make_replicates(replace(survey, meta=replace(meta, model="quotas")), "JKn")
    assert replicate(mean, modelled, "income").table()["se"].notna().all()

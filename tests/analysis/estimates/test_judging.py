"""Without degrees of freedom, or without variation, there is no error, no p and no verdict."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Design,
    EstimationError,
    Meta,
    SurveyData,
    adjacent_changes,
    association,
    banner,
    change,
    compare_groups,
    contrast,
    difference,
    from_frame,
    goodness_of_fit,
    kitagawa,
    make_replicates,
    mean,
    mean_estimates,
    oaxaca,
    pool,
    predictive_margins,
    proportion,
    proportions,
    rank_test,
    svyglm,
    svymultinomial,
    svyolr,
    t_test,
    trend,
)
from analysis.estimates.judging import judged, without_rounding

CODES = {
    "sex": {1: "woman", 2: "man"},
    "vote": {1: "for", 2: "against", 3: "abstain"},
    "agree": {0: "no", 1: "yes"},
    "all": {0: "no", 1: "yes"},
}
DESIGN = Design(strata="stratum", cluster=("psu",), weight="weight")
ALONE = {"sex": 1}
Made = Callable[[SurveyData], Any]


def _frame(psus: int, n: int = 240) -> pd.DataFrame:
    draw = np.random.default_rng(8)
    return pd.DataFrame(
        {
            "stratum": 1,
            "psu": np.arange(n) * psus // n,
            "weight": draw.uniform(0.5, 2, n),
            "sex": np.arange(n) * 2 // n + 1,
            "vote": draw.choice([1, 2, 3], n),
            "agree": draw.choice([0, 1], n),
            "all": 1,
            "income": draw.normal(10, 3, n),
            "same": 0.1 * 3,
        }
    )


@pytest.fixture(scope="module")
def two() -> SurveyData:
    """Women are one PSU, men the other."""
    return from_frame(_frame(2), DESIGN, codes=CODES)


@pytest.fixture(scope="module")
def many() -> SurveyData:
    return from_frame(_frame(12), DESIGN, codes=CODES)


def _means(data: SurveyData) -> Any:
    return [mean_estimates(data, "income", where={"sex": code}) for code in (1, 2)]


DOMAINS = ({"sex": 1}, {"sex": 2})
NO_DF: dict[str, Made] = {
    "difference": lambda d: difference(*_means(d)).table(),
    "contrast": lambda d: contrast(mean_estimates(d, "income", by="sex"), np.array([1, -1])).wald(),
    "association": lambda d: association(d, "vote", "agree", where=ALONE),
    "goodness of fit": lambda d: goodness_of_fit(d, "vote", {1: 1, 2: 1, 3: 1}, where=ALONE),
    "t test": lambda d: t_test(d, "income", where=ALONE),
    "t test of two groups": lambda d: t_test(d, "income", "sex"),
    "rank test": lambda d: rank_test(d, "income", "sex"),
    "oaxaca": lambda d: oaxaca(d, "agree", factors=["vote"], domains=DOMAINS),
    "glm": lambda d: svyglm("income ~ agree", d, where=ALONE),
    "ordered": lambda d: svyolr("vote ~ agree", d, where=ALONE),
    "multinomial": lambda d: svymultinomial("vote ~ agree", d, where=ALONE),
    "margins": lambda d: predictive_margins(svyglm("income ~ C(vote)", d), "vote").table(),
}


@pytest.mark.parametrize("name", list(NO_DF))
def test_nothing_is_judged_without_degrees_of_freedom(name: str, two: SurveyData) -> None:
    with pytest.raises(EstimationError, match="no degrees of freedom"):
        NO_DF[name](two)


def test_groups_that_vary_inside_one_psu_each_are_not_associated(two: SurveyData) -> None:
    for statistic in ("F", "Chisq", "lincom"):
        with pytest.raises(EstimationError, match="do not vary from PSU to PSU"):
            association(two, "agree", "sex", statistic=statistic)


def test_a_model_with_more_coefficients_than_degrees_of_freedom_has_no_table(two: SurveyData) -> None:
    fit = svyglm("income ~ agree", two)
    for asked in (fit.table, lambda: fit.wald("agree"), lambda: fit.predict(two.frame.head(2))):
        with pytest.raises(EstimationError, match="2 coefficients are too many for the 1 degrees of freedom"):
            asked()


def test_coefficients_of_a_sample_without_error_need_no_degrees_of_freedom() -> None:
    meta = Meta("made", "1", sample_type="nonprobability")
    data = from_frame(_frame(2), DESIGN, codes=CODES, meta=meta)
    table = svyglm("income ~ agree", data, where=ALONE).table()
    assert table["estimate"].notna().all()
    assert table[["se", "low", "high", "t", "p"]].isna().all(axis=None)


def test_a_row_without_degrees_of_freedom_has_no_error_and_is_suppressed(two: SurveyData) -> None:
    for table in (mean(two, "income", by="sex"), proportions(two, ["vote", "all"], by="sex")):
        assert table["estimate"].notna().all()
        assert table[["se", "low", "high", "n_eff", "deff"]].isna().all(axis=None)
        assert set(table["publish"]) == {"suppress"}
        assert table["reason"].str.startswith("no_df").all()


def test_answers_from_one_psu_have_no_error_though_others_were_asked(many: SurveyData) -> None:
    frame = many.frame.assign(vote=np.where(many.frame["psu"] == 0, many.frame["vote"], -1))
    data = from_frame(frame.drop(columns="wave"), DESIGN, codes=CODES)
    for table in (proportion(data, "vote", code=1), proportions(data, ["vote"], code=1)):
        assert table["df"].tolist() == [11]
        assert table["se"].isna().all()


def test_pairs_and_banners_judge_by_one_rule(two: SurveyData, many: SurveyData) -> None:
    for data, tested in ((two, False), (many, True)):
        pairs = compare_groups(data, "vote", by="sex").set_index("code")
        letters = banner(data, "vote", ["sex"]).comparisons.set_index("row_code")
        for name in ("se", "t", "p"):
            assert letters[name].notna().all() == tested
            assert pairs[name].to_numpy(float) == pytest.approx(letters[name].to_numpy(float), nan_ok=True)
    assert set(compare_groups(two, "vote", by="sex")["publish"]) == {"suppress"}


def test_parts_of_a_difference_without_degrees_of_freedom_are_too_few(two: SurveyData) -> None:
    table = kitagawa(two, "agree", by="vote", domains=DOMAINS).table
    assert table[["se", "low", "high", "p", "mdc"]].isna().all(axis=None)
    assert set(table["verdict"]) == {"too_few"}
    assert set(table["reason"]) == {"no_df"}


def test_a_difference_that_is_none_has_no_parts(many: SurveyData) -> None:
    with pytest.raises(EstimationError, match="'all' alike: there is no difference to take apart"):
        kitagawa(many, "all", by="vote", domains=DOMAINS)


@pytest.mark.parametrize("kind", ["", "bootstrap"])
def test_answers_that_are_all_the_same_have_an_error_of_exactly_0(kind: str, many: SurveyData) -> None:
    data = make_replicates(many, kind, replicates=20, seed=1) if kind else many
    assert mean(data, "same")["se"].tolist() == [0.0]
    assert mean_estimates(data, "same", by="sex").covariance.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    gap = difference(*(mean_estimates(data, "same", where={"sex": code}) for code in (1, 2))).table()
    assert gap["se"].tolist() == [0.0]
    assert gap[["t", "p"]].isna().all(axis=None)
    with pytest.raises(EstimationError, match="do not vary"):
        t_test(data, "same", "sex")


def test_a_share_of_0_or_1_has_the_interval_its_method_names(many: SurveyData) -> None:
    table = proportion(many, "all", interval="logit")
    exact = proportion(many, "all", interval="beta")
    assert table["se"].tolist() == [0.0, 0.0]
    assert table["method"].tolist() == ["taylor, beta 0.95"] * 2
    assert table[["low", "high"]].to_numpy() == pytest.approx(exact[["low", "high"]].to_numpy())


def test_changes_where_nobody_differs_have_no_p_value(wave: Any) -> None:
    data = pool([wave("2020", 0.0), wave("2021", 0.0), wave("2022", 1.0)])
    same, turned = adjacent_changes(data, "agree", code=1).to_dict("records")
    assert (same["estimate"], same["se"], same["verdict"]) == (0.0, 0.0, "no_clear_change")
    assert (turned["estimate"], turned["verdict"]) == (1.0, "too_few")
    assert np.isnan([same["p"], turned["p"], turned["se"]]).all()
    flat = trend(pool([wave(name, 0.0) for name in ("2020", "2021", "2022")]), "agree", code=1).table.iloc[0]
    assert (flat["estimate"], flat["verdict"]) == (0.0, "no_clear_change")
    assert np.isnan(flat["p"])
    alone = change(data, "agree", code=1, wave_from="2020", wave_to="2021").iloc[0]
    assert np.isnan(alone["p_adjusted"])


def test_rounding_is_measured_against_the_figure() -> None:
    assert without_rounding(np.array([1e-34, 1e-10]), np.array([0.5, 0.5])).tolist() == [0.0, 1e-10]
    assert without_rounding(np.array([1e-34]), np.array([1e-20])).tolist() == [1e-34]


@pytest.mark.parametrize(("variance", "df"), [(np.nan, 5), (0.0, 5), (0.2, 0)])
def test_t_and_p_need_an_error_and_degrees_of_freedom(variance: float, df: int) -> None:
    found = judged(0.5, variance, df)
    assert np.isnan([found.t, found.p]).all()

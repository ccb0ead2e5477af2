"""Shares: their base, their sums, their intervals and what is refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import Design, EstimationError, Meta, SurveyData, from_frame, proportion, proportion_estimates
from analysis.estimates.intervals import beta_interval

YES = {"q": {0: "no", 1: "yes"}}


def answers(*values: int, weight: float = 1.0, **meta: Any) -> SurveyData:
    frame = pd.DataFrame({"q": values, "weight": weight})
    return from_frame(frame, Design(), codes=YES, meta=Meta("toy", "1", **meta))


def test_dont_knows_and_refusals_leave_the_base() -> None:
    row = proportion(answers(1, 0, 0, 0, -1, -2), "q", code=1).iloc[0]
    assert row["estimate"] == pytest.approx(0.25)
    assert row["base"] == 4


def test_shares_of_all_codes_add_up_to_one_in_every_group(survey: SurveyData) -> None:
    table = proportion(survey, "vote", by="sex")
    assert table.groupby("group")["estimate"].sum().to_numpy() == pytest.approx([1.0, 1.0], rel=1e-14)
    assert list(table["group"].unique()) == ["sex=1", "sex=2"]
    assert table["label"].tolist() == ["for", "against", "abstain"] * 2


def test_one_code_gives_the_same_row_as_all_codes(survey: SurveyData) -> None:
    every = proportion(survey, "vote")
    one = proportion(survey, "vote", code=2)
    pd.testing.assert_frame_equal(one, every[every["code"] == 2].reset_index(drop=True))


def test_under_simple_sampling_the_error_is_the_textbook_one() -> None:
    row = proportion(answers(*[1] * 30, *[0] * 70), "q", code=1).iloc[0]
    assert row["se"] == pytest.approx(np.sqrt(0.3 * 0.7 / 99))
    assert row["deff"] == pytest.approx(1)
    assert row["n_eff"] == pytest.approx(100)


def test_a_group_is_estimated_as_the_domain_alone(survey: SurveyData) -> None:
    table = proportion(survey, "vote", code=1, by="sex")
    for code in (1, 2):
        alone = proportion(survey, "vote", code=1, where={"sex": code}).iloc[0]
        row = table[table["group"] == f"sex={code}"].iloc[0]
        for column in ("estimate", "se", "low", "high", "df", "base", "deff"):
            assert row[column] == pytest.approx(alone[column], rel=1e-12)


def test_two_columns_cross_into_groups_in_code_order(survey: SurveyData) -> None:
    table = proportion(survey, "vote", code=1, by=["sex", "agree"])
    assert table["group"].tolist() == ["sex=1,agree=0", "sex=1,agree=1", "sex=2,agree=0", "sex=2,agree=1"]


@pytest.mark.parametrize("interval", ["logit", "mean", "beta", "wilson", "asin"])
def test_an_interval_holds_its_share_and_names_its_method(survey: SurveyData, interval: str) -> None:
    table = proportion(survey, "vote", interval=interval)
    assert (table["low"] < table["estimate"]).all()
    assert (table["estimate"] < table["high"]).all()
    assert set(table["method"]) == {f"taylor, {interval} 0.95"}


def test_a_higher_level_gives_a_wider_interval(survey: SurveyData) -> None:
    narrow, wide = (proportion(survey, "vote", level=level) for level in (0.9, 0.99))
    assert (wide["high"] - wide["low"] > narrow["high"] - narrow["low"]).all()


def test_a_share_and_its_complement_have_mirrored_intervals(survey: SurveyData) -> None:
    table = proportion(survey, "agree").set_index("code")
    assert table.loc[1, "low"] == pytest.approx(1 - table.loc[0, "high"], rel=1e-12)


def test_nobody_and_everybody_get_an_interval_of_their_own() -> None:
    table = proportion(answers(*[0] * 50), "q").set_index("code")
    assert table.loc[1, ["estimate", "se", "low"]].tolist() == [0, 0, 0]
    # with nobody among n, the upper end is 1 - (alpha / 2)^(1/n)
    assert table.loc[1, "high"] == pytest.approx(1 - 0.025 ** (1 / 50))
    assert table.loc[0, "low"] == pytest.approx(0.025 ** (1 / 50))
    assert set(table["method"]) == {"taylor, beta 0.95"}


def test_a_sample_that_is_none_gets_shares_without_errors() -> None:
    row = proportion(answers(*[1] * 30, *[0] * 70, sample_type="nonprobability"), "q", code=1).iloc[0]
    assert row["estimate"] == pytest.approx(0.3)
    assert row[["se", "low", "high", "n_eff", "deff"]].isna().all()
    assert row["method"] == "non-probability sample: no sampling error"
    assert row["publish"] == "show"


def test_a_declared_model_gives_errors_and_says_so() -> None:
    data = answers(*[1] * 30, *[0] * 70, sample_type="nonprobability", model="matched panel")
    row = proportion(data, "q", code=1).iloc[0]
    assert row["se"] > 0
    assert row["method"] == "modelled, taylor, logit 0.95"


def test_a_contrast_of_groups_uses_their_covariance(survey: SurveyData) -> None:
    estimates = proportion_estimates(survey, "vote", code=1, by="sex")
    value, covariance = estimates.contrast(np.array([1.0, -1.0]))
    back, same = estimates.contrast(np.array([-1.0, 1.0]))
    joint = estimates.covariance
    assert value == pytest.approx(-back)
    assert covariance == pytest.approx(same)
    assert covariance[0, 0] == pytest.approx(joint[0, 0] + joint[1, 1] - 2 * joint[0, 1])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"code": 9}, r"'vote' has no code 9: type one of \[1, 2, 3\]"),
        (
            {"interval": "wald"},
            "interval 'wald' is unknown: type one of logit, xlogit, mean, beta, beta_capped",
        ),
        ({"level": 1}, "level=1 is no confidence level: type 0.95 for 95 %"),
        ({"by": "income"}, "'income' has no codes to group by: name a coded variable"),
    ],
)
def test_what_cannot_be_asked_is_refused(survey: SurveyData, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        proportion(survey, "vote", **options)


def test_shares_of_a_number_are_refused(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match="'income' has no codes to take shares of: ask for its mean"):
        proportion(survey, "income")


def test_a_question_nobody_answered_is_refused() -> None:
    with pytest.raises(EstimationError, match="nobody in the domain has a valid answer to 'q'"):
        proportion(answers(-1, -2, -4), "q")


def test_a_capped_interval_is_never_narrower_than_one_of_the_base(frame: pd.DataFrame, make: Any) -> None:
    frame["agree"] = (frame.index // 23 % 2).astype(int)
    data = make(frame.assign(weight=1.0))
    plain, capped = (
        proportion(data, "agree", code=1, interval=name).iloc[0] for name in ("beta", "beta_capped")
    )
    assert plain["n_eff"] > plain["base"]
    assert capped["high"] - capped["low"] > plain["high"] - plain["low"]
    exact = beta_interval(np.array([capped["estimate"]]), np.array([capped["base"]]), 0.95)
    assert (capped["low"], capped["high"]) == pytest.approx((exact[0][0], exact[1][0]))


def test_the_cap_leaves_an_interval_whose_effective_size_is_below_the_base(
    frame: pd.DataFrame, make: Any
) -> None:
    data = make(frame.assign(agree=np.where(frame["psu"] < 3, frame["agree"], 0)))
    tables = [proportion(data, "agree", code=1, interval=name) for name in ("beta", "beta_capped")]
    assert tables[0]["n_eff"].item() < 0.8 * tables[0]["base"].item()
    assert tables[0]["low"].item() == tables[1]["low"].item()


def test_a_likelihood_interval_ends_where_the_deviance_is_reached(survey: SurveyData) -> None:
    row = proportion(survey, "vote", code=3, interval="likelihood").iloc[0]
    p, n = row["estimate"], row["base"]
    deff = row["se"] ** 2 * n / (p * (1 - p))
    for end in (row["low"], row["high"]):
        deviance = 2 * (n - 1) * (p * np.log(p / end) + (1 - p) * np.log((1 - p) / (1 - end)))
        assert deviance / deff == pytest.approx(stats.t.ppf(0.975, row["df"]) ** 2)


def test_nobody_and_everybody_have_an_interval_whatever_was_asked(frame: pd.DataFrame, make: Any) -> None:
    data = make(frame.assign(agree=1))
    for name in ("likelihood", "beta_capped", "wilson"):
        row = proportion(data, "agree", code=1, interval=name).iloc[0]
        assert 0.9 < row["low"] < row["high"] == 1

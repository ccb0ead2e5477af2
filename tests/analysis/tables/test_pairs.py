"""Groups compared pair by pair: as shares, regressions and t tests say, adjusted together, breaks refused."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis import (
    PAIR_COLUMNS,
    Break,
    Design,
    EstimationError,
    SurveyData,
    compare_groups,
    mean_estimates,
    proportion,
    svyglm,
    t_test,
)


def test_a_difference_is_that_of_the_two_shares_and_its_error_needs_their_covariance(
    survey: SurveyData,
) -> None:
    table = compare_groups(survey, "vote", by="sex", code=1)
    assert list(table.columns) == list(PAIR_COLUMNS)
    one, other = proportion(survey, "vote", code=1, by="sex").to_dict("records")
    row = table.iloc[0]
    assert (row["group"], row["group_other"]) == ("sex=1", "sex=2")
    assert row["estimate"] == pytest.approx(one["estimate"] - other["estimate"], rel=1e-12)
    assert (row["base"], row["base_other"]) == (one["base"], other["base"])
    independent = np.hypot(one["se"], other["se"])
    assert abs(row["se"] / independent - 1) > 1e-6, "groups share PSUs"


def test_a_difference_of_means_is_the_coefficient_of_a_regression_on_the_group(survey: SurveyData) -> None:
    row = compare_groups(survey, "income", by="sex").iloc[0]
    fit = svyglm("income ~ C(sex)", survey)
    assert row["estimate"] == pytest.approx(-fit.params.iloc[1], rel=1e-9)
    assert row["se"] == pytest.approx(fit.se.iloc[1], rel=1e-6)
    asked = t_test(survey, "income", "sex")
    assert row["t"] == pytest.approx(-asked.statistic, rel=1e-9)


def test_every_pair_of_every_answer_has_a_row_and_p_is_adjusted_over_all(survey: SurveyData) -> None:
    table = compare_groups(survey, "vote", by=("sex", "agree"))
    groups = mean_estimates(survey, "income", by=("sex", "agree")).cells.count
    codes = len(survey.variable("vote").codes)
    assert len(table) == codes * groups * (groups - 1) // 2
    p = np.sort(table["p"].to_numpy())
    stepped = np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1)
    assert np.sort(table["p_adjusted"].to_numpy()) == pytest.approx(stepped, rel=1e-12)
    plain = compare_groups(survey, "vote", by=("sex", "agree"), adjust="none")
    assert plain["p_adjusted"].to_numpy() == pytest.approx(plain["p"].to_numpy())
    t = table["estimate"] / table["se"]
    assert table["p"].to_numpy() == pytest.approx(2 * stats.t.sf(abs(t), table["df"]), rel=1e-9)


def test_waves_with_a_break_between_them_are_not_compared(survey: SurveyData) -> None:
    frame = survey.frame.assign(wave=np.where(np.arange(len(survey.frame)) % 2, "2025", "2026"))
    broken = SurveyData(
        frame,
        survey.codebook,
        survey.design,
        survey.meta,
        (Break("vote", "2025", "2026", {"en": "reworded"}),),
    )
    with pytest.raises(EstimationError, match="'vote' does not compare between waves 2025 and 2026"):
        compare_groups(broken, "vote", by="wave", code=1)
    assert len(compare_groups(broken, "vote", by="sex", code=1)) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": None}, "no groups are named"),
        ({"by": "sex", "where": {"sex": 1}}, "two groups are needed"),
        ({"by": "sex", "adjust": "tukey"}, "adjust='tukey' is unknown"),
        ({"by": "sex", "code": 9}, "no code 9"),
    ],
)
def test_what_cannot_be_compared_is_refused(survey: SurveyData, options: dict[str, Any], said: str) -> None:
    with pytest.raises(EstimationError, match=said):
        compare_groups(survey, "vote", **{"code": 1, **options})


def test_a_lonely_psu_is_told_not_hidden(survey: SurveyData) -> None:
    frame = survey.frame.assign(alone=np.arange(len(survey.frame)))
    lonely = SurveyData(frame, survey.codebook, Design(strata="alone", weight="weight"), survey.meta)
    with pytest.raises(EstimationError, match="has only one PSU"):
        compare_groups(lonely, "vote", by="sex", code=1)

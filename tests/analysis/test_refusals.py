"""What is no share, no weight, no time, no p value is refused in words, not taken for a number."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import (
    DataError,
    EstimationError,
    ReleaseError,
    SurveyData,
    Targets,
    WaveSeries,
    adjust,
    calibrate,
    difference_series,
    distribution,
    distribution_estimates,
    goodness_of_fit,
    kish_deff,
    mean,
    n_for_margin,
    plan_next_wave,
    pool,
    ratio,
    ratio_estimates,
    read_release,
    trend,
    variance,
    variance_estimates,
    wave_series,
    weighting_margin,
)

HALVES = Targets.from_shares({"sex": {1: 0.5, 2: 0.5}}, population=400)
REFUSED: dict[str, tuple[Callable[[SurveyData], Any], str]] = {
    "target shares": (
        lambda _: Targets.from_shares({"sex": {1: 0.5, 2: 0.8}}),
        "sex add up to 1.3, not to 1",
    ),
    "given shares": (lambda d: goodness_of_fit(d, "vote", {1: 0.5, 2: 0.3, 3: 0.3}), "'vote' add up to 1.1"),
    "denominator": (lambda d: ratio(d, "income", "nought", by="sex"), "'nought' adds up to 0 in sex=1"),
    "p value": (lambda _: adjust(np.array([0.1, 2]), "holm"), "2 is no p value"),
    "margin": (lambda _: n_for_margin(4), "type 0.04 for 4 points"),
    "negative weight": (lambda _: kish_deff([1, -2]), "1 weights are missing, infinite, 0 or negative"),
    "no weights": (lambda _: kish_deff([]), "give one or more"),
    "words as weights": (lambda _: weighting_margin(["a"]), "weights must be numbers"),
    "total": (lambda d: calibrate(d, HALVES, totals={"income": np.nan}), "total of 'income' is nan"),
    "total of nothing": (lambda d: calibrate(d, HALVES, totals={"incom": 1}), "no variable 'incom'"),
    "far total": (lambda d: calibrate(d, HALVES, totals={"income": 8000}), "type distance='raking'"),
    "no indicators": (plan_next_wave, "the codebook has no indicators to plan for"),
    "function": (lambda d: mean(d, "income", where=lambda f: f["sex"] == 7), "of the function given holds"),
    "booleans": (lambda d: mean(d, "income", where=np.zeros(400, bool)), "the True and False given holds"),
}


@pytest.fixture
def data(make: Any, frame: Any) -> SurveyData:
    made: SurveyData = make(frame.assign(nought=0.0))
    return made


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_no_number_of_its_kind_is_refused(name: str, data: SurveyData) -> None:
    asked, words = REFUSED[name]
    with pytest.raises(EstimationError, match=words):
        asked(data)


def test_counts_need_not_add_up_to_1() -> None:
    assert Targets.from_shares({"sex": {1: 1, 2: 3}}).margins[0].shares == {(1,): 0.25, (2,): 0.75}


@pytest.mark.parametrize("time", [np.nan, {"2020": 1, "2021": np.nan, "2022": 3}, {"2020": 1, "2021": "x"}])
def test_a_time_that_is_no_number_is_refused(time: Any, wave: Any) -> None:
    waves = pool([wave(name, 0.5) for name in ("2020", "2021", "2022")])
    with pytest.raises(EstimationError, match="time"):
        trend(waves, "agree", code=1, time=time)


def test_an_infinite_answer_is_refused_with_its_row(make: Any, frame: Any) -> None:
    frame.loc[3, "income"] = np.inf
    with pytest.raises(DataError, match="'income' is infinite in 1 rows, first row 3"):
        make(frame)


def test_a_folder_may_be_named_by_text(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no such folder"):
        read_release(str(tmp_path / "none"))


def test_survey_data_print_in_one_line(data: SurveyData) -> None:
    assert repr(data) == "SurveyData(frame, wave 1: 400 rows, 8 variables, Design)"


def test_a_list_of_weights_is_as_good_as_an_array() -> None:
    assert kish_deff([1, 3]) == pytest.approx(1.25)
    assert weighting_margin([1, 1, 1, 1]) == pytest.approx(1.96 * 0.25)
    assert np.isnan(weighting_margin([2.0]))


def test_variance_estimates_are_those_of_the_table(data: SurveyData) -> None:
    found = variance_estimates(data, "income", by="sex")
    table = variance(data, "income", by="sex")
    assert found.values == pytest.approx(table["estimate"].to_numpy())
    assert found.se == pytest.approx(table["se"].to_numpy())


def test_a_ratio_to_oneself_is_1_without_error(data: SurveyData) -> None:
    found = ratio_estimates(data, "income", "income")
    assert (found.values.tolist(), found.se.tolist()) == ([1.0], [0.0])


def test_distribution_estimates_are_the_shares_of_their_base(data: SurveyData) -> None:
    table = distribution(data, "vote")
    for of in ("valid", "asked", "all"):
        found = distribution_estimates(data, "vote", of)
        assert found.values.sum() == pytest.approx(1)
        assert found.values == pytest.approx(table.loc[table["of"] == of, "estimate"].to_numpy())


def test_a_difference_of_series_is_wave_by_wave_with_their_joint_error(wave: Any) -> None:
    waves = pool([wave(name, share) for name, share in (("2020", 0.4), ("2021", 0.6))])
    one, other = wave_series(waves, "agree", code=1, by="sex")
    gap = difference_series(one, other)
    assert isinstance(gap, WaveSeries)
    assert gap.values == pytest.approx(one.values - other.values)
    # the people of the two groups are others, each their own cluster: variances add up, but for the means
    assert np.diag(gap.covariance) == pytest.approx(
        np.diag(one.covariance) + np.diag(other.covariance), rel=0.01
    )

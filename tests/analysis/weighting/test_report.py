"""What weighting says of itself: balance before and after, margins one by one, and the cap of anesrake."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    BALANCE_COLUMNS,
    EstimationError,
    SurveyData,
    Targets,
    calibrate,
    kish_deff,
    post_stratify,
    proportion,
    rake,
)

MARGINS = {"sex": {1: 0.5, 2: 0.5}, "agree": {0: 0.7, 1: 0.3}}
TARGETS = Targets.from_shares(MARGINS, source="census", date="2021", population=10_000)


def test_a_love_plot_has_every_cell_before_and_after(survey: SurveyData) -> None:
    _, report = rake(survey, TARGETS)
    balance = report.balance()
    assert list(balance.columns) == list(BALANCE_COLUMNS)
    assert list(balance["margin"]) == ["sex", "sex", "agree", "agree"]
    before = proportion(survey, "agree", code=1)["estimate"].item()
    row = balance[balance["cell"] == "agree=1"].iloc[0]
    assert row["before"] == pytest.approx(before)
    assert row["standardised_before"] == pytest.approx((before - 0.3) / np.sqrt(0.3 * 0.7))
    assert balance["standardised_after"].abs().max() < 1e-8


def test_the_report_says_how_well_each_margin_is_met(survey: SurveyData) -> None:
    raked, report = rake(survey, TARGETS)
    assert report.converged
    assert set(report.residuals) == {"sex", "agree"}
    assert report.max_residual == max(report.residuals.values())
    w = raked.sample.weights
    assert report.spread == pytest.approx(w.max() / w.min())
    general = 1 + w.var(ddof=1) / w.mean() ** 2
    assert report.margin_of_error == pytest.approx(1.96 * np.sqrt(general / 4 / len(w)))
    assert report.to_dict()["targets"]["margins"][0]["source"] == "census"


def test_a_sure_target_has_no_standardised_difference(frame: pd.DataFrame, make: Any) -> None:
    _, report = rake(make(frame.assign(agree=1)), Targets.from_shares({"agree": {0: 0.0, 1: 1.0}}))
    assert report.balance()["standardised_before"].isna().all()


def test_a_cap_within_the_iterations_holds_with_the_margins(survey: SurveyData) -> None:
    raked, report = rake(survey, TARGETS, cap=1.6)
    w = raked.sample.weights / raked.sample.weights.mean()
    assert w.max() <= 1.6 + 1e-4
    assert report.trimmed > 0
    assert report.max_residual < 1e-6
    free = rake(survey, TARGETS)[1]
    assert report.kish_deff < free.kish_deff


def test_a_cap_nobody_passes_changes_nothing(survey: SurveyData) -> None:
    capped, free = rake(survey, TARGETS, cap=50)[0], rake(survey, TARGETS)[0]
    assert capped.sample.weights == pytest.approx(free.sample.weights, rel=1e-8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cap": 0.9}, "cap=0.9 must be above the mean weight 1"),
        ({"cap": 2, "trim": 3}, "type one of the two"),
        ({"cap": 1.02}, r"no weights up to cap=1.02 times the mean meet all margins \(still"),
    ],
)
def test_a_cap_that_cannot_hold_is_refused(survey: SurveyData, options: dict[str, Any], message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        rake(survey, Targets.from_shares({"sex": {1: 0.2, 2: 0.8}}), **options)


def test_post_strata_have_their_shares_and_no_error(survey: SurveyData) -> None:
    crossed = Targets.from_shares({("sex", "agree"): {(1, 0): 0.4, (1, 1): 0.1, (2, 0): 0.3, (2, 1): 0.2}})
    data, report = post_stratify(survey, crossed)
    assert report.method == "post-stratification"
    assert data.sample.weights.sum() == pytest.approx(survey.sample.weights.sum())
    row = proportion(data, "agree", code=1).iloc[0]
    assert row["estimate"] == pytest.approx(0.3)
    assert row["se"] == pytest.approx(0, abs=1e-9)


def test_post_strata_are_the_calibration_to_their_cells(survey: SurveyData) -> None:
    one = Targets.from_shares({"sex": {1: 0.3, 2: 0.7}}, population=500)
    assert post_stratify(survey, one)[0].sample.weights == pytest.approx(
        calibrate(survey, one)[0].sample.weights
    )
    with pytest.raises(EstimationError, match="takes one margin, the targets hold 2"):
        post_stratify(survey, TARGETS)


def test_crossed_classes_of_many_margins_are_told_apart(frame: pd.DataFrame, make: Any) -> None:
    data = make(frame)
    crossing = TARGETS.crossing(data)
    pairs = set(zip(frame["sex"], frame["agree"], strict=True))
    assert len(crossing.count) == len(pairs)
    assert crossing.count.sum() == len(frame)
    assert crossing.sums(data.sample.weights).sum() == pytest.approx(frame["weight"].sum())


def test_effect_and_size_are_kishs(survey: SurveyData) -> None:
    raked, report = rake(survey, TARGETS)
    assert report.kish_deff == pytest.approx(kish_deff(raked.sample.weights))
    assert report.n_eff == pytest.approx(report.n / report.kish_deff)


@pytest.mark.parametrize("weigh", [rake, calibrate])
def test_a_margin_of_error_is_of_samples_that_have_one(survey: SurveyData, weigh: Any) -> None:
    targets = Targets.from_shares({"sex": {1: 0.52, 2: 0.48}}, population=1000)
    meta = replace(survey.meta, sample_type="nonprobability")
    whole, modelled, opt_in = (
        weigh(replace(survey, meta=each), targets)[1]
        for each in (survey.meta, replace(meta, model="quotas"), meta)
    )
    assert whole.margin_of_error == modelled.margin_of_error == pytest.approx(0.1, abs=0.1)
    assert (whole.note, modelled.note) == ("", "")
    assert opt_in.to_dict()["margin_of_error"] is None
    assert opt_in.note == "non-probability sample: no sampling error"
    assert opt_in.kish_deff == whole.kish_deff

"""From everybody sampled to respondents: what is known of all is kept, and small cells are joined aloud."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    DataError,
    Design,
    EstimationError,
    SurveyData,
    from_frame,
    kish_deff,
    nonresponse_cells,
    proportion,
    response_propensity,
    selection_weights,
    total,
)

CODES = {
    "sex": {1: "woman", 2: "man"},
    "region": {k: str(k) for k in range(1, 6)},
    "answered": {0: "no", 1: "yes"},
    "vote": {1: "for", 2: "against"},
}


def sampled(n: int = 1500, seed: int = 3) -> pd.DataFrame:
    """People of whom men and the later regions answer less, and men vote against."""
    draw = np.random.default_rng(seed)
    sex, region = draw.choice([1, 2], n), draw.choice(5, n) + 1
    answered = (draw.random(n) < 0.8 - 0.3 * (sex == 2) - 0.05 * region).astype(int)
    vote = np.where(draw.random(n) < np.where(sex == 1, 0.8, 0.2), 1, 2)
    return pd.DataFrame(
        {
            "sex": sex,
            "region": region,
            "weight": draw.uniform(1, 3, n),
            "answered": answered,
            "vote": np.where(answered == 1, vote, -5),
            "all_vote": vote,
            "psu": np.arange(n) % 50,
        }
    )


@pytest.fixture
def whole() -> SurveyData:
    return from_frame(sampled(), Design(cluster=("psu",)), codes=CODES)


def test_respondents_stand_for_everybody_in_their_cell(whole: SurveyData) -> None:
    data, report = nonresponse_cells(whole, "answered", ["sex", "region"])
    assert len(data.frame) == report.respondents == int(whole.frame["answered"].sum())
    for code in (1, 2):
        ours, theirs = (total(d, "sex", code=code)["estimate"].item() for d in (data, whole))
        assert ours == pytest.approx(theirs)
    assert report.sampled == 1500
    assert report.response_rate == pytest.approx(
        np.average(whole.frame["answered"], weights=whole.frame["weight"])
    )
    assert report.kish_after == pytest.approx(kish_deff(data.frame["base_weight"].to_numpy()))


def test_cells_undo_the_bias_of_who_answers() -> None:
    frame = sampled(20_000)
    whole = from_frame(frame, Design(cluster=("psu",)), codes=CODES)
    truth = np.average(frame["all_vote"] == 1, weights=frame["weight"])
    who = frame["answered"] == 1
    naive = np.average(frame.loc[who, "vote"] == 1, weights=frame.loc[who, "weight"])
    made = [nonresponse_cells(whole, "answered", "sex")[0]]
    made += [
        response_propensity(whole, "answered", "C(sex) + region", method=m)[0] for m in ("classes", "inverse")
    ]
    for data in made:
        share = proportion(data, "vote", code=1)["estimate"].item()
        assert abs(share - truth) < 0.4 * abs(naive - truth)


def test_small_cells_are_joined_with_the_neighbour_that_shares_most_codes(whole: SurveyData) -> None:
    frame = whole.frame.copy()
    few = (frame["sex"] == 2) & (frame["region"] == 4)
    frame.loc[few, "answered"] = 0
    frame.loc[frame.index[few][:5], "answered"] = 1
    data = from_frame(frame, whole.design, codes=CODES)
    _, report = nonresponse_cells(data, "answered", ["sex", "region"], largest_factor=100)
    assert len(report.cells) == 9
    assert len(report.collapsed) == 1
    assert report.collapsed[0].startswith("sex=2, region=4 (5 respondents) joined with sex=2, region=")
    assert min(cell.respondents for cell in report.cells) >= 20
    assert report.table()["respondents"].sum() == report.respondents


def test_a_factor_beyond_the_limit_joins_cells_too(whole: SurveyData) -> None:
    free = nonresponse_cells(whole, "answered", ["sex", "region"], largest_factor=100)[1]
    held = nonresponse_cells(whole, "answered", ["sex", "region"], largest_factor=3)[1]
    assert max(cell.factor for cell in free.cells) > 3
    assert max(cell.factor for cell in held.cells) <= 3
    assert "factor" in " ".join(held.collapsed)


def test_quintiles_of_the_fitted_chance_hold_a_fifth_of_the_sample_each(whole: SurveyData) -> None:
    frame = whole.frame.assign(x=np.random.default_rng(1).normal(size=1500))
    data = from_frame(frame, whole.design, codes=CODES)
    _, made = response_propensity(data, "answered", "C(sex) + C(region) + x")
    shares = np.array([cell.sampled for cell in made.report.cells]) / 1500
    assert shares == pytest.approx(np.full(5, 0.2), abs=0.02)
    rates = [cell.response_rate for cell in made.report.cells]
    assert rates == sorted(rates)
    assert made.propensities.shape == (1500,)


def test_inverse_chances_of_a_saturated_model_are_the_cells(whole: SurveyData) -> None:
    by_cell = nonresponse_cells(whole, "answered", "sex")[0].frame["base_weight"]
    by_chance = response_propensity(whole, "answered", "C(sex)", method="inverse")[0].frame["base_weight"]
    assert by_chance.to_numpy() == pytest.approx(by_cell.to_numpy())


@pytest.mark.parametrize(
    ("change", "call", "message"),
    [
        ({}, {"response": "no"}, "no column 'no' that says who answered"),
        ({"answered": 2}, {}, "other values than 0 and 1 in 1500 rows, first row 0"),
        ({"answered": 0}, {}, "nobody answered by 'answered'"),
        ({"sex": -1}, {}, r"missing in sex \(1500\)"),
        ({}, {"by": "weight"}, "weight have no codes"),
        ({}, {"by": []}, "name one or more columns"),
        ({}, {"by": "colour"}, "no variable 'colour'"),
    ],
)
def test_a_sample_that_cannot_be_weighted_for_nonresponse_is_refused(
    change: dict[str, int], call: dict[str, Any], message: str
) -> None:
    codes = CODES | {"answered": {0: "no", 1: "yes", 2: "later"}}
    data = from_frame(sampled().assign(**change), Design(cluster=("psu",)), codes=codes)
    asked = {"response": "answered", "by": "sex"} | call
    with pytest.raises(EstimationError, match=message):
        nonresponse_cells(data, **asked)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "match"}, "method 'match' is unknown"),
        ({"classes": 1}, "classes=1: type 2 or more"),
        ({"predictors": "1"}, "same chance to answer"),
        ({"predictors": "C(vote)"}, r"missing in vote \(\d+\)"),
    ],
)
def test_a_propensity_that_says_nothing_is_refused(
    whole: SurveyData, options: dict[str, Any], message: str
) -> None:
    asked = {"predictors": "C(sex)"} | options
    with pytest.raises(EstimationError, match=message):
        response_propensity(whole, "answered", **asked)


def test_weights_of_selection_are_the_inverse_of_every_stage() -> None:
    frame = pd.DataFrame({"town": [0.5, 0.25], "person": [0.1, 1.0]})
    assert selection_weights(frame, ["town", "person"]) == pytest.approx([20, 4])
    assert selection_weights(frame, "town") == pytest.approx([2, 4])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.0, "0 or negative in 1 rows, first row 1"),
        (-0.1, "0 or negative"),
        (1.5, "above 1 in 1 rows"),
        (None, "missing or no number"),
        ("x", "missing or no number"),
    ],
)
def test_what_is_no_probability_is_refused_with_its_row(value: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        selection_weights(pd.DataFrame({"p": [0.5, value]}), "p")
    with pytest.raises(DataError, match="no column 'q'"):
        selection_weights(pd.DataFrame({"p": [0.5]}), "q")

"""Direct standardisation: to a wave, to a population, and what it refuses."""

from typing import Any

import numpy as np
import pytest

from analysis import (
    EstimationError,
    Margin,
    SurveyData,
    kitagawa,
    series_changes,
    series_trend,
    standardise,
)

BY = ["sex", "school"]


def test_a_wave_standardised_to_itself_is_itself(moved: Any) -> None:
    table = standardise(moved(), "agree", code=1, by=BY, standard="2016").table.set_index("wave")
    assert table.loc["2016", "effect"] == pytest.approx(0, abs=1e-12)
    assert table.loc["2016", "se"] == pytest.approx(table.loc["2016", "crude_se"])
    assert abs(table.loc["2010", "effect"]) > 0.005


@pytest.mark.parametrize("standard", ["2016", "shares"])
def test_influence_is_the_derivative_by_the_weights(moved: Any, held_to_weights: Any, standard: str) -> None:
    data = moved(n=300)
    shares = {(sex, school): float(sex + school) for sex in (1, 2) for school in (1, 2, 3)}
    options = {"code": 1, "by": BY, "standard": "2016" if standard == "2016" else shares}

    def figures(at: SurveyData) -> np.ndarray:
        return standardise(at, "agree", **options).series.values

    held_to_weights(figures, data, standardise(data, "agree", **options).series.influence.toarray())


def test_a_change_between_the_standard_and_another_wave_is_of_rates_alone(moved: Any) -> None:
    """Sum of P1 (R1 - R0): Kitagawa's rate part with the last wave's shares alone."""
    data = moved()
    series = standardise(data, "agree", code=1, by=BY, standard="2022").series
    row = series_changes([series], pairs=[("2010", "2022")]).iloc[0]
    cells = kitagawa(data, "agree", by=BY, code=1, wave_from="2010", wave_to="2022").cells
    assert row["estimate"] == pytest.approx(
        (cells["share_to"] * (cells["rate_to"] - cells["rate_from"])).sum()
    )


def test_a_standardised_series_has_a_trend(moved: Any) -> None:
    row = series_trend([standardise(moved(), "agree", code=1, by=BY, standard="2022").series]).iloc[0]
    assert row["statistic"] == "proportion_standardised_trend"
    assert row["waves"] == 3


def test_a_margin_and_counts_by_code_say_the_same(moved: Any) -> None:
    data = moved()
    margin = Margin(("school",), {(1,): 0.2, (2,): 0.3, (3,): 0.5})
    one = standardise(data, "score", by="school", standard=margin).series.values
    other = standardise(data, "score", by="school", standard={1: 20, 2: 30, 3: 50}).series.values
    assert one == pytest.approx(other)
    turned = Margin(("school", "sex"), {(c, s): 1.0 for c in (1, 2, 3) for s in (1, 2)})
    straight = {(s, c): 1.0 for c in (1, 2, 3) for s in (1, 2)}
    assert standardise(data, "score", by=BY, standard=turned).series.values == pytest.approx(
        standardise(data, "score", by=BY, standard=straight).series.values
    )


def test_a_cell_a_wave_lacks_is_refused_or_its_share_carried_by_the_others(moved: Any) -> None:
    data = moved()
    school = data.frame["school"].where((data.frame["wave"] != "2010") | (data.frame["school"] != 3), 2)
    holed = data.with_frame(data.frame.assign(school=school))
    with pytest.raises(EstimationError, match="nobody in wave 2010 has school=3"):
        standardise(holed, "agree", code=1, by="school", standard="2022")
    table = standardise(holed, "agree", code=1, by="school", standard="2022", empty="drop").table
    assert table["covered"].tolist()[1:] == pytest.approx([1, 1])
    assert table["covered"].iloc[0] < 0.8


@pytest.mark.parametrize(
    ("standard", "words"),
    [
        ("1990", "no wave '1990'"),
        ({1: 0.5, 2: 0.5}, "the standard has no share of school=3: give it, or 0"),
        ({1: 1, 2: 1, 3: 1, 4: 1}, r"nobody in any wave has the standard's cell \(4,\)"),
        ({1: 1, 2: -1, 3: 1}, r"the standard's share of \(2,\) is -1: give 0 or more"),
        ({1: 0, 2: 0, 3: 0}, "the standard's shares are all 0"),
        (Margin(("sex",), {(1,): 0.5, (2,): 0.5}), "the standard is over sex, the cells over school"),
    ],
)
def test_a_standard_that_does_not_fit_is_refused(moved: Any, standard: Any, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        standardise(moved(), "agree", code=1, by="school", standard=standard)

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    COLUMNS,
    Design,
    EstimationError,
    crosswise,
    crosswise_regression,
    from_frame,
    proportion,
    randomised_regression,
    randomised_response,
)

SAME = {1: "both or neither", 2: "exactly one"}


def answered(same: int, other: int, **columns: Any) -> Any:
    frame = pd.DataFrame({"x": [1] * same + [2] * other, **columns})
    return from_frame(frame, Design(weight=None), codes={"x": SAME})


def test_the_items_name_is_enough_and_the_share_is_that_of_the_closed_form(make: Any) -> None:
    data = make()
    found = crosswise(data, "CX")
    row, answers = found.table.iloc[0], proportion(data, "CX", code=1).iloc[0]
    assert list(found.table.columns) == [*COLUMNS, "answers", "admissible", "note"]
    assert row["estimate"] == pytest.approx((answers["estimate"] + 0.25 - 1) / (2 * 0.25 - 1))
    assert row["se"] == pytest.approx(answers["se"] / 0.5)
    assert row["deff"] == pytest.approx(answers["deff"])
    assert abs(row["estimate"] - 0.25) < 3 * row["se"]
    assert "2.00 times" in found.validity[0]
    assert list(found.attention["flag"]) == ["flag_attention"]


def test_a_share_below_0_is_told_and_not_cut() -> None:
    found = crosswise(answered(800, 200), "x", prevalence=0.25)
    row = found.table.iloc[0]
    assert row["estimate"] == pytest.approx(-0.1)
    assert row["admissible"] == 0
    assert "below 0" in row["note"]
    assert any("outside 0.250 to 0.750" in note for note in found.validity)


def test_where_all_say_the_same_the_interval_is_that_of_the_answers_and_no_error_is_said() -> None:
    row = crosswise(answered(50, 0), "x", prevalence=0.25).table.iloc[0]
    assert np.isnan(row["se"])
    assert row["low"] == pytest.approx(-0.5)
    assert -0.5 < row["high"] < 0
    assert "beta" in row["method"]


def test_random_answers_pull_towards_a_half_and_a_known_share_of_them_is_taken_out() -> None:
    chance = np.random.default_rng(1)
    n = 40_000
    true, innocuous = chance.random(n) < 0.1, chance.random(n) < 0.25
    careless = chance.random(n) < 0.2
    x = np.where(careless, chance.integers(1, 3, n), np.where(true == innocuous, 1, 2))
    data = from_frame(pd.DataFrame({"x": x}), Design(weight=None), codes={"x": SAME})
    plain, corrected = (crosswise(data, "x", prevalence=0.25, attentive=a).table.iloc[0] for a in (1, 0.8))
    assert plain["estimate"] == pytest.approx(0.8 * 0.1 + 0.2 * 0.5, abs=4 * plain["se"])
    assert corrected["estimate"] == pytest.approx(0.1, abs=4 * corrected["se"])
    assert corrected["se"] == pytest.approx(plain["se"] / 0.8)


def test_an_anchor_that_all_attend_to_changes_little_and_carries_its_own_error(make: Any) -> None:
    data = make(8000)
    plain, anchored = (crosswise(data, "CX", **o).table.iloc[0] for o in ({}, {"anchor": "CXA"}))
    assert anchored["estimate"] == pytest.approx(plain["estimate"], abs=0.05)
    assert anchored["se"] > plain["se"]


@pytest.mark.parametrize(
    ("design", "given", "base", "slope"),
    [
        ("warner", {"p": 0.7}, 0.3, 0.4),
        ("mirrored", {"p": 0.2}, 0.8, -0.6),
        ("forced", {"p": 2 / 3, "forced_yes": 1 / 6}, 1 / 6, 2 / 3),
        ("unrelated", {"p": 0.6, "prevalence": 0.3}, 0.12, 0.6),
        ("crosswise", {"prevalence": 0.25}, 0.75, -0.5),
    ],
)
def test_each_device_gives_back_the_share_that_made_its_answers(
    design: str, given: dict[str, float], base: float, slope: float
) -> None:
    yes = round(10_000 * (base + slope * 0.2))
    found = randomised_response(answered(10_000 - yes, yes), "x", design=design, yes=2, **given)
    assert found.table.iloc[0]["estimate"] == pytest.approx(0.2, abs=1e-3)
    share = yes / 10_000
    expected = np.sqrt(share * (1 - share) / 9_999) / abs(slope)
    assert found.table.iloc[0]["se"] == pytest.approx(expected)


def test_a_regression_without_covariates_is_the_moment_estimate(make: Any) -> None:
    data = make()
    row = crosswise(data, "CX").table.iloc[0]
    mean = crosswise_regression(data, "CX").prevalence().iloc[0]
    assert mean["estimate"] == pytest.approx(row["estimate"], rel=1e-9)
    assert mean["se"] == pytest.approx(row["se"], rel=1e-6)


def test_a_regression_on_a_group_gives_each_groups_share(make: Any) -> None:
    data = make()
    shares = crosswise(data, "CX", by="age2").table["estimate"].to_numpy()
    a, b = crosswise_regression(data, "CX", "C(age2)").params
    assert 1 / (1 + np.exp(-np.array([a, a + b]))) == pytest.approx(shares, rel=1e-8)


def test_refusals_say_what_to_type(make: Any) -> None:
    data = make()
    cases: list[tuple[Any, str]] = [
        (lambda: crosswise(data, "VG3", prevalence=0.2), "a crosswise item has two"),
        (lambda: crosswise(answered(5, 5), "x"), "type prevalence="),
        (lambda: crosswise(answered(5, 5), "x", prevalence=0.5), "must differ from 0.5"),
        (lambda: crosswise(data, "CX", attentive=0), "above 0 and at most 1"),
        (lambda: crosswise(data, "CX", attentive=0.9, anchor="CXA"), "give one of them"),
        (lambda: randomised_response(data, "VG3", design="dice", yes=1), "type one of warner"),
        (lambda: randomised_response(data, "VG3", design="forced", yes=1, p=0.5), "needs p and yes"),
        (lambda: randomised_response(data, "VG3", design="warner", yes=7, p=0.7), "no code 7"),
        (
            lambda: randomised_regression(answered(90, 10), "x", design="crosswise", yes=1, prevalence=0.25),
            "no finite solution",
        ),
    ]
    for call, said in cases:
        with pytest.raises(EstimationError, match=said):
            call()

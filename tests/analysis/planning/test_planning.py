import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import (
    Design,
    EstimationError,
    Meta,
    SurveyData,
    best_cluster_size,
    change,
    cluster_deff,
    crosswise_error,
    expected_completes,
    from_frame,
    indirect_power,
    kish_deff,
    list_error,
    list_experiment,
    margin_of_error,
    n_for_change,
    n_for_indirect,
    n_for_margin,
    n_for_slope,
    penalty,
    plan_next_wave,
    planned_margin,
    power_of_change,
    power_of_slope,
    proportion,
    randomised_error,
    smallest_change,
    smallest_slope,
    waves_for_slope,
)
from instruments import Indicator


def test_textbook_sizes() -> None:
    assert n_for_margin(0.03).n == 1068
    assert n_for_margin(0.03, deff=1.5, response=0.3).contacts == math.ceil(1601 / 0.3)
    assert n_for_margin(0.05, population=1000).n == 278
    assert n_for_margin(2.0, sd=15).n == 217


@pytest.mark.parametrize("population", [None, 5000, 400])
def test_a_margin_and_its_size_are_inverse(population: int | None) -> None:
    for margin in (0.02, 0.05):
        n = n_for_margin(margin, p=0.3, deff=1.7, population=population).exact
        assert planned_margin(n, p=0.3, deff=1.7, population=population) == pytest.approx(margin)


def test_changes_meet_r_where_it_is_asked_to_converge() -> None:
    # power.prop.test(n = 1000, p1 = .4, power = .8, tol = 1e-14)$p2 - .4, R 4.2.2; then n = 1000 / 1.8
    assert smallest_change(1000, 0.4) == pytest.approx(0.0620094894194386, rel=1e-12)
    assert smallest_change(1000, 0.4, deff=1.8) == pytest.approx(0.0833855841053977, rel=1e-12)


def test_size_power_and_smallest_change_are_inverse() -> None:
    settings: dict[str, Any] = {"deff": 1.6, "ratio": 0.7, "overlap": 0.5, "rho": 0.4, "family": 3}
    n = n_for_change(0.3, 0.38, power=0.9, **settings).exact
    assert power_of_change(0.3, 0.38, n, **settings) == pytest.approx(0.9)
    assert smallest_change(n, 0.3, power=0.9, **settings) == pytest.approx(0.08)
    down = smallest_change(n, 0.3, direction="down", power=0.9, **settings)
    assert power_of_change(0.3, 0.3 - down, n, **settings) == pytest.approx(0.9)


def test_a_panel_finds_smaller_changes_and_a_family_larger_ones() -> None:
    alone = smallest_change(800, 0.4)
    assert smallest_change(800, 0.4, overlap=0.8, rho=0.6) < alone < smallest_change(800, 0.4, family=5)
    assert smallest_change(800, 0.4, overlap=0.8, rho=0.0) == pytest.approx(alone)


def test_planned_power_is_that_of_drawn_waves() -> None:
    chance = np.random.default_rng(1)
    n, found = 500, 0
    planned = power_of_change(0.4, 0.48, n)
    for _ in range(2000):
        a, b = chance.random(n) < 0.4, chance.random(n) < 0.48
        p = (a.mean() + b.mean()) / 2
        found += abs(b.mean() - a.mean()) > 1.96 * np.sqrt(2 * p * (1 - p) / n)
    assert found / 2000 == pytest.approx(planned, abs=0.035)


def test_planned_power_of_overlapping_waves_is_that_of_drawn_ones() -> None:
    chance = np.random.default_rng(2)
    n, common, found, rounds = 400, 300, 0, 2000
    rhos = []
    for _ in range(rounds):
        stays = chance.random((n, 2)) < 0.5
        one, two = chance.random((n, 2)), chance.random((n, 2))
        first = one[:, 0] < 0.4
        same = stays[:, 0] & (np.arange(n) < common)
        second = np.where(same, one[:, 0], two[:, 0]) < 0.48
        rhos.append(np.corrcoef(first[:common], second[:common])[0, 1])
        p = (first.mean() + second.mean()) / 2
        se = np.sqrt(2 * p * (1 - p) / n * (1 - common / n * rhos[-1]))
        found += abs(second.mean() - first.mean()) > 1.96 * se
    planned = power_of_change(0.4, 0.48, n, overlap=common / n, rho=float(np.mean(rhos)))
    assert found / rounds == pytest.approx(planned, abs=0.035)


def test_planned_power_of_a_trend_is_that_of_drawn_trends() -> None:
    chance = np.random.default_rng(3)
    times, se, variation, slope = np.arange(7.0), 0.015, 0.01, 0.01
    planned = power_of_slope(slope, times, se=se, variation=variation)
    spread = ((times - times.mean()) ** 2).sum()
    found = 0
    for _ in range(2000):
        y = slope * times + chance.normal(0, np.hypot(se, variation), 7)
        b = ((times - times.mean()) @ y) / spread
        rest = y - y.mean() - b * (times - times.mean())
        found += b / np.sqrt((rest @ rest) / 5 / spread) > stats.t.ppf(0.975, 5)
    assert found / 2000 == pytest.approx(planned, abs=0.035)


def test_slopes_sizes_and_waves_are_inverse() -> None:
    settings: dict[str, Any] = {"p": 0.3, "deff": 1.4, "variation": 0.004}
    n = n_for_slope(0.012, range(6), **settings).exact
    assert power_of_slope(0.012, range(6), n=n, **settings) == pytest.approx(0.8)
    assert smallest_slope(range(6), n=n, **settings) == pytest.approx(0.012)
    assert waves_for_slope(0.012, n=n + 1, **settings) == 6
    assert smallest_slope(range(6), n=n, p=0.3, deff=1.4) < 0.012
    with pytest.raises(EstimationError, match="plan more waves"):
        n_for_slope(0.01, range(4), variation=0.02)


def test_list_and_crosswise_errors_are_those_of_drawn_answers() -> None:
    chance = np.random.default_rng(4)
    n, estimates = 4000, []
    others = chance.binomial(1, [0.2, 0.5, 0.7, 0.3], (n, 4)).sum(axis=1)
    t = chance.integers(0, 2, n)
    frame = pd.DataFrame({"y": others + t * (chance.random(n) < 0.2), "t": t})
    data = from_frame(frame, Design(weight=None), codes={"t": {0: "short", 1: "long"}})
    row = list_experiment(data, "y", group="t", control_items=4).table.iloc[0]
    variance = sum(q * (1 - q) for q in (0.2, 0.5, 0.7, 0.3))
    assert list_error(n, variance, p=0.2) == pytest.approx(row["se"], rel=0.05)
    for _ in range(500):
        same = (chance.random(n) < 0.25) == (chance.random(n) < 0.1)
        estimates.append((same.mean() - 0.75) / -0.5)
    assert crosswise_error(n, 0.25, p=0.1) == pytest.approx(np.std(estimates), rel=0.1)


def test_the_penalty_is_how_many_times_the_interviews_an_indirect_question_needs() -> None:
    error = crosswise_error(1000, 0.25, p=0.1)
    more = penalty(error, 1000, 0.1)
    assert crosswise_error(1000 * more, 0.25, p=0.1) == pytest.approx(np.sqrt(0.1 * 0.9 / 1000))
    assert randomised_error(1000, "crosswise", p_sensitive=0.1, prevalence=0.25) == pytest.approx(error)
    size = n_for_indirect("warner", share_null=0.1, share_true=0.2, p=0.7).exact
    found = indirect_power(size, "warner", share_null=0.1, share_true=0.2, p=0.7)
    assert found == pytest.approx(0.8)


def test_clusters() -> None:
    assert cluster_deff(10, 0.05) == pytest.approx(1.45)
    assert cluster_deff(10, 0.05, variation=0.5) > 1.45
    m = best_cluster_size(100, 10, 0.05)
    cost = [(100 + 10 * k) * (1 + (k - 1) * 0.05) / k for k in (m, m * 1.05, m * 0.95)]
    assert cost[0] == min(cost)
    assert expected_completes(2000, 0.4, eligible=0.9) == 720


def waves_of(make_shares: dict[str, float], n: int = 900, **meta: Any) -> list[SurveyData]:
    found = []
    for number, (wave, share) in enumerate(make_shares.items()):
        chance = np.random.default_rng(number)
        frame = pd.DataFrame(
            {
                "agree": np.where(chance.random(n) < 0.1, -1, chance.random(n) < share),
                "score": chance.normal(3, 1, n),
                "w": chance.uniform(0.5, 2, n),
                "psu": np.arange(n) % 90,
            }
        )
        data = from_frame(
            frame,
            Design(cluster=("psu",), weight="w"),
            codes={"agree": {0: "no", 1: "yes"}},
            meta=Meta("made", wave, **meta),
        )
        indicators = (
            Indicator("AGREE", "agree", "proportion", {"en": "Agree"}, {}, code=1, headline=True),
            Indicator("SCORE", "score", "mean", {"en": "Score"}, {}, headline=True),
        )
        found.append(data.with_frame(data.frame, codebook=replace(data.codebook, indicators=indicators)))
    return found


def test_the_next_wave_is_planned_from_the_design_effects_of_those_before() -> None:
    waves = waves_of({"2024": 0.4, "2025": 0.42, "2026": 0.45})
    plan = plan_next_wave(waves)
    row = plan.table.set_index("indicator").loc["AGREE"]
    deffs = [proportion(wave, "agree", code=1)["deff"].iloc[0] for wave in waves]
    assert plan.n == 900
    assert row["deff"] == pytest.approx(np.mean(deffs))
    assert 0.85 < row["answering"] < 0.95
    last = change(waves, "agree", code=1, wave_from="2025", wave_to="2026")["se"].iloc[0]
    assert row["smallest_change"] == pytest.approx((1.96 + 0.842) * last, rel=0.15)
    assert plan.largest is None


def test_the_sizes_of_a_plan_reach_its_aims() -> None:
    waves = waves_of({"2024": 0.4, "2025": 0.42, "2026": 0.45})
    aims = plan_next_wave(waves, margin=0.03, change=0.09, response=0.5, overlap=0.3, rho=0.5)
    row = aims.table.set_index("indicator").loc["AGREE"]
    reached = plan_next_wave(waves, n=int(row["n_for_margin"])).table.set_index("indicator").loc["AGREE"]
    assert reached["margin"] == pytest.approx(0.03, rel=1e-3)
    reached = plan_next_wave(waves, n=int(row["n_for_change"]), overlap=0.3, rho=0.5).table
    assert reached.set_index("indicator").loc["AGREE", "smallest_change"] == pytest.approx(0.09, rel=2e-3)
    assert row["contacts_for_margin"] == 2 * row["n_for_margin"]
    far = plan_next_wave(waves, change=0.001)
    assert far.largest is None
    assert "no size finds" in far.table["note"].iloc[0]


def test_one_wave_is_enough_for_a_plan_without_a_trend() -> None:
    plan = plan_next_wave(waves_of({"2026": 0.4})[0], ["AGREE"], margin=0.04)
    assert plan.largest == plan.table["n_for_margin"].iloc[0]
    assert plan.table["smallest_slope"].isna().all()


def test_a_sample_nobody_drew_has_no_margin_and_no_plan() -> None:
    (wave,) = waves_of({"2026": 0.4}, sample_type="nonprobability")
    with pytest.raises(EstimationError, match="there is no margin of error"):
        margin_of_error(wave)
    with pytest.raises(EstimationError, match="no design effect to plan with"):
        plan_next_wave(wave)
    (drawn,) = waves_of({"2026": 0.4})
    weights = drawn.sample.weights
    expected = 1.959964 * np.sqrt(kish_deff(weights) * 0.25 / len(weights))
    assert margin_of_error(drawn) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: n_for_margin(0), "must be above 0"),
        (lambda: n_for_margin(0.03, p=40), "type 0.4 for 40 %"),
        (lambda: n_for_margin(0.03, response=30), "above 0 and at most 1"),
        (lambda: n_for_margin(0.03, level=95), "level=95"),
        (lambda: planned_margin(500, population=400), "does not fit"),
        (lambda: n_for_change(0.4, 0.4), "there is no change to find"),
        (lambda: n_for_change(0.4, 0.5, overlap=2), "share of people in both"),
        (lambda: n_for_change(0.4, 0.5, family=0), "family=0"),
        (lambda: smallest_change(3, 0.5), "no change up from 0.5"),
        (lambda: smallest_change(300, 0.5, direction="sideways"), "type up or down"),
        (lambda: power_of_slope(0.1, [1, 2], n=100), "3 waves or more"),
        (lambda: power_of_slope(0.1, [1, 1, 1], n=100), "at one time"),
        (lambda: power_of_slope(0.1, [1, 2, 3]), "give the error of one wave"),
        (lambda: n_for_slope(0, [1, 2, 3]), "nothing to find"),
        (lambda: waves_for_slope(1e-9, n=100), "200 waves do not find"),
        (lambda: list_error(100, 0), "control_variance=0"),
        (lambda: crosswise_error(100, 0.5), "must differ from 0.5"),
        (lambda: randomised_error(100, "warner"), "needs p"),
        (lambda: n_for_indirect("warner", share_null=0.1, share_true=0.1, p=0.7), "the same"),
        (lambda: cluster_deff(10, -0.5), "below 0"),
        (lambda: best_cluster_size(0, 1, 0.1), "cost_cluster=0"),
        (lambda: expected_completes(100, 40), "share from 0 to 1"),
    ],
)
def test_what_cannot_be_is_refused(call: Any, said: str) -> None:
    with pytest.raises(EstimationError, match=said):
        call()

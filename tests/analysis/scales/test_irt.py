"""Graded response models and differential functioning: known truths, special cases of statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from made_answers import ITEMS, Truth, drawn, slope, surveyed
from scipy.optimize import approx_fprime
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis import (
    Design,
    EstimationError,
    Meta,
    dif,
    from_frame,
    grm,
    irt_dif,
    link_waves,
    pool,
    with_theta,
)
from analysis.scales.dif.cumulative import fit_cumulative
from analysis.scales.groups import make_groups
from analysis.scales.irt.likelihood import (
    category_logs,
    gradient,
    log_likelihood,
    make_layout,
    scores,
)
from analysis.scales.irt.patterns import make_patterns
from analysis.scales.items import scale_items

NAMES = list(ITEMS)
TRUTH = np.concatenate([[a, *b] for a, b in zip(Truth().a, Truth().b, strict=True)])


def test_scores_of_patterns_are_the_derivatives_of_the_likelihood() -> None:
    data = surveyed(drawn(300, 1))
    items = scale_items(data, NAMES)
    patterns = make_patterns(items, make_groups(data, "group", items.domain))
    layout = make_layout(patterns, 2, [True, True, True, False, False])
    theta = np.random.default_rng(2).normal(0.2, 0.3, layout.size)
    logs, by_pattern = scores(patterns, layout, theta)
    value, total = gradient(patterns, layout, theta)
    assert patterns.weights @ logs == pytest.approx(value[0], rel=1e-12)
    np.testing.assert_allclose(patterns.weights @ by_pattern, total, rtol=1e-9, atol=1e-9)
    numeric = approx_fprime(theta, lambda at: log_likelihood(patterns, layout, at), 1e-6)
    np.testing.assert_allclose(total, numeric, rtol=1e-4, atol=2e-3)


def test_two_answers_at_a_known_level_are_a_logit() -> None:
    theta = np.random.default_rng(3).normal(size=400)
    y = (np.random.default_rng(4).uniform(size=400) < 1 / (1 + np.exp(-(1.3 * theta - 0.4)))).astype(float)
    fit = sm.Logit(y, sm.add_constant(theta)).fit(disp=0)
    block = np.array([fit.params[1], fit.params[0]])
    logs = category_logs(block, theta)[0]
    assert logs[np.arange(400), y.astype(int)].sum() == pytest.approx(fit.llf, rel=1e-12)
    theirs = fit.model.score_obs(fit.params)[:, 0]
    np.testing.assert_allclose(np.where(y == 1, np.exp(logs[:, 0]), -np.exp(logs[:, 1])), theirs, atol=1e-12)
    _, falls, rises = category_logs(block, theta)
    np.testing.assert_allclose(np.where(y == 1, rises[:, 0], -falls[:, 0]), theirs, atol=1e-12)


def test_probabilities_far_out_keep_their_digits() -> None:
    logs, _, _ = category_logs(np.array([2.0, 1.0, np.log(0.5)]), np.array([-40.0, 40.0]))
    np.testing.assert_allclose(logs[0, 2], -80 + 0.5, rtol=1e-9)
    np.testing.assert_allclose(logs[1, 0], -81, rtol=1e-9)


def test_known_parameters_are_recovered_with_honest_errors() -> None:
    estimates, inside = [], []
    for seed in range(40):
        found = grm(surveyed(drawn(700, 100 + seed)), NAMES).parameters
        table = found.table()
        estimates.append(table["estimate"])
        inside.append((table["low"] <= TRUTH) & (table["high"] >= TRUTH))
    bias = np.mean(estimates, axis=0) - TRUTH
    spread = np.std(estimates, axis=0) / 40**0.5
    assert np.abs(bias).max() < 0.08
    assert (np.abs(bias) < 4 * spread + 0.02).all()
    assert 0.92 <= np.mean(inside) <= 0.98


def test_influence_is_the_derivative_by_each_weight() -> None:
    data = surveyed(drawn(300, 5))
    Z = np.asarray(grm(data, NAMES).parameters.influence)
    for row in (0, 99):
        expected = slope(lambda moved: grm(moved, NAMES).parameters.values, data, row)
        np.testing.assert_allclose(Z[row], expected, atol=2e-4 * np.abs(Z).max())


def test_missing_answers_and_reversed_items_are_taken_as_they_are() -> None:
    frame = drawn(900, 6)
    gaps = frame.copy()
    gaps.loc[gaps.index % 3 == 0, "q2"] = np.nan
    whole, part = (grm(surveyed(f), NAMES) for f in (frame, gaps))
    assert part.n == whole.n == 900
    assert np.abs(part.parameters.values - whole.parameters.values).max() < 0.4
    turned = grm(surveyed(frame.assign(q1=5 - frame["q1"])), NAMES, keys={"q1": -1})
    np.testing.assert_allclose(turned.parameters.values, whole.parameters.values, atol=1e-6)
    against = grm(surveyed(frame.assign(q1=5 - frame["q1"])), NAMES)
    assert any("runs against the scale" in note for note in against.notes)


def test_scores_follow_the_answers_and_become_columns() -> None:
    data = surveyed(drawn(500, 7))
    model = grm(data, NAMES)
    assert np.corrcoef(model.scores["theta"], data.frame[NAMES].mean(axis=1))[0, 1] > 0.97
    assert 0.7 < model.reliability < 0.9
    assert model.information(np.array([-2.0, 0.0, 2.0])).shape == (3, 5)
    scored = with_theta(data, model, "level")
    np.testing.assert_array_equal(scored.values("level"), model.scores["theta"])
    assert (scored.values("level_se") > 0).all()
    with pytest.raises(EstimationError, match="already have a column"):
        with_theta(scored, model, "level")


def test_groups_differ_in_their_latent_means_and_spreads() -> None:
    inside = 0
    for seed in range(15):
        model = grm(surveyed(drawn(1200, 200 + seed, mean=(0.0, 0.5), spread=1.3)), NAMES, by="group")
        row = model.latent.iloc[1]
        inside += abs(row["mean"] - 0.5) < 2 * row["mean_se"]
        inside += abs(row["sd"] - 1.3) < 2 * row["sd_se"]
    assert inside >= 25


def test_waves_are_linked_through_anchors_though_items_change() -> None:
    waves = []
    for year, level in ((2023, 0.0), (2024, 0.4), (2025, 0.4)):
        frame = drawn(1500, year, Truth(shift={}), mean=(level, level))
        frame = frame.assign(q1=5 - frame["q1"]) if year == 2024 else frame
        dropped = frame.drop(columns="q5") if year == 2025 else frame
        meta = Meta("made", str(year), dates=(str(year), str(year)))
        waves.append(from_frame(dropped, Design(weight="weight"), meta=meta))
    data = pool(waves)
    table, model = link_waves(data, NAMES, anchors=["q2", "q3", "q4"])
    assert list(table["group"]) == ["2023", "2024", "2025"]
    assert abs(table["mean"][1] - 0.4) < 3 * table["se"][1]
    assert table["low"][2] < 0 < table["high"][2]
    # q1 was asked the other way round in 2024: no anchor, so it does not move the level
    assert model.table.query("item == 'q1' and group == '2024' and parameter == 'a'")["estimate"].iloc[0] < 0
    assert "2025" not in set(model.table.query("item == 'q5'")["group"])


def test_waves_without_a_common_anchor_are_refused() -> None:
    one = drawn(300, 1).drop(columns=["q1", "q2"])
    other = drawn(300, 2).drop(columns=["q3", "q4", "q5"])
    both = pool(
        [
            from_frame(frame, Design(weight=None), meta=Meta("made", wave))
            for frame, wave in ((one, "1"), (other, "2"))
        ]
    )
    with pytest.raises(EstimationError, match="cannot be linked"):
        link_waves(both, NAMES, anchors=NAMES)


def test_an_item_of_its_own_needs_every_answer_in_each_group() -> None:
    frame = drawn(600, 10)
    frame.loc[(frame["group"] == 2) & (frame["q2"] == 4), "q2"] = 3.0
    with pytest.raises(EstimationError, match="nobody in group=2 answers 4 to 'q2'"):
        grm(surveyed(frame), NAMES, by="group", anchors=["q1", "q3"])
    assert grm(surveyed(frame), NAMES, by="group").n == 600


def test_items_that_copy_each_other_have_no_maximum() -> None:
    frame = drawn(300, 3)
    same = frame.assign(q1=frame["q1"], q2=frame["q1"], q3=frame["q1"])
    with pytest.raises(EstimationError, match="no finite maximum"):
        grm(surveyed(same), ["q1", "q2", "q3"])


def test_the_cumulative_logit_is_statsmodels_where_nothing_is_weighted() -> None:
    frame = drawn(500, 12)
    X = frame[["q1", "q2"]].to_numpy()
    ours = fit_cumulative(frame["q3"].to_numpy(int) - 1, X, np.ones(500), "q3")
    theirs = OrderedModel(frame["q3"], X, distr="logit").fit(method="bfgs", gtol=1e-8, disp=0)
    np.testing.assert_allclose(ours.coefficients, theirs.params[:2], rtol=1e-4)
    assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-9)


def test_an_unweighted_differential_item_is_a_likelihood_ratio_of_statsmodels() -> None:
    frame = drawn(800, 13, Truth(shift={"q1": 0.6}))
    data = surveyed(frame, Design(weight=None))
    row = dif(data, NAMES, by="group", purify=False).table.iloc[0]
    X = pd.DataFrame({"rest": frame[NAMES[1:]].sum(axis=1), "g": 1.0 * (frame["group"] == 2)})
    X["product"] = X["rest"] * X["g"]
    fits = [
        OrderedModel(frame["q1"], X[names], distr="logit").fit(method="bfgs", gtol=1e-5, disp=0).llf
        for names in (["rest"], ["rest", "g"], ["rest", "g", "product"])
    ]
    assert row["chisq_uniform"] == pytest.approx(2 * (fits[1] - fits[0]), rel=1e-6)
    assert row["chisq_nonuniform"] == pytest.approx(2 * (fits[2] - fits[1]), rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("match", ["rest", "total", "theta"])
def test_a_harder_item_is_flagged_and_leaves_the_anchors(match: str) -> None:
    data = surveyed(drawn(2500, 14, Truth(shift={"q1": 1.3}), mean=(0.0, 0.5)))
    found = dif(data, NAMES, by="group", match=match)
    assert found.table.set_index("item").loc["q1", "flag"] != ""
    assert (found.table.set_index("item").loc[NAMES[1:], "flag"] == "").all()
    assert found.anchors == tuple(NAMES[1:])
    assert found.rounds > 1


def test_a_higher_group_is_not_differential_functioning() -> None:
    data = surveyed(drawn(1200, 15, mean=(0.0, 0.8)))
    found = dif(data, NAMES, by="group")
    assert (found.table["flag"] == "").all()
    assert found.rounds == 1
    graded = irt_dif(data, NAMES, by="group")
    assert not graded.table["flag"].any()


def test_the_graded_model_flags_the_same_item() -> None:
    data = surveyed(drawn(1000, 16, Truth(shift={"q2": 1.1}), mean=(0.0, 0.3)))
    found = irt_dif(data, NAMES, by="group")
    assert list(found.table.loc[found.table["flag"], "item"]) == ["q2"]
    assert found.anchors == ("q1", "q3", "q4", "q5")
    row = found.table.set_index("item").loc["q2"]
    assert row["lr"] > 30
    assert row["difference"] > 0.05
    assert (found.table["df"] == 4).all()


def test_the_size_of_the_test_is_kept_under_clusters() -> None:
    """60 surveys without any differential item: 5 items each, so about 15 of 300 tests below .05."""
    below = [
        (
            dif(surveyed(drawn(400, 500 + seed)), NAMES, by="group", purify=False).table["p_uniform"] < 0.05
        ).sum()
        for seed in range(60)
    ]
    assert 5 <= np.sum(below) <= 28


def test_differential_functioning_needs_groups_answers_and_anchors() -> None:
    frame = drawn(400, 17)
    with pytest.raises(EstimationError, match="type one of rest, total, theta"):
        dif(surveyed(frame), NAMES, by="group", match="sum")
    frame.loc[(frame["group"] == 2) & (frame["q2"] == 4), "q2"] = 3.0
    with pytest.raises(EstimationError, match="nobody in group=2 answers 4 to 'q2'"):
        dif(surveyed(frame), NAMES, by="group")

"""Which items make a scale: batteries of a codebook, keys, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_answers import ITEMS, drawn, surveyed

from analysis import (
    Design,
    EstimationError,
    Meta,
    SurveyData,
    alpha,
    cfa,
    from_frame,
    grm,
    item_statistics,
    omega,
    scale_items,
    with_score,
)
from instruments import load_library


def battery() -> SurveyData:
    """The core questionnaire's battery on excuses for violence, half its rows worded the other way."""
    whole = load_library("kz_thb_core").codebook()
    group = next(group for group in whole.groups if group.name == "VB")
    variables = tuple(whole.variable(name) for name in group.variables)
    draw = np.random.default_rng(8)
    theta = draw.normal(size=600)
    columns = {}
    for variable in variables:
        raw = np.clip(np.round(3 + variable.key * theta + draw.normal(size=600)), 1, 5).astype(int)
        columns[variable.name] = np.where(draw.uniform(size=600) < 0.05, -1, raw)
    frame = pd.DataFrame(columns).assign(wave="2026", weight=1.0)
    codebook = replace(whole, variables=variables, groups=(group,), indicators=())
    return SurveyData(frame, codebook, Design(weight="weight"), Meta("core", "2026"))


def test_a_battery_of_mixed_keys_works_by_its_name() -> None:
    data = battery()
    keys = [data.variable(name).key for name in data.codebook.groups[0].variables]
    assert set(keys) == {1, -1}
    found = alpha(data, "VB").table.iloc[0]
    assert found["items"] == len(keys)
    assert found["estimate"] > 0.8
    assert omega(data, "VB").table.iloc[0]["estimate"] > 0.8
    assert (grm(data, "VB").table.query("parameter == 'a'")["estimate"] > 0.5).all()
    assert cfa(data, "VB").measures["cfi"] > 0.95
    assert (cfa(data, "VB").estimates.query("kind == 'loading'")["estimate"] > 0).all()


def test_names_in_place_of_the_battery_give_the_same() -> None:
    data = battery()
    names = data.codebook.groups[0].variables
    pd.testing.assert_frame_equal(alpha(data, "VB").table, alpha(data, names).table)


def test_keys_given_go_before_those_of_the_codebook() -> None:
    data = battery()
    names = data.codebook.groups[0].variables
    raw = alpha(data, names, keys=dict.fromkeys(names, 1)).table.iloc[0]
    assert raw["estimate"] < 0 or raw["estimate"] < alpha(data, names).table.iloc[0]["estimate"]


def test_rows_of_key_zero_stay_out_of_a_keyed_battery() -> None:
    data = battery()
    first = data.codebook.groups[0].variables[0]
    variables = tuple(replace(v, key=0) if v.name == first else v for v in data.codebook.variables)
    data = data.with_frame(data.frame, codebook=replace(data.codebook, variables=variables))
    items = scale_items(data, "VB")
    assert first not in items.names
    assert items.left_out == (first,)


def test_missing_codes_are_no_answers() -> None:
    data = battery()
    table = item_statistics(data, "VB")
    for name, row in table.iterrows():
        assert row["base"] == (data.frame[name] > 0).sum()
        assert row["missing"] == pytest.approx((data.frame[name] < 0).mean())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"q1": 3.0}, "all valid answers to 'q1' are 3"),
        ({"q1": np.nan}, "nobody in the domain has a valid answer to q1"),
    ],
)
def test_an_item_without_spread_is_refused(change: dict[str, float], words: str) -> None:
    data = surveyed(drawn(200, 1).assign(**change))
    for function in (alpha, omega, item_statistics, grm, cfa):
        with pytest.raises(EstimationError, match=words):
            function(data, list(ITEMS))


@pytest.mark.parametrize("function", [alpha, omega, item_statistics, grm, cfa])
def test_two_items_are_no_scale(function: object) -> None:
    with pytest.raises(EstimationError, match="at least 3"):
        function(surveyed(drawn(200, 1)), ["q1", "q2"])  # type: ignore[operator]


def test_nominal_items_unknown_names_and_keys_are_refused() -> None:
    data = surveyed(drawn(200, 1).assign(region=lambda f: 1 + f.index % 5))
    coded = from_frame(data.frame, Design(weight=None), codes={"region": {c: str(c) for c in range(1, 6)}})
    with pytest.raises(EstimationError, match="its codes have no order"):
        alpha(coded, ["q1", "q2", "region"])
    with pytest.raises(EstimationError, match="no variable 'q9'"):
        alpha(data, ["q1", "q2", "q9"])
    with pytest.raises(EstimationError, match="no group 'VB'"):
        alpha(data, "VB")
    with pytest.raises(EstimationError, match="named twice"):
        alpha(data, ["q1", "q2", "q1"])
    with pytest.raises(EstimationError, match="not among the items"):
        alpha(data, ["q1", "q2", "q3"], keys={"q4": -1})
    with pytest.raises(EstimationError, match="write 1, or -1"):
        alpha(data, ["q1", "q2", "q3"], keys={"q1": 0})


def test_scores_turn_reversed_items_and_need_enough_answers() -> None:
    data = battery()
    names = list(data.codebook.groups[0].variables)
    raw = data.frame[names].where(data.frame[names] > 0)
    turned = raw.assign(**{name: 6 - raw[name] for name in names if data.variable(name).key < 0})
    for method, expected in {
        "mean": turned.mean(axis=1),
        "sum": turned.mean(axis=1) * len(names),
        "pomp": 25 * (turned.mean(axis=1) - 1),
    }.items():
        scored = with_score(data, "VB", "score", method=method, min_valid=6)
        enough = expected.where(raw.notna().sum(axis=1) >= 6)
        np.testing.assert_allclose(scored.values("score"), enough.to_numpy(), atol=1e-12)
    assert with_score(data, "VB", "score").valid("score").sum() == raw.notna().all(axis=1).sum()


def test_a_mean_score_carries_the_rule_that_makes_it() -> None:
    from analysis import derive

    data = battery()
    scored = with_score(data, "VB", "score", min_valid=5)
    again = derive(scored.frame.drop(columns="score"), scored.codebook)
    np.testing.assert_array_equal(again["score"], scored.frame["score"])


def test_a_score_of_unknown_range_or_taken_name_is_refused() -> None:
    data = surveyed(drawn(200, 1))
    with pytest.raises(EstimationError, match="type ends="):
        with_score(data, list(ITEMS), "score", method="pomp")
    with pytest.raises(EstimationError, match="already have a column 'q1'"):
        with_score(data, list(ITEMS), "q1")
    with pytest.raises(EstimationError, match="min_valid=9"):
        with_score(data, list(ITEMS), "score", min_valid=9)
    pomp = with_score(data, list(ITEMS), "score", method="pomp", ends=(1, 4)).values("score")
    assert pomp.min() >= 0
    assert pomp.max() <= 100

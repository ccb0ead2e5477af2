from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    COLUMNS,
    Design,
    EstimationError,
    balance,
    from_frame,
    mean_estimates,
    split_ballot,
    vignette_effects,
)


def test_the_vignettes_name_is_enough(make: Any) -> None:
    found = vignette_effects(make(), "VGN")
    assert set(COLUMNS) < set(found.effects.columns)
    assert set(found.effects["variable"]) == {"VG1", "VG3"}
    assert set(found.effects["factor"]) == {"VGN_SEX", "VGN_CONS"}
    row = found.effects.query("variable == 'VG1' and factor == 'VGN_CONS'").iloc[0]
    assert abs(row["estimate"] - 1.5) < 3 * row["se"]
    assert row["p"] < 0.001
    assert (row["level"], row["baseline"]) == (2, 1)
    assert set(found.balance) == {"VGN_SEX", "VGN_CONS"}


def test_an_effect_of_one_factor_is_the_difference_of_its_marginal_means(make: Any) -> None:
    data = make()
    found = vignette_effects(data, outcome="VG1", factors=["VGN_CONS"])
    means = found.marginal_means["estimate"].to_numpy()
    row = found.effects.iloc[0]
    value, variance = mean_estimates(data, "VG1", by="VGN_CONS").contrast(np.array([-1.0, 1.0]))
    assert row["estimate"] == pytest.approx(means[1] - means[0])
    assert (row["estimate"], row["se"]) == pytest.approx((value[0], variance[0, 0] ** 0.5))


def test_shares_of_all_codes_change_by_amounts_that_add_up_to_0(make: Any) -> None:
    effects = vignette_effects(make(), "VGN", "VG3").effects
    assert list(effects["code"].unique()) == [1, 2, 3]
    assert effects.groupby("factor")["estimate"].sum().to_numpy() == pytest.approx([0, 0], abs=1e-12)


def test_profiles_of_one_person_are_a_cluster() -> None:
    chance = np.random.default_rng(3)
    n = 300
    level = chance.normal(0, 3, n)
    rows = [
        {"person": i, "f": int(f), "y": level[i] + 0.5 * (f == 2) + chance.normal()}
        for i in range(n)
        for f in chance.integers(1, 3, 4)
    ]
    frame = pd.DataFrame(rows)
    data = from_frame(frame, Design(weight=None), codes={"f": {1: "a", 2: "b"}})
    whole = data.with_frame(frame.assign(wave="1"), design=Design(weight=None, cluster=("person",)))
    ours, clustered = (
        vignette_effects(d, outcome="y", factors=["f"], **o).effects.iloc[0]
        for d, o in ((data, {"respondent": "person"}), (whole, {}))
    )
    alone = vignette_effects(data, outcome="y", factors=["f"]).marginal_means["se"].to_numpy()
    together = vignette_effects(whole, outcome="y", factors=["f"]).marginal_means["se"].to_numpy()
    assert (ours["se"], ours["df"]) == pytest.approx((clustered["se"], clustered["df"]))
    assert (together > 1.3 * alone).all()


def test_factors_that_were_never_crossed_have_no_interaction() -> None:
    frame = pd.DataFrame({"a": [1, 1, 2, 2] * 20, "b": [1, 2, 1, 1] * 20, "y": np.arange(80) % 7})
    codes = {"a": {1: "x", 2: "y"}, "b": {1: "x", 2: "y"}}
    found = vignette_effects(
        from_frame(frame, Design(weight=None), codes=codes), outcome="y", factors=["a", "b"]
    )
    assert found.interactions.empty
    assert found.tests.set_index("term")["f"].isna().tolist() == [False, False, True]


def test_a_code_that_nobody_gave_has_no_effects_and_spoils_none(make: Any) -> None:
    data = make()
    rare = data.with_frame(data.frame.assign(VG3=data.frame["VG3"].replace(3, 2)))
    assert vignette_effects(rare, "VGN", "VG3").effects["code"].unique().tolist() == [1, 2]
    alike = data.with_frame(data.frame.assign(VG1=4.0))
    with pytest.raises(EstimationError, match="are alike"):
        vignette_effects(alike, "VGN", "VG1")


def test_vignettes_that_are_none_are_refused(make: Any) -> None:
    data = make()
    with pytest.raises(EstimationError, match="type one of LX, VGN"):
        vignette_effects(data, "VGM")
    with pytest.raises(EstimationError, match="no code 9"):
        vignette_effects(data, "VGN", "VG3", code=9)
    with pytest.raises(EstimationError, match="has one level"):
        vignette_effects(data, "VGN", where={"VGN_SEX": 1})
    with pytest.raises(EstimationError, match="no column 'person'"):
        vignette_effects(data, "VGN", respondent="person")


def test_the_splits_name_is_enough(make: Any) -> None:
    found = split_ballot(make(), "form")
    row = found.table[found.table["code"] == 2].iloc[0]
    assert (row["variable"], row["variable_to"], row["form_from"], row["form_to"]) == ("VB1", "VB1B", 1, 2)
    assert abs(row["estimate"] - 0.1) < 3 * row["se"]
    assert found.tests["df"].tolist() == [1]
    assert found.tests["p"].iloc[0] == pytest.approx(row["p"], rel=1e-6)
    assert found.forms.groupby("form")["estimate"].sum().to_numpy() == pytest.approx([1, 1])


def test_forms_are_paired_by_who_was_asked_where_the_codebook_does_not_list_them(make: Any) -> None:
    data = make()
    plain = tuple(replace(v, design={}) if v.name == "form" else v for v in data.codebook.variables)
    older = data.with_frame(data.frame, codebook=replace(data.codebook, variables=plain))
    pd.testing.assert_frame_equal(split_ballot(data, "form").table, split_ballot(older, "form").table)


def test_a_question_of_both_forms_is_compared_between_them(make: Any) -> None:
    found = split_ballot(make(), "form", "VG1")
    assert found.table["statistic"].tolist() == ["mean_difference"]
    assert found.table["p"].iloc[0] > 0.001


def test_forms_that_do_not_pair_are_refused(make: Any) -> None:
    data = make()
    with pytest.raises(EstimationError, match="type items='NAME'"):
        split_ballot(data, "LX_GRP")
    with pytest.raises(EstimationError, match="have different answers"):
        split_ballot(data, "form", [{1: "VB1", 2: "VG3"}])
    with pytest.raises(EstimationError, match="names no variable for form 2"):
        split_ballot(data, "form", [{1: "VB1"}])
    with pytest.raises(EstimationError, match="divides nobody"):
        split_ballot(data, "form", where={"form": 1})


def test_balance_finds_an_assignment_that_was_not_by_chance(make: Any) -> None:
    data = make()
    by_age = data.with_frame(data.frame.assign(form=data.frame["age2"]))
    fair, biased = balance(data, "form"), balance(by_age, "form")
    assert fair.tests["covariate"].tolist() == ["age2"]
    assert fair.tests["p"].iloc[0] > 0.001
    assert biased.tests["p"].iloc[0] == 0
    assert fair.sizes_p > 0.001
    uneven = balance(data, "form", shares=[0.9, 0.1])
    assert uneven.sizes_p < 1e-6

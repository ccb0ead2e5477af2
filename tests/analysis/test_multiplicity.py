"""Families of comparisons: adjusted p values, and intervals that agree with them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import ADJUSTMENTS, EstimationError, adjust, in_family
from analysis.multiplicity import step_levels

P = np.array([0.001, 0.2, 0.012, 0.04, 0.0125, 0.9])


def test_holm_by_hand() -> None:
    assert adjust(P, "holm") == pytest.approx([0.006, 0.4, 0.06, 0.12, 0.06, 0.9])


def test_false_discovery_by_hand() -> None:
    assert adjust(P, "fdr") == pytest.approx([0.006, 0.24, 0.025, 0.06, 0.025, 0.9])


def test_what_was_not_tested_does_not_count() -> None:
    found = adjust(np.append(P, np.nan), "bonferroni")
    assert found[:-1] == pytest.approx(np.minimum(1, 6 * P))
    assert np.isnan(found[-1])


def test_a_family_in_which_nothing_was_tested_stays_empty() -> None:
    assert np.isnan(adjust(np.array([np.nan, np.nan]), "holm")).all()
    assert len(step_levels(np.array([np.nan]), "fdr", 0.05)) == 1


@pytest.mark.parametrize("method", ADJUSTMENTS)
@pytest.mark.parametrize("seed", range(20))
def test_an_interval_of_its_level_leaves_nought_out_exactly_when_the_adjusted_p_is_small(
    method: str, seed: int
) -> None:
    p = np.random.default_rng(seed).beta(0.4, 3, size=9)
    claims = adjust(p, method) <= 0.05
    assert ((p <= step_levels(p, method, 0.05)) == claims).all()


def test_an_unknown_adjustment_is_refused() -> None:
    with pytest.raises(EstimationError, match="adjustment 'tukey' is unknown: type one of none, bonferroni"):
        adjust(P, "tukey")


@pytest.mark.parametrize("adjustment", ["holm", "bonferroni", "fdr", "none"])
@pytest.mark.parametrize("seed", range(20))
def test_an_interval_leaves_out_zero_where_the_adjusted_p_says_so(adjustment: str, seed: int) -> None:
    chance = np.random.default_rng(seed)
    estimate, df = chance.normal(0, 2.2, 9), chance.integers(8, 60, 9).astype(float)
    p = 2 * stats.t.sf(np.abs(estimate), df)
    p[4] = np.nan
    table = pd.DataFrame({"estimate": estimate, "se": 1.0, "low": -9.0, "high": 9.0, "df": df, "p": p})
    found = in_family(table, adjustment)
    tested = found[found["p"].notna()]
    clear = (tested["low"] > 0) | (tested["high"] < 0)
    assert (clear == (tested["p_adjusted"] <= 0.05)).all()
    assert (found.loc[4, "low"], found.loc[4, "high"]) == (-9.0, 9.0)
    assert np.isnan(found.loc[4, "p_adjusted"])
    assert tested["p_adjusted"].to_numpy() == pytest.approx(adjust(tested["p"].to_numpy(), adjustment))


def test_a_family_of_one_has_the_plain_interval() -> None:
    table = pd.DataFrame(
        {"estimate": [1.0], "se": [0.5], "low": [0.0], "high": [0.0], "df": [20.0], "p": [0.059]}
    )
    found = in_family(table)
    assert found.loc[0, "high"] == pytest.approx(1.0 + stats.t.isf(0.025, 20) * 0.5)

"""A broken item: figures across the break are refused, or stand in a row without numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    Break,
    Design,
    EstimationError,
    Meta,
    SurveyData,
    adjacent_changes,
    any_change,
    association,
    banner,
    change,
    compare_groups,
    contrast,
    difference,
    from_frame,
    kitagawa,
    marginal_effects,
    mean_estimates,
    pool,
    predictive_margins,
    quotient,
    rank_test,
    series_changes,
    svyglm,
    svymultinomial,
    t_test,
    trend,
    wave_series,
)

WAVES = ("2023", "2024", "2025")
NUMBERS = ["estimate", "se", "low", "high", "p", "p_adjusted", "mdc"]
CODES = {"sex": {1: "woman", 2: "man"}, "agree": {0: "no", 1: "yes"}, "vote": {1: "for", 2: "against"}}
LATER = {"wave": ["2024", "2025"]}
Made = Callable[[SurveyData], Any]


def _wave(name: str, seed: int) -> SurveyData:
    draw, n = np.random.default_rng(seed), 300
    frame = pd.DataFrame(
        {
            "stratum": np.arange(n) % 3,
            "psu": np.arange(n) // 3 % 10,
            "weight": draw.uniform(0.5, 2, n),
            "sex": draw.choice([1, 2], n),
            "agree": draw.choice([0, 1], n),
            "vote": draw.choice([1, 2], n),
            "year": int(name),
        }
    )
    design = Design(strata="stratum", cluster=("psu",), weight="weight")
    return from_frame(frame, design, codes=CODES, meta=Meta("made", name))


@pytest.fixture(scope="module")
def broken() -> SurveyData:
    """Three waves, `agree` reworded after the first."""
    pooled = pool([_wave(name, seed) for seed, name in enumerate(WAVES)])
    reworded = tuple(Break("agree", "2023", later, {"en": "reworded"}) for later in WAVES[1:])
    return pooled.with_frame(pooled.frame, breaks=reworded)


def _mean(data: SurveyData, wave: str) -> Any:
    return mean_estimates(data, "agree", where={"wave": wave})


ACROSS: dict[str, Made] = {
    "model by wave": lambda d: svyglm("agree ~ wave", d),
    "model by a column that is one number a wave": lambda d: svyglm("agree ~ year", d),
    "model of another answer told by the broken one": lambda d: svymultinomial("vote ~ C(agree) + wave", d),
    "margins": lambda d: predictive_margins(svyglm("agree ~ C(sex)", d), by="wave"),
    "effects": lambda d: marginal_effects(svyglm("agree ~ C(sex)", d), "sex", by="wave"),
    "t test": lambda d: t_test(d, "agree", "wave", where={"wave": ["2023", "2025"]}),
    "rank test": lambda d: rank_test(d, "agree", "wave"),
    "association": lambda d: association(d, "agree", "wave"),
    "association the other way": lambda d: association(d, "wave", "agree"),
    "contrast": lambda d: contrast(mean_estimates(d, "agree", by="wave"), np.array([-1, 0, 1])),
    "difference": lambda d: difference(_mean(d, "2025"), _mean(d, "2023")),
    "difference of a wave and all": lambda d: difference(_mean(d, "2023"), mean_estimates(d, "agree")),
    "quotient": lambda d: quotient(_mean(d, "2025"), _mean(d, "2023")),
    "difference of two models": lambda d: difference(
        *(svyglm("agree ~ C(sex)", d, where={"wave": wave}) for wave in ("2023", "2025"))
    ),
    "groups": lambda d: compare_groups(d, "agree", by="wave", code=1),
    "decomposition of two domains": lambda d: kitagawa(
        d, "agree", by="sex", code=1, domains=({"wave": "2023"}, {"wave": "2024"})
    ),
    "decomposition by the broken column": lambda d: kitagawa(
        d, "vote", by="agree", code=1, wave_from="2023", wave_to="2025"
    ),
}


@pytest.mark.parametrize("name", list(ACROSS))
def test_a_comparison_across_a_break_is_refused(name: str, broken: SurveyData) -> None:
    with pytest.raises(EstimationError, match=r"'agree' does not compare between waves 2023 and 202\d \("):
        ACROSS[name](broken)


def test_the_refusal_says_which_waves_to_name(broken: SurveyData) -> None:
    with pytest.raises(EstimationError, match=r"such as where=\{'wave': \['2024', '2025'\]\}"):
        svyglm("agree ~ wave", broken)


WITHIN: dict[str, Made] = {
    "model of waves of one wording": lambda d: svyglm("agree ~ wave", d, where=LATER),
    "model without waves": lambda d: svyglm("agree ~ C(sex)", d),
    "t test of waves of one wording": lambda d: t_test(d, "agree", "wave", where=LATER),
    "t test of groups, waves together": lambda d: t_test(d, "agree", "sex"),
    "association of another answer": lambda d: association(d, "vote", "wave"),
    "contrast of waves of one wording": lambda d: contrast(
        mean_estimates(d, "agree", by="wave"), np.array([0, -1, 1])
    ),
    "average over waves": lambda d: contrast(mean_estimates(d, "agree", by="wave"), np.ones(3) / 3),
    "groups of waves of one wording": lambda d: compare_groups(d, "agree", by="wave", code=1, where=LATER),
}


@pytest.mark.parametrize("name", list(WITHIN))
def test_what_sets_no_two_wordings_against_each_other_stays(name: str, broken: SurveyData) -> None:
    WITHIN[name](broken)


def test_rows_across_a_break_have_no_numbers_and_are_suppressed(broken: SurveyData) -> None:
    found = [
        change(broken, "agree", code=1, wave_from="2023", wave_to="2024"),
        adjacent_changes(broken, "agree", code=1).iloc[:1],
        series_changes(wave_series(broken, "agree", code=1)),
        trend(broken, "agree", code=1).table,
    ]
    for table in found:
        assert set(table["verdict"]) == {"not_comparable"}
        assert table[NUMBERS].isna().all(axis=None)
        assert set(table["publish"]) == {"suppress"}
        assert set(table["reason"]) == {"not_comparable"}
    assert any_change(wave_series(broken, "agree", code=1))["publish"].tolist() == ["suppress"]


def test_the_rows_beside_a_break_keep_their_numbers(broken: SurveyData) -> None:
    last = adjacent_changes(broken, "agree", code=1).iloc[1]
    alone = change(broken, "agree", code=1, wave_from="2024", wave_to="2025").iloc[0]
    assert last["estimate"] == alone["estimate"]
    assert last["p_adjusted"] == pytest.approx(alone["p"])


def test_a_banner_gives_no_difference_across_a_break(broken: SurveyData) -> None:
    pairs = banner(broken, "agree", ["wave"]).comparisons
    apart = pairs["column_code"] == "2023"
    assert pairs.loc[apart, ["difference", "se", "t", "p"]].isna().all(axis=None)
    assert pairs.loc[~apart, "p"].notna().all()

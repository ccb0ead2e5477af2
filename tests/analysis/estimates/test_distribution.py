"""Distributions: every missing kind is shown, each share over the base it says."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    DISTRIBUTION_COLUMNS,
    EstimationError,
    SurveyData,
    distribution,
    from_frame,
    mean,
    proportion,
)
from instruments import Missing

KINDS = [kind.name.lower() for kind in Missing]


@pytest.fixture
def patchy(frame: pd.DataFrame, make: Any) -> SurveyData:
    """Answers with all six missing kinds."""
    draw = np.random.default_rng(3)
    return make(frame.assign(vote=draw.choice([1, 2, 3, -1, -2, -3, -4, -5, -6], len(frame))))


def test_valid_shares_are_those_of_proportion(patchy: SurveyData) -> None:
    table = distribution(patchy, "vote", by="sex")
    assert list(table.columns) == list(DISTRIBUTION_COLUMNS)
    ours, alone = table[table["of"] == "valid"], proportion(patchy, "vote", by="sex")
    for name in ("code", "estimate", "se", "low", "high", "base", "publish", "group"):
        assert list(ours[name]) == list(alone[name])


def test_each_base_adds_up_to_one_and_counts_its_rows(patchy: SurveyData) -> None:
    table = distribution(patchy, "vote")
    whole = table.groupby("of")[["estimate", "count"]].sum()
    assert whole["estimate"].to_numpy() == pytest.approx([1, 1, 1])
    vote = patchy.frame["vote"]
    assert whole["count"].to_dict() == {
        "all": len(vote),
        "asked": int((~vote.isin([-3, -4])).sum()),
        "valid": int((vote > 0).sum()),
    }


def test_who_was_not_asked_is_in_no_base_but_all(patchy: SurveyData) -> None:
    table = distribution(patchy, "vote")
    kinds = table[table["kind"] != "valid"].groupby("of")["kind"].agg(list).to_dict()
    asked = [kind for kind in KINDS if kind not in ("not_applicable", "not_asked")]
    assert kinds == {"all": KINDS, "asked": asked}


def test_a_missing_kinds_share_has_the_error_of_a_0_1_column(patchy: SurveyData) -> None:
    table = distribution(patchy, "vote")
    row = table[(table["of"] == "all") & (table["code"] == -2)].iloc[0]
    by_hand = patchy.frame.assign(refused=(patchy.frame["vote"] == -2).astype(float))
    alone = mean(from_frame(by_hand.drop(columns="wave"), patchy.design), "refused").iloc[0]
    assert (row["estimate"], row["se"]) == pytest.approx((alone["estimate"], alone["se"]))
    assert row["label"] == "refused"
    assert row["weighted_count"] == pytest.approx(by_hand["refused"] @ by_hand["weight"])


def test_a_variable_without_codes_shows_how_many_answered(frame: pd.DataFrame, make: Any) -> None:
    income = frame["income"].where(np.arange(len(frame)) >= 40)
    table = distribution(make(frame.assign(income=income)), "income")
    counts = table[table["of"] == "all"].set_index("kind")["count"]
    assert counts["valid"] == len(frame) - 40
    assert counts["no_answer"] == 40


def test_an_item_nobody_was_asked_has_no_distribution(frame: pd.DataFrame, make: Any) -> None:
    with pytest.raises(EstimationError, match="nobody in the domain is in the base 'valid' of 'vote'"):
        distribution(make(frame.assign(vote=-4)), "vote")

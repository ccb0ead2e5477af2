"""What may be printed: each rule at its border, and that a suppressed figure says why."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Design, from_frame, mean, proportion
from analysis.estimates.publish import gate

YES = {"q": {0: "no", 1: "yes"}}


def ruling(**changed: Any) -> tuple[str, str]:
    """The ruling on a share of one half from 1,000 people, but for what is changed."""
    row = {"statistic": "proportion", "estimate": 0.5, "se": 0.0158, "base": 1000, "n_eff": 1000, "df": 999}
    found = gate(pd.DataFrame([row | changed]), np.array([changed.pop("infers", True)])).iloc[0]
    return found["publish"], found["reason"]


def test_a_sound_share_is_shown() -> None:
    assert ruling() == ("show", "")


@pytest.mark.parametrize(
    ("base", "publish"), [(29, "suppress"), (30, "flag"), (99, "flag"), (100, "show"), (101, "show")]
)
def test_bases_under_30_are_suppressed_and_under_100_flagged(base: int, publish: str) -> None:
    assert ruling(statistic="mean", base=base, n_eff=base, df=base - 1)[0] == publish


def test_an_effective_size_under_30_is_suppressed() -> None:
    assert ruling(statistic="mean", base=200, n_eff=29.9) == ("suppress", "n_eff_under_30")


def test_without_degrees_of_freedom_nothing_is_shown() -> None:
    assert ruling(statistic="mean", df=0) == ("suppress", "no_df")


@pytest.mark.parametrize(("df", "publish"), [(7, "flag"), (8, "show")])
def test_under_8_degrees_of_freedom_a_figure_is_flagged(df: int, publish: str) -> None:
    assert ruling(statistic="mean", df=df)[0] == publish


@pytest.mark.parametrize(("se", "publish"), [(0.07, "show"), (0.08, "suppress")])
def test_an_interval_of_30_points_is_suppressed(se: float, publish: str) -> None:
    assert ruling(se=se)[0] == publish


def test_few_degrees_of_freedom_make_an_interval_wider_and_it_is_suppressed_for_that() -> None:
    assert "interval_wide" not in ruling(se=0.06, df=999)[1]
    assert "interval_wide" in ruling(se=0.06, df=3)[1]


def test_an_interval_wider_than_130_percent_of_a_small_share_is_suppressed() -> None:
    assert ruling(estimate=0.05, se=0.02) == ("suppress", "interval_relatively_wide")
    assert ruling(estimate=0.05, se=0.014) == ("show", "")


def test_an_interval_of_5_points_or_less_is_never_relatively_wide() -> None:
    assert ruling(estimate=0.005, se=0.005) == ("show", "")


def test_nobody_and_everybody_are_flagged() -> None:
    for share in (0.0, 1.0):
        assert ruling(estimate=share, se=0.0) == ("flag", "share_0_or_1")


def test_without_inference_only_the_base_counts() -> None:
    unknown = {"infers": False, "se": np.nan, "n_eff": np.nan, "df": np.nan}
    assert ruling(**unknown) == ("show", "")
    assert ruling(**unknown, base=29)[0] == "suppress"
    assert ruling(**unknown, base=50)[0] == "flag"


def test_all_reasons_are_given_together() -> None:
    assert ruling(base=50, n_eff=50, se=0.2, df=4)[1] == "interval_wide;base_under_100;df_under_8"


@pytest.mark.parametrize(("n", "publish"), [(29, "suppress"), (60, "flag"), (400, "show")])
def test_tables_carry_the_ruling(n: int, publish: str) -> None:
    frame = pd.DataFrame({"q": np.arange(n) % 2, "y": np.arange(n) * 1.0, "weight": 1.0})
    data = from_frame(frame, Design(), codes=YES)
    assert set(proportion(data, "q")["publish"]) == {publish}
    assert set(mean(data, "y")["publish"]) == {publish}

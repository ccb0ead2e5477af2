"""Trends of ordered answers."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    ORDERED_TREND_COLUMNS,
    Break,
    Design,
    EstimationError,
    Meta,
    SurveyData,
    from_frame,
    ordered_trend,
    pool,
    svyglm,
    svyolr,
)


def moving(step: float, count: int = 4, n: int = 500, **meta: Any) -> SurveyData:
    """Waves in which a latent opinion moves by `step` logits a year under fixed thresholds."""
    parts = []
    for i in range(count):
        draw = np.random.default_rng(40 + i)
        sex = draw.integers(1, 3, n)
        latent = step * i + 0.4 * (sex == 2) + draw.logistic(size=n)
        answer = 1.0 + np.digitize(latent, [-1.0, 0.2, 1.5])
        frame = pd.DataFrame(
            {"answer": answer, "two": (answer > 2).astype(int), "sex": sex, "psu": np.arange(n) // 5}
        )
        frame["weight"] = draw.uniform(0.5, 2, n)
        codes = {"sex": {1: "woman", 2: "man"}, "two": {0: "low", 1: "high"}}
        about = Meta("made", str(2020 + i), **meta)
        parts.append(from_frame(frame, Design(cluster=("psu",)), codes=codes, meta=about))
    return pool(parts)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_slope_is_that_of_the_cumulative_model(link: str) -> None:
    data = moving(0.3)
    found = ordered_trend(data, "answer", adjust=["sex"], link=link)
    when = data.with_frame(data.frame.assign(year=data.frame["wave"].astype(float) - 2020))
    fit = svyolr("answer ~ year + C(sex)", when, link=link)
    row = found.table.iloc[0]
    assert tuple(found.table.columns) == ORDERED_TREND_COLUMNS
    assert row["estimate"] == pytest.approx(fit.params["year"])
    assert row["se"] == pytest.approx(fit.se["year"])
    assert row["df"] == fit.df_residual
    assert row["verdict"] == "rose"


def test_the_departure_is_the_test_of_the_inner_waves() -> None:
    data = moving(0.3)
    frame = data.frame.assign(year=data.frame["wave"].astype(float) - 2020)
    for wave in ("2021", "2022"):
        frame[f"w{wave}"] = (frame["wave"] == wave).astype(float)
    theirs = svyolr("answer ~ year + w2021 + w2022", data.with_frame(frame)).wald(["w2021", "w2022"])
    row = ordered_trend(data, "answer").table.iloc[0]
    assert row["departure_f"] == pytest.approx(theirs.f)
    assert row["departure_ddf"] == theirs.ddf


def test_two_codes_are_a_logit_trend() -> None:
    data = moving(0.3)
    when = data.with_frame(data.frame.assign(year=data.frame["wave"].astype(float) - 2020))
    fit = svyglm("two ~ year", when, family="binomial")
    row = ordered_trend(data, "two").table.iloc[0]
    assert row["estimate"] == pytest.approx(fit.params["year"])
    assert row["se"] == pytest.approx(fit.se["year"])


def test_no_movement_is_no_clear_change_and_turning_time_turns_the_slope() -> None:
    assert ordered_trend(moving(0.0), "answer").table.iloc[0]["verdict"] == "no_clear_change"
    data = moving(0.3)
    there, back = (
        ordered_trend(data, "answer", time={wave: sign * float(wave) for wave in data.waves}).table.iloc[0]
        for sign in (1, -1)
    )
    assert back["estimate"] == pytest.approx(-there["estimate"])
    assert back["verdict"] == "fell"


def test_what_has_no_ordered_trend_says_why() -> None:
    data = moving(0.3)
    broken = data.with_frame(data.frame, breaks=(Break("answer", "2020", "2022", {"en": "changed"}),))
    assert ordered_trend(broken, "answer").table.iloc[0]["verdict"] == "not_comparable"
    opened = moving(0.3, sample_type="nonprobability")
    assert ordered_trend(opened, "answer").table.iloc[0]["verdict"] == "not_inferable"
    few = np.arange(len(data.frame)) % 20 == 0
    assert ordered_trend(data, "answer", where=few).table.iloc[0]["verdict"] == "too_few"
    with pytest.raises(
        EstimationError, match="a trend needs 3 waves and 'answer' was asked in 2: use change"
    ):
        ordered_trend(moving(0.3, count=2), "answer")
    with pytest.raises(EstimationError, match="link 'cloglog' is unknown here"):
        ordered_trend(data, "answer", link="cloglog")
    with pytest.raises(EstimationError, match="family=0 must count"):
        ordered_trend(data, "answer", family=0)


def test_codes_without_an_order_are_refused(wave: Any) -> None:
    data = pool([wave(str(2020 + i), 0.4) for i in range(3)])
    with pytest.raises(EstimationError, match="'vote' is nominal, its codes have no order"):
        ordered_trend(data, "vote")

"""Trends of groups: differences of slopes, and whether groups grow apart."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    GROUP_TREND_COLUMNS,
    EstimationError,
    SurveyData,
    compare_trends,
    convergence,
    pool,
    svyglm,
    trend,
)

CODES = {"agree": {0: "no", 1: "yes"}, "sex": {1: "woman", 2: "man"}, "area": {1: "a", 2: "b", 3: "c"}}


def made(make_wave: Any, women: tuple[float, ...], men: tuple[float, ...], n: int = 1000) -> SurveyData:
    """Waves in which exactly these shares of women and men agree, half of the people each."""
    waves = []
    for i, shares in enumerate(zip(women, men, strict=True)):
        data = make_wave(str(2020 + i), 0.5, n=n)
        sex = 1 + (np.arange(n) >= n // 2)
        yes = np.concatenate([np.arange(n // 2) < round(share * n / 2) for share in shares])
        waves.append(data.with_frame(data.frame.assign(sex=sex, agree=yes.astype(int))))
    return pool(waves)


RISING, FLAT = (0.30, 0.40, 0.50, 0.60), (0.40, 0.41, 0.40, 0.41)


@pytest.mark.parametrize("link", ["identity", "logit"])
def test_the_difference_is_the_interaction_of_the_regression(wave: Any, link: str) -> None:
    data = made(wave, RISING, FLAT)
    when = data.with_frame(data.frame.assign(year=data.frame["wave"].astype(float) - 2021))
    fit = svyglm("agree ~ year * C(sex)", when, family="binomial" if link == "logit" else "gaussian")
    found = compare_trends(data, "agree", code=1, by="sex", link=link)
    row = found.table.iloc[0]
    assert tuple(found.table.columns) == GROUP_TREND_COLUMNS
    assert (row["group"], row["against"]) == ("sex=2", "sex=1")
    name = next(name for name in fit.params.index if name.startswith("year:"))
    assert row["estimate"] == pytest.approx(fit.params[name])
    assert row["se"] == pytest.approx(fit.se[name])
    assert row["df"] == fit.df_residual
    assert found.interaction.iloc[0]["f"] == pytest.approx(fit.wald(name).f)
    assert row["verdict"] == found.interaction.iloc[0]["verdict"] == "differs"


def test_the_groups_slopes_are_those_of_their_trends(wave: Any) -> None:
    data = made(wave, RISING, FLAT)
    slopes = trend(data, "agree", code=1, by="sex").table.set_index("group")["estimate"]
    row = compare_trends(data, "agree", code=1, by="sex", against="sex=2").table.iloc[0]
    assert row["estimate"] == pytest.approx(slopes["sex=1"] - slopes["sex=2"])


def test_groups_on_parallel_lines_show_no_difference(wave: Any) -> None:
    data = made(wave, (0.3, 0.4, 0.5), (0.4, 0.5, 0.6))
    found = compare_trends(data, "agree", code=1, by="sex")
    assert found.table.iloc[0]["verdict"] == "no_clear_difference"
    assert found.table.iloc[0]["estimate"] == pytest.approx(0, abs=1e-12)


def test_all_pairs_are_one_family(wave: Any) -> None:
    data = made(wave, RISING, FLAT)
    three = data.with_frame(data.frame.assign(vote=1 + np.arange(len(data.frame)) % 3))
    found = compare_trends(three, "agree", code=1, by="vote", adjustment="bonferroni").table
    assert len(found) == 3
    assert found["p_adjusted"].to_numpy() == pytest.approx(np.minimum(1, 3 * found["p"]))
    assert found["method"].unique().tolist() == ["taylor, t 0.95, bonferroni 3"]


def test_from_six_waves_on_the_variation_of_the_gap_decides(wave: Any) -> None:
    data = made(wave, (0.3, 0.5, 0.3, 0.5, 0.3, 0.5), (0.5, 0.3, 0.5, 0.3, 0.5, 0.35))
    row = compare_trends(data, "agree", code=1, by="sex").table.iloc[0]
    assert row["decides"] == "waves"
    assert row["se_waves"] > row["se"]
    assert row["p_adjusted"] == pytest.approx(row["p_waves"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": None}, "groups are compared by a column"),
        ({"by": "sex", "where": {"sex": 1}}, "sex makes one group only"),
        ({"by": "sex", "against": "sex=9"}, "no group 'sex=9': type one of sex="),
        ({"by": "sex", "link": "probit"}, "link 'probit' is unknown here"),
        ({"by": "sex", "adjustment": "tukey"}, "adjustment 'tukey' is unknown"),
    ],
)
def test_what_cannot_be_compared_is_refused(wave: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        compare_trends(made(wave, RISING, FLAT), "agree", **{"code": 1} | options)


def test_the_spread_of_two_groups_is_a_quarter_of_the_squared_gap_less_what_sampling_makes(wave: Any) -> None:
    data = made(wave, RISING, FLAT)
    found = convergence(data, "agree", code=1, by="sex", shares="equal")
    gap = np.array(RISING) - FLAT
    variance = np.array([sum(p * (1 - p) / 499 for p in pair) for pair in zip(RISING, FLAT, strict=True)])
    assert found.waves["estimate"].to_numpy() == pytest.approx((gap**2 - variance) / 4, rel=1e-2, abs=1e-5)


@pytest.mark.parametrize(
    ("women", "verdict"),
    [((0.4, 0.5, 0.6, 0.75), "polarised"), ((0.75, 0.6, 0.5, 0.4), "converged"), (FLAT, "no_clear_change")],
)
def test_groups_that_part_polarise_and_groups_that_meet_converge(
    wave: Any, women: tuple[float, ...], verdict: str
) -> None:
    assert convergence(made(wave, women, FLAT), "agree", code=1, by="sex").table.iloc[0]["verdict"] == verdict


@pytest.mark.parametrize("shares", ["population", "equal"])
def test_the_influence_of_the_spread_is_its_derivative_by_the_weights(
    wave: Any, held_to_weights: Any, shares: str
) -> None:
    data = made(wave, RISING, FLAT, n=300)
    draw = np.random.default_rng(2)
    data = data.with_frame(
        data.frame.assign(
            vote=draw.integers(1, 4, len(data.frame)), weight=draw.uniform(0.5, 2, len(data.frame))
        )
    )

    def spread(at: SurveyData) -> np.ndarray:
        found = convergence(at, "agree", code=1, by="vote", shares=shares)
        return found.series[0].values + noise(at)

    def noise(at: SurveyData) -> np.ndarray:
        """What is taken off for sampling, which the linear terms hold fixed."""
        frame = at.frame
        plain = []
        for name in at.waves:
            part = frame[frame["wave"] == name]
            groups = part.groupby("vote")
            size = groups["weight"].sum()
            y = (part["agree"] * part["weight"]).groupby(part["vote"]).sum() / size
            p = size / size.sum() if shares == "population" else pd.Series(1 / len(size), size.index)
            plain.append(float((p * (y - (p * y).sum()) ** 2).sum()))
        return np.array(plain) - convergence(at, "agree", code=1, by="vote", shares=shares).series[0].values

    series = convergence(data, "agree", code=1, by="vote", shares=shares).series[0]
    held_to_weights(spread, data, series.influence.toarray())


def test_groups_that_are_alike_have_no_smaller_error_than_sampling_makes(wave: Any) -> None:
    found = convergence(
        made(wave, (0.4, 0.4, 0.4), (0.4, 0.4, 0.4)), "agree", code=1, by="sex", shares="equal"
    )
    variance = 2 * 0.24 / 499 / 4
    assert found.waves["se"].to_numpy() == pytest.approx(np.sqrt(2) * variance, rel=1e-2)
    assert (found.waves["sd"] == 0).all()


def test_a_spread_needs_two_groups_and_two_waves(wave: Any) -> None:
    data = made(wave, RISING, FLAT)
    with pytest.raises(EstimationError, match="sex=1 is the only group"):
        convergence(data, "agree", code=1, by="sex", where={"sex": 1})
    with pytest.raises(EstimationError, match="shares 'mine' is unknown"):
        convergence(data, "agree", code=1, by="sex", shares="mine")


@pytest.mark.parametrize("link", ["identity", "logit"])
def test_a_group_in_which_nobody_ever_agrees_does_not_spoil_the_others(wave: Any, link: str) -> None:
    data = made(wave, RISING, FLAT)
    vote = 1 + np.arange(len(data.frame)) % 3
    agree = np.where(vote == 3, 0, data.frame["agree"])
    found = compare_trends(
        data.with_frame(data.frame.assign(vote=vote, agree=agree)), "agree", code=1, by="vote", link=link
    ).table.set_index(["group", "against"])
    alone = compare_trends(
        data.with_frame(data.frame.assign(vote=vote)),
        "agree",
        code=1,
        by="vote",
        link=link,
        where={"vote": [1, 2]},
    ).table.iloc[0]
    assert found.loc[("vote=2", "vote=1"), "estimate"] == pytest.approx(alone["estimate"])
    assert (found.loc[("vote=3", "vote=1"), "verdict"] == "too_few") == (link == "logit")


def test_a_group_that_most_waves_lack_is_too_few(wave: Any) -> None:
    data = made(wave, RISING, FLAT)
    sex = data.frame["sex"].where((data.frame["sex"] == 1) | (data.frame["wave"] == "2023"), -1)
    found = compare_trends(data.with_frame(data.frame.assign(sex=sex)), "agree", code=1, by="sex")
    assert found.table["verdict"].tolist() == ["too_few"]
    assert found.interaction["verdict"].tolist() == ["too_few"]

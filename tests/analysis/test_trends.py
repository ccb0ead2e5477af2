"""Trends: slopes, variation of waves, verdicts, and when a wave was."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    TREND_COLUMNS,
    Break,
    EstimationError,
    Meta,
    SurveyData,
    change,
    pool,
    proportion,
    svyglm,
    trend,
    wave_level_fit,
    wave_times,
)

SHARES = (0.30, 0.36, 0.42, 0.48)


def waves(wave: Any, *shares: float, n: int = 1000, **meta: Any) -> SurveyData:
    return pool([wave(str(2020 + i), share, n=n, **meta) for i, share in enumerate(shares)])


def row(data: SurveyData, **options: Any) -> pd.Series:
    return trend(data, "agree", **{"code": 1} | options).table.iloc[0]


def test_shares_on_a_line_give_its_slope_and_no_departure(wave: Any) -> None:
    found = row(waves(wave, *SHARES))
    assert found["estimate"] == pytest.approx(0.06)
    assert found["departure_f"] == pytest.approx(0, abs=1e-12)
    assert found["departure_p"] == pytest.approx(1)
    assert found["departure_df"] == 2


def test_the_slope_is_that_of_the_weighted_regression_on_time(wave: Any) -> None:
    data = waves(wave, 0.30, 0.44, 0.41, 0.50)
    when = data.with_frame(data.frame.assign(year=data.frame["wave"].astype(float)))
    fit = svyglm("agree ~ year", when)
    found = row(data)
    assert found["estimate"] == pytest.approx(fit.params["year"])
    assert found["se"] == pytest.approx(fit.se["year"])
    assert found["df"] == fit.df_residual


def test_a_logit_trend_is_the_slope_of_the_log_odds(wave: Any) -> None:
    odds = [1 / (1 + np.exp(-x)) for x in (-0.5, -0.25, 0.0, 0.25)]
    found = row(waves(wave, *odds, n=100_000), link="logit")
    assert found["estimate"] == pytest.approx(0.25, abs=1e-3)
    assert found["link"] == "logit"


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ((0.3, 0.4, 0.5), "rose"),
        ((0.5, 0.4, 0.3), "fell"),
        ((0.4, 0.41, 0.4), "no_clear_change"),
    ],
)
def test_a_slope_is_clear_when_its_interval_leaves_nought_out(
    wave: Any, shares: tuple[float, ...], verdict: str
) -> None:
    assert row(waves(wave, *shares))["verdict"] == verdict


def test_a_suppressed_wave_makes_too_few(wave: Any) -> None:
    data = pool([wave("2020", 0.2, n=25), wave("2021", 0.5), wave("2022", 0.8)])
    assert row(data)["verdict"] == "too_few"
    assert row(data)["publish"] == "suppress"


def test_a_wave_drawn_from_no_sampling_frame_makes_it_not_inferable(wave: Any) -> None:
    data = pool([wave("2020", 0.2, sample_type="nonprobability"), wave("2021", 0.5), wave("2022", 0.8)])
    assert row(data)["verdict"] == "not_inferable"
    assert np.isnan(row(data)["estimate"])


def test_a_broken_wording_makes_it_not_comparable(wave: Any) -> None:
    data = waves(wave, *SHARES)
    broken = data.with_frame(data.frame, breaks=(Break("agree", "2020", "2022", {"en": "changed"}),))
    assert row(broken)["verdict"] == "not_comparable"
    assert np.isnan(row(broken)["estimate"])


def test_two_waves_have_no_trend(wave: Any) -> None:
    words = r"a trend needs 3 waves and 'agree' was asked in 2 \(2020, 2021\): use change for two waves"
    with pytest.raises(EstimationError, match=words):
        row(waves(wave, 0.3, 0.4))


@pytest.mark.parametrize("count", [3, 4, 5])
def test_below_six_waves_the_variation_of_waves_is_not_estimated_and_that_is_said(
    wave: Any, count: int
) -> None:
    found = row(waves(wave, *np.linspace(0.3, 0.5, count)))
    assert found["note"] == f"wave-to-wave variation not estimable with {count} waves"
    assert found[["estimate_waves", "se_waves", "df_waves", "p_waves", "tau2", "q_waves"]].isna().all()
    assert found["decides"] == "sampling"


def test_from_six_waves_on_the_variation_of_waves_decides(wave: Any) -> None:
    found = row(waves(wave, 0.30, 0.42, 0.28, 0.45, 0.33, 0.44))
    assert found["decides"] == "waves"
    assert found["df_waves"] == 4
    assert found["tau2"] > 0
    assert found["se_waves"] > found["se"]
    assert (found["low"] > 0, found["low_waves"] > 0) == (True, False)
    assert found["verdict"] == "no_clear_change"


def test_waves_that_agree_by_chance_never_shrink_the_error_below_sampling() -> None:
    X = np.column_stack([np.ones(6), np.arange(6.0)])
    fit = wave_level_fit(0.3 + 0.01 * np.arange(6), np.full(6, 0.02**2), X)
    assert fit.tau2 == 0
    assert np.allclose(fit.knapp_hartung, fit.covariance)


def test_without_random_effects_the_line_is_weighted_by_precision_alone() -> None:
    X = np.column_stack([np.ones(3), [0.0, 1.0, 2.0]])
    fit = wave_level_fit(np.array([1.0, 5.0, 3.0]), np.ones(3), X, random=False)
    assert fit.params == pytest.approx([2.0, 1.0])
    assert fit.q_resid == pytest.approx(6.0)
    assert (fit.tau2, fit.df) == (0.0, 1)


def test_turning_time_round_turns_the_slope(wave: Any) -> None:
    data = waves(wave, 0.30, 0.44, 0.41, 0.50)
    there = row(data)
    back = row(data, time={name: -year for name, year in wave_times(data).items()})
    assert back["estimate"] == pytest.approx(-there["estimate"])
    for column in ("se", "p", "df", "departure_f"):
        assert back[column] == pytest.approx(there[column])


def test_a_slope_per_decade_is_ten_times_the_slope_per_year(wave: Any) -> None:
    data = waves(wave, *SHARES)
    decades = row(data, time={name: year / 10 for name, year in wave_times(data).items()})
    assert decades["estimate"] == pytest.approx(10 * row(data)["estimate"])
    assert decades["p"] == pytest.approx(row(data)["p"])


def test_slopes_of_all_codes_add_up_to_nought(wave: Any) -> None:
    table = trend(waves(wave, *SHARES), "agree").table
    assert tuple(table.columns) == TREND_COLUMNS
    assert table["estimate"].sum() == pytest.approx(0, abs=1e-12)


def test_trends_by_group_are_those_of_each_domain(wave: Any) -> None:
    data = waves(wave, 0.30, 0.44, 0.41, 0.50)
    table = trend(data, "agree", code=1, by="sex").table.set_index("group")
    for code in (1, 2):
        alone = row(data, where={"sex": code})
        for column in ("estimate", "se", "df", "p", "base", "departure_p"):
            assert table.loc[f"sex={code}", column] == pytest.approx(alone[column], rel=1e-9)


def test_a_family_of_comparisons_widens_the_interval(wave: Any) -> None:
    data = waves(wave, 0.40, 0.42, 0.45)
    alone, among = row(data), row(data, family=30)
    assert among["high"] - among["low"] > alone["high"] - alone["low"]
    assert among["p_adjusted"] == pytest.approx(min(1, 30 * alone["p"]))
    assert (alone["verdict"], among["verdict"]) == ("rose", "no_clear_change")


def test_the_result_carries_its_waves_and_models(wave: Any) -> None:
    data = waves(wave, *SHARES)
    found = trend(data, "agree", code=1)
    assert found.waves["estimate"].to_numpy() == pytest.approx(SHARES)
    assert found.waves["se"].to_numpy() == pytest.approx(
        proportion(data, "agree", code=1, by="wave")["se"].to_numpy()
    )
    assert found.times == {"2020": 2020, "2021": 2021, "2022": 2022, "2023": 2023}
    assert found.fits["", 1].n == 4000


def test_a_wave_that_did_not_ask_is_left_out_of_the_line(wave: Any) -> None:
    data = waves(wave, *SHARES)
    silent = data.frame.assign(agree=data.frame["agree"].where(data.frame["wave"] != "2021", -4))
    found = row(data.with_frame(silent))
    assert found["waves"] == 3
    assert found["estimate"] == pytest.approx(0.06)


def test_a_trend_of_a_mean_is_that_of_its_share(wave: Any) -> None:
    data = waves(wave, *SHARES)
    average = row(data, code=None, statistic="mean")
    assert average["statistic"] == "mean_trend"
    assert average["estimate"] == pytest.approx(row(data)["estimate"])
    assert average["se"] == pytest.approx(row(data)["se"])


def test_three_waves_of_which_only_the_ends_differ_agree_with_their_change(wave: Any) -> None:
    data = waves(wave, 0.4, 0.5, 0.6)
    ends = change(data, "agree", code=1, wave_from="2020", wave_to="2022").iloc[0]
    assert 2 * row(data)["estimate"] == pytest.approx(ends["estimate"])


def test_a_wave_without_a_yes_has_no_log_odds_but_a_slope_of_shares(wave: Any) -> None:
    data = waves(wave, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    found = row(data, link="logit")
    assert np.isnan(found["departure_f"])
    assert found["note"] == "wave-to-wave variation not estimable: a wave has no variance"
    assert row(data)["estimate"] == pytest.approx(0.1)


def test_a_code_that_nobody_ever_chose_stays_at_nought_and_the_others_have_slopes(wave: Any) -> None:
    parts = [wave(str(2020 + i), share) for i, share in enumerate(SHARES)]
    never = pool([part.with_frame(part.frame.assign(vote=1 + part.frame["agree"])) for part in parts])
    table = trend(never, "vote").table.set_index("code")
    assert table.loc[3, ["estimate", "se", "low", "high"]].tolist() == [0, 0, 0, 0]
    assert (table.loc[3, "verdict"], table.loc[3, "note"]) == ("no_clear_change", "the same in every wave")
    assert table.loc[2, "estimate"] == pytest.approx(0.06)
    odds = trend(never, "vote", link="logit").table.set_index("code")
    assert np.isnan(odds.loc[3, "estimate"])
    assert odds.loc[3, "note"] == "all answers of each wave are alike: no sampling error to judge a slope by"
    assert odds.loc[2, "estimate"] > 0


def test_waves_that_each_answer_alike_have_no_error_to_judge_a_slope_by(wave: Any) -> None:
    found = row(waves(wave, 0.0, 0.0, 1.0))
    assert found["verdict"] == "too_few"
    assert np.isnan(found["estimate"])


def test_a_line_without_finite_log_odds_says_why(wave: Any) -> None:
    found = row(waves(wave, 0.0, 0.0, 0.5), link="logit")
    assert np.isnan(found["estimate"])
    assert found["verdict"] == "too_few"
    assert found["note"].startswith("the model has no finite solution (a fitted share reached 0 or 1)")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "wave"}, "by='wave' is what is compared already: group by other columns"),
        ({"level": 95}, "level=95 is no confidence level: type 0.95 for 95 %"),
        ({"link": "probit"}, "link 'probit' is unknown here: type identity or logit"),
        ({"family": 0}, "family=0 must count the comparisons declared together"),
        (
            {"link": "logit", "code": None, "statistic": "mean"},
            "link='logit' needs a proportion: name a code",
        ),
        ({"time": {"2020": 1.0}}, "time gives no number for wave 2021, 2022, 2023: add it"),
        ({"time": dict.fromkeys(("2020", "2021", "2022", "2023"), 1.0)}, "two waves have the same time"),
        ({"code": 5}, r"'agree' has no code 5: type one of \[0, 1\]"),
    ],
)
def test_what_has_no_trend_is_refused(wave: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        row(waves(wave, *SHARES), **options)


def test_the_year_in_a_name_is_its_time(wave: Any) -> None:
    data = pool([wave("spring 2024", 0.4), wave("autumn2026", 0.4)])
    assert wave_times(data) == {"spring 2024": 2024, "autumn2026": 2026}


@pytest.mark.parametrize(
    ("dates", "year"),
    [
        (("2024-01-01", "2024-12-31"), 2024 + 365 / 366 / 2),
        (("2025", "2025"), 2025 + 364 / 365 / 2),
        (("2025-07-02", "2025-07-02"), 2025 + 182 / 365),
        (("2025-02", "2025-02"), 2025 + (31 + 58) / 2 / 365),
    ],
)
def test_a_name_without_a_year_takes_the_middle_of_its_dates(
    wave: Any, dates: tuple[str, str], year: float
) -> None:
    last = wave("B", 0.4, dates=("2027-01-01", "2027-01-01"))
    assert wave_times(pool([wave("A", 0.4, dates=dates), last])) == pytest.approx({"A": year, "B": 2027.0})


def test_a_month_ends_with_its_last_day(wave: Any) -> None:
    month = wave("A", 0.4, dates=("2025-07", "2025-07"))
    whole = replace(Meta("made", "A"), dates=("2025-07-01", "2025-07-31"))
    last = wave("B", 0.4, dates=("2027", "2027"))
    by_day = month.with_frame(month.frame, meta=whole)
    assert wave_times(pool([month, last])) == wave_times(pool([by_day, last]))


def test_a_wave_without_year_and_dates_is_refused(wave: Any) -> None:
    with pytest.raises(
        EstimationError, match="wave 'A' has neither a year in its name nor dates: type time="
    ):
        wave_times(pool([wave("A", 0.4), wave("B", 0.4)]))

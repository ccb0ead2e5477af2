"""Series, tests of any change, lines through series, and their changes."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis import (
    TREND_COLUMNS,
    Break,
    EstimationError,
    SurveyData,
    adjacent_changes,
    any_change,
    pool,
    series_changes,
    series_trend,
    svyglm,
    trend,
    wave_level_fit,
    wave_series,
)
from analysis.trends.anychange import noncentrality

SHARES = (0.30, 0.44, 0.41, 0.50)


def waves(wave: Any, *shares: float, **meta: Any) -> SurveyData:
    return pool([wave(str(2020 + i), share, **meta) for i, share in enumerate(shares)])


def test_a_series_holds_the_figures_and_their_covariance(wave: Any) -> None:
    (series,) = wave_series(waves(wave, *SHARES), "agree", code=1)
    assert series.values == pytest.approx(SHARES)
    assert series.times.tolist() == [2020, 2021, 2022, 2023]
    assert np.diag(series.covariance) == pytest.approx(series.rows["se"].to_numpy() ** 2)
    assert series.covariance[0, 1] == pytest.approx(0)


@pytest.mark.parametrize("link", ["identity", "logit"])
def test_any_change_is_the_test_of_a_model_with_a_parameter_a_wave(wave: Any, link: str) -> None:
    data = waves(wave, *SHARES)
    family = "binomial" if link == "logit" else "gaussian"
    coded = data.with_frame(data.frame.assign(year=data.frame["wave"].astype(int)))
    theirs = svyglm("agree ~ C(year)", coded, family=family).wald("C(year)")
    row = any_change(wave_series(data, "agree", code=1), link=link, adjusted=False).iloc[0]
    assert row["f"] == pytest.approx(theirs.f)
    assert (row["df"], row["ddf"], row["p"]) == (theirs.df, theirs.ddf, pytest.approx(theirs.p))
    assert row["verdict"] == "changed"


def test_the_adjusted_test_is_the_smaller_one(wave: Any) -> None:
    series = wave_series(waves(wave, *SHARES), "agree", code=1)
    plain, adjusted = (any_change(series, adjusted=flag).iloc[0] for flag in (False, True))
    df = series[0].df
    assert adjusted["f"] == pytest.approx(plain["f"] * (df - 2) / df)
    assert adjusted["ddf"] == df - 2


def test_waves_that_are_alike_show_no_change(wave: Any) -> None:
    row = any_change(wave_series(waves(wave, 0.40, 0.41, 0.40), "agree", code=1)).iloc[0]
    assert row["verdict"] == "no_clear_change"
    assert row["range"] == pytest.approx(0.01)


def test_a_family_makes_the_claim_harder(wave: Any) -> None:
    series = wave_series(waves(wave, 0.40, 0.42, 0.46), "agree", code=1)
    alone, among = (any_change(series, family=size).iloc[0] for size in (1, 40))
    assert (alone["verdict"], among["verdict"]) == ("changed", "no_clear_change")
    assert among["mdc"] > alone["mdc"]


def test_the_smallest_departure_seen_has_the_power_it_says() -> None:
    for df, ddf, alpha in ((1, 200, 0.05), (5, 60, 0.01), (23, 4000, 0.05)):
        value = noncentrality(df, ddf, alpha)
        assert stats.ncf.sf(stats.f.isf(alpha, df, ddf), df, ddf, value) == pytest.approx(0.8, abs=1e-6)


def test_a_wave_far_enough_off_is_seen_four_times_in_five(wave: Any) -> None:
    row = any_change(wave_series(waves(wave, 0.4, 0.4, 0.4), "agree", code=1)).iloc[0]
    se = np.sqrt(0.24 / 999)
    single = np.sqrt(noncentrality(2, int(row["ddf"]), 0.05) * se**2 * 1.5)
    assert row["mdc"] == pytest.approx(single, rel=1e-2)


def test_what_cannot_be_tested_says_why(wave: Any) -> None:
    data = waves(wave, *SHARES)
    broken = data.with_frame(data.frame, breaks=(Break("agree", "2020", "2022", {"en": "changed"}),))
    assert any_change(wave_series(broken, "agree", code=1)).iloc[0]["verdict"] == "not_comparable"
    row = any_change(wave_series(waves(wave, 0.0, 0.5, 0.4), "agree", code=1)).iloc[0]
    assert row["verdict"] == "too_few"
    assert row["note"].startswith("a wave of 'agree' has no sampling error")
    logit = any_change(wave_series(waves(wave, 0.0, 0.5, 0.4), "agree", code=1), link="logit").iloc[0]
    assert "has a share of 0 or 1 in wave 2020, which has no log odds" in logit["note"]
    never = any_change(wave_series(waves(wave, 0.0, 0.0), "agree", code=1)).iloc[0]
    assert (never["verdict"], never["note"]) == ("no_clear_change", "the same in every wave")


def test_a_line_through_a_series_departs_and_varies_as_the_trend_says(wave: Any) -> None:
    data = waves(wave, 0.30, 0.42, 0.28, 0.45, 0.33, 0.44)
    ours = series_trend(wave_series(data, "agree", code=1)).iloc[0]
    theirs = trend(data, "agree", code=1).table.iloc[0]
    same = [name for name in TREND_COLUMNS if name.startswith("departure") or name.endswith("_waves")]
    for name in (*same, "tau2", "verdict", "p_adjusted", "mdc"):
        assert ours[name] == (theirs[name] if isinstance(theirs[name], str) else pytest.approx(theirs[name]))
    assert ours["estimate"] == pytest.approx(theirs["estimate"], rel=0.1)


def test_two_waves_of_a_series_draw_no_line(wave: Any) -> None:
    with pytest.raises(EstimationError, match="a trend needs 3 waves and 'agree' has 2: use change"):
        series_trend(wave_series(waves(wave, 0.3, 0.4), "agree", code=1))


def test_changes_of_a_series_are_those_of_the_data(wave: Any) -> None:
    data = waves(wave, *SHARES)
    ours = series_changes(wave_series(data, "agree", code=1))
    theirs = adjacent_changes(data, "agree", code=1)
    for name in ("estimate", "se", "low", "high", "df", "p", "p_adjusted", "mdc"):
        assert ours[name].to_numpy(float) == pytest.approx(theirs[name].to_numpy(float))
    assert ours["verdict"].tolist() == theirs["verdict"].tolist()
    with pytest.raises(EstimationError, match="no wave of the series agree '2031'"):
        series_changes(wave_series(data, "agree", code=1), pairs=[("2020", "2031")])


def test_a_whole_covariance_of_independent_waves_is_their_variances() -> None:
    y, v = np.array([0.3, 0.35, 0.5, 0.42]), np.array([1.0, 2.0, 1.5, 0.7]) / 1000
    X = np.column_stack([np.ones(4), np.arange(4.0)])
    one, other = wave_level_fit(y, v, X), wave_level_fit(y, np.diag(v), X)
    assert one.params == pytest.approx(other.params)
    assert (one.tau2, one.q_resid) == (pytest.approx(other.tau2), pytest.approx(other.q_resid))

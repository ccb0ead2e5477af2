"""Splicing over a bridge wave, and effects of the mode of interview."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    SHIFT_COLUMNS,
    Break,
    Design,
    EstimationError,
    Meta,
    SurveyData,
    change,
    from_frame,
    mode_effect,
    pool,
    proportion,
    series_changes,
    series_trend,
    splice,
    svyglm,
)

NO_YES = {0: "no", 1: "yes"}
CODES = {"before": NO_YES, "after": NO_YES, "form": {1: "old", 2: "new"}, "sex": {1: "woman", 2: "man"}}


def answers(n: int, share: float) -> np.ndarray:
    return (np.arange(n) < round(n * share)).astype(int)


def wave_of(
    name: str, *, before: float | None = None, after: float | None = None, n: int = 800
) -> SurveyData:
    """A wave that asked one wording of everybody, or each of half."""
    half = n if before is None or after is None else n // 2
    asked = [np.full(n, -4), np.full(n, -4)]
    if before is not None:
        asked[0][:half] = answers(half, before)
    if after is not None:
        asked[1][n - half :] = answers(half, after)
    draw = np.random.default_rng(int(name))
    frame = pd.DataFrame(
        {
            "before": asked[0],
            "after": asked[1],
            "form": np.where(np.arange(n) < half, 1, 2),
            "sex": draw.integers(1, 3, n),
            "psu": np.arange(n) // 4,
            "weight": draw.uniform(0.5, 2, n),
        }
    )
    design = Design(cluster=("psu",), weight="weight")
    return from_frame(frame, design, codes=CODES, meta=Meta("made", name))


@pytest.fixture
def bridged() -> SurveyData:
    parts = [
        wave_of("2020", before=0.5),
        wave_of("2021", before=0.55),
        wave_of("2022", before=0.6, after=0.4),
    ]
    return pool([*parts, wave_of("2023", after=0.42), wave_of("2024", after=0.5)])


def test_waves_before_the_bridge_are_shifted_by_its_difference(bridged: SurveyData) -> None:
    found = splice(bridged, "before", "after", bridge="2022", code=1)
    old = proportion(bridged, "before", code=1, by="wave").set_index("wave")["estimate"]
    new = proportion(bridged, "after", code=1, by="wave").set_index("wave")["estimate"]
    (series,) = found.series
    assert series.waves == ("2020", "2021", "2022", "2023", "2024")
    shift = new["2022"] - old["2022"]
    assert series.values == pytest.approx(
        [old["2020"] + shift, old["2021"] + shift, new["2022"], new["2023"], new["2024"]]
    )
    assert tuple(found.shifts.columns) == SHIFT_COLUMNS
    assert found.shifts.iloc[0]["estimate"] == pytest.approx(shift)
    assert found.shifts.iloc[0]["verdict"] == "differs"


def test_the_shift_adds_its_variance_to_every_shifted_wave_and_correlates_them(bridged: SurveyData) -> None:
    found = splice(bridged, "before", "after", bridge="2022", code=1)
    V = found.series[0].covariance
    shift = found.shifts.iloc[0]["se"] ** 2
    own = proportion(bridged, "before", code=1, by="wave").set_index("wave")["se"] ** 2
    assert V[0, 0] == pytest.approx(own["2020"] + shift)
    assert V[0, 1] == pytest.approx(shift)
    assert V[0, 3] == pytest.approx(0, abs=1e-15)


def test_a_change_within_the_old_wording_is_not_touched_by_the_shift(bridged: SurveyData) -> None:
    (series,) = splice(bridged, "before", "after", bridge="2022", code=1).series
    ours = series_changes([series], pairs=[("2020", "2021")]).iloc[0]
    theirs = change(bridged, "before", code=1, wave_from="2020", wave_to="2021").iloc[0]
    assert ours["estimate"] == pytest.approx(theirs["estimate"])
    assert ours["se"] == pytest.approx(theirs["se"])


def test_a_change_to_the_bridge_is_that_of_the_old_wording(bridged: SurveyData) -> None:
    """p_old + (new - old) against new: the new half cancels out."""
    (series,) = splice(bridged, "before", "after", bridge="2022", code=1).series
    ours = series_changes([series], pairs=[("2020", "2022")]).iloc[0]
    theirs = change(bridged, "before", code=1, wave_from="2020", wave_to="2022").iloc[0]
    assert ours["estimate"] == pytest.approx(theirs["estimate"])
    assert ours["se"] == pytest.approx(theirs["se"])


@pytest.mark.parametrize("link", ["identity", "logit"])
def test_the_influence_of_spliced_figures_is_their_derivative_by_the_weights(
    bridged: SurveyData, held_to_weights: Any, link: str
) -> None:
    def spliced(at: SurveyData) -> np.ndarray:
        return splice(at, "before", "after", bridge="2022", code=1, link=link).series[0].values

    series = splice(bridged, "before", "after", bridge="2022", code=1, link=link).series[0]
    held_to_weights(spliced, bridged, series.influence.toarray())


def test_a_declared_break_is_mended_by_the_bridge_only(bridged: SurveyData) -> None:
    one = bridged.frame.assign(
        item=np.where(bridged.frame["before"] >= 0, bridged.frame["before"], bridged.frame["after"])
    )
    book = bridged.codebook
    item = replace(book.variable("before"), name="item")
    breaks = tuple(
        Break("item", old, new, {"en": "reworded"})
        for old in ("2020", "2021")
        for new in ("2022", "2023", "2024")
    )
    data = bridged.with_frame(one, codebook=replace(book, variables=(*book.variables, item)), breaks=breaks)
    assert (
        change(data, "item", code=1, wave_from="2021", wave_to="2023").iloc[0]["verdict"] == "not_comparable"
    )
    halves = ({"form": 1}, {"form": 2})
    found = splice(data, "item", "item", bridge="2022", halves=halves, code=1)
    theirs = splice(bridged, "before", "after", bridge="2022", code=1)
    assert found.series[0].values == pytest.approx(theirs.series[0].values)
    assert found.series[0].covariance == pytest.approx(theirs.series[0].covariance)


def test_a_spliced_series_has_a_trend(bridged: SurveyData) -> None:
    row = series_trend(splice(bridged, "before", "after", bridge="2022", code=1).series).iloc[0]
    assert (row["wave_from"], row["wave_to"], row["waves"]) == ("2020", "2024", 5)
    assert row["verdict"] == "rose"


def test_groups_are_spliced_each_by_its_own_bridge(bridged: SurveyData) -> None:
    found = splice(bridged, "before", "after", bridge="2022", code=1, by="sex")
    assert found.shifts["group"].tolist() == ["sex=1", "sex=2"]
    alone = splice(bridged, "before", "after", bridge="2022", code=1, where={"sex": 2})
    assert found.series[1].values == pytest.approx(alone.series[0].values)


def test_log_odds_keep_shares_within_nought_and_one() -> None:
    parts = [wave_of("2020", before=0.05), wave_of("2021", before=0.3, after=0.1), wave_of("2022", after=0.1)]
    data = pool(parts)
    with pytest.raises(EstimationError, match="a share of 'before' leaves 0 to 1: type link='logit'"):
        splice(data, "before", "after", bridge="2021", code=1)
    (series,) = splice(data, "before", "after", bridge="2021", code=1, link="logit").series
    assert 0 < series.values[0] < 0.05


def test_before_and_after_the_bridge_are_told_by_time_not_by_name(bridged: SurveyData) -> None:
    back = {wave: -float(wave) for wave in bridged.waves}
    (series,) = splice(bridged, "after", "before", bridge="2022", code=1, time=back).series
    assert series.waves == ("2024", "2023", "2022", "2021", "2020")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bridge": "2030"}, "no wave '2030'"),
        ({"bridge": "2021"}, "nobody answered 'after' in wave '2021'"),
        ({"new": "before"}, "is named as old and as new wording: give halves="),
        ({"link": "probit"}, "link 'probit' is unknown here"),
    ],
)
def test_what_has_no_bridge_is_refused(bridged: SurveyData, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        splice(bridged, **{"old": "before", "new": "after", "bridge": "2022", "code": 1} | options)


def moded(effect: float, n: int = 1200) -> SurveyData:
    """Two waves with two modes; women answer by web more often, and agree more often in any mode."""
    draw = np.random.default_rng(4)
    frames = []
    for name in ("2020", "2021"):
        sex = draw.integers(1, 3, n)
        web = draw.random(n) < np.where(sex == 1, 0.7, 0.3)
        yes = draw.random(n) < 0.3 + 0.2 * (sex == 1) + effect * web
        columns = {"before": yes.astype(int), "after": -4, "form": 1, "sex": sex, "weight": 1.0, "wave": name}
        frames.append(pd.DataFrame({**columns, "mode": np.where(web, "web", "capi")}))
    whole = pd.concat(frames, ignore_index=True)
    data = from_frame(whole.drop(columns="mode"), Design(weight="weight"), codes=CODES)
    return data.with_frame(data.frame.assign(mode=whole["mode"]))


def test_the_effect_of_the_mode_is_the_coefficient_of_the_regression() -> None:
    data = moded(0.1)
    web = data.with_frame(
        data.frame.assign(
            web=(data.frame["mode"] == "web").astype(float), year=data.frame["wave"].astype(float)
        )
    )
    fit = svyglm("before ~ web + year + C(sex)", web)
    row = mode_effect(data, "before", code=1, adjust=["sex"], against="capi").iloc[0]
    assert row["estimate"] == pytest.approx(fit.params["web"])
    assert row["se"] == pytest.approx(fit.se["web"])
    assert row["df"] == fit.df_residual
    assert row["verdict"] == "differs"


def test_adjusting_takes_away_what_demographics_explain() -> None:
    row = mode_effect(moded(0.0), "before", code=1, adjust=["sex"], against="capi").iloc[0]
    assert row["unadjusted"] > 0.05
    assert abs(row["estimate"]) < row["unadjusted"] / 2
    assert row["verdict"] == "no_clear_difference"


def test_a_wave_in_one_mode_tells_nothing_of_the_mode() -> None:
    data = moded(0.1)
    frame = data.frame.assign(mode=np.where(data.frame["wave"] == "2020", "capi", "web"))
    with pytest.raises(EstimationError, match="no wave has 30 answers to 'before' in each of two modes"):
        mode_effect(data.with_frame(frame), "before", code=1, adjust=[])
    with pytest.raises(EstimationError, match="no mode 'post'"):
        mode_effect(data, "before", code=1, adjust=[], against="post")

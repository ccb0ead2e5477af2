"""Modes of interview: shares by wave, and waves that are marked."""

from typing import Any

import numpy as np
import pytest

from analysis import EstimationError, SurveyData, mode_breaks, pool, trend


def in_modes(wave: Any, name: str, web: float, share: float = 0.4) -> SurveyData:
    data = wave(name, share)
    place = np.arange(len(data.frame)) * 7 % len(data.frame)
    return data.with_frame(data.frame.assign(mode=np.where(place < web * len(place), "web", "capi")))


def test_a_wave_in_another_mix_of_modes_is_marked(wave: Any) -> None:
    data = pool([in_modes(wave, str(2020 + i), web) for i, web in enumerate((0.0, 0.05, 0.50, 0.55))])
    table = mode_breaks(data).drop_duplicates("wave").set_index("wave")
    assert table["moved"].tolist()[1:] == pytest.approx([0.05, 0.45, 0.05])
    assert table["marked"].tolist() == [False, False, True, False]
    assert table.loc["2020", "main"] == "capi"


def test_shares_are_weighted_and_add_up_to_one(wave: Any) -> None:
    data = in_modes(wave, "2020", 0.5)
    heavy = data.with_frame(data.frame.assign(weight=np.where(data.frame["mode"] == "web", 3.0, 1.0)))
    table = mode_breaks(heavy).set_index("mode")
    assert table.loc["web", "share"] == pytest.approx(0.75)
    assert table["share"].sum() == pytest.approx(1)
    assert table["interviews"].sum() == len(data.frame)


def test_a_trend_says_from_which_wave_on_the_mode_was_another(wave: Any) -> None:
    data = pool([in_modes(wave, str(2020 + i), web) for i, web in enumerate((0.0, 0.0, 0.6))])
    assert trend(data, "agree", code=1).table.iloc[0]["note"] == (
        "wave-to-wave variation not estimable with 3 waves; other modes of interview from 2022 on"
    )


@pytest.mark.parametrize(
    ("least", "words"), [(0.1, "no column 'mode'"), (0.0, "least=0 must be a share above 0")]
)
def test_what_cannot_be_told_is_refused(wave: Any, least: float, words: str) -> None:
    data = wave("2020", 0.4) if least else in_modes(wave, "2020", 0.5)
    with pytest.raises(EstimationError, match=words):
        mode_breaks(data, least=least)

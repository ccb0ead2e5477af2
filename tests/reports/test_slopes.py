"""The line through the waves is one sentence in four languages and says no more than its numbers."""

from dataclasses import replace

import pytest

from reports.i18n import LANGUAGES, words
from reports.rows import Slope, slope
from reports.slopes import slope_decimals, slope_sentence

UP = Slope(4, "2023", "2026", 0.021, 0.004, 0.038, "rose", curved=False)
FLAT = replace(UP, estimate=0.006, low=-0.004, high=0.016, verdict="no_clear_change")
DOWN = replace(UP, estimate=-0.021, low=-0.038, high=-0.004, verdict="fell")


def test_a_rise_is_said_with_its_size_and_interval() -> None:
    assert slope_sentence(UP, words("en"), share=True) == (
        "All 4 waves together: up by 2.1 points a year on average (95% interval +0.4 to +3.8)."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fall_names_its_size_without_a_second_sign(language: str) -> None:
    text = slope_sentence(DOWN, words(language), share=True)
    size = words(language).width(0.021, 1)
    assert size in text
    assert f"−{size}" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_direction_prints_the_signed_slope_and_an_interval_with_zero(language: str) -> None:
    text = slope_sentence(FLAT, words(language), share=True)
    assert words(language).points(0.006, 1) in text
    assert words(language).signed(-0.4, 1) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_waves_off_the_line_are_mentioned(language: str) -> None:
    straight = slope_sentence(UP, words(language), share=True)
    assert slope_sentence(replace(UP, curved=True), words(language), share=True).startswith(f"{straight} ")


def test_decimals_grow_until_the_interval_shows_the_verdict() -> None:
    close = replace(UP, low=0.0002)
    assert slope_decimals(UP, share=True) == 1
    assert slope_decimals(close, share=True) == 2
    assert "+0.02 to +3.80" in slope_sentence(close, words("en"), share=True)


@pytest.mark.parametrize("verdict", ["too_few", "not_comparable", "not_inferable"])
def test_no_line_is_said_where_none_may_be_drawn(verdict: str) -> None:
    assert slope_sentence(replace(UP, verdict=verdict), words("en"), share=True) == ""


def test_a_suppressed_slope_is_not_said() -> None:
    assert slope_sentence(replace(UP, publish="suppress"), words("en"), share=True) == ""


def test_the_interval_that_decides_is_the_one_printed() -> None:
    row = {
        "waves": 7,
        "wave_from": "2019",
        "wave_to": "2025",
        "verdict": "rose",
        "mdc": 0.02,
        "publish": "show",
        "estimate": 0.02,
        "low": 0.01,
        "high": 0.03,
        "departure_p": 0.001,
        "estimate_waves": 0.019,
        "low_waves": 0.002,
        "high_waves": 0.036,
    }
    sampling = slope(row | {"decides": "sampling"}, level=0.05)
    waves = slope(row | {"decides": "waves"}, level=0.0005)
    assert (sampling.low, sampling.curved) == (0.01, True)
    assert (waves.estimate, waves.low, waves.high, waves.curved) == (0.019, 0.002, 0.036, False)

"""Where trends turn: places, numbers, rules and what is told of the choice."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from analysis import EstimationError, SurveyData, joinpoint, pool, wave_series
from analysis.trends.turns import Rule, broken_lines, choose

TENT = (0.30, 0.35, 0.40, 0.45, 0.50, 0.45, 0.40, 0.35, 0.30)
NOISE = np.array([0.004, -0.006, 0.003, 0.005, -0.004, 0.002, -0.005, 0.006, -0.003, 0.004, -0.002, 0.001])


def series(wave: Any, shares: Any, **meta: Any) -> Any:
    data: SurveyData = pool([wave(str(2010 + i), share, **meta) for i, share in enumerate(shares)])
    return wave_series(data, "agree", code=1)


def test_a_line_that_turns_once_is_found_with_its_place_and_slopes(wave: Any) -> None:
    found = joinpoint(series(wave, TENT + NOISE[:9]))
    assert found.breaks[["wave", "time"]].to_numpy().tolist() == [["2014", 2014.0]]
    assert found.segments["estimate"].to_numpy() == pytest.approx([0.05, -0.05], abs=0.003)
    assert found.segments["verdict"].tolist() == ["rose", "fell"]
    assert found.segments["wave_to"].tolist() == ["2014", "2018"]


def test_a_straight_line_does_not_turn(wave: Any) -> None:
    found = joinpoint(series(wave, np.linspace(0.3, 0.5, 9) + NOISE[:9]))
    assert found.breaks.empty
    assert len(found.segments) == 1
    assert found.selection.loc[found.selection["chosen"], "breaks"].tolist() == [0]


def test_two_turns_are_found_where_two_are_allowed(wave: Any) -> None:
    shares = np.array((0.3, 0.38, 0.46, 0.54, 0.48, 0.42, 0.36, 0.30, 0.37, 0.44, 0.51, 0.58)) + NOISE
    found = joinpoint(series(wave, shares), most=2)
    assert found.breaks["wave"].tolist() == ["2013", "2017"]
    assert found.segments["verdict"].tolist() == ["rose", "fell", "rose"]


def test_the_permutation_rule_finds_the_turn_and_repeats_with_its_seed(wave: Any) -> None:
    lines = series(wave, TENT + NOISE[:9])
    one, other = (joinpoint(lines, rule="permutation", seed=3, permutations=499) for _ in range(2))
    assert one.selection.equals(other.selection)
    assert one.selection.set_index("breaks").loc[0, "p"] == pytest.approx(1 / 500)
    assert one.selection.set_index("breaks").loc[1, "chosen"]
    flat = joinpoint(
        series(wave, np.linspace(0.3, 0.5, 9) + NOISE[:9]), rule="permutation", seed=3, permutations=499
    )
    assert flat.breaks.empty
    assert flat.selection.set_index("breaks").loc[0, "p"] > 0.05


def test_the_permutation_test_keeps_its_size() -> None:
    """Of 200 straight lines with normal errors, about one in twenty is called bent."""
    draw = np.random.default_rng(8)
    k, called = 10, 0
    for _ in range(200):
        made: Any = type("Made", (), {})()
        made.waves, made.times, made.variable = tuple(map(str, range(k))), np.arange(float(k)), "y"
        made.values, made.covariance = 0.3 + 0.01 * made.times + draw.normal(0, 0.02, k), np.eye(k) * 0.02**2
        rule = Rule("permutation", 1, 1, 199, 0.05)
        called += choose(made, broken_lines(made, 1), rule).breaks
    assert 2 <= called <= 20


def test_probabilities_add_up_and_the_choice_widens_the_error(wave: Any) -> None:
    found = joinpoint(series(wave, np.array(TENT) + 3 * NOISE[:9]))
    assert found.selection["probability"].sum() == pytest.approx(1)
    assert (found.segments["se"] >= found.segments["se_given_breaks"]).all()
    turn = found.breaks.iloc[0]
    assert turn["low"] <= turn["time"] <= turn["high"]
    assert 0 < turn["probability"] <= 1


def test_without_a_turn_the_slope_is_that_of_weighted_least_squares(wave: Any) -> None:
    (one,) = series(wave, np.linspace(0.3, 0.5, 9) + NOISE[:9])
    line = broken_lines(one, 1)[0]
    X = np.column_stack([np.ones(9), one.times])
    W = np.diag(1 / np.diag(one.covariance))
    b = np.linalg.solve(X.T @ W @ X, X.T @ W @ one.values)
    assert line.slope(2012.0)[0] == pytest.approx(b[1])
    assert line.rss == pytest.approx(float((one.values - X @ b) @ W @ (one.values - X @ b)))


def test_turns_keep_two_waves_apart(wave: Any) -> None:
    (one,) = series(wave, np.linspace(0.3, 0.5, 12))
    for line in broken_lines(one, 2):
        edges = [-1, *line.places, 12]
        assert all(b - a > 2 for a, b in pairwise(edges))


@pytest.mark.parametrize(
    ("count", "options", "words"),
    [
        (6, {}, "most=1 needs 7 waves of 'agree', and there are 6: ask for one straight line"),
        (9, {"most": 2}, "most=2 needs 12 waves of 'agree', and there are 9: type most=1"),
        (9, {"most": 3}, "most=3: type 1 or 2 turns"),
        (9, {"rule": "aic"}, "rule 'aic' is unknown: type bic or permutation"),
        (9, {"rule": "permutation"}, "draws at random: type a seed"),
    ],
)
def test_what_has_no_turns_to_look_for_is_refused(
    wave: Any, count: int, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(EstimationError, match=words):
        joinpoint(series(wave, np.linspace(0.3, 0.5, count)), **options)


def test_a_wave_without_sampling_error_makes_too_few(wave: Any) -> None:
    found = joinpoint(series(wave, (0.0, *np.linspace(0.3, 0.5, 7)))).segments.iloc[0]
    assert found["verdict"] == "too_few"
    assert found["note"] == "a wave of 'agree' has no sampling error to weight it by"


def test_a_perfect_line_is_taken_without_a_turn(wave: Any) -> None:
    found = joinpoint(series(wave, np.linspace(0.3, 0.46, 9)))
    assert found.breaks.empty
    assert found.segments["estimate"].iloc[0] == pytest.approx(0.02)

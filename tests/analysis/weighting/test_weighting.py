"""Weighting: margins met exactly, limits kept, variances that know of it, and what is refused."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    DataError,
    Design,
    EstimationError,
    SurveyData,
    Targets,
    TargetsError,
    calibrate,
    from_frame,
    kish_deff,
    mean,
    pool,
    proportion,
    rake,
    read_targets,
    total,
    trim_weights,
)

MARGINS: Mapping[Any, Mapping[Any, float]] = {"sex": {1: 0.5, 2: 0.5}, "agree": {0: 0.7, 1: 0.3}}
TARGETS = Targets.from_shares(MARGINS, population=10_000)


def test_raked_shares_are_their_targets(survey: SurveyData) -> None:
    raked, report = rake(survey, TARGETS)
    for name, shares in MARGINS.items():
        table = proportion(raked, name).set_index("code")["estimate"]
        assert table.to_dict() == pytest.approx(shares, abs=1e-9)
    assert report.max_residual < 1e-9
    assert raked.frame["weight"].mean() == pytest.approx(1)


def test_a_raked_total_is_exact_and_without_error(survey: SurveyData) -> None:
    raked = rake(survey, TARGETS, scale="population")[0]
    row = total(raked, "sex", code=1).iloc[0]
    assert row["estimate"] == pytest.approx(5000, rel=1e-9)
    assert row["se"] == pytest.approx(0, abs=1e-6)


def test_crossed_margins_are_met(survey: SurveyData) -> None:
    crossed = {("sex", "agree"): {(1, 0): 0.4, (1, 1): 0.1, (2, 0): 0.3, (2, 1): 0.2}}
    raked = rake(survey, Targets.from_shares(crossed))[0]
    table = proportion(raked, "agree", code=1, by="sex")
    assert table["estimate"].to_numpy() == pytest.approx([0.2, 0.4], abs=1e-9)


def test_the_unit_of_the_base_weights_leaves_the_raked_ones(frame: pd.DataFrame, make: Any) -> None:
    one, other = (rake(make(frame.assign(weight=k * frame["weight"])), TARGETS)[0] for k in (1, 250))
    assert other.sample.weights == pytest.approx(one.sample.weights, rel=1e-9)


def test_the_order_of_the_rows_leaves_the_raked_weights(frame: pd.DataFrame, make: Any) -> None:
    order = np.random.default_rng(5).permutation(len(frame))
    one, other = (rake(make(rows), TARGETS)[0] for rows in (frame, frame.iloc[order]))
    assert other.sample.weights == pytest.approx(one.sample.weights[order], rel=1e-9)


def test_raking_again_to_the_same_margins_changes_nothing(survey: SurveyData) -> None:
    raked = rake(survey, TARGETS)[0]
    again = rake(raked, TARGETS, base="weight")[0]
    assert again.sample.weights == pytest.approx(raked.sample.weights, rel=1e-9)


def test_raking_and_calibrating_by_raking_give_the_same_weights(survey: SurveyData) -> None:
    one = rake(survey, TARGETS, scale="population", tolerance=1e-13)[0]
    other = calibrate(survey, TARGETS, distance="raking")[0]
    assert other.sample.weights == pytest.approx(one.sample.weights, rel=1e-8)


@pytest.mark.parametrize(("scale", "expected"), [("mean_one", 400), ("population", 10_000)])
def test_weights_add_up_as_asked(survey: SurveyData, scale: str, expected: float) -> None:
    assert rake(survey, TARGETS, scale=scale)[0].sample.weights.sum() == pytest.approx(expected)


def test_weights_of_the_base_scale_keep_the_base_weights_sum(survey: SurveyData) -> None:
    raked = rake(survey, TARGETS, scale="base")[0]
    assert raked.sample.weights.sum() == pytest.approx(survey.sample.weights.sum())


def test_trimmed_weights_keep_both_the_limits_and_the_margins(survey: SurveyData) -> None:
    raked, report = rake(survey, TARGETS, trim=(0.5, 1.6))
    w = raked.sample.weights / raked.sample.weights.mean()
    assert w.min() >= 0.5 * (1 - 1e-5)
    assert w.max() <= 1.6 * (1 + 1e-5)
    assert report.trimmed > 0
    assert report.max_residual < 1e-9


def test_bounds_hold_for_the_ratio_to_the_base_weight(survey: SurveyData) -> None:
    raked, _ = rake(survey, TARGETS, bounds=(0.6, 1.5))
    factor = raked.frame["weight"] / raked.frame["base_weight"]
    factor *= raked.frame["base_weight"].mean() / raked.frame["weight"].mean()
    assert factor.between(0.6 * (1 - 1e-5), 1.5 * (1 + 1e-5)).all()


def test_a_row_without_a_code_stays_unmoved_by_that_margin(frame: pd.DataFrame, make: Any) -> None:
    frame.loc[:9, "agree"] = -1
    raked, report = rake(make(frame), Targets.from_shares({"agree": MARGINS["agree"]}))
    assert report.untargeted == {"agree": 10}
    ratio = raked.frame["weight"] / raked.frame["base_weight"]
    assert np.ptp(ratio[:10]) == pytest.approx(0, abs=1e-12)


def test_the_report_counts_and_measures(survey: SurveyData) -> None:
    raked, report = rake(survey, TARGETS)
    w = raked.sample.weights
    assert report.n == sum(cell.n for cell in report.cells if cell.margin == "sex") == 400
    assert report.kish_deff == pytest.approx(kish_deff(w))
    assert report.n_eff == pytest.approx(w.sum() ** 2 / (w @ w))
    assert report.iterations > 0
    assert report.to_dict()["targets"]["margins"][0]["shares"] == {"1": 0.5, "2": 0.5}


def test_a_cell_of_few_respondents_is_named(frame: pd.DataFrame, make: Any) -> None:
    frame["agree"] = (np.arange(len(frame)) < 12).astype(int)
    report = rake(make(frame), Targets.from_shares({"agree": {0: 0.9, 1: 0.1}}))[1]
    assert report.small == ("agree: agree=1 (n=12)",)


def test_a_margin_cell_nobody_is_in_is_refused(frame: pd.DataFrame, make: Any) -> None:
    data = make(frame.assign(agree=0))
    with pytest.raises(
        EstimationError, match=r"nobody in the sample has agree=1, whose target is 30\.00%: join"
    ):
        rake(data, TARGETS)


def test_respondents_without_a_target_are_refused(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match=r"have a code without a target \(vote=3\): add its share"):
        rake(survey, Targets.from_shares({"vote": {1: 0.6, 2: 0.4}}))


def test_respondents_in_a_cell_of_target_nought_are_refused(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match="respondents have sex=2, whose target is 0: give it a share"):
        rake(survey, Targets.from_shares({"sex": {1: 1.0, 2: 0.0}}))


def test_a_margin_of_an_absent_column_is_refused(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match="no coded variable 'gender': type one of"):
        rake(survey, Targets.from_shares({"gender": {1: 0.5, 2: 0.5}}))


def test_targets_without_a_margin_are_refused(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match="the targets hold no margin"):
        rake(survey, Targets("empty", ()))


def test_margins_that_contradict_each_other_are_refused_by_name() -> None:
    frame = pd.DataFrame({"a": [1, 1, 2, 2] * 20, "b": [1, 1, 2, 2] * 20, "weight": 1.0})
    data = from_frame(frame, Design(), codes={"a": {1: "x", 2: "y"}, "b": {1: "x", 2: "y"}})
    targets = Targets.from_shares({"a": {1: 0.5, 2: 0.5}, "b": {1: 0.7, 2: 0.3}}, population=100)
    with pytest.raises(EstimationError, match=r"raking did not converge in 1000 iterations: margin a, a="):
        rake(data, targets)
    with pytest.raises(EstimationError, match=r"calibration cannot meet the totals \(still .* off after"):
        calibrate(data, targets)


def test_limits_that_no_weights_can_meet_are_refused(survey: SurveyData) -> None:
    far = Targets.from_shares({"sex": {1: 0.95, 2: 0.05}})
    with pytest.raises(EstimationError, match=r"meet all margins \(200 rounds of trimming\): widen trim"):
        rake(survey, far, trim=1.2)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"trim": 0.8}, "trim=0.8 must hold the mean weight 1: type trim=5"),
        ({"bounds": (1.2, 3)}, "must hold the factor 1: type bounds=(0.3, 3)"),
        ({"scale": "percent"}, "scale 'percent' is unknown: type one of mean_one, base, population"),
        ({"base": "w0"}, "no column 'w0' to take base weights from"),
    ],
)
def test_a_bad_option_is_refused(survey: SurveyData, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError) as refused:
        rake(survey, TARGETS, **options)
    assert words in str(refused.value)


@pytest.mark.parametrize("shares", [{1: 1.2, 2: -0.2}, {1: 0, 2: 0}, {1: float("inf"), 2: 1}, {}])
def test_impossible_shares_are_refused(shares: dict[int, float]) -> None:
    with pytest.raises(EstimationError, match="margin sex: give shares or counts of 0 or more, not all 0"):
        Targets.from_shares({"sex": shares})


def test_a_cell_of_other_columns_than_its_margin_is_refused() -> None:
    with pytest.raises(EstimationError, match="margin sex x agree: give one code a column in every cell"):
        Targets.from_shares({("sex", "agree"): {1: 0.5, 2: 0.5}})


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (0.0, "weight 'w0' is zero"),
        (np.nan, "weight 'w0' is missing"),
        ("a", "column 'w0' must hold numbers"),
    ],
)
def test_a_bad_base_weight_is_refused(frame: pd.DataFrame, make: Any, weight: Any, words: str) -> None:
    data = make(frame)
    with pytest.raises(DataError, match=words):
        rake(data.with_frame(data.frame.assign(w0=weight)), TARGETS, base="w0")


def test_a_population_that_is_not_stated_is_refused(survey: SurveyData) -> None:
    unknown = Targets.from_shares(MARGINS)
    with pytest.raises(EstimationError, match="scale='population' needs targets that state their population"):
        rake(survey, unknown, scale="population")
    with pytest.raises(EstimationError, match="calibration needs targets that state their population"):
        calibrate(survey, unknown)


def test_pooled_waves_are_not_weighted_together(wave: Any) -> None:
    both = pool([wave("2025", 0.4), wave("2026", 0.5)])
    with pytest.raises(EstimationError, match="weight each wave, then pool them"):
        rake(both, Targets.from_shares({"sex": MARGINS["sex"]}))


@pytest.mark.parametrize(
    ("distance", "bounds"), [("linear", None), ("linear", (0.4, 2)), ("raking", None), ("logit", (0.3, 3))]
)
def test_calibrated_totals_are_met_inside_the_bounds(survey: SurveyData, distance: str, bounds: Any) -> None:
    base = survey.frame.assign(weight=25 * survey.frame["weight"] / survey.frame["weight"].mean())
    data = survey.with_frame(base)
    made, _ = calibrate(data, TARGETS, totals={"income": 101_000}, distance=distance, bounds=bounds)
    row = total(made, "income").iloc[0]
    assert row["estimate"] == pytest.approx(101_000, rel=1e-8)
    assert row["se"] == pytest.approx(0, abs=1e-4)
    factor = made.frame["weight"] / made.frame["base_weight"]
    assert bounds is None or factor.between(*bounds).all()


@pytest.mark.parametrize(("distance", "bounds"), [("logit", None), ("raking", (0.5, 2)), ("cubic", None)])
def test_an_impossible_distance_is_refused(survey: SurveyData, distance: str, bounds: Any) -> None:
    with pytest.raises(EstimationError, match="is none of: linear"):
        calibrate(survey, TARGETS, distance=distance, bounds=bounds)


def test_calibration_refuses_missing_answers_by_column(frame: pd.DataFrame, make: Any) -> None:
    frame.loc[:2, "agree"] = -1
    with pytest.raises(EstimationError, match=r"missing in agree \(3\): use rake"):
        calibrate(make(frame), TARGETS)


def test_adjusting_to_what_explains_the_answers_shrinks_the_error(frame: pd.DataFrame, make: Any) -> None:
    data = make(frame.assign(income=frame["income"] + 20 * frame["agree"]))
    raked = rake(data, TARGETS)[0]
    assert mean(raked, "income").iloc[0]["se"] < 0.6 * mean(data, "income").iloc[0]["se"]


def test_trimming_keeps_the_sum_and_strict_trimming_the_limits() -> None:
    w = np.array([0.1, 0.5, 1, 1, 1.2, 9.0])
    once, strict = (trim_weights(w, lower=0.4, upper=3, strict=strict) for strict in (False, True))
    assert once.sum() == pytest.approx(w.sum())
    assert strict.sum() == pytest.approx(w.sum())
    assert strict.max() <= 3
    assert strict.min() >= 0.4


def test_limits_that_leave_no_weight_are_refused() -> None:
    with pytest.raises(EstimationError, match="lower=3 must be below upper=2"):
        trim_weights(np.ones(3), lower=3, upper=2)
    with pytest.raises(EstimationError, match="every weight is outside the limits: widen them"):
        trim_weights(np.ones(3), lower=2, upper=3)


def test_equal_weights_have_a_kish_effect_of_one() -> None:
    assert kish_deff(np.full(10, 3.0)) == pytest.approx(1)
    assert kish_deff(np.array([1.0, 3.0])) == pytest.approx(2 * 10 / 16)


def test_the_margins_of_kazakhstan_are_read_with_their_sources(repository: Path) -> None:
    targets = read_targets(repository / "analysis" / "targets" / "kz_2021_18plus.yaml")
    assert targets.population == 12_723_348
    assert [margin.name for margin in targets.margins][:2] == ["Z_SEX", "age6"]
    assert all(
        margin.source and sum(margin.shares.values()) == pytest.approx(1) for margin in targets.margins
    )


def test_a_file_of_margins_with_mistakes_is_refused_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "targets.yaml"
    path.write_text("name: x\nmargins:\n  - variables: [sex]\n    counts: {1: -5}\n  - counts: {1: 2}\n")
    with pytest.raises(TargetsError) as refused:
        read_targets(path)
    assert len(refused.value.problems) >= 2
    assert all("targets.yaml" in str(problem) for problem in refused.value.problems)


@pytest.mark.parametrize("again", ["sex,1,0.6", "sex, 1,0.6", "sex,01,0.6"])
def test_a_code_that_a_file_of_margins_gives_twice_is_refused_by_its_line(tmp_path: Path, again: str) -> None:
    path = tmp_path / "targets.csv"
    rows = ["margin,code,share,source,date", "sex,1,0.4,census,2021", "sex,2,0.6,census,2021"]
    path.write_text("\n".join([*rows, f"{again},census,2021", "age,1,x,census,2021"]) + "\n")
    with pytest.raises(TargetsError) as refused:
        read_targets(path)
    repeated, other = refused.value.problems
    assert (repeated.rule, other.rule) == ("repeated-code", "value")
    assert repeated.line == 4
    assert "line 2" in repeated.found


def test_a_code_written_in_two_ways_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "targets.yaml"
    path.write_text(
        "margins:\n  - variables: [a, b]\n    source: census\n    date: '2021'\n"
        '    counts: {"1,2": 5, "1, 2": 6}\n'
    )
    with pytest.raises(TargetsError) as refused:
        read_targets(path)
    (problem,) = refused.value.problems
    assert (problem.rule, problem.line) == ("repeated-code", 5)


@pytest.mark.parametrize("name", ["weight", "sx"])
def test_a_margin_of_no_variable_is_offered_variables_only(survey: SurveyData, name: str) -> None:
    variables = tuple(v for v in survey.codebook.variables if v.name != "weight")
    bare = replace(survey, codebook=replace(survey.codebook, variables=variables))
    with pytest.raises(EstimationError) as refused:
        rake(bare, Targets.from_shares({name: {1: 0.5, 2: 0.5}}))
    (problem,) = refused.value.problems
    head, _, offered = problem.partition(": type one of ")
    assert head == f"no coded variable {name!r}"
    assert set(offered.split(", ")) <= {v.name for v in variables if v.codes}


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, -1.0])
def test_what_is_no_weight_is_not_trimmed(bad: float) -> None:
    with pytest.raises(
        EstimationError, match="1 weights are missing, infinite, 0 or negative, the first in row 1"
    ):
        trim_weights(np.array([1.0, bad, 2.0]), upper=1.5)

"""Changes from each wave to the next, as one family."""

from typing import Any

import pytest

from analysis import CHANGE_COLUMNS, Break, EstimationError, SurveyData, adjacent_changes, change, pool


def waves(wave: Any, *shares: float, **meta: Any) -> SurveyData:
    return pool([wave(str(2020 + i), share, **meta) for i, share in enumerate(shares)])


def test_each_row_is_the_change_of_its_two_waves(wave: Any) -> None:
    data = waves(wave, 0.3, 0.4, 0.42)
    found = adjacent_changes(data, "agree", code=1)
    assert tuple(found.columns) == CHANGE_COLUMNS
    assert list(zip(found["wave_from"], found["wave_to"], strict=True)) == [
        ("2020", "2021"),
        ("2021", "2022"),
    ]
    for _, row in found.iterrows():
        alone = change(data, "agree", code=1, wave_from=row["wave_from"], wave_to=row["wave_to"]).iloc[0]
        for column in ("estimate", "se", "df", "p", "base", "deff"):
            assert row[column] == pytest.approx(alone[column])


def test_verdict_interval_and_adjusted_p_agree(wave: Any) -> None:
    found = adjacent_changes(waves(wave, 0.30, 0.36, 0.36, 0.41, 0.46), "agree", code=1)
    clear = found["verdict"].isin(["rose", "fell"])
    assert (clear == (found["p_adjusted"] < 0.05)).all()
    assert (clear == ((found["low"] > 0) | (found["high"] < 0))).all()
    assert found["method"].unique().tolist() == ["taylor, t 0.95, holm 4"]


def test_false_discovery_control_claims_at_least_what_holm_claims(wave: Any) -> None:
    data = waves(wave, 0.30, 0.36, 0.36, 0.41, 0.46)
    holm, fdr = (adjacent_changes(data, "agree", code=1, adjustment=name) for name in ("holm", "fdr"))
    assert (fdr["p_adjusted"] <= holm["p_adjusted"] + 1e-12).all()


def test_a_broken_pair_is_told_and_takes_no_part_in_the_family(wave: Any) -> None:
    data = waves(wave, 0.3, 0.4, 0.5)
    broken = data.with_frame(data.frame, breaks=(Break("agree", "2020", "2021", {"en": "changed"}),))
    found = adjacent_changes(broken, "agree", code=1)
    assert found["verdict"].tolist() == ["not_comparable", "rose"]
    assert found["p_adjusted"].isna().tolist() == [True, False]
    assert found["p_adjusted"].iloc[1] == pytest.approx(found["p"].iloc[1])


def test_a_wave_that_did_not_ask_is_stepped_over(wave: Any) -> None:
    data = waves(wave, 0.3, 0.4, 0.5)
    silent = data.frame.assign(agree=data.frame["agree"].where(data.frame["wave"] != "2021", -4))
    found = adjacent_changes(data.with_frame(silent), "agree", code=1)
    assert found[["wave_from", "wave_to"]].to_numpy().tolist() == [["2020", "2022"]]


def test_the_normal_distribution_is_taken_when_asked_for(wave: Any) -> None:
    data = waves(wave, 0.3, 0.33, 0.35)
    student = adjacent_changes(data, "agree", code=1, adjustment="none")
    normal = adjacent_changes(data, "agree", code=1, adjustment="none", normal=True)
    assert (normal["p"] < student["p"]).all()
    assert normal["high"].iloc[0] - normal["estimate"].iloc[0] == pytest.approx(
        1.959964 * normal["se"].iloc[0], rel=1e-6
    )


def test_one_wave_has_no_change(wave: Any) -> None:
    with pytest.raises(EstimationError, match=r"'agree' was asked in one wave only \(2020\)"):
        adjacent_changes(wave("2020", 0.3), "agree", code=1)

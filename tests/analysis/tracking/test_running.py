"""A plan on data: what is confirmatory, what is adjusted together, and what the data cannot give."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import (
    TRACKING_COLUMNS,
    Break,
    EstimationError,
    SurveyData,
    TrackingPlan,
    adjust,
    any_change,
    change,
    pool,
    read_plan,
    run_plan,
    standing,
    trend,
    wave_series,
)

HEAD = """\
study: made
declared: 2022-02-15
families:
  headlines: {adjustment: holm}
  battery: {adjustment: fdr}
indicators:
  agree: {variable: agree, code: 1}
  women: {variable: agree, code: 1, where: {sex: 1}}
  vote: {variable: vote}
  gone: {variable: gone, code: 1}
comparisons:
"""
Plan = Callable[..., TrackingPlan]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    def build(*lines: str, head: str = HEAD) -> TrackingPlan:
        path = tmp_path / "plan.yaml"
        rows = "".join(f"  - {{name: c{place}, {line}}}\n" for place, line in enumerate(lines))
        path.write_text(head + rows, encoding="utf-8")
        return read_plan(path)

    return build


def waves(wave: Any, *shares: float, dated: bool = True) -> SurveyData:
    """Waves 2020, 2021, ..., each in the field in March."""
    parts = []
    for i, share in enumerate(shares):
        dates = (f"{2020 + i}-03-01", f"{2020 + i}-03-20") if dated else None
        parts.append(wave(str(2020 + i), share, dates=dates))
    return pool(parts)


CHANGE = "indicator: agree, kind: change, from: {}, to: {}, family: headlines"
TREND = "indicator: agree, kind: trend, family: headlines"


def test_a_row_is_the_estimate_it_names(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.36, 0.45)
    table = run_plan(plan(CHANGE.format(2020, 2022), TREND), data)
    assert tuple(table.columns) == TRACKING_COLUMNS
    one = change(data, "agree", code=1, wave_from="2020", wave_to="2022").iloc[0]
    other = trend(data, "agree", code=1).table.iloc[0]
    for found, theirs in ((table.iloc[0], one), (table.iloc[1], other)):
        for name in ("estimate", "se", "df", "p"):
            assert found[name] == pytest.approx(theirs[name])
    assert table["verdict"].tolist() == ["rose", "rose"]


def test_declared_before_the_last_waves_first_day_is_confirmatory(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.36, 0.45)
    table = run_plan(plan(CHANGE.format(2020, 2021), CHANGE.format(2021, 2022), TREND), data)
    assert table["standing"].tolist() == ["exploratory", "confirmatory", "confirmatory"]
    assert table["standing_reason"].iloc[0] == (
        "declared on 2022-02-15, when fieldwork of 2021 had begun (2021-03-01)"
    )


def test_the_first_day_itself_is_too_late(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.36, 0.45)
    late = plan(CHANGE.format(2021, 2022), head=HEAD.replace("2022-02-15", "2022-03-01"))
    assert run_plan(late, data)["standing"].tolist() == ["exploratory"]


def test_a_comparison_added_later_has_its_own_day(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.36, 0.45)
    lines = (CHANGE.format(2021, 2022), CHANGE.format(2020, 2022) + ", declared: 2022-03-10")
    assert run_plan(plan(*lines), data)["standing"].tolist() == ["confirmatory", "exploratory"]


def test_each_step_of_a_series_stands_by_its_own_wave(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.36, 0.45)
    table = run_plan(plan("indicator: agree, kind: adjacent, family: battery"), data)
    assert table["standing"].tolist() == ["exploratory", "confirmatory"]


def test_a_wave_without_dates_makes_nothing_confirmatory(wave: Any, plan: Plan) -> None:
    table = run_plan(plan(CHANGE.format(2020, 2022)), waves(wave, 0.3, 0.4, 0.5, dated=False))
    assert table["standing_reason"].tolist() == ["wave 2022 has no dates of fieldwork"]


def test_each_family_is_adjusted_by_itself_in_its_own_way(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.40, 0.44, 0.43, 0.47)
    lines = [CHANGE.format(2020, to) for to in (2021, 2022, 2023)]
    lines += [line.replace("headlines", "battery") for line in lines]
    table = run_plan(plan(*lines), data)
    for family, method in (("headlines", "holm"), ("battery", "fdr")):
        part = table[table["family"] == family]
        assert part["p_adjusted"].to_numpy() == pytest.approx(adjust(part["p"].to_numpy(), method))
        clear = part["verdict"].isin(["rose", "fell"])
        assert (clear == (part["p_adjusted"] < 0.05)).all()
        assert (clear == ((part["low"] > 0) | (part["high"] < 0))).all()
        assert part["method"].str.endswith(f"{method} 3").all()


def test_what_the_data_cannot_give_is_shown_with_its_reason_and_does_not_count(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.36, 0.45)
    broken = data.with_frame(data.frame, breaks=(Break("agree", "2020", "2021", {"en": "changed"}),))
    table = run_plan(
        plan(
            CHANGE.format(2021, 2022),
            CHANGE.format(2022, 2030),
            "indicator: gone, kind: trend, family: headlines",
            CHANGE.format(2020, 2021),
        ),
        broken,
    )
    assert table["comparison"].tolist() == ["c0", "c1", "c2", "c3"]
    assert table["verdict"].tolist() == ["rose", "not_available", "not_available", "not_comparable"]
    assert table["reason"].iloc[1].startswith("no wave '2030'")
    assert table["reason"].iloc[2].startswith("no variable 'gone'")
    assert table["p_adjusted"].iloc[0] == pytest.approx(table["p"].iloc[0])
    assert table["p_adjusted"].iloc[1:].isna().all()


def test_the_declared_direction_is_compared_and_makes_no_test_one_sided(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.40, 0.41)
    lines = [
        CHANGE.format(2020, 2021) + ", direction: rise",
        CHANGE.format(2020, 2021) + ", direction: fall",
        CHANGE.format(2021, 2022) + ", direction: rise",
        CHANGE.format(2021, 2022),
    ]
    table = run_plan(plan(*lines), data)
    assert table["expected"].tolist() == ["yes", "no", "unclear", ""]
    assert table["p"].iloc[0] == table["p"].iloc[1]


def test_any_change_and_groups_have_their_own_words(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.40, 0.50)
    table = run_plan(
        plan(
            "indicator: agree, kind: any_change, family: battery",
            "indicator: agree, kind: groups, by: sex, family: battery",
        ),
        data,
    )
    assert table["verdict"].tolist() == ["changed", "no_clear_difference"]
    theirs = any_change(wave_series(data, "agree", code=1)).iloc[0]
    assert table["p"].iloc[0] == pytest.approx(theirs["p"])
    assert (table["group"].iloc[1], table["against"].iloc[1]) == ("sex=2", "sex=1")


def test_groups_and_codes_make_a_row_each(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.36, 0.45)
    table = run_plan(
        plan(
            CHANGE.format(2020, 2022) + ", by: sex",
            "indicator: vote, kind: change, from: 2020, to: 2022, family: battery",
            "indicator: women, kind: change, from: 2020, to: 2022, family: battery",
        ),
        data,
    )
    assert table["group"].tolist()[:2] == ["sex=1", "sex=2"]
    assert table["code"].tolist()[2:5] == [1, 2, 3]
    assert table.iloc[5]["estimate"] == pytest.approx(table.iloc[0]["estimate"])


def test_every_row_carries_the_fingerprint_of_the_plan(wave: Any, plan: Plan) -> None:
    found = plan(TREND)
    assert run_plan(found, waves(wave, 0.3, 0.4, 0.5))["plan"].tolist() == [found.fingerprint]


def test_a_plan_of_another_study_is_refused(wave: Any, plan: Plan) -> None:
    other = plan(TREND, head=HEAD.replace("study: made", "study: other"))
    with pytest.raises(EstimationError, match="the plan is of study 'other', the data are of 'made'"):
        run_plan(other, waves(wave, 0.3, 0.4, 0.5))


def test_what_no_plan_names_is_exploratory(wave: Any, plan: Plan) -> None:
    data = waves(wave, 0.30, 0.36, 0.45)
    found = plan(CHANGE.format(2020, 2022), TREND)
    ends = {"wave_from": "2020", "wave_to": "2022"}
    assert standing(found, data, "agree", kind="change", code=1, **ends) == ("confirmatory", "")
    assert standing(found, data, "agree", kind="trend", code=1) == ("confirmatory", "")
    for options in (
        {"kind": "change", "code": 0, **ends},
        {"kind": "change", "code": 1, "by": ["sex"], **ends},
        {"kind": "change", "code": 1, "wave_from": "2021", "wave_to": "2022"},
    ):
        assert standing(found, data, "agree", **options) == ("exploratory", "no plan names it")
    assert standing(None, data, "agree", kind="trend", code=1)[0] == "exploratory"


def test_a_wave_dated_by_month_counts_from_its_first_day(wave: Any, plan: Plan) -> None:
    parts = [
        wave(str(2020 + i), share, dates=(f"{2020 + i}-02", f"{2020 + i}-03"))
        for i, share in enumerate((0.3, 0.4))
    ]
    data = pool(parts)
    early = plan(CHANGE.format(2020, 2021), head=HEAD.replace("2022-02-15", "2021-01-31"))
    late = plan(CHANGE.format(2020, 2021), head=HEAD.replace("2022-02-15", "2021-02-01"))
    assert run_plan(early, data)["standing"].tolist() == ["confirmatory"]
    assert run_plan(late, data)["standing"].tolist() == ["exploratory"]


def test_a_flat_line_without_any_error_stays_no_clear_change(wave: Any, plan: Plan) -> None:
    table = run_plan(plan(TREND, CHANGE.format(2020, 2022)), waves(wave, 0.0, 0.0, 0.0))
    assert table["verdict"].tolist() == ["no_clear_change", "no_clear_change"]
    assert isinstance(table, pd.DataFrame)
    assert not np.isinf(table["p"]).any()

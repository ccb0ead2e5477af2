"""Changes between waves: what pools, every verdict, and what a change does not depend on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import (
    CHANGE_COLUMNS,
    Break,
    Design,
    EstimationError,
    Meta,
    SurveyData,
    change,
    from_frame,
    pool,
    proportion,
)
from instruments import Codebook, Comparison, Level, Role, Variable


def one(data: Any, variable: str = "agree", **options: Any) -> pd.Series:
    waves = {"wave_from": "2025", "wave_to": "2026", "code": 1}
    return change(data, variable, **waves | options).iloc[0]


def worded(name: str, variable: Variable, value: int = 1, n: int = 200) -> SurveyData:
    """A wave whose one question is `variable`; half give `value`."""
    frame = pd.DataFrame({variable.name: [value] * (n // 2) + [2] * (n // 2), "weight": 1.0, "wave": name})
    book = Codebook("made", name, {}, {}, ("en",), "en", (variable,))
    return SurveyData(frame, book, Design(), Meta("made", name))


def question(**changes: Any) -> Variable:
    codes = {1: {"en": "yes"}, 2: {"en": "no"}}
    return replace(Variable("q", {"en": "Q"}, Level.NOMINAL, codes), **changes)


@pytest.mark.parametrize(
    ("share", "verdict"),
    [(0.60, "rose"), (0.40, "fell"), (0.51, "no_clear_change"), (0.50, "no_clear_change")],
)
def test_a_change_is_clear_when_its_interval_leaves_nought_out(wave: Any, share: float, verdict: str) -> None:
    row = one([wave("2025", 0.5), wave("2026", share)])
    assert row["estimate"] == pytest.approx(share - 0.5)
    assert row["verdict"] == verdict
    assert (row["low"] > 0 or row["high"] < 0) == (verdict in {"rose", "fell"})


def test_a_suppressed_figure_makes_too_few(wave: Any) -> None:
    row = one([wave("2025", 0.2, n=25), wave("2026", 0.9)])
    assert row["verdict"] == "too_few"
    assert row["publish"] == "suppress"


def test_a_wave_drawn_from_no_sampling_frame_is_not_inferable(wave: Any) -> None:
    row = one([wave("2025", 0.3, sample_type="nonprobability"), wave("2026", 0.6)])
    assert row["verdict"] == "not_inferable"
    assert np.isnan([row[name] for name in ("se", "low", "high", "n_eff", "deff", "p", "mdc")]).all()
    assert np.isnan(row["se"])


def test_a_declared_model_makes_such_a_wave_inferable(wave: Any) -> None:
    modelled = wave("2025", 0.3, sample_type="nonprobability", model="matched panel")
    assert one([modelled, wave("2026", 0.6)])["verdict"] == "rose"


@pytest.mark.parametrize(
    ("compare", "verdict"),
    [
        ({}, "not_comparable"),
        ({1: Comparison("broken", {"en": "two questions became one"})}, "not_comparable"),
        ({1: Comparison("editorial", {"en": "a comma"})}, "no_clear_change"),
    ],
)
def test_a_changed_wording_compares_only_when_declared_so(compare: Any, verdict: str) -> None:
    waves = [worded("2025", question()), worded("2026", question(wording=2, compare=compare))]
    assert one(waves, "q")["verdict"] == verdict


def test_an_undeclared_wording_is_kept_with_its_reason() -> None:
    data = pool([worded("2025", question()), worded("2026", question(wording=2))])
    (found,) = data.breaks
    assert (found.variable, found.wave_from, found.wave_to) == ("q", "2025", "2026")
    assert set(found.reason) == {"en", "ru", "kk", "uz"}


def computed(name: str, source: Variable, *, codes: list[int], **changes: Any) -> SurveyData:
    """A wave with a question, a share computed from it and a share of that share."""
    yes_no = {0: {"en": "no"}, 1: {"en": "yes"}}
    first = Variable(
        "f", {"en": "F"}, Level.NOMINAL, yes_no, role=Role.DERIVED, rule={"any_of": ["q"], "codes": codes}
    )
    second = Variable(
        "s", {"en": "S"}, Level.NOMINAL, yes_no, role=Role.INDICATOR, rule={"share": {"item": "f", "eq": 1}}
    )
    data = worded(name, source)
    frame = data.frame.assign(f=[1, 0] * 100, s=[1, 0] * 100)
    return replace(
        data,
        frame=frame,
        codebook=replace(data.codebook, variables=(source, replace(first, **changes), second)),
    )


def test_what_is_computed_from_a_reworded_question_does_not_compare_either() -> None:
    reason = {"en": "two questions became one"}
    later = question(wording=2, compare={1: Comparison("broken", reason)})
    waves = [computed("2025", question(), codes=[1]), computed("2026", later, codes=[1])]
    assert {b.variable: b.reason for b in pool(waves).breaks} == dict.fromkeys("qfs", reason)
    assert one(waves, "s")["verdict"] == "not_comparable"


def test_a_changed_rule_does_not_compare_unless_declared_so() -> None:
    waves = [computed("2025", question(), codes=[1]), computed("2026", question(), codes=[1, 2])]
    assert [b.variable for b in pool(waves).breaks] == ["f", "s"]
    same = Comparison("identical", {"en": "the code was never chosen"})
    declared = computed("2026", question(), codes=[1, 2], wording=2, compare={1: same})
    assert pool([waves[0], declared]).breaks == ()


def test_swapping_the_waves_turns_the_sign_and_nothing_else(wave: Any) -> None:
    data = pool([wave("2025", 0.45), wave("2026", 0.52)])
    there, back = one(data), one(data, wave_from="2026", wave_to="2025")
    assert back["estimate"] == pytest.approx(-there["estimate"])
    assert (back["low"], back["high"]) == pytest.approx((-there["high"], -there["low"]))
    for column in ("se", "p", "df", "mdc", "base"):
        assert back[column] == pytest.approx(there[column])
    assert (there["verdict"], back["verdict"]) == ("rose", "fell")


def test_the_variance_of_a_change_is_the_sum_over_independent_waves(wave: Any) -> None:
    waves = [wave("2025", 0.45), wave("2026", 0.52, n=500)]
    row = one(waves)
    parts = [proportion(data, "agree", code=1).iloc[0] for data in waves]
    assert row["se"] ** 2 == pytest.approx(sum(part["se"] ** 2 for part in parts))
    assert row["df"] == sum(part["df"] for part in parts)
    assert row["base"] == 500


def test_changes_of_all_codes_add_up_to_nought(wave: Any) -> None:
    table = change([wave("2025", 0.45), wave("2026", 0.6)], "agree", wave_from="2025", wave_to="2026")
    assert tuple(table.columns) == CHANGE_COLUMNS
    assert table["estimate"].sum() == pytest.approx(0, abs=1e-14)


def test_a_family_of_comparisons_widens_intervals_by_bonferroni(wave: Any) -> None:
    data = pool([wave("2025", 0.50), wave("2026", 0.55)])
    alone, among = one(data), one(data, family=20)
    t = stats.t.ppf(1 - 0.05 / 40, alone["df"])
    assert among["high"] == pytest.approx(alone["estimate"] + t * alone["se"])
    assert among["p_adjusted"] == pytest.approx(min(1, 20 * alone["p"]))
    assert (alone["verdict"], among["verdict"]) == ("rose", "no_clear_change")


def test_the_smallest_detectable_change_would_be_seen_with_power_of_80_percent(wave: Any) -> None:
    row = one([wave("2025", 0.5), wave("2026", 0.5)])
    t = stats.t(row["df"])
    assert row["mdc"] == pytest.approx((t.ppf(0.975) + t.ppf(0.8)) * row["se"])


def test_a_change_of_a_mean_is_the_change_of_its_share(wave: Any) -> None:
    data = pool([wave("2025", 0.45), wave("2026", 0.52)])
    average = one(data, statistic="mean", code=None)
    assert average["statistic"] == "mean_change"
    assert average["estimate"] == pytest.approx(one(data)["estimate"])
    assert average["se"] == pytest.approx(one(data)["se"])


def test_changes_by_group_are_those_of_each_domain(wave: Any) -> None:
    data = pool([wave("2025", 0.45), wave("2026", 0.6)])
    options: dict[str, Any] = {"wave_from": "2025", "wave_to": "2026", "code": 1}
    table = change(data, "agree", by="sex", **options)
    for code in (1, 2):
        alone = change(data, "agree", where={"sex": code}, **options).iloc[0]
        row = table[table["group"] == f"sex={code}"].iloc[0]
        for column in ("estimate", "se", "p", "df", "base"):
            assert row[column] == pytest.approx(alone[column], rel=1e-12)


def test_a_group_that_one_wave_lacks_has_no_change(wave: Any) -> None:
    women = wave("2026", 0.6)
    women = women.with_frame(women.frame.assign(sex=1))
    options: dict[str, Any] = {"wave_from": "2025", "wave_to": "2026", "code": 1, "by": "sex"}
    row = change([wave("2025", 0.5), women], "agree", **options).set_index("group").loc["sex=2"]
    assert row[["estimate", "se", "low", "high", "p", "mdc", "n_eff", "deff"]].isna().all()
    assert (row["verdict"], row["publish"], row["base"]) == ("too_few", "suppress", 0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "wave"}, "by='wave' is what is compared already: group by other columns"),
        ({"level": 95}, "level=95 is no confidence level: type 0.95 for 95 %"),
        ({"wave_to": "2030"}, "no wave '2030': type one of 2026, 2025"),
        ({"wave_to": "2025"}, "wave '2025' is named twice: name two waves of 2025, 2026"),
        ({"family": 0}, "family=0 must count the comparisons declared together: type 1 or more"),
        ({"statistic": "median"}, "statistic 'median' has no change: type proportion or mean"),
        ({"code": 9}, r"'agree' has no code 9: type one of \[0, 1\]"),
    ],
)
def test_what_cannot_be_compared_is_refused(wave: Any, options: dict[str, Any], words: str) -> None:
    data = pool([wave("2025", 0.5), wave("2026", 0.5)])
    with pytest.raises(EstimationError, match=words):
        one(data, **options)


def test_a_wave_that_did_not_ask_is_refused() -> None:
    other = replace(question(), name="other")
    data = pool([worded("2025", other), worded("2026", question())])
    with pytest.raises(EstimationError, match="'q' was not asked in wave '2025': name waves that asked it"):
        one(data, "q")


def test_pooled_waves_stand_in_time_order_whatever_order_they_come_in(wave: Any) -> None:
    waves = [wave(y, 0.5, dates=(f"{y}-05-01", f"{y}-06-01")) for y in ("2026", "2024", "2025")]
    assert pool(waves).waves == ("2024", "2025", "2026")


def test_a_pooled_wave_keeps_its_own_figures(wave: Any) -> None:
    waves = [wave("2025", 0.45), wave("2026", 0.52)]
    table = proportion(pool(waves), "agree", code=1, by="wave")
    for data, row in zip(waves, table.to_dict("records"), strict=True):
        alone = proportion(data, "agree", code=1).iloc[0]
        for column in ("estimate", "se", "low", "high", "df", "base"):
            assert row[column] == pytest.approx(alone[column], rel=1e-12)


def test_a_variable_that_one_wave_did_not_ask_is_missing_there() -> None:
    data = pool([worded("2025", replace(question(), name="other")), worded("2026", question())])
    assert (data.frame.loc[data.frame["wave"] == "2025", "q"] == -4).all()


WIDER = {1: {"en": "yes"}, 2: {"en": "no"}, 3: {"en": "hard to say"}}


def test_an_added_option_breaks_the_trend_unless_declared_so() -> None:
    data = pool([worded("2025", question()), worded("2026", question(codes=WIDER))])
    assert set(data.variable("q").codes) == {1, 2, 3}
    assert [(b.variable, b.wave_from, b.wave_to) for b in data.breaks] == [("q", "2025", "2026")]
    assert "options were added" in data.breaks[0].reason["en"]
    assert one([worded("2025", question()), worded("2026", question(codes=WIDER))], "q")["verdict"] == (
        "not_comparable"
    )
    same = Comparison("identical", {"en": "nobody could choose it"})
    declared = question(codes=WIDER, wording=2, compare={1: same})
    assert pool([worded("2025", question()), worded("2026", declared)]).breaks == ()


def test_a_removed_option_does_not_pool() -> None:
    with pytest.raises(EstimationError, match=r"option 3 \(hard to say\) before, none now; .* a new id"):
        pool([worded("2025", question(codes=WIDER)), worded("2026", question())])


def test_the_codes_of_an_assignment_may_differ_by_wave() -> None:
    drawn = question(role=Role.ASSIGNMENT)
    for first, second in ((WIDER, drawn.codes), (drawn.codes, WIDER)):
        data = pool(
            [worded("2025", replace(drawn, codes=first)), worded("2026", replace(drawn, codes=second))]
        )
        assert set(data.variable("q").codes) == {1, 2, 3}
        assert data.breaks == ()


@pytest.mark.parametrize(
    ("later", "words"),
    [
        ({"level": Level.ORDINAL}, "nominal before, ordinal now"),
        ({"codes": {2: {"en": "Yes "}, 1: {"en": "no"}}}, "'yes' was code 1 before and is code 2 now"),
    ],
)
def test_a_changed_meaning_of_codes_does_not_pool(later: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=f"'q' cannot be pooled over 2025 and 2026: {words}"):
        pool([worded("2025", question()), worded("2026", question(**later))])


def test_a_changed_number_of_steps_does_not_pool() -> None:
    steps = question(level=Level.ORDINAL)
    more = replace(steps, codes={**steps.codes, 3: {"en": "never"}})
    with pytest.raises(EstimationError, match=r"ordered codes \[1, 2\] before, \[1, 2, 3\] now"):
        pool([worded("2025", steps), worded("2026", more)])


def test_waves_that_do_not_belong_together_are_refused(wave: Any) -> None:
    with pytest.raises(EstimationError, match="no waves to pool: give at least one release"):
        pool([])
    with pytest.raises(EstimationError, match="wave '2025' is given 2 times: give one release of each wave"):
        pool([wave("2025", 0.5), wave("2025", 0.6)])
    stranger = wave("2026", 0.5)
    stranger = stranger.with_frame(stranger.frame, meta=replace(stranger.meta, study="other"))
    with pytest.raises(EstimationError, match=r"waves of different studies \(made, other\) do not pool"):
        pool([wave("2025", 0.5), stranger])
    with pytest.raises(EstimationError, match="waves 2024, 2025 are pooled already: give single waves"):
        pool([pool([wave("2024", 0.5), wave("2025", 0.5)]), pool([wave("2026", 0.5), wave("2027", 0.5)])])


def test_a_mean_of_one_code_is_refused() -> None:
    waves = [worded(name, question(level=Level.ORDINAL)) for name in ("2025", "2026")]
    with pytest.raises(EstimationError, match="a mean of 'q' is over all codes: leave the code 1 out"):
        one(waves, "q", statistic="mean")


def test_one_wave_pools_to_itself(wave: Any) -> None:
    data = wave("2025", 0.5)
    assert pool([data]) is data


def test_a_break_between_other_waves_leaves_a_comparison(wave: Any) -> None:
    data = pool([wave("2024", 0.5), wave("2025", 0.5), wave("2026", 0.6)])
    data = data.with_frame(data.frame, breaks=(Break("agree", "2024", "2025", {"en": "changed"}),))
    assert one(data)["verdict"] == "rose"
    assert one(data, wave_from="2024", wave_to="2025")["verdict"] == "not_comparable"


def test_a_panel_design_sees_that_the_same_people_answer_twice() -> None:
    answers = np.random.default_rng(4).integers(0, 2, 300)
    rows = pd.DataFrame({"wave": ["2025"] * 300 + ["2026"] * 300, "weight": 1.0, "person": [*range(300)] * 2})
    rows["agree"] = np.concatenate([answers, answers])
    rows.loc[300:305, "agree"] = 1
    codes = {"agree": {0: "no", 1: "yes"}}
    panel, crossed = (from_frame(rows, Design(cluster=cluster), codes=codes) for cluster in (("person",), ()))
    assert one(panel)["estimate"] == pytest.approx(one(crossed)["estimate"])
    assert one(panel)["se"] < 0.3 * one(crossed)["se"]


def test_a_wave_that_is_none_is_told_with_all_there_are(wave: Callable[..., SurveyData]) -> None:
    waves = [wave(str(year), 0.5) for year in (2023, 2024, 2025, 2026)]
    with pytest.raises(EstimationError, match="no wave '2020': type one of") as refused:
        change(waves, "agree", code=1, wave_from="2020", wave_to="2026")
    assert all(str(year) in str(refused.value) for year in (2023, 2024, 2025, 2026))
    with pytest.raises(EstimationError, match="no wave 2023: type one of"):
        change(waves, "agree", code=1, wave_from=2023, wave_to="2026")  # type: ignore[arg-type]

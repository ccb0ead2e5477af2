"""Generations: Firebaugh's parts, cohort profiles, and age, period and cohort with their caveat."""

from typing import Any

import numpy as np
import pytest

from analysis import (
    CHANGE_COLUMNS,
    EstimationError,
    SurveyData,
    age_period_cohort,
    bands,
    change,
    cohort_profile,
    firebaugh,
    proportion,
    svyglm,
)


def test_the_parts_of_a_trend_add_up_with_the_rest(moved: Any) -> None:
    data = moved(4)
    found = firebaugh(data, "agree", code=1, cohort="born")
    table = found.table.set_index("part")
    theirs = change(data, "agree", code=1, wave_from="2010", wave_to="2028").iloc[0]
    assert table.loc["total", "estimate"] == pytest.approx(theirs["estimate"])
    assert table.loc["total", "se"] == pytest.approx(theirs["se"])
    assert table["estimate"].iloc[1:].sum() == pytest.approx(theirs["estimate"])
    fit = svyglm(
        "agree ~ year + born", data.with_frame(data.frame.assign(year=data.frame["wave"].astype(float)))
    )
    assert table.loc["intracohort", "estimate"] == pytest.approx(18 * fit.params["year"])
    assert table.loc["intracohort", "se"] == pytest.approx(18 * fit.se["year"])
    assert "nothing but time and birth year" in found.caveat


def test_birth_years_are_made_from_ages(moved: Any) -> None:
    data = moved()
    one, other = firebaugh(data, "agree", code=1, cohort="born"), firebaugh(data, "agree", code=1, age="age")
    assert other.parts.values == pytest.approx(one.parts.values)
    assert other.parts.covariance == pytest.approx(one.parts.covariance)


def test_the_influence_of_firebaughs_parts_is_their_derivative_by_the_weights(
    moved: Any, held_to_weights: Any
) -> None:
    data = moved(n=300)

    def parts(at: SurveyData) -> np.ndarray:
        return firebaugh(at, "agree", code=1, cohort="born").parts.values

    held_to_weights(parts, data, firebaugh(data, "agree", code=1, cohort="born").parts.influence)


def test_opinions_fixed_at_birth_move_by_replacement_alone(moved: Any) -> None:
    data = moved(4)
    noise = np.random.default_rng(6).normal(0, 0.5, len(data.frame))
    fixed = data.with_frame(data.frame.assign(score=data.frame["born"] / 10 + noise))
    table = firebaugh(fixed, "score", cohort="born").table.set_index("part")
    assert table.loc["intracohort", "verdict"] == "no_clear_part"
    assert table.loc["replacement", "verdict"] == "raised"
    assert table.loc["replacement", "estimate"] == pytest.approx(table.loc["total", "estimate"], rel=0.1)


def test_a_profile_holds_each_cohort_in_each_wave(moved: Any) -> None:
    data = moved()
    edges = [1930, 1960, 1980, 2010]
    found = cohort_profile(data, "agree", code=1, cohort="born", edges=edges)
    row = found.table[(found.table["cohort"] == "1960 to under 1980") & (found.table["wave"] == "2016")].iloc[
        0
    ]
    born = data.frame["born"]
    alone = proportion(
        data,
        "agree",
        code=1,
        where=((born >= 1960) & (born < 1980) & (data.frame["wave"] == "2016")).to_numpy(),
    ).iloc[0]
    for name in ("estimate", "se", "low", "high", "base"):
        assert row[name] == pytest.approx(alone[name])
    assert tuple(found.changes.columns) == (*CHANGE_COLUMNS, "cohort")
    assert len(found.changes) == 3


def test_the_change_of_a_cohort_is_that_of_its_domain(moved: Any) -> None:
    data = moved()
    found = cohort_profile(data, "agree", code=1, age="age", edges=[1950, 1970, 1990], adjustment="none")
    born = data.frame["born"]
    alone = change(
        data,
        "agree",
        code=1,
        wave_from="2010",
        wave_to="2022",
        where=((born >= 1950) & (born < 1970)).to_numpy(),
    ).iloc[0]
    for name in ("estimate", "se", "df", "p"):
        assert found.changes.iloc[0][name] == pytest.approx(alone[name])


def test_decades_are_the_cohorts_where_no_edges_are_given(moved: Any) -> None:
    found = cohort_profile(moved(), "agree", code=1, cohort="born")
    assert found.table["cohort"].iloc[0] == "1930 to under 1940"
    assert set(found.table["base"].groupby(found.table["wave"]).sum()) == {600}


def test_bands_hold_their_lower_edge_and_leave_others_out(moved: Any) -> None:
    data = bands(moved(), "age", [20, 40, 60], into="age2")
    age, code = data.frame["age"], data.frame["age2"]
    assert (code[(age >= 20) & (age < 40)] == 1).all()
    assert (code[(age >= 40) & (age < 60)] == 2).all()
    assert (code[(age < 20) | (age >= 60)] == -3).all()
    with pytest.raises(EstimationError, match="column 'age2' is there already"):
        bands(data, "age", [20, 40], into="age2")
    with pytest.raises(EstimationError, match="type two or more years that rise"):
        bands(data, "age", [40, 20], into="other")


def test_sums_of_slopes_are_identified_and_the_slopes_are_not(moved: Any) -> None:
    data = moved(4)
    found = age_period_cohort(data, "agree", code=1, cohort="born")
    assert "not identified" in found.caveat
    assert np.isinf(found.bounds[["lowest", "highest"]].to_numpy()).all()
    sums = found.identified["estimate"].to_numpy()[:2]
    assert (found.line["age"] + found.line["period"]).to_numpy() == pytest.approx(np.full(11, sums[0]))
    assert (found.line["cohort"] + found.line["period"]).to_numpy() == pytest.approx(np.full(11, sums[1]))


def test_every_triple_of_the_line_fits_the_data_alike(moved: Any) -> None:
    data = moved(4)
    found = age_period_cohort(data, "agree", code=1, cohort="born")
    frame = data.frame
    year = frame["wave"].astype(float)
    fitted = [
        row["age"] * frame["age"] + row["period"] * year + row["cohort"] * frame["born"]
        for _, row in found.line.iterrows()
    ]
    for other in fitted[1:]:
        assert np.ptp(other - fitted[0]) == pytest.approx(0, abs=1e-9)


def test_an_assumption_bounds_the_others_and_its_bounds_err_as_the_sums_do(moved: Any) -> None:
    found = age_period_cohort(moved(4), "agree", code=1, cohort="born", assume={"age": (0, 0.001)})
    bounds = found.bounds.set_index("slope")
    identified = found.identified.set_index("term")
    sum_age, sum_cohort = identified["estimate"].iloc[:2]
    assert bounds.loc["age", ["lowest", "highest"]].tolist() == pytest.approx([0, 0.001])
    assert bounds.loc["age", ["low", "high"]].tolist() == pytest.approx([0, 0.001])
    assert bounds.loc["period", ["lowest", "highest"]].tolist() == pytest.approx([sum_age - 0.001, sum_age])
    assert bounds.loc["cohort", "lowest"] == pytest.approx(sum_cohort - sum_age)
    assert bounds.loc["period", "high"] == pytest.approx(identified["high"].iloc[0])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"solve": "intrinsic"},
            "solve='intrinsic': the slopes of age, period and cohort are not identified",
        ),
        ({"assume": {"ages": (0, 1)}}, "assume names ages: type one of age, period, cohort"),
        ({"assume": {"age": (1, 0)}}, "the lowest slope 1 is above the highest 0"),
        ({"assume": {"age": (5, None), "period": (5, None)}}, "the assumptions contradict the data"),
        ({"cohort": None}, "name the column of birth years"),
        ({"cohort": "born", "age": "age"}, "name the column of birth years"),
        ({"cohort": "school"}, "'school' holds codes, not years"),
        ({"where": {"wave": ["2010", "2016"]}}, "need 3 waves and 'agree' has 2"),
    ],
)
def test_what_no_data_can_say_is_refused(moved: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        age_period_cohort(moved(4), "agree", **{"code": 1, "cohort": "born"} | options)


def test_two_waves_do_not_tell_time_from_birth_year(moved: Any) -> None:
    with pytest.raises(EstimationError, match="told apart over 3 waves, and 'agree' has 2"):
        firebaugh(moved(2), "agree", code=1, cohort="born")

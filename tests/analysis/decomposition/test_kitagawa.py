"""Kitagawa's parts: they add up, their errors count estimated shares, and holes are refused."""

from typing import Any

import numpy as np
import pytest

from analysis import PARTS_COLUMNS, Break, EstimationError, SurveyData, change, kitagawa

ENDS = {"wave_from": "2010", "wave_to": "2022", "code": 1}
BY = ["sex", "school"]


def test_the_parts_add_up_to_the_change_and_the_total_has_its_error(moved: Any) -> None:
    data = moved()
    found = kitagawa(data, "agree", by=BY, **ENDS)
    total, rate, composition = found.table["estimate"]
    theirs = change(data, "agree", **ENDS).iloc[0]
    assert tuple(found.table.columns) == PARTS_COLUMNS
    assert rate + composition == pytest.approx(total)
    assert total == pytest.approx(theirs["estimate"])
    assert found.table["se"].iloc[0] == pytest.approx(theirs["se"])
    assert found.table["df"].iloc[0] == theirs["df"]


def test_influence_is_the_derivative_by_the_weights(moved: Any, held_to_weights: Any) -> None:
    data = moved(n=300)

    def parts(at: SurveyData) -> np.ndarray:
        return kitagawa(at, "agree", by=BY, **ENDS).parts.values

    held_to_weights(parts, data, kitagawa(data, "agree", by=BY, **ENDS).parts.influence)


def test_estimated_shares_have_errors_where_rates_do_not_change(moved: Any) -> None:
    """Were shares taken as fixed, the composition part of equal rates would have no error at all."""
    data = moved()
    same = data.with_frame(data.frame.assign(agree=(data.frame["school"] == 3).astype(int)))
    table = kitagawa(same, "agree", by=["school"], **ENDS).table.set_index("part")
    assert table.loc["rate", "estimate"] == pytest.approx(0, abs=1e-12)
    assert table.loc["rate", "se"] == pytest.approx(0, abs=1e-12)
    assert table.loc["composition", "se"] == pytest.approx(table.loc["total", "se"])
    assert table.loc["composition", "verdict"] == "raised"


def test_one_composition_leaves_the_rates_to_explain_all(moved: Any) -> None:
    data = moved()
    table = kitagawa(data, "agree", by="sex", where={"sex": 1}, **ENDS).table.set_index("part")
    assert table.loc["composition", "estimate"] == pytest.approx(0, abs=1e-12)
    assert table.loc["rate", "estimate"] == pytest.approx(table.loc["total", "estimate"])


def test_turning_the_sides_round_turns_the_signs(moved: Any) -> None:
    data = moved()
    there = kitagawa(data, "agree", by=BY, code=1, wave_from="2010", wave_to="2022").parts
    back = kitagawa(data, "agree", by=BY, code=1, wave_from="2022", wave_to="2010").parts
    assert back.values == pytest.approx(-there.values)
    assert back.covariance == pytest.approx(there.covariance)


def test_the_scale_of_the_weights_does_not_matter(moved: Any) -> None:
    data = moved()
    heavy = data.with_frame(data.frame.assign(weight=1000 * data.frame["weight"]))
    one, other = (kitagawa(at, "agree", by=BY, **ENDS).parts for at in (data, heavy))
    assert other.values == pytest.approx(one.values)
    assert other.covariance == pytest.approx(one.covariance)


def test_means_and_domains_are_decomposed_too(moved: Any) -> None:
    data = moved()
    women_and_men = ({"sex": 1}, {"sex": 2})
    found = kitagawa(data, "score", by="school", domains=women_and_men).table
    frame = data.frame
    means = [np.average(part["score"], weights=part["weight"]) for _, part in frame.groupby("sex")]
    assert found["estimate"].iloc[0] == pytest.approx(means[1] - means[0])


def test_a_cell_that_one_side_lacks_is_refused_or_dropped_on_both(moved: Any) -> None:
    data = moved()
    school = data.frame["school"].where((data.frame["wave"] != "2010") | (data.frame["school"] != 3), 2)
    holed = data.with_frame(data.frame.assign(school=school))
    with pytest.raises(EstimationError, match="nobody in 2010 has school=3, so its rate there is unknown"):
        kitagawa(holed, "agree", by="school", **ENDS)
    found = kitagawa(holed, "agree", by="school", empty="drop", **ENDS)
    without = kitagawa(holed, "agree", by="school", where={"school": [1, 2]}, **ENDS)
    assert found.parts.values == pytest.approx(without.parts.values)
    assert found.covered[0] == pytest.approx(1)
    assert 0.5 < found.covered[1] < 0.8
    assert found.cells["base_from"].tolist()[-1] == 0


def test_a_wave_without_a_sampling_frame_has_parts_but_no_errors(moved: Any) -> None:
    table = kitagawa(moved(sample_type="nonprobability"), "agree", by=BY, **ENDS).table
    assert table["se"].isna().all()
    assert set(table["verdict"]) == {"not_inferable"}


def test_a_small_side_is_too_few(moved: Any) -> None:
    data = moved()
    few = np.arange(len(data.frame)) % 40 == 0
    table = kitagawa(data, "agree", by="sex", where=few, **ENDS).table
    assert set(table["verdict"]) == {"too_few"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": []}, "a composition is of columns"),
        ({"by": "wave"}, "by='wave' is what is compared already"),
        ({"by": "age"}, "'age' has no codes to group by"),
        ({"wave_from": "1990"}, "no wave '1990'"),
        ({"wave_from": "2022"}, "is named twice"),
        ({"wave_from": None}, "two waves are compared: type wave_from and wave_to"),
        ({"domains": ({"sex": 1}, {"sex": 2})}, "waves and domains are both given"),
        ({"empty": "keep"}, "empty='keep' is unknown"),
        ({"family": 0}, "family=0 must count"),
        ({"code": 7}, "'agree' has no code 7"),
    ],
)
def test_what_cannot_be_decomposed_is_refused(moved: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        kitagawa(moved(), "agree", **{"by": BY} | ENDS | options)


def test_a_broken_wording_is_refused_with_its_reason(moved: Any) -> None:
    data = moved()
    broken = data.with_frame(data.frame, breaks=(Break("agree", "2010", "2022", {"en": "other words"}),))
    with pytest.raises(EstimationError, match=r"between waves 2010 and 2022 \(other words\)"):
        kitagawa(broken, "agree", by=BY, **ENDS)

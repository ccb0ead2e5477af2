"""Oaxaca and Blinder's parts: sums, references, folds, logit, and what is refused."""

from typing import Any

import numpy as np
import pytest

from analysis import EstimationError, SurveyData, change, kitagawa, oaxaca

ENDS = {"wave_from": "2010", "wave_to": "2022", "code": 1}
FACTORS = ["sex", "school", "age"]
KINDS = [
    {"reference": "from"},
    {"reference": "to"},
    {"reference": "average"},
    {"reference": "pooled"},
    {"fold": 3},
    {"model": "logit"},
    {"model": "logit", "reference": "pooled"},
    {"model": "logit", "fold": 3},
]


@pytest.mark.parametrize("kind", KINDS)
def test_parts_add_up_to_the_change_and_factors_to_their_part(moved: Any, kind: dict[str, Any]) -> None:
    data = moved()
    table = oaxaca(data, "agree", factors=FACTORS, **ENDS, **kind).table
    theirs = change(data, "agree", **ENDS).iloc[0]
    wholes = table[table["detail"] == ""].set_index("part")
    assert wholes.loc["total", "estimate"] == pytest.approx(theirs["estimate"])
    assert wholes.loc["total", "se"] == pytest.approx(theirs["se"])
    parts = wholes.drop("total")
    assert parts["estimate"].sum() == pytest.approx(theirs["estimate"])
    for part, whole in parts["estimate"].items():
        detail = table[(table["part"] == part) & (table["detail"] != "")]
        assert detail["estimate"].sum() == pytest.approx(whole)


@pytest.mark.parametrize("kind", KINDS)
def test_influence_is_the_derivative_by_the_weights(
    moved: Any, held_to_weights: Any, kind: dict[str, Any]
) -> None:
    data = moved(n=400)

    def parts(at: SurveyData) -> np.ndarray:
        return oaxaca(at, "agree", factors=FACTORS, **ENDS, **kind).parts.values

    held_to_weights(parts, data, oaxaca(data, "agree", factors=FACTORS, **ENDS, **kind).parts.influence)


def test_one_factor_of_categories_explains_what_kitagawa_calls_composition(moved: Any) -> None:
    data = moved()
    explained = oaxaca(data, "agree", factors=["school"], reference="average", **ENDS)
    theirs = kitagawa(data, "agree", by="school", **ENDS)
    mine = explained.table[explained.table["detail"] == ""].set_index("part")
    other = theirs.table.set_index("part")
    assert mine.loc["explained", "estimate"] == pytest.approx(other.loc["composition", "estimate"])
    assert mine.loc["explained", "se"] == pytest.approx(other.loc["composition", "se"])
    assert mine.loc["unexplained", "se"] == pytest.approx(other.loc["rate", "se"])


def test_no_part_depends_on_which_category_has_the_lowest_code(moved: Any) -> None:
    data = moved()
    turned = data.with_frame(data.frame.assign(school=4 - data.frame["school"], sex=3 - data.frame["sex"]))
    one, other = (oaxaca(at, "agree", factors=FACTORS, **ENDS).parts for at in (data, turned))
    assert other.values == pytest.approx(one.values)
    assert other.covariance == pytest.approx(one.covariance, rel=1e-6, abs=1e-12)


def test_a_logit_model_of_one_factor_agrees_with_the_linear_one(moved: Any) -> None:
    """Both fit every category's share exactly."""
    data = moved()
    linear, logit = (
        oaxaca(data, "agree", factors=["school"], model=model, **ENDS).parts for model in ("linear", "logit")
    )
    for part in ("explained", "unexplained"):
        assert logit.values[logit.place(part)] == pytest.approx(linear.values[linear.place(part)])


def test_a_factor_that_goes_with_nothing_has_no_clear_part(moved: Any) -> None:
    data = moved()
    draw = np.random.default_rng(9)
    noise = data.with_frame(data.frame.assign(sex=draw.integers(1, 3, len(data.frame))))
    table = oaxaca(noise, "agree", factors=["sex"], **ENDS).table.set_index(["part", "detail"])
    assert table.loc[("explained", "sex"), "verdict"] == "no_clear_part"
    assert table.loc[("total", ""), "verdict"] == "raised"


def test_a_logit_part_whose_terms_cancel_is_not_split(moved: Any) -> None:
    data = moved()
    found = oaxaca(data, "agree", factors=["sex"], model="logit", where={"school": [1, 2]}, **ENDS)
    assert not found.note
    alike = data.frame.assign(sex=1 + np.arange(len(data.frame)) % 2, weight=1.0)
    same = oaxaca(data.with_frame(alike), "agree", factors=["sex"], model="logit", **ENDS)
    assert same.note.startswith("explained: the factors' terms add up to 0")
    assert same.table[same.table["part"] == "explained"]["detail"].tolist() == [""]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"factors": []}, "factors are a list of columns"),
        ({"factors": "sex"}, "factors are a list of columns"),
        ({"factors": ["sexx"]}, "no variable 'sexx'"),
        ({"reference": "mine"}, "reference 'mine' is unknown"),
        ({"fold": 4}, "fold=4: type 2 or 3"),
        ({"model": "probit"}, "model 'probit' is unknown"),
        ({"model": "logit", "code": None}, "model='logit' is of a share: name a code"),
        ({"factors": ["age", "born"], "where": {"school": [1, 2, 3]}}, "linearly dependent"),
        ({"factors": ["sex"], "where": {"sex": 1}}, "everybody has sex=1, which explains nothing"),
    ],
)
def test_what_cannot_be_decomposed_is_refused(moved: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        oaxaca(moved(), "agree", **{"factors": FACTORS} | ENDS | options)


def test_a_category_that_one_side_lacks_is_refused(moved: Any) -> None:
    data = moved()
    school = data.frame["school"].where((data.frame["wave"] != "2010") | (data.frame["school"] != 3), 2)
    with pytest.raises(EstimationError, match="nobody in 2010 has school=3: join it with another code"):
        oaxaca(data.with_frame(data.frame.assign(school=school)), "agree", factors=["school"], **ENDS)

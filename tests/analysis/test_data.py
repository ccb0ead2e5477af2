"""SurveyData: what it refuses, whose answers are valid, and domains."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import DataError, Design, EstimationError, Meta, SurveyData, from_frame, mean, proportion
from instruments import Codebook, Level, Missing, Role, Variable


def codebook(*variables: Variable) -> Codebook:
    return Codebook("toy", "1", {}, {}, ("en",), "en", variables)


ORDERED = Variable("q", {"en": "q"}, Level.ORDINAL, {1: {"en": "low"}, 2: {"en": "high"}})


def test_absent_columns_unknown_codes_and_bad_weights_are_all_told_at_once() -> None:
    frame = pd.DataFrame({"wave": "1", "weight": [1.0, -2.0], "q": [1, 9]})
    book = codebook(ORDERED, Variable("gone", {}, Level.INTERVAL))
    with pytest.raises(DataError) as refused:
        SurveyData(frame, book, Design(), Meta("toy", "1"))
    assert len(refused.value.problems) == 3
    text = str(refused.value)
    assert "column 'gone' of the codebook is not in the data" in text
    assert "column 'q' holds 9, not in its codes [1, 2]: write a code of the codebook or a missing" in text
    assert "weight 'weight' is negative in 1 rows, first row 1" in text


def test_data_without_rows_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="the data hold no rows"):
        from_frame(frame.iloc[:0], Design(weight=None))


def test_data_without_a_wave_are_refused() -> None:
    with pytest.raises(DataError, match="column 'wave' of the codebook is not in the data"):
        SurveyData(pd.DataFrame({"q": [1]}), codebook(ORDERED), Design(weight=None), Meta("toy", "1"))


def test_an_unknown_sample_type_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="sample type 'quota' is unknown: write probability or nonproba"):
        from_frame(frame, Design(), meta=Meta("toy", "1", sample_type="quota"))


def test_an_interval_column_of_words_is_refused() -> None:
    frame = pd.DataFrame({"wave": "1", "weight": 1.0, "y": ["a", "b"]})
    with pytest.raises(DataError, match="column 'y' must hold numbers"):
        SurveyData(frame, codebook(Variable("y", {}, Level.INTERVAL)), Design(), Meta("toy", "1"))


def test_missing_codes_are_no_answers_and_a_real_negative_number_is_one() -> None:
    listed = Variable("y", {}, Level.INTERVAL, missing=(Missing.REFUSED,))
    frame = pd.DataFrame({"wave": "1", "weight": 1.0, "q": [1, -1, 2, -2], "y": [-1.0, np.nan, -2.0, 3]})
    data = SurveyData(frame, codebook(ORDERED, listed), Design(), Meta("toy", "1"))
    assert data.valid("q").tolist() == [True, False, True, False]
    assert data.valid("y").tolist() == [True, False, False, True]
    assert np.isnan(data.values("y")[2])


def test_a_computed_interval_column_may_hold_any_missing_code() -> None:
    scale = Variable("y", {}, Level.INTERVAL, role=Role.INDICATOR, rule={"mean_of": ["q"]})
    frame = pd.DataFrame({"wave": "1", "weight": 1.0, "q": [1, 2, -5], "y": [1.5, -4.0, -5.0]})
    data = SurveyData(frame, codebook(ORDERED, scale), Design(), Meta("toy", "1"))
    assert data.valid("y").tolist() == [True, False, False]


@pytest.mark.parametrize(
    "where", [{"sex": 1}, {"sex": [1]}, lambda frame: frame["sex"] == 1, "mask", {"sex": {1}}]
)
def test_a_domain_may_be_said_in_any_form(survey: SurveyData, where: Any) -> None:
    mask = (survey.frame["sex"] == 1).to_numpy()
    assert (survey.domain(mask if where == "mask" else where) == mask).all()


def test_the_domain_of_everybody_is_the_whole(survey: SurveyData) -> None:
    everyone = {"sex": [1, 2]}
    for estimator, variable in ((proportion, "vote"), (mean, "income")):
        pd.testing.assert_frame_equal(
            estimator(survey, variable), estimator(survey, variable, where=everyone)
        )


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"sex": 7}, r"the domain holds nobody: no row has sex=7, type one of 1 "),
        ({"sexx": 1}, "no column 'sexx': type one of sex"),
        (np.array([True]), "a domain must be one True or False for each of the 400 rows"),
        (np.ones(400), "a domain must be one True or False for each of the 400 rows"),
    ],
)
def test_a_bad_domain_is_refused(survey: SurveyData, where: Any, words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        mean(survey, "income", where=where)


def test_an_unknown_variable_is_refused_with_the_nearest_names(survey: SurveyData) -> None:
    with pytest.raises(EstimationError, match="no variable 'incme': type one of income"):
        mean(survey, "incme")


def test_a_sample_infers_when_drawn_at_random_or_modelled() -> None:
    meta = Meta("toy", "1", sample_type="nonprobability")
    assert not meta.infers
    assert replace(meta, model="matched on age and sex").infers
    assert Meta("toy", "1").infers


def test_words_become_codes_in_alphabetical_order_and_empty_cells_missing() -> None:
    frame = pd.DataFrame({"weight": 1.0, "town": ["Oral", "Almaty", None, "Oral"]})
    data = from_frame(frame, Design())
    assert data.frame["town"].tolist() == [2, 1, -5, 2]
    assert data.variable("town").codes[1] == {"en": "Almaty"}


def test_a_column_more_leaves_the_design_bound_and_gives_the_same_figures() -> None:
    frame = pd.DataFrame({"wave": "1", "weight": [1.0, 2.0, 1.0, 2.0], "q": [1, -1, 2, 2]})
    data = SurveyData(frame, codebook(ORDERED), Design(), Meta("toy", "1"))
    bound = data.sample
    more = data.with_columns(codebook(ORDERED, replace(ORDERED, name="r")), r=np.array([1, 2, 2, -2]))
    assert more.sample is bound
    new = SurveyData(more.frame, more.codebook, more.design, more.meta)
    for name in ("q", "r"):
        pd.testing.assert_frame_equal(proportion(more, name), proportion(new, name))
    heavier = data.with_columns(data.codebook, weight=np.array([1.0, 3.0, 1.0, 2.0]))
    assert heavier.sample is not bound
    assert heavier.sample.weights.tolist() == [1.0, 3.0, 1.0, 2.0]


def test_a_column_more_is_checked_as_in_new_data() -> None:
    frame = pd.DataFrame({"wave": "1", "weight": [1.0, 2.0], "q": [1, 2]})
    data = SurveyData(frame, codebook(ORDERED), Design(), Meta("toy", "1"))
    with pytest.raises(DataError, match="column 'r' holds 9, not in its codes"):
        data.with_columns(codebook(ORDERED, replace(ORDERED, name="r")), r=[1, 9])
    with pytest.raises(DataError, match="column 's' of the codebook is not in the data"):
        data.with_columns(codebook(ORDERED, replace(ORDERED, name="s")))
    with pytest.raises(DataError, match="weight 'weight' is negative in 1 rows"):
        data.with_columns(data.codebook, weight=[1.0, -1.0])
    assert data.with_columns(data.codebook, wave=["1", "2"]).waves == ("1", "2")

"""A ranking on the page: places picked beside options in, the order out; what is wrong is said once."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from instruments import load
from survey.cli.trial import try_pages
from survey.interview.fields import FIELD_BUILDERS
from survey.interview.fields.ranking import RankingField

TINY = Path(__file__).resolve().parents[2] / "library"


def field_of(sent: dict[str, str]) -> Any:
    questionnaire = load(TINY / "ranking.yaml")
    item = questionnaire.items["FIRST"]
    form = BaseForm({"FIRST": FIELD_BUILDERS["ranking"](item, questionnaire.draw("x"))})
    form.process(MultiDict(sent))
    return form["FIRST"]


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ({"FIRST__3": "1", "FIRST__9": " 2 "}, [3, 9]),
        ({"FIRST__9": "1", "FIRST__1": "2", "FIRST__2": ""}, [9, 1]),
        ({}, None),
        ({"FIRST__missing": "-1"}, -1),
    ],
)
def test_places_become_an_order(sent: dict[str, str], value: Any) -> None:
    field = field_of(sent)
    assert field.data == value
    assert field.validate(None)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"FIRST__1": "1"}, "ranking"),
        ({"FIRST__1": "1", "FIRST__2": "1"}, "ranking"),
        ({"FIRST__1": "1", "FIRST__2": "3"}, "not_an_option"),
        ({"FIRST__1": "x", "FIRST__2": "1"}, "not_an_option"),
        ({"FIRST__1": "1", "FIRST__2": "2", "FIRST__missing": "-1"}, "one_or_other"),
    ],
)
def test_what_is_no_order_is_refused(sent: dict[str, str], code: str) -> None:
    field = field_of(sent)
    assert not field.validate(None)
    assert field.errors[0].code == code


def test_a_stored_order_is_shown_again() -> None:
    item = load(TINY / "ranking.yaml").items["FIRST"]
    shown = RankingField.raw(item, [9, 1])
    assert shown == {"FIRST__1": ["2"], "FIRST__2": [""], "FIRST__3": [""], "FIRST__9": ["1"]}
    assert field_of({name: texts[0] for name, texts in shown.items()}).data == [9, 1]


def test_strangers_rank_on_the_real_pages_and_the_store_keeps_their_order() -> None:
    report = try_pages(load(TINY / "ranking.yaml"), ["en"], visits=6)
    assert report.troubles == ()
    assert report.endings == {"complete": 7}

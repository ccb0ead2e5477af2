"""A frozen wave in the console: said in four languages, with what it forbids and how an erratum is made."""

from typing import Any

import pytest

from survey.i18n import translator
from survey.store import waves
from survey.store.engine import Database

PAGE = "/waves/kz-thb/2027"


@pytest.fixture
def frozen(released: None, database: Database) -> None:
    with database.writing() as session:
        waves.find_wave(session, "kz-thb/2027").state = "frozen"


@pytest.mark.parametrize("language", ["kk", "ru", "uz", "en"])
@pytest.mark.usefixtures("frozen")
def test_a_frozen_wave_says_so_and_what_it_forbids(director: Any, language: str) -> None:
    director.client.set_cookie("tolqyn-lang", language)
    shown = director.get(PAGE).text
    state = translator(language).gettext("Frozen")
    assert f"<dd>{state}</dd>" in shown
    assert "tolqyn release build kz-thb/2027 --erratum" in shown
    assert state in director.get("/waves").text
    assert language == "en" or state != "Frozen"


@pytest.mark.usefixtures("frozen")
def test_settings_design_quotas_and_record_of_a_frozen_wave_are_refused(director: Any) -> None:
    day = {"opens": "2027-05-10", "closes": "2027-06-30"}
    for path, given in (
        ("settings", {"organisation": "Another", "contact": "x", **day}),
        ("design", {"name": "cities", "target": "5"}),
        ("record/of/sponsor", {"en": "Somebody else", "ru": "x"}),
    ):
        sent = director.post(f"{PAGE}/{path}", page=PAGE, **given)
        assert sent.status_code == 409, (path, sent.status_code)


def test_released_is_no_word_for_published_in_any_language() -> None:
    """A release is data that stay in the office; `Нашр`, `жариял-` say that everybody may read them."""
    for language, published in (("kk", "ария"), ("uz", "ashr"), ("ru", "публик")):
        assert published not in translator(language).gettext("Released"), language

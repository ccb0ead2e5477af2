"""Dates, crosswise questions and words beside an option, as pages and as what is stored of them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from instruments import load
from survey.i18n import translator
from survey.interview.fields import FIELD_BUILDERS, Wording
from survey.interview.messages import message
from survey.interview.pages import Leaf, Press, Shown
from survey.keys import unseal
from survey.store import closing, waves
from survey.store.models import PageAnswer, SealedText

TINY = Path(__file__).resolve().parents[2] / "library"
LANGUAGES = ("kk", "ru", "uz", "en")
EXACT = ("VISIT__year", "VISIT__month", "VISIT__day")


def field_of(name: str, item: str, sent: Any) -> Any:
    """The bound field of an item of a tiny instrument."""
    questionnaire = load(TINY / f"{name}.yaml")
    found = questionnaire.items[item]
    form = BaseForm({item: FIELD_BUILDERS[found.kind](found, questionnaire.draw("x"))})
    form.process(MultiDict(sent))
    return form[item]


@pytest.mark.parametrize(
    ("item", "sent", "value"),
    [
        ("BORN", {"BORN__year": " 1987 "}, "1987"),
        ("BORN", {"BORN__year": "  "}, None),
        ("MOVED", {"MOVED__year": "2001", "MOVED__month": "09"}, "2001-09"),
        ("MOVED", {"MOVED__year": "", "MOVED__month": ""}, None),
        ("MOVED", {"MOVED__missing": "-2"}, -2),
        ("VISIT", dict(zip(EXACT, ("2024", "02", "29"), strict=True)), "2024-02-29"),
        ("VISIT", dict(zip(EXACT, ("2024", "3", "1"), strict=True)), "2024-03-01"),
    ],
)
def test_the_parts_of_a_date_become_one_text(item: str, sent: dict[str, str], value: Any) -> None:
    field = field_of("date", item, sent)
    assert field.data == value
    assert field.validate(None) or value is None


@pytest.mark.parametrize(
    ("item", "sent", "code"),
    [
        ("BORN", ("87",), "not_a_year"),
        ("BORN", ("१९८७",), "not_a_year"),
        ("BORN", ("1e39",), "not_a_year"),
        ("BORN", ("1919",), "date_too_early"),
        ("BORN", ("2027",), "date_too_late"),
        ("MOVED", ("2001", ""), "date_incomplete"),
        ("MOVED", ("", "5"), "date_incomplete"),
        ("MOVED", ("2001", "13"), "no_such_date"),
        ("VISIT", ("2025", "02", "31"), "no_such_date"),
        ("VISIT", ("2025", "02", "one"), "no_such_date"),
        ("VISIT", ("2025", "02", "001"), "no_such_date"),
        ("VISIT", ("2024", "01", "31"), "date_too_early"),
        ("VISIT", ("2026", "07", "01"), "date_too_late"),
    ],
)
def test_a_bad_date_has_one_message_in_each_language(item: str, sent: tuple[str, ...], code: str) -> None:
    names = (f"{item}__{part}" for part in ("year", "month", "day"))
    field = field_of("date", item, dict(zip(names, sent, strict=False)))
    assert not field.validate(None)
    (problem,) = field.errors
    assert problem.code == code
    said = {message(problem, translator(language)).words for language in LANGUAGES}
    assert len(said) == 4
    assert not any("{" in words or ".." in words for words in said)


def test_a_date_beside_a_don_t_know_is_one_too_many() -> None:
    field = field_of("date", "MOVED", {"MOVED__year": "2001", "MOVED__missing": "-1"})
    assert not field.validate(None)
    assert field.errors[0].code == "one_or_other"


def test_the_limits_of_a_date_are_said_in_words() -> None:
    assert " ".join(translator("ru").when("2024-02-01").split()) == "1 февраля 2024 г."
    assert " ".join(translator("kk").when("1990-01").split()) == "1990 ж. қаңтар"
    assert translator("en").when("1990") == "1990"
    assert translator("uz").months()[8] == "Sentabr"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_a_date_has_a_name_and_its_error_is_linked(visitor, language) -> None:
    person = visitor("date", language)
    person.send({"BORN__year": "1987", "MOVED__year": "2001", "MOVED__month": None})
    assert person.response.status_code == 422
    (group,) = person.page.xpath("//fieldset[@id='MOVED']")
    assert group.xpath("legend")[0].text_content().strip()
    controls = group.xpath(".//input[@type='text'] | .//select")
    assert len(controls) == 2
    for control in controls:
        assert control.xpath("ancestor::label")[0].text_content().strip()
        assert control.get("aria-describedby") == "MOVED-err"
        assert control.get("aria-invalid") == "true"
    assert person.words_at("MOVED")
    assert person.page.xpath("//*[@role='alert']//a/@href") == ["#MOVED"]
    months = [option.text for option in group.xpath(".//option[@value!='']")]
    assert months == list(translator(language).months())
    assert not person.page.xpath("//input[@type='date']")
    assert person.filled_in()["MOVED__year"] == ["2001"], "nothing typed is lost"


def test_a_date_is_stored_as_text_shown_again_and_routes(visitor, stored) -> None:
    person = visitor("date", "kk")
    person.send({"BORN__year": "1987", "MOVED__month": "09", "MOVED__year": "2001"})
    assert stored() == {"BORN": "1987", "MOVED": "2001-09"}
    assert person.page.xpath("//*[@id='SINCE']")
    person.get("q/1")
    filled = person.filled_in()
    assert (filled["BORN__year"], filled["MOVED__month"], filled["MOVED__year"]) == (
        ["1987"],
        ["09"],
        ["2001"],
    )
    person.send({"BORN__year": "1950", "MOVED__month": "", "MOVED__year": "", "MOVED__missing": "-1"})
    assert stored() == {"BORN": "1950", "MOVED": -1}
    assert not person.page.xpath("//*[@id='SINCE']")
    person.send({"VISIT__day": "29", "VISIT__month": "2", "VISIT__year": "2024"})
    assert person.path.endswith("/done")
    assert stored()["VISIT"] == "2024-02-29"


def test_a_date_left_blank_is_asked_about_once(visitor, stored) -> None:
    person = visitor("date", "uz")
    person.send({"BORN__year": "1987"})
    assert person.path.endswith("/q/1")
    assert person.words_at("MOVED")
    person.send()
    assert stored() == {"BORN": "1987", "MOVED": -5}


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_statements_and_both_answers_are_there_in_the_language(visitor, stored, language) -> None:
    person = visitor("crosswise", language)
    item = load(TINY / "crosswise.yaml").items["PAID"]
    statements = {entry.text_content().strip() for entry in person.page.xpath("//li[@data-name]")}
    assert statements == {item.innocuous[language], item.sensitive_item[language]}
    labels = person.page.xpath("//fieldset[@id='PAID']//div[@role='group']//label")
    assert [label.text_content().strip() for label in labels] == [
        option.label[language] for option in item.choices()
    ]
    person.send({"PAID": "2"})
    assert stored() == {"PAID": 2}
    assert person.path.endswith("/q/2")


@pytest.mark.parametrize("sent", ["3", "0", "-5", "both", ["1", "2"]])
def test_an_answer_that_is_not_offered_is_refused(visitor, rows, sent) -> None:
    person = visitor("crosswise", "en")
    person.send({"PAID": sent})
    assert person.response.status_code == 422
    assert person.words_at("PAID")


def test_a_page_kept_compiled_is_that_of_the_drawn_order_and_language() -> None:
    questionnaire = load(TINY / "crosswise.yaml")
    press, item = Press(), questionnaire.items["PAID"]
    seen: dict[tuple[str, str], set[str]] = {}
    for number in range(20):
        for language in LANGUAGES:
            draw = questionnaire.draw(str(number))
            words = Wording(language, (), questionnaire.missing_labels)
            html = press.items(Leaf(questionnaire, draw, words, translator(language)), [Shown(item)])
            first = item.shown_statements(draw)[0][1][language]
            other = item.shown_statements(draw)[1][1][language]
            assert html.index(first) < html.index(other)
            seen.setdefault((language, first), set()).add(html)
    assert len(seen) == 8
    assert all(len(pages) == 1 for pages in seen.values())


@pytest.fixture
def boxes(database, tmp_path):
    """Sealed words of the only ballot, opened with the key its owner took away."""

    def read() -> dict[str, str]:
        key = bytes.fromhex((tmp_path / "opinion.textkey").read_text().strip())
        with database.reading() as session:
            pages = session.scalars(select(PageAnswer)).all()
            return {name: unseal(key, box) for page in pages for name, box in (page.sealed or {}).items()}

    return read


BOTH = {"WORK": "9", "WORK_OTHER": "I mend boats", "MEDIA": "8", "MEDIA_OTHER": "at the well"}


def test_words_beside_a_chosen_option_are_sealed(visitor, stored, boxes) -> None:
    person = visitor("other", "en")
    person.send(BOTH)
    assert person.path.endswith("/q/2")
    assert stored() == {"WORK": 9, "WORK_OTHER": "sealed", "MEDIA": [8], "MEDIA_OTHER": "sealed"}
    assert boxes() == {"WORK_OTHER": "I mend boats", "MEDIA_OTHER": "at the well"}


def test_words_beside_an_option_not_chosen_are_not_kept(visitor, stored, boxes) -> None:
    person = visitor("other", "en")
    person.send(BOTH | {"WORK": "2", "MEDIA": ["1", "2"]})
    assert stored() == {"WORK": 2, "WORK_OTHER": "", "MEDIA": [1, 2], "MEDIA_OTHER": ""}
    assert boxes() == {}


def test_words_are_kept_shown_never_and_deleted_on_demand(visitor, stored, boxes) -> None:
    person = visitor("other", "en")
    person.send(BOTH)
    person.get("q/1")
    assert "boats" not in person.response.get_data(as_text=True)
    assert person.page.xpath("//*[@id='WORK_OTHER-kept']")
    person.send()
    assert boxes() == {"WORK_OTHER": "I mend boats", "MEDIA_OTHER": "at the well"}
    person.get("q/1")
    person.send({"WORK_OTHER": "I mend nets", "MEDIA_OTHER__clear": "1"})
    assert boxes() == {"WORK_OTHER": "I mend nets"}
    assert stored()["MEDIA_OTHER"] == ""


def test_who_takes_the_option_back_takes_the_words_back_even_by_switching_the_language(
    visitor, stored, boxes
) -> None:
    person = visitor("other", "en")
    person.send(BOTH)
    person.get("q/1")
    person.send({"WORK": "1"}, button=("lang", "ru"))
    assert boxes() == {"MEDIA_OTHER": "at the well"}
    assert (stored()["WORK"], stored()["WORK_OTHER"]) == (1, "")
    assert not person.page.xpath("//*[@id='WORK_OTHER-kept']")


def test_words_that_a_later_answer_routed_past_do_not_outlive_the_close(visitor, database, boxes) -> None:
    person = visitor("other", "en")
    person.send(BOTH)
    person.send({"WHY": "3", "WHY_OTHER": "on a whim"})
    person.get("q/1")
    person.send({"WORK": "2"})
    person.send({"LAST": "1"})
    assert person.path.endswith("/done")
    assert set(boxes()) == {"MEDIA_OTHER", "WHY_OTHER"}
    with database.writing() as session:
        wave = waves.find_wave(session, "opinion")
        closing.close_wave(session, wave, by="timur", two_person=False, today=date(2027, 5, 20))
    with database.reading() as session:
        assert set(session.scalars(select(SealedText.item))) == {"MEDIA_OTHER"}


def test_a_page_that_comes_back_loses_no_words(visitor, boxes) -> None:
    person = visitor("other", "en")
    person.send(BOTH | {"MEDIA": ["8", "9"]})
    assert person.response.status_code == 422
    assert person.filled_in()["MEDIA_OTHER"] == ["at the well"]
    assert person.filled_in()["WORK_OTHER"] == ["I mend boats"]
    assert boxes() == {}
    person.send({"MEDIA": "8"})
    assert boxes() == {"WORK_OTHER": "I mend boats", "MEDIA_OTHER": "at the well"}


def test_words_too_long_are_sent_back_with_their_message(visitor, boxes) -> None:
    person = visitor("other", "ru")
    person.send(BOTH | {"WORK_OTHER": "ы" * 61})
    assert person.response.status_code == 422
    assert "60" in person.words_at("WORK_OTHER")
    assert person.filled_in()["MEDIA_OTHER"] == ["at the well"]
    assert boxes() == {}


def test_an_empty_box_is_not_asked_about(visitor, stored) -> None:
    person = visitor("other", "en")
    person.send({"WORK": "9", "MEDIA": "8"})
    assert person.path.endswith("/q/2")
    assert (stored()["WORK_OTHER"], stored()["MEDIA_OTHER"]) == ("", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_box_follows_its_item_and_asks_for_no_names(visitor, language) -> None:
    person = visitor("other", language)
    questionnaire = load(TINY / "other.yaml")
    places = person.page.xpath("//form[@id='survey']//*[contains(@class, 'item')]/@id")
    assert places == ["WORK", "WORK_OTHER", "MEDIA", "MEDIA_OTHER"]
    (box,) = person.page.xpath("//*[@id='WORK_OTHER']")
    words = " ".join(box.text_content().split())
    assert questionnaire.texts["free_text_notice"][language] in words
    label = box.xpath("label[@for='WORK_OTHER-in']")[0].text_content()
    option = questionnaire.items["WORK_OTHER"].option[language]
    assert label == f"{option} {questionnaire.items['WORK_OTHER'].text[language]}"
    assert words.count(option) == 2, "heard in the label, read below the box"

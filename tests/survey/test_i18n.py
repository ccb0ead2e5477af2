"""Catalogues: complete, with the source's placeholders, and numbers as each language writes them."""

import re
from datetime import date

import pytest
from babel.messages.pofile import read_po

from survey import i18n
from survey.config import LANGUAGES

PLACEHOLDER = re.compile(r"\{\w+\}")
TRANSLATED = [language for language in LANGUAGES if language != i18n.SOURCE]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_lacks_words(language: str) -> None:
    assert i18n.untranslated(language) == ()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_what_its_source_fills(language: str) -> None:
    with (i18n.FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        translations = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set(PLACEHOLDER.findall(sources[-1]))
        if sources[0]:
            assert not message.fuzzy, message.id
            assert all(set(PLACEHOLDER.findall(words)) <= wanted for words in translations), message.id
            assert set(PLACEHOLDER.findall(translations[-1])) == wanted, message.id


def test_the_source_language_speaks_for_itself() -> None:
    say = i18n.translator("en")
    assert say.gettext("Page {n}", n=3) == "Page 3"
    assert say.ngettext("{n} answer", "{n} answers", 1) == "1 answer"
    assert say.ngettext("{n} answer", "{n} answers", 1200) == "1,200 answers"


def test_a_missing_catalogue_is_no_silent_english() -> None:
    assert len(i18n.untranslated("fr")) > 10


def test_numbers_and_days_are_written_as_each_language_does() -> None:
    assert i18n.translator("ru").number(1234.5) == "1\u00a0234,5"
    assert i18n.translator("ru").date(date(2027, 5, 3)) == "3 мая 2027\u202fг."
    assert "мамыр" in i18n.translator("kk").date(date(2027, 5, 3))
    assert "may" in i18n.translator("uz").date(date(2027, 5, 3))

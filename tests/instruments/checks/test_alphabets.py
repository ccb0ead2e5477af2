"""Letters of a language: words in another one and copies are found, names and numbers pass."""

import pytest

from instruments.checks.alphabets import copied, foreign


@pytest.mark.parametrize(
    ("text", "language", "source"),
    [
        ("Область Жетісу", "ru", "Zhetysu region"),
        ("Мессенджеры (WhatsApp, Telegram)", "ru", "Messengers (WhatsApp, Telegram)"),
        ("Oʻrta maʼlumot", "uz", "Secondary education"),
        ("65+", "kk", "65+"),
        ("Радио", "kk", "Radio"),
        ("{contact} 116 16", "ru", "{contact} 116 16"),
    ],
)
def test_names_numbers_and_short_words_pass_the_alphabet_test(text: str, language: str, source: str) -> None:
    assert foreign(text, language, source) == ""
    assert not copied(text, source)


def test_a_straight_apostrophe_in_uzbek_is_found() -> None:
    assert foreign("O'rta ma'lumot", "uz", "Secondary education")
    assert foreign("Oʻrta maʼlumot", "uz", "Secondary education") == ""

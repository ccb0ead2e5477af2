"""Which letters a language is written with, and whether words could be in it."""

import re
from collections.abc import Mapping
from functools import lru_cache

from instruments.wording import PLACEHOLDER

LATIN = "abcdefghijklmnopqrstuvwxyz"
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
KAZAKH_ONLY = "әғқңөұүһі"
ALPHABETS: Mapping[str, frozenset[str]] = {
    "en": frozenset(LATIN),
    "uz": frozenset(LATIN + "ʻʼ"),
    "ru": frozenset(RUSSIAN),
    "kk": frozenset(RUSSIAN + KAZAKH_ONLY),
}
LEAST_SHARE = 0.8
"""Share of letters that must be of the language; names of places may hold others."""
LONG = 40
"""From this many letters on, Kazakh always shows one of its own."""
WORD = re.compile(r"[^\W\d_]+(?:[ʻʼ'’‘`-][^\W\d_]+)*")
LATIN_LETTER = re.compile(f"[{LATIN}]")
CYRILLIC_LETTER = re.compile(f"[{RUSSIAN}{KAZAKH_ONLY}]")
STRAIGHT = re.compile(r"[og]['’‘`]", re.IGNORECASE)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, placeholders left out."""
    return tuple(WORD.findall(PLACEHOLDER.sub(" ", text)))


@lru_cache(maxsize=4096)
def foreign(text: str, language: str, source: str) -> str:
    """What shows that a text is not in this language, or nothing. Words of the source are left out.

    Remembered: each gate of a wave asks for all texts of the same questionnaire again.
    """
    alphabet = ALPHABETS.get(language)
    if alphabet is None:
        return ""
    shared = set(words_of(source)) if language != "en" else set()
    words = [word for word in words_of(text) if word not in shared]
    if mixed := next((word for word in words if _mixed(word)), ""):
        return f"Latin and Cyrillic letters in one word: {mixed}"
    if language == "uz" and (match := STRAIGHT.search(text)):
        return f"{match[0]} with a wrong mark"
    letters = [letter for word in words for letter in word.casefold() if letter.isalpha()]
    own = [letter for letter in letters if letter in alphabet]
    if letters and len(own) < LEAST_SHARE * len(letters):
        return f"{len(letters) - len(own)} of {len(letters)} letters of another alphabet"
    if language == "kk" and len(letters) >= LONG and not set(letters) & set(KAZAKH_ONLY):
        return "a long text without one Kazakh letter"
    return ""


def copied(text: str, source: str) -> bool:
    """Whether a translation only repeats its source: two or more words, all the same."""
    words = [word.casefold() for word in words_of(text)]
    return len(words) >= 2 and words == [word.casefold() for word in words_of(source)]


def _mixed(word: str) -> bool:
    folded = word.casefold()
    return bool(LATIN_LETTER.search(folded) and CYRILLIC_LETTER.search(folded))

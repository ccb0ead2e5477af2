"""An item in, the item with an "other" answer and room for its words out."""

from collections.abc import Mapping
from typing import Any

from instruments.exchange.draft import Raw

OTHER: Mapping[str, str] = {"en": "Other", "ru": "Другое", "kk": "Басқа", "uz": "Boshqa"}
SAY_WHAT: Mapping[str, str] = {
    "en": "Please say what",
    "ru": "Укажите, что именно",
    "kk": "Нақты не екенін жазыңыз",
    "uz": "Aynan nima ekanini yozing",
}
LONGEST = 200
SUFFIX = "_OTHER"


def in_languages(words: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    """The words in those languages they exist in; in another source language the English ones."""
    return {code: words[code] for code in languages if code in words} or {languages[0]: words["en"]}


def free_code(options: Mapping[str, Any]) -> int:
    """A code no option has: the next number."""
    return max((int(code) for code in options), default=0) + 1


def with_other(
    raw: Raw, languages: tuple[str, ...], label: Mapping[str, str] | None = None
) -> tuple[Raw, int]:
    """The item with a further option for other answers and room for its words; and the option's code."""
    code = free_code(raw["options"])
    words = dict(label or in_languages(OTHER, languages))
    other = {"code": code, "text": in_languages(SAY_WHAT, languages), "max_len": LONGEST}
    return {**raw, "options": {**raw["options"], str(code): words}, "other": other}, code

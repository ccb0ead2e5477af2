"""An "other" answer with room for words: the format's own key where there is one, else a second item."""

from collections.abc import Mapping
from typing import Any

from instruments.exchange.draft import Raw, reads, takes_other

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
    name: str, raw: Raw, languages: tuple[str, ...], label: Mapping[str, str] | None = None
) -> tuple[Raw, dict[str, Raw], int]:
    """The item with a further option for other answers, items that must follow it, and the option's code."""
    code = free_code(raw["options"])
    words = dict(label or in_languages(OTHER, languages))
    ask = in_languages(SAY_WHAT, languages)
    full: Raw = {**raw, "options": {**raw["options"], str(code): words}}
    if takes_other(raw["kind"]):
        companion = {**full, "other": {"code": code, "text": ask, "max_len": LONGEST}}
        shown = {"text": ask, **companion}
        plain = {key: value for key, value in shown.items() if key != "show_if"}
        if reads(raw["kind"], plain, languages[0]):
            return companion, {}, code
    item: Raw = {"kind": "text", "max_len": LONGEST, "show_if": {"item": name, "eq": code}, "text": ask}
    return full, {f"{name}{SUFFIX}": item}, code

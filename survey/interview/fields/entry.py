"""Typed answers: what was typed in, a number, digits or words out."""

import re
from typing import Any

from werkzeug.datastructures import MultiDict

from instruments import Digits, Draw, Item, Number, OpenText, OtherText, Problem
from survey.interview.fields.base import (
    MISSING,
    ItemField,
    Raw,
    ReadError,
    Wording,
    missing_beside,
    raw_beside,
)

CLEAR = "__clear"
"""Ends the name of the check box that deletes a stored text."""
STORED = "__stored"
"""Ends the name under which a page is told that a text is stored; no form has such a field."""
WHOLE = re.compile(r"([-−]?)([0-9]+)")
BETWEEN_DIGITS = str.maketrans("", "", " \u00a0\u202f-–()+.")


class NumberField(ItemField):
    """A whole number. What is out of range is still read: an exit may depend on it."""

    item: Number
    template = "items/number.html"

    def read(self, sent: MultiDict[str, str]) -> int | None:
        """The number, or the missing code ticked beside it."""
        typed = sent.get(self.item.id, "").strip()
        missing = missing_beside(self.item, sent, typed)
        if not typed:
            return missing
        found = WHOLE.fullmatch(typed)
        if found is None:
            raise ReadError(Problem("not_a_number", {"value": typed[:40]}))
        if found[1]:
            raise ReadError(Problem("too_small", {"min": self.item.min}))
        return int(found[2].lstrip("0")[:10] or "0")

    @classmethod
    def raw(cls, item: Item, value: Any) -> dict[str, list[str]]:
        """The number or the ticked box."""
        return raw_beside(item, value)

    @classmethod
    def parts(cls, item: Number, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """What was typed, the range, the unit."""
        return {
            **_typed(item, words, raw),
            "low": item.min,
            "high": item.max,
            "length": max(len(str(item.max)), 3),
            "unit": words.say(item.unit),
        }


class DigitsField(ItemField):
    """A string of digits, however grouped."""

    template = "items/number.html"

    def read(self, sent: MultiDict[str, str]) -> str | int | None:
        """The bare digits, or the missing code ticked beside them."""
        typed = sent.get(self.item.id, "").strip()
        missing = missing_beside(self.item, sent, typed)
        return typed.translate(BETWEEN_DIGITS) or typed if typed else missing

    @classmethod
    def raw(cls, item: Item, value: Any) -> dict[str, list[str]]:
        """The digits or the ticked box."""
        return raw_beside(item, value)

    @classmethod
    def parts(cls, item: Digits, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """What was typed; room for spaces between the digits."""
        return {**_typed(item, words, raw), "length": 2 * item.max_len}


class TextField(ItemField):
    """Free words; once stored they are sealed and never shown again."""

    template = "items/text.html"
    asks = False
    echoes = False
    blank = ""

    def read(self, sent: MultiDict[str, str]) -> str | None:
        """The words without surrounding space."""
        return sent.get(self.item.id, "").replace("\r\n", "\n").strip() or None

    @classmethod
    def raw(cls, item: Item, value: Any) -> dict[str, list[str]]:
        """Only that there is a text."""
        return {item.id + STORED: ["1"]} if isinstance(value, str) and value else {}

    @classmethod
    def parts(cls, item: OpenText, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """What was typed, how much may be, whether a text is stored."""
        return {
            "typed": "".join(raw.get(item.id, ())),
            "length": item.max_len,
            "stored": item.id + STORED in raw,
            "clear": item.id + CLEAR in raw,
            "option": words.say(item.option) if isinstance(item, OtherText) else "",
        }


def cleared(item: Item, sent: MultiDict[str, str]) -> bool:
    """Whether the respondent asked to delete a stored text."""
    return sent.get(item.id + CLEAR) == "1"


def _typed(item: Number | Digits, words: Wording, raw: Raw) -> dict[str, Any]:
    return {
        "typed": "".join(raw.get(item.id, ())),
        "apart": words.apart(item, raw.get(item.id + MISSING, ())),
    }

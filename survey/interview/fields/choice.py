"""One or several of the options: codes as sent in, a code or a sorted list of codes out."""

from collections.abc import Hashable
from typing import Any

from werkzeug.datastructures import MultiDict

from instruments import Draw, Item, Problem, SeveralOf, SingleChoice
from survey.interview.fields.base import ItemField, Raw, ReadError, Wording, code, one_code


class SingleField(ItemField):
    """Radio buttons, or a drop-down."""

    template = "items/single.html"
    box = "radio"

    def read(self, sent: MultiDict[str, str]) -> int | None:
        """The chosen code."""
        return one_code(self.item, sent)

    @classmethod
    def parts(cls, item: SingleChoice, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """Options as drawn, missing kinds apart."""
        chosen = raw.get(item.id, ())
        return {
            "choices": _choices(item, words, draw, chosen),
            "apart": words.apart(item, chosen),
            "display": item.display,
        }

    @classmethod
    def variant(cls, item: SingleChoice, draw: Draw) -> Hashable:
        """A scale has two directions, a random order too many forms to keep."""
        if item.random_options:
            return None
        return "reversed" if item.scale and draw.reversed(item.scale) else "as written"


class SeveralField(ItemField):
    """Check boxes; a missing kind stands alone."""

    template = "items/several.html"
    box = "checkbox"

    def read(self, sent: MultiDict[str, str]) -> list[int] | int | None:
        """The ticked codes, sorted, each once."""
        ticked = sorted({code(self.item, text) for text in sent.getlist(self.item.id) if text})
        if not ticked or ticked[0] >= 0:
            return ticked or None
        if len(ticked) > 1:
            raise ReadError(Problem("exclusive"))
        return ticked[0]

    @classmethod
    def raw(cls, item: Item, value: Any) -> dict[str, list[str]]:
        """Every ticked code."""
        return {item.id: [str(entry) for entry in (value if isinstance(value, list) else [value])]}

    @classmethod
    def parts(cls, item: SeveralOf, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """Options as drawn, missing kinds apart, the limit."""
        chosen = raw.get(item.id, ())
        return {
            "choices": _choices(item, words, draw, chosen),
            "apart": words.apart(item, chosen),
            "max": item.max,
        }

    @classmethod
    def variant(cls, item: SeveralOf, draw: Draw) -> Hashable:
        """A random order has too many forms to keep."""
        return None if item.random_options else ""


def _choices(
    item: SingleChoice | SeveralOf, words: Wording, draw: Draw, chosen: Any
) -> list[tuple[str, str, bool]]:
    return [
        (str(option.code), words.say(option.label), str(option.code) in chosen)
        for option in item.shown_options(draw)
    ]

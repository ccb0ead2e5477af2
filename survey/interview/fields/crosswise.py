"""Two statements answered as one: a code as sent in, 1 or 2 out."""

from collections.abc import Hashable
from typing import Any

from werkzeug.datastructures import MultiDict

from instruments import Crosswise, Draw
from survey.interview.fields.base import ItemField, Raw, Wording, one_code


class CrosswiseField(ItemField):
    """Both statements in the drawn order, and a radio button for each of the two answers."""

    template = "items/crosswise.html"

    def read(self, sent: MultiDict[str, str]) -> int | None:
        """The answer, or a missing code."""
        return one_code(self.item, sent)

    @classmethod
    def parts(cls, item: Crosswise, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """Statements with their names, the two answers, missing kinds apart."""
        chosen = raw.get(item.id, ())
        return {
            "statements": [(name, words.say(text)) for name, text in item.shown_statements(draw)],
            "choices": [
                (str(option.code), words.say(option.label), str(option.code) in chosen)
                for option in item.choices()
            ],
            "apart": words.apart(item, chosen),
        }

    @classmethod
    def variant(cls, item: Crosswise, draw: Draw) -> Hashable:
        """Which statement stands first."""
        return draw.order(item.id)[0]

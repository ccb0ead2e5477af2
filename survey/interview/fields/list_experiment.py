"""How many of a list: a count as sent in, a number out."""

from collections.abc import Hashable
from typing import Any

from werkzeug.datastructures import MultiDict

from instruments import Draw, ListExperiment
from survey.interview.fields.base import ItemField, Raw, Wording, one_code


class ListExperimentField(ItemField):
    """The list of the respondent's group in its drawn order, and a radio button for each possible count."""

    template = "items/list_experiment.html"

    def read(self, sent: MultiDict[str, str]) -> int | None:
        """The count, or a missing code."""
        return one_code(self.item, sent)

    @classmethod
    def parts(cls, item: ListExperiment, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """Statements with their names, counts from none to all, missing kinds apart."""
        chosen = raw.get(item.id, ())
        counts = [(str(n), str(n), str(n) in chosen) for n in range(item.highest(draw) + 1)]
        names = [name for name in draw.order(item.id) if name in item.control or draw.group(item.id) > 1]
        statements = [words.say(text) for text in item.shown_list(draw)]
        return {
            "statements": list(zip(names, statements, strict=True)),
            "choices": counts,
            "apart": words.apart(item, chosen),
        }

    @classmethod
    def variant(cls, item: ListExperiment, draw: Draw) -> Hashable:
        """The drawn order has too many forms to keep."""
        return None

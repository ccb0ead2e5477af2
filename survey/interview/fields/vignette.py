"""A situation to read, in the version drawn for the respondent: nothing in, nothing out."""

from collections.abc import Hashable
from typing import Any

from instruments import Draw, Vignette
from survey.interview.fields.base import ItemField, Raw, Wording


class VignetteField(ItemField):
    """One cell of a vignette."""

    template = "items/vignette.html"
    asks = False

    @classmethod
    def parts(cls, item: Vignette, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """The drawn cell and its whole text."""
        return {"cell": draw.cell(item.id), "situation": words.say(item.shown_text(draw))}

    @classmethod
    def variant(cls, item: Vignette, draw: Draw) -> Hashable:
        """The drawn cell."""
        return draw.cell(item.id)

"""Options put in order: a place picked beside each option in, the list of codes by place out."""

from collections.abc import Hashable
from typing import Any

from werkzeug.datastructures import MultiDict

from instruments import Draw, Problem, Ranking
from survey.interview.fields.base import (
    CODE,
    MISSING,
    ItemField,
    Raw,
    ReadError,
    Wording,
    missing_beside,
    raw_beside,
)


class RankingField(ItemField):
    """A drop-down of places beside each option: dragging needs a script and a steady hand."""

    item: Ranking
    template = "items/ranking.html"

    def read(self, sent: MultiDict[str, str]) -> list[int] | int | None:
        """The codes from the first place on, or the missing code ticked beside. Raises ReadError."""
        given = {code: sent.get(name, "").strip() for code, name in _names(self.item).items()}
        missing = missing_beside(self.item, sent, "".join(given.values()))
        if not any(given.values()):
            return missing
        places: dict[int, int] = {}
        for code, text in given.items():
            if not text:
                continue
            place = int(text) if CODE.fullmatch(text) else 0
            if not 1 <= place <= self.item.places:
                raise ReadError(Problem("not_an_option", {"value": text[:40]}))
            if place in places:
                raise ReadError(Problem("ranking", {"max": self.item.places}))
            places[place] = code
        if len(places) < self.item.places:
            raise ReadError(Problem("ranking", {"max": self.item.places}))
        return [places[place] for place in sorted(places)]

    @classmethod
    def raw(cls, item: Ranking, value: Any) -> dict[str, list[str]]:  # type: ignore[override]
        """The place of each option or the ticked box."""
        if isinstance(value, int):
            return raw_beside(item, value)
        place = {code: str(number) for number, code in enumerate(value, start=1)}
        return {name: [place.get(code, "")] for code, name in _names(item).items()}

    @classmethod
    def parts(cls, item: Ranking, words: Wording, draw: Draw, raw: Raw) -> dict[str, Any]:
        """Options in the drawn order, each with its field's name and the place picked; the places."""
        names = _names(item)
        return {
            "names": [names[option.code] for option in item.options],
            "rows": [
                (names[option.code], words.say(option.label), "".join(raw.get(names[option.code], ())))
                for option in item.shown_options(draw)
            ],
            "places": [str(place) for place in range(1, item.places + 1)],
            "apart": words.apart(item, raw.get(item.id + MISSING, ())),
        }

    @classmethod
    def variant(cls, item: Ranking, draw: Draw) -> Hashable:
        """The order of the options, where chance decides it."""
        return None if item.random_options else ""


def _names(item: Ranking) -> dict[int, str]:
    """The form field of each option."""
    return {option.code: f"{item.id}__{option.code}" for option in item.options}

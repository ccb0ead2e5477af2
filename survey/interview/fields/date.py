"""A date typed in parts: year, month and day as sent in, ISO text cut to the item's precision out."""

import re
from typing import Any

from werkzeug.datastructures import MultiDict

from instruments import Date, Problem
from survey.i18n import translator
from survey.interview.fields.base import (
    MISSING,
    ItemField,
    Raw,
    ReadError,
    Wording,
    missing_beside,
    raw_beside,
)

YEAR, SHORT = re.compile(r"[0-9]{4}"), re.compile(r"[0-9]{1,2}")


class DateField(ItemField):
    """Small text fields for year and day, a drop-down for the month: nothing depends on the browser."""

    item: Date
    template = "items/date.html"

    def read(self, sent: MultiDict[str, str]) -> str | int | None:
        """The date, whether or not the calendar has it, or the missing code ticked beside it."""
        typed = [sent.get(name, "").strip() for name in _names(self.item)]
        missing = missing_beside(self.item, sent, "".join(typed))
        if not any(typed):
            return missing
        if not all(typed):
            raise ReadError(Problem("date_incomplete"))
        year, *rest = typed
        if not YEAR.fullmatch(year):
            raise ReadError(Problem("not_a_year"))
        if not all(map(SHORT.fullmatch, rest)):
            raise ReadError(Problem("no_such_date"))
        return "-".join([year, *(part.zfill(2) for part in rest)])

    @classmethod
    def raw(cls, item: Date, value: Any) -> dict[str, list[str]]:  # type: ignore[override]
        """The parts or the ticked box."""
        if isinstance(value, int):
            return raw_beside(item, value)
        return {name: [part] for name, part in zip(_names(item), value.split("-"), strict=True)}

    @classmethod
    def parts(cls, item: Date, words: Wording, draw: Any, raw: Raw) -> dict[str, Any]:
        """Names in ISO order, what was typed in each part, the months' names, the range."""
        typed = {
            part: "".join(raw.get(name, ())) for part, name in zip(item.parts, _names(item), strict=True)
        }
        months = translator(words.language).months()
        return {
            "names": dict(zip(item.parts, _names(item), strict=True)),
            "typed": typed,
            "months": [
                (f"{number:02}", name, f"{number:02}" == typed.get("month", "").zfill(2))
                for number, name in enumerate(months, start=1)
            ],
            "low": item.min,
            "high": item.max,
            "apart": words.apart(item, raw.get(item.id + MISSING, ())),
        }


def _names(item: Date) -> tuple[str, ...]:
    """The form fields of the item, in the order of an ISO date."""
    return tuple(f"{item.id}__{part}" for part in item.parts)

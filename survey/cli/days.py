"""A day as it is typed in, a moment at its midnight out; a refusal that says how days are written."""

import re
from datetime import datetime

import click

OFFICE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
"""A day as offices write it, the month in the middle."""


class Day(click.ParamType):
    """YYYY-MM-DD."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | None:
        """The day's first moment; a usage error with what to type otherwise."""
        if value is None or isinstance(value, datetime):
            return value
        typed = str(value).strip()
        found = _read(typed)
        if found is None:
            other = OFFICE.fullmatch(typed)
            meant = _read(f"{other[3]}-{other[2]:0>2}-{other[1]:0>2}") if other else None
            remedy = f"; type {meant:%Y-%m-%d}" if meant else ""
            self.fail(f"expected a day of the calendar as 2027-05-10; found {typed!r}{remedy}", param, ctx)
        return found


def _read(typed: str) -> datetime | None:
    try:
        return datetime.strptime(typed, "%Y-%m-%d")
    except ValueError:
        return None


DAY = Day()

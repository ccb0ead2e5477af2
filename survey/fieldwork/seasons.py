"""A first and a last day in, the feasts, holidays, harvests and votes that fall between them out.

The days stand with their sources in calendar-days.yaml; an office adds its own in TOLQYN_HOME/calendar.yaml.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from survey.refusal import Reason, Refused, Said

FILE = "calendar-days.yaml"
OWN = "calendar.yaml"
STALE_DAYS = 200
"""Votes are called, and the year's feasts announced, more often than this."""
OFFICIAL, COMPUTED, USUAL = "official", "computed", "usual"
"""Announced; from the arithmetic calendar, which may be two days off; as in other years."""
RAMADAN, SHAWWAL, DHU_AL_HIJJA = 9, 10, 12
FEAST = timedelta(days=2)
"""Both feasts last three days."""
KINDS = {
    "ramadan": Said("Ramadan: evenings belong to the family, and fewer people answer"),
    "oraza_ait": Said("Oraza Ait: people visit each other"),
    "kurban_ait": Said("Kurban Ait: people visit each other"),
    "nauryz": Said("Nauryz falls into the field: fewer people answer"),
    "harvest": Said("Harvest: in villages people are on the fields from morning to night"),
    "school": Said("School holidays: families are away"),
    "vote_silence": Said("Nothing related to the vote may be published, to the end of the voting day"),
    "vote": Said("A vote: answers on the state, the police and the courts may move with it"),
}


@dataclass(frozen=True)
class Span:
    """Days of one kind, the first and the last included."""

    kind: str
    first: date
    last: date
    source: str
    stands: str = OFFICIAL
    note: str = ""

    def touches(self, first: date, last: date) -> bool:
        """Whether any day lies between them."""
        return self.first <= last and self.last >= first


@dataclass(frozen=True)
class Seasons:
    """All that is known of such days."""

    checked: date
    islamic: Mapping[int, Mapping[str, tuple[date, date]]]
    islamic_source: Mapping[int, str]
    islamic_place: str
    yearly: tuple[tuple[str, str, str, str], ...]
    school: tuple[Span, ...]
    school_usual: tuple[tuple[str, str], ...]
    school_source: str
    votes: tuple[tuple[date, str, str], ...]
    silent_days: int
    campaign_days: int

    def between(self, first: date, last: date) -> tuple[Span, ...]:
        """Every span that touches these days, in their order."""
        years = range(first.year - 1, last.year + 2)
        spans = [each for year in years for each in self._of(year)]
        spans += [span for vote in self.votes for span in self._of_vote(*vote)]
        found = {each for each in spans if each.touches(first, last)}
        return tuple(sorted(found, key=lambda each: (each.first, each.kind)))

    def near_votes(self, first: date, last: date) -> tuple[tuple[date, str], ...]:
        """Votes in whose campaign these days lie, or on which they are."""
        campaign = timedelta(days=self.campaign_days)
        return tuple((day, what) for day, what, _ in self.votes if day - campaign <= last and first <= day)

    def is_stale(self, today: date) -> bool:
        """Whether somebody should look the days up again."""
        return (today - self.checked).days > STALE_DAYS

    def _of(self, year: int) -> Iterator[Span]:
        if year in self.islamic:
            source = self.islamic_source.get(year, self.islamic_place)
            for kind, (first, last) in self.islamic[year].items():
                yield Span(kind, first, last, source)
        else:
            yield from _computed(year, self.islamic_place)
        for kind, first_day, last_day, source in self.yearly:
            yield Span(kind, _day(year, first_day), _day(year, last_day), source)
        for first_day, last_day in self.school_usual:
            first = _day(year, first_day)
            last = _day(year + (last_day < first_day), last_day)
            if not any(each.touches(first - FEAST, last + FEAST) for each in self.school):
                yield Span("school", first, last, self.school_source, USUAL)
        yield from (each for each in self.school if each.first.year == year)

    def _of_vote(self, day: date, what: str, source: str) -> Iterator[Span]:
        yield Span("vote_silence", day - timedelta(days=self.silent_days), day, source, note=what)
        yield Span("vote", day, day, source, note=what)


def seasons(home: Path | None = None) -> Seasons:
    """The days that come along, with the office's own. Raises Refused for a file of its own that is wrong."""
    own = home / OWN if home else None
    return _read(str(own), own.stat().st_mtime_ns) if own is not None and own.is_file() else _shipped()


def hijri_day(year: int, month: int, day: int = 1) -> date:
    """A day of the Islamic calendar by arithmetic (civil, 30-year cycle): within two days of what is seen."""
    days = (11 * year + 3) // 30 + 354 * year + 30 * month - (month - 1) // 2 + day - 385
    return date.fromordinal(days + EPOCH)


EPOCH = 1_948_440 - 1_721_425
"""Julian day of 1 Muharram 1 (16 July 622, Julian), as `date.toordinal` counts."""


def _computed(year: int, source: str) -> Iterator[Span]:
    """Feasts that begin in the year, where nobody has announced them yet."""
    about = round((year - 622) * 365.2425 / 354.367)
    for hijri in range(about - 1, about + 3):
        fast, feast = hijri_day(hijri, RAMADAN), hijri_day(hijri, SHAWWAL)
        offering = hijri_day(hijri, DHU_AL_HIJJA, 10)
        if fast.year == year:
            yield Span("ramadan", fast, feast - timedelta(days=1), source, COMPUTED)
        if feast.year == year:
            yield Span("oraza_ait", feast, feast + FEAST, source, COMPUTED)
        if offering.year == year:
            yield Span("kurban_ait", offering, offering + FEAST, source, COMPUTED)


def _day(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_and_day}")


@lru_cache(maxsize=1)
def _shipped() -> Seasons:
    return _seasons(_as_text(files(__package__).joinpath(FILE).read_text("utf-8")), {})


@lru_cache(maxsize=4)
def _read(path: str, _changed: int) -> Seasons:
    """With the office's own file, read again when it changed."""
    try:
        own = _as_text(Path(path).read_text("utf-8"))
        shipped = _as_text(files(__package__).joinpath(FILE).read_text("utf-8"))
        return _seasons(shipped, own or {})
    except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        expected = "days as calendar-days.yaml writes them: votes: {days: [{day: 2027-10-10, what: …}]}"
        hint = "the form stands in survey/fieldwork/calendar-days.yaml and docs/guide/fieldwork.md"
        raise Refused(Reason(expected, str(error)[:200], hint, rule="calendar", file=path)) from error


def _as_text(content: str) -> Any:
    """Every value as it is written: 03-20 is a day and no sum."""
    return yaml.load(content, yaml.BaseLoader)  # noqa: S506  it makes text, lists and mappings only


def _seasons(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> Seasons:
    islamic, school, votes = shipped["islamic"], shipped["school"], shipped["votes"]
    mine = own.get("islamic", {})
    years = {**islamic["years"], **mine.get("years", {})}
    checked = max(date.fromisoformat(each["checked"]) for each in (shipped, own) if "checked" in each)
    holidays = [*school["years"], *own.get("school", {}).get("years", ())]
    days = [*votes["days"], *own.get("votes", {}).get("days", ())]
    return Seasons(
        checked,
        {int(y): {kind: _pair(pair) for kind, pair in given.items()} for y, given in years.items()},
        {int(y): s for y, s in {**islamic["sources"], **mine.get("sources", {})}.items()},
        islamic["source"],
        tuple((e["kind"], e["first"], e["last"], e["source"]) for e in shipped["yearly"]),
        tuple(Span("school", *_pair((e["first"], e["last"])), e.get("source", OWN)) for e in holidays),
        tuple((first, last) for first, last in school["usual"]),
        school["source"],
        tuple((date.fromisoformat(e["day"]), e["what"], e.get("source", OWN)) for e in days),
        int(votes["silent_days"]),
        int(votes["campaign_days"]),
    )


def _pair(given: Any) -> tuple[date, date]:
    first, last = (date.fromisoformat(each) for each in given)
    if last < first:
        raise ValueError(f"{last} is before {first}")
    return first, last

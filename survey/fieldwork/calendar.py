"""Waves in, the days that matter to the office out: a list, warnings, an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from instruments import FRESH_DAYS
from survey.fieldwork.seasons import COMPUTED, KINDS, OFFICIAL, USUAL, Seasons, Span
from survey.refusal import Said
from survey.store.base import CLOSED
from survey.store.models import Wave
from survey.store.protection import VERIFIED, day_of

WIDTH = 74
"""Bytes of a line before it is folded."""
WORLD_DAY = (7, 30)
"""The World Day against Trafficking in Persons, for which the annual report is awaited."""
REPORT_WEEKS = 6
"""From the last day of fieldwork to a report."""
OF_VOTES = ("vote_silence", "vote")
"""What matters until the report is out; all other spans matter while people are asked."""
STANDS = {
    OFFICIAL: Said("announced"),
    COMPUTED: Said("computed: may move by two days"),
    USUAL: Said("as in other years: look the days up"),
}


@dataclass(frozen=True)
class Day:
    """One day that matters."""

    day: date
    wave: str
    what: str
    kind: str
    until: date | None = None
    """Of several days, the last."""
    stands: str = OFFICIAL
    source: str = ""


def calendar_of(waves: Iterable[Wave], known: Seasons) -> tuple[Day, ...]:
    """Each wave's days, in their order."""
    days = [each for wave in waves for each in (*_of(wave), *_seasonal(wave, known))]
    return tuple(sorted(days, key=lambda each: (each.day, each.wave, each.kind)))


def season_notes(wave: Wave, known: Seasons, today: date) -> list[Said]:
    """What somebody who sets or opens these days should know."""
    first, last = wave.opens, wave.closes
    notes = [
        Said(
            "{first} to {last}: {what} ({stands})",
            first=span.first,
            last=span.last,
            what=KINDS[span.kind],
            stands=STANDS[span.stands],
        )
        for span in _touching(wave, known)
    ]
    notes += [
        Said(
            "a vote on {day} ({what}): no question may touch it; a poll about a vote needs five years of "
            "experience and notice to the Central Election Commission",
            day=day,
            what=what,
        )
        for day, what in known.near_votes(first, last)
    ]
    if known.is_stale(today):
        notes.append(
            Said(
                "the days of feasts and votes were last looked up on {day}: look whether a vote was called "
                "(election.gov.kz)",
                day=known.checked,
            )
        )
    return notes


def season_difference(wave: Wave, earlier: str, dates: tuple[date, date], known: Seasons) -> list[Said]:
    """Seasons in which one of two waves was asked and the other was not: a change may be theirs."""
    mine = {span.kind for span in known.between(wave.opens, wave.closes)} - set(OF_VOTES)
    theirs = {span.kind for span in known.between(*dates)} - set(OF_VOTES)
    here = "not so in wave {wave}, so a change may be the season's: {what}"
    there = "so in wave {wave} and not now, so a change may be the season's: {what}"
    return [
        *(Said(here, wave=earlier, what=KINDS[each]) for each in sorted(mine - theirs)),
        *(Said(there, wave=earlier, what=KINDS[each]) for each in sorted(theirs - mine)),
    ]


def _touching(wave: Wave, known: Seasons) -> list[Span]:
    out = wave.closes + timedelta(weeks=REPORT_WEEKS)
    spans = [span for span in known.between(wave.opens, wave.closes) if span.kind not in OF_VOTES]
    return spans + [span for span in known.between(wave.opens, out) if span.kind in OF_VOTES]


def _seasonal(wave: Wave, known: Seasons) -> list[Day]:
    name = f"{wave.study}/{wave.name}"
    return [
        Day(span.first, name, KINDS[span.kind], span.kind, span.last, span.stands, span.source)
        for span in _touching(wave, known)
    ]


def ics(days: Iterable[Day], *, stamp: datetime | None = None) -> str:
    """The days as a calendar that phones and mail programs read: whole days, in no time zone."""
    made = (stamp or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tolqyn//wave calendar//EN", "CALSCALE:GREGORIAN"]
    for each in days:
        name = each.wave.replace("/", "-")
        lines += [
            "BEGIN:VEVENT",
            f"UID:{name}-{each.kind}-{each.day:%Y%m%d}@tolqyn",
            f"DTSTAMP:{made}",
            f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{(each.until or each.day) + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(f'{each.wave}: {each.what}')}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(_folded(line) + "\r\n" for line in (*lines, "END:VCALENDAR"))


def _of(wave: Wave) -> list[Day]:
    name = f"{wave.study}/{wave.name}"
    report = wave.closes + timedelta(weeks=REPORT_WEEKS)
    days = [
        Day(
            wave.opens - timedelta(days=14), name, "translations, help lines, rehearsal: wave ready", "ready"
        ),
        Day(wave.opens, name, "opens", "opens"),
        Day(wave.closes, name, "last day for new starts", "closes"),
        *(
            [Day(wave.closes + timedelta(days=1), name, "close it, two persons", "close")]
            if wave.state not in CLOSED
            else []
        ),
        Day(report, name, "report", "report"),
    ]
    called = day_of(wave.disclosure.get(VERIFIED))
    if called and (again := called + timedelta(days=FRESH_DAYS)) <= wave.closes:
        days.append(Day(again, name, "call the help lines again", "help_lines"))
    world = date(wave.closes.year, *WORLD_DAY)
    if wave.closes < world:
        days.append(
            Day(world, name, "World Day against Trafficking in Persons: report published", "world_day")
        )
    return days


def _escaped(text: str) -> str:
    for letter in "\\;,":
        text = text.replace(letter, f"\\{letter}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 bytes a line, never cut inside a letter; the next begins with a space."""
    parts, rest = [], line
    while len(rest.encode()) > WIDTH:
        end = WIDTH
        while len(rest[:end].encode()) > WIDTH:
            end -= 1
        parts.append(rest[:end])
        rest = rest[end:]
    return "\r\n ".join((*parts, rest))

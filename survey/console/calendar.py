"""The days that matter to a wave: a list, and a file for telephones and mail programs."""

from flask import Response

from survey.console import exporting, forms, words
from survey.console.frame import download, page, t
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.waves import there
from survey.fieldwork.calendar import STANDS, Day, calendar_of, ics
from survey.fieldwork.seasons import KINDS as SEASONS
from survey.fieldwork.seasons import seasons
from survey.store import waves as store
from survey.store.models import Wave

KINDS = {
    "ready": words.say("Translations, help lines and rehearsal done: every gate open"),
    "opens": words.say("The wave opens"),
    "closes": words.say("Last day on which somebody may begin"),
    "close": words.say("Close the wave, two people"),
    "report": words.say("The report is ready"),
    "help_lines": words.say("Call the help lines again"),
    "world_day": words.say("World Day against Trafficking in Persons: the report is public"),
    **SEASONS,
}


def columns() -> tuple[Column, ...]:
    """Of the list of days."""
    return (
        Column("day", words.say("Day"), lambda row: row.day),
        Column("until", words.say("To"), lambda row: row.until or ""),
        Column("what", words.say("What"), lambda row: t().gettext(KINDS.get(row.kind, row.what))),
        Column(
            "stands",
            words.say("Standing"),
            lambda row: t().gettext(STANDS[row.stands]) if row.until else "",
        ),
        Column("source", words.say("Taken from"), lambda row: row.source),
    )


def calendar(study: str, wave: str) -> Response:
    """The list."""
    found, days = _days(study, wave)
    return page("calendar", wave=found, listing=listed(days, columns(), Wanted.read()), export=forms.Export())


def export_calendar(study: str, wave: str) -> Response:
    """The list as a file."""
    return exporting.export("calendar", _days(study, wave)[1], columns())


def ics_file(study: str, wave: str) -> Response:
    """The days as iCalendar."""
    return download(ics(_days(study, wave)[1]), "text/calendar; charset=utf-8", f"{study}-{wave}.ics")


def _days(study: str, wave: str) -> tuple[Wave, tuple[Day, ...]]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        return found, calendar_of([found], seasons(room().config.home))

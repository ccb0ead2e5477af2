"""Help lines of a wave: which numbers respondents see, when each was called, and a call noted."""

from dataclasses import dataclass

from flask import Response, request

from survey.console import exporting, forms, here, words
from survey.console.frame import page, t
from survey.console.here import Detail
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.standing import holds
from survey.console.visitor import visitor
from survey.console.waves import there
from survey.fieldwork.lifecycle import today_of
from survey.i18n import spoken
from survey.store import opening
from survey.store import waves as store
from survey.store.models import Wave
from survey.store.people import Session
from survey.store.protection import day_of


@dataclass(frozen=True)
class Row:
    """One number."""

    line: str
    number: str
    what: str
    called: str
    by: str


def lines(study: str, wave: str) -> Response:
    """The list, and a form for a call."""
    return _page(study, wave, 200, [])


def export_lines(study: str, wave: str) -> Response:
    """The list as a file."""
    return exporting.export("lines", _rows(study, wave)[1], columns())


def call_line(study: str, wave: str) -> Response:
    """Note that somebody called a number today and was answered."""
    line = forms.clean(request.form.get("line"))

    def work(session: Session, found: Wave) -> Detail:
        asked = store.questionnaire_of(session, found)
        opening.phone_called(found, asked, line, visitor().name, today_of(found))
        return {"called": line}

    refused = here.change(study, wave, "wave.phones", work, lambda *more: _page(study, wave, *more))
    return here.back_to("lines", study, wave, refused)


def columns() -> tuple[Column, ...]:
    """Of the list of numbers."""
    return (
        Column("number", words.say("Number to call"), lambda row: row.number),
        Column("what", words.say("Who answers"), lambda row: row.what),
        Column("called", words.say("Called on"), lambda row: day_of(row.called) or row.called or "–"),
        Column("by", words.say("By whom"), lambda row: row.by),
    )


def _rows(study: str, wave: str) -> tuple[Wave, list[Row]]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        phones = store.questionnaire_of(session, found).phones.values()
    return found, [
        Row(
            phone.id,
            phone.display,
            spoken(phone.what, t().language),
            opening.called_on(found, phone),
            (found.phones or {}).get(phone.id, {}).get("by", ""),
        )
        for phone in phones
    ]


def _page(study: str, wave: str, status: int, problems: list[str]) -> Response:
    found, rows = _rows(study, wave)
    return page(
        "lines",
        status,
        wave=found,
        lines=rows,
        listing=listed(rows, columns(), Wanted.read()),
        manage=holds(here.MANAGERS, found),
        export=forms.Export(),
        problems=problems,
    )

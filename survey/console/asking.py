"""Interviewers: their own page without results, and the field manager's list of personal links."""

from dataclasses import dataclass

from flask import Response

from survey.console import exporting, forms, here, words
from survey.console.frame import page, t
from survey.console.here import Detail
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.standing import holds
from survey.console.visitor import visitor
from survey.console.wave_forms import Asker
from survey.console.waves import there
from survey.i18n import spoken
from survey.people.rights import covers
from survey.store import waves as store
from survey.store.base import CLOSED, IN_FIELD
from survey.store.interviewers import add_interviewer, interviewers
from survey.store.invitations import INVITABLE, BatchSpec, batches
from survey.store.models import Wave
from survey.store.people import Session


@dataclass(frozen=True)
class Field:
    """A wave as an interviewer may know it: nothing of its answers."""

    wave: Wave
    lines: tuple[tuple[str, str], ...]
    """Number, and who answers."""
    running: bool


@dataclass(frozen=True)
class Row:
    """One link."""

    name: str
    batch: str
    link: bool


def asking() -> Response:
    """What an interviewer needs in the field."""
    with room().database.reading() as session:
        fields = [_field(session, found) for found in store.all_waves(session) if _asks(found)]
    return page("asking", fields=fields)


def columns() -> tuple[Column, ...]:
    """Of the list of links."""
    say = t().gettext
    return (
        Column("name", words.say("Number"), lambda row: row.name),
        Column("batch", words.say("Sampling point"), lambda row: row.batch),
        Column(
            "link", words.say("Link"), lambda row: say(words.say("Good") if row.link else words.say("Gone"))
        ),
    )


def askers(study: str, wave: str) -> Response:
    """The list, and a form for one more."""
    return _page(study, wave, Asker(), 200, [])


def export_askers(study: str, wave: str) -> Response:
    """The list as a file."""
    return exporting.export("askers", _rows(study, wave)[1], columns())


def add_asker(study: str, wave: str) -> Response:
    """A personal link, shown once."""
    form, made = Asker(forms.posted()), []
    if not form.validate():
        return _page(study, wave, form, 400, [])

    def work(session: Session, found: Wave) -> Detail:
        spec = None
        if form.batch.data:
            spec = BatchSpec(form.batch.data, 0, form.stratum.data or None, form.psu.data or None)
        made.append(add_interviewer(session, found, form.name.data, spec, renew=bool(form.renew.data)))
        return {"name": form.name.data, "renew": bool(form.renew.data)}

    if refused := here.change(
        study, wave, "wave.interviewer", work, lambda *more: _page(study, wave, form, *more)
    ):
        return refused
    found, _ = _rows(study, wave)
    address = f"{room().config.base_url}/s/{found.alias}/w/{made[0]}"
    return page("asker", wave=found, name=form.name.data, address=address)


def _rows(study: str, wave: str) -> tuple[Wave, list[Row]]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        names = {batch.id: batch.name for batch in batches(session, found)}
        return found, [
            Row(each.name, names.get(each.batch or 0, ""), each.token_hash is not None)
            for each in interviewers(session, found)
        ]


def _page(study: str, wave: str, form: Asker, status: int, problems: list[str]) -> Response:
    found, rows = _rows(study, wave)
    return page(
        "askers",
        status,
        wave=found,
        listing=listed(rows, columns(), Wanted.read()),
        form=form,
        manage=holds(here.MANAGERS, found) and found.state in INVITABLE,
        export=forms.Export(),
        problems=problems,
    )


def _asks(found: Wave) -> bool:
    mine = any(g.role == "interviewer" and covers(g, found.study, found.name) for g in visitor().grants)
    return mine and found.state not in CLOSED


def _field(session: Session, found: Wave) -> Field:
    language = t().language
    phones = store.questionnaire_of(session, found).phones.values()
    lines = tuple((each.display, spoken(each.what, language)) for each in phones)
    return Field(found, lines, found.state in IN_FIELD)

"""What a wave says of itself: who asks and when, and the disclosure record item by item."""

from flask import Response, url_for
from werkzeug.exceptions import NotFound

from survey.console import exporting, forms, here, words
from survey.console.frame import page, t
from survey.console.here import Detail
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.standing import holds
from survey.console.wave_forms import Settings
from survey.console.waves import there
from survey.fieldwork.calendar import season_notes
from survey.fieldwork.design import design_of
from survey.fieldwork.disclosure import DisclosureItem, Standing, disclosure_of
from survey.fieldwork.editing import EDITABLE, Basics, set_basics, set_item
from survey.fieldwork.lifecycle import today_of
from survey.fieldwork.seasons import seasons
from survey.store import opening
from survey.store import waves as store
from survey.store.models import Wave
from survey.store.people import Session

LONGEST = 4000
STANDINGS = {
    Standing.GIVEN: words.say("Given"),
    Standing.KNOWN: words.say("Known from the wave"),
    Standing.LATER: words.say("Comes later by itself"),
    Standing.MISSING: words.say("Missing"),
}


def settings(study: str, wave: str) -> Response:
    """The form with what is stored."""
    found = _wave(study, wave)
    given = {name: getattr(found, name) for name in ("organisation", "contact", "opens", "closes")}
    return _settings(found, Settings(data=given | {"target": design_of(found.design).target}), 200, [])


def send_settings(study: str, wave: str) -> Response:
    """Store what was typed."""
    form, found = Settings(forms.posted()), _wave(study, wave)
    if not form.validate():
        return _settings(found, form, 400, [])
    basics = Basics(
        form.organisation.data, form.contact.data, form.opens.data, form.closes.data, form.target.data
    )

    def work(session: Session, found: Wave) -> Detail:
        set_basics(session, found, basics, today_of(found))
        return {"opens": str(basics.opens), "closes": str(basics.closes)}

    refused = here.change(study, wave, "wave.settings", work, lambda *more: _settings(found, form, *more))
    return here.back_to("wave", study, wave, refused)


def columns(study: str, wave: str) -> tuple[Column, ...]:
    """Of the disclosure record."""
    say = t().gettext

    def link(row: DisclosureItem) -> str:
        return url_for("console.item", study=study, wave=wave, item=row.key)

    return (
        Column("item", words.say("Number"), lambda row: row.item),
        Column("what", words.say("What"), lambda row: words.worded(t(), row.what), link),
        Column("standing", words.say("Standing"), lambda row: say(STANDINGS[row.standing])),
        Column("lacking", words.say("Lacking in"), lambda row: ", ".join(row.lacking)),
        Column("words", words.say("Words"), lambda row: words.worded(t(), row.words)),
    )


def disclosure(study: str, wave: str) -> Response:
    """The record, item by item."""
    found, rows = _items(study, wave)
    missing = sum(row.standing is Standing.MISSING for row in rows)
    listing = listed(rows, columns(study, wave), Wanted.read())
    return page("disclosure", wave=found, listing=listing, missing=missing, export=forms.Export())


def export_disclosure(study: str, wave: str) -> Response:
    """The record as a file."""
    return exporting.export("disclosure", _items(study, wave)[1], columns(study, wave))


def item(study: str, wave: str, item: str) -> Response:
    """One item's words in every language of the wave."""
    return _item(study, wave, item, 200, [])


def send_item(study: str, wave: str, item: str) -> Response:
    """Store them."""
    texts = {code: forms.clean(forms.posted().get(code))[:LONGEST] for code in _wave(study, wave).languages}

    def work(session: Session, found: Wave) -> Detail:
        _known(found, session, item)
        set_item(session, room().config.home, found, item, texts)
        return {"item": item}

    again = lambda status, problems: _item(study, wave, item, status, problems)  # noqa: E731
    refused = here.change(study, wave, "wave.disclosure", work, again)
    return here.back_to("disclosure", study, wave, refused)


def _item(study: str, wave: str, key: str, status: int, problems: list[str]) -> Response:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        known = _known(found, session, key)
    given = found.disclosure.get(key)
    texts = dict.fromkeys(found.languages, given) if isinstance(given, str) else dict(given or {})
    return page(
        "item",
        status,
        wave=found,
        item=known,
        texts=texts,
        edit=holds(here.MANAGERS, found) and found.state in EDITABLE and known.key != "precision",
        problems=problems,
    )


def _known(found: Wave, session: Session, key: str) -> DisclosureItem:
    rows = disclosure_of(found, store.questionnaire_of(session, found))
    match = next((row for row in rows if row.key == key), None)
    if match is None and key in opening.REQUIRED:
        match = DisclosureItem("", t().gettext(ASKED[key]), key, Standing.GIVEN)
    if match is None:
        raise NotFound
    return match


ASKED = {
    "strategy": words.say("Strategy: how the study is built, and why"),
    "sponsor": words.say("Who pays"),
    "sampling": words.say("How people were chosen"),
    "limitations": words.say("Limitations"),
}
"""Items that have to be said before a wave opens."""


def _items(study: str, wave: str) -> tuple[Wave, list[DisclosureItem]]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        return found, list(disclosure_of(found, store.questionnaire_of(session, found)))


def _wave(study: str, wave: str) -> Wave:
    with room().database.reading() as session:
        return there(store.wave_named(session, study, wave))


def _settings(found: Wave, form: Settings, status: int, problems: list[str]) -> Response:
    edit = holds(here.MANAGERS, found) and found.state in EDITABLE
    known = seasons(room().config.home)
    notes = season_notes(found, known, today_of(found)) if found.state in EDITABLE else []
    return page("settings", status, wave=found, form=form, edit=edit, problems=problems, seasons=notes)

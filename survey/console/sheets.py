"""Printed ways in: reminders for whole batches, sites and their posters. Who has answered is never known."""

import secrets

from flask import Response

from survey.console import exporting, forms, here, words
from survey.console.frame import download, page, t
from survey.console.here import Detail
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.standing import holds
from survey.console.wave_forms import Sheet, Site
from survey.console.waves import there
from survey.fieldwork import handing, inviting
from survey.refusal import Reason, Refused, Said
from survey.store import access, invitations
from survey.store import waves as store
from survey.store.models import Batch, Wave
from survey.store.people import Session

SIZES = ("A4", "A5")
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Easily told apart on a poster."""


def columns(found: Wave) -> tuple[Column, ...]:
    """Of the list of sites."""
    base = f"{room().config.base_url}/s/{found.alias}"
    return (
        Column("name", words.say("Name of the place"), lambda site: site.name),
        Column("poster", words.say("Address on the poster"), lambda site: f"{base}/p/{site.word}"),
        Column("kiosk", words.say("For a device that stands there"), lambda site: f"{base}/k/{site.word}"),
    )


def sites(study: str, wave: str) -> Response:
    """The list of sites, with forms for one more, a poster, a reminder."""
    return _page(study, wave, Site(), 200, [])


def export_sites(study: str, wave: str) -> Response:
    """The list as a file."""
    found, rows, _ = _read(study, wave)
    return exporting.export("sites", rows, columns(found))


def add_site(study: str, wave: str) -> Response:
    """One more."""
    form = Site(forms.posted())
    if not form.validate():
        return _page(study, wave, form, 400, [])
    word = form.word.data or "".join(secrets.choice(ALPHABET) for _ in range(4))

    def work(session: Session, found: Wave) -> Detail:
        return {
            "site": form.name.data,
            "word": access.add_site(session, found, form.name.data, word).word or "",
        }

    refused = here.change(study, wave, "wave.site", work, lambda *more: _page(study, wave, form, *more))
    return here.back_to("sites", study, wave, refused)


def poster(study: str, wave: str) -> Response:
    """A poster of a site, or of the wave's open link, as PDF."""
    return _print(study, wave, "wave.poster", "poster")


def remind(study: str, wave: str) -> Response:
    """One reminder for everybody of a batch, to be copied."""
    return _print(study, wave, "wave.remind", "reminder")


def _print(study: str, wave: str, what: str, part: str) -> Response:
    form, made = Sheet(forms.posted()), []

    def work(session: Session, found: Wave) -> Detail:
        made.append(_pdf(session, found, form, part))
        return {"of": form.of.data or "", "size": form.size.data or ""}

    def again(status: int, problems: list[str]) -> Response:
        return _page(study, wave, Site(), status, problems)

    if form.size.data not in SIZES and part == "poster":
        return again(400, [t().gettext(words.PROBLEMS["choice"])])
    if refused := here.change(study, wave, what, work, again):
        return refused
    return download(made[0], "application/pdf", f"{study}-{wave}-{part}.pdf")


def _pdf(session: Session, found: Wave, form: Sheet, part: str) -> bytes:
    """Raises Refused."""
    from reports import ReportError, WayIn, letters_pdf, poster_pdf  # noqa: PLC0415  loads the printing

    asked, texts = store.questionnaire_of(session, found), inviting.read_texts()
    spoken, of = inviting.spoken(found, form.letters.data or []), forms.clean(form.of.data)
    if part == "reminder":
        handing.sizes_of(session, found, [of])
        place = handing.place_of(room().config.base_url, found)
        letters = inviting.letter_texts(found, asked, texts, spoken, part="reminder")
        return letters_pdf(letters, [WayIn(place.whole, place.typed)], author=found.organisation)
    handing.refuse_useless(found)
    word = handing.site_word(session, found, of) if of else None
    place = handing.place_of(room().config.base_url, found, word)
    posters = inviting.poster_texts(found, asked, texts, spoken)
    try:
        return poster_pdf(
            posters, WayIn(place.whole, place.typed), size=form.size.data, author=found.organisation
        )
    except ReportError as error:
        raise Refused(Reason(Said("a poster of one page"), str(error), rule="poster")) from error


def _read(study: str, wave: str) -> tuple[Wave, list[Batch], list[Batch]]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        batches = invitations.batches(session, found)
    return found, [each for each in batches if each.word], [each for each in batches if each.size]


def _page(study: str, wave: str, form: Site, status: int, problems: list[str]) -> Response:
    found, rows, batches = _read(study, wave)
    return page(
        "sites",
        status,
        wave=found,
        listing=listed(rows, columns(found), Wanted.read()),
        sites=rows,
        batches=batches,
        form=form,
        sheet=Sheet(),
        manage=holds(here.MANAGERS, found) and found.state in invitations.INVITABLE,
        export=forms.Export(),
        problems=problems,
    )

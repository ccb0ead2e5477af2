"""Inviting: the wave's batches as a list; new codes and letters as one file, given once and kept nowhere."""

import csv
import io
import zipfile
from typing import TYPE_CHECKING

from flask import Response

from survey import keys
from survey.console import exporting, forms, here, words
from survey.console.frame import download, page, t
from survey.console.here import Detail
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.standing import holds
from survey.console.visitor import visitor
from survey.console.wave_forms import Invite, Sheet
from survey.console.waves import there
from survey.fieldwork import handing, inviting
from survey.people.entering import act
from survey.refusal import Refused
from survey.store import invitations
from survey.store import waves as store
from survey.store.invitations import BatchSpec
from survey.store.models import Batch, Wave

if TYPE_CHECKING:
    from reports import LetterText

MOST_PAGES = 200
"""Printed pages in one download; printing more takes the server longer than a browser waits."""
TOO_MANY = words.say(
    "Letters of more than {n} pages are not printed here: make several batches, or choose fewer languages."
)


def columns() -> tuple[Column, ...]:
    """Of the list of batches."""
    return (
        Column("name", words.say("Name"), lambda batch: batch.name),
        Column("size", words.say("Codes"), lambda batch: batch.size),
        Column("stratum", words.say("Stratum"), lambda batch: batch.stratum or ""),
        Column("psu", words.say("Primary sampling unit"), lambda batch: batch.psu or ""),
        Column("pilot", words.say("Pilot"), lambda b: t().gettext(words.say("Yes")) if b.pilot else ""),
    )


def batches(study: str, wave: str) -> Response:
    """The list."""
    found, rows = _rows(study, wave)
    return page(
        "batches",
        wave=found,
        listing=listed(rows, columns(), Wanted.read()),
        sizes=[batch for batch in rows if batch.size],
        manage=holds(here.MANAGERS, found),
        sheet=Sheet(),
        export=forms.Export(),
    )


def export_batches(study: str, wave: str) -> Response:
    """The list as a file."""
    return exporting.export("batches", _rows(study, wave)[1], columns())


def invite(study: str, wave: str) -> Response:
    """The form."""
    return _form(study, wave, Invite(), 200, [])


def send_invite(study: str, wave: str) -> Response:
    """New codes as a download: whoever loses it makes another batch."""
    form = Invite(forms.posted())
    if not form.validate():
        return _form(study, wave, form, 400, [])
    languages = list(form.letters.data or [])
    if form.size.data * len(languages) > MOST_PAGES:
        return _form(study, wave, form, 400, [t().gettext(TOO_MANY, n=MOST_PAGES)])
    spec = BatchSpec(
        form.batch.data,
        form.size.data,
        form.stratum.data or None,
        form.psu.data or None,
        form.fpc.data,
        1.0 if form.base_weight.data is None else form.base_weight.data,
        form.few.data or "",
    )
    try:
        return _download(study, wave, spec, languages, form.reason.data)
    except Refused as refused:
        return _form(study, wave, form, 409, words.problems(t(), refused))


def _download(study: str, wave: str, spec: BatchSpec, languages: list[str], reason: str) -> Response:
    """Raises Refused. Words that cannot be printed are refused before a code is made."""
    with room().database.writing() as session:
        found = there(store.wave_named(session, study, wave))
        asked = store.questionnaire_of(session, found)
        spoken = inviting.spoken(found, languages) if languages else ()
        texts = inviting.letter_texts(found, asked, inviting.read_texts(), spoken)
        tokens = invitations.invite(session, found, spec)
        detail: Detail = {"batch": spec.name, "codes": len(tokens), "letters": len(texts), "reason": reason}
        detail = {**detail, "few": spec.few} if spec.few else detail
        act(session, visitor().name, "wave.invite", f"{study}/{wave}", **detail)
    try:
        content = _packed(found, tokens, spec.name, texts)
    except Exception:
        with room().database.writing() as session:
            found = there(store.wave_named(session, study, wave))
            invitations.take_back(session, found, spec.name, map(keys.token_hash, tokens))
            act(session, visitor().name, "wave.invite.undone", f"{study}/{wave}", batch=spec.name)
        raise
    kind, mimetype = ("zip", "application/zip") if texts else ("csv", "text/csv; charset=utf-8")
    return download(content, mimetype, f"{study}-{wave}-codes.{kind}")


def _packed(found: Wave, tokens: list[str], batch: str, texts: "tuple[LetterText, ...]") -> bytes:
    place = handing.place_of(room().config.base_url, found)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(handing.LINK_COLUMNS)
    writer.writerows(handing.link_rows(f"{place.whole}i/", tokens, batch))
    listed_codes = buffer.getvalue().encode("utf-8-sig")
    if not texts:
        return listed_codes
    from reports import letters_pdf  # noqa: PLC0415  loads the printing, which most pages need not

    ways = inviting.entries(place, [(token, handing.in_groups(token)) for token in tokens])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("codes.csv", listed_codes)
        archive.writestr("letters.pdf", letters_pdf(texts, ways, author=found.organisation))
    return packed.getvalue()


def _rows(study: str, wave: str) -> tuple[Wave, list[Batch]]:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
        return found, invitations.batches(session, found)


def _form(study: str, wave: str, form: Invite, status: int, problems: list[str]) -> Response:
    with room().database.reading() as session:
        found = there(store.wave_named(session, study, wave))
    local = room().config.base_url.startswith("http://127.0.0.1")
    return page("invite", status, wave=found, form=form, local=local, problems=problems)

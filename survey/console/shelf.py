"""A wave's releases and what was made of them in; a page with states, downloads and what to type out.

Nothing is made here: estimating and printing take longer than a browser waits. What is made is given out.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Response, url_for
from werkzeug.exceptions import NotFound

from survey.config import LANGUAGES
from survey.console import exporting, forms, words
from survey.console.frame import NAMES, download, message, page, t
from survey.console.listing import Column, Wanted, listed
from survey.console.room import room
from survey.console.visitor import visitor
from survey.people.entering import act
from survey.people.rights import covers
from survey.rows import rows_file
from survey.store import releases as register
from survey.store import waves as store
from survey.store.models import Release, RowGrant, Wave
from survey.store.row_grants import ANALYST

BUNDLE_ROLES = ("director", "field_manager", "data_officer")
"""A bundle holds public microdata, which are rows: analysts get them from whoever may give rows."""
KINDS = {
    "report": words.say("Report"),
    "factsheet": words.say("Factsheet"),
}
STATES = {
    "whole": words.say("On this server, as it was written"),
    "missing": words.say("Not on this server"),
    "changed": words.say("Changed since it was written: do not use it"),
}
GONE = words.say("That file is not on this server any more. Go back and load the page again.")


@dataclass(frozen=True)
class Printed:
    """One PDF."""

    kind: str
    language: str
    name: str
    kilobytes: int
    superseded: bool


@dataclass(frozen=True)
class Kept:
    """A release with how it stands on this server."""

    release: Release
    state: str


@dataclass(frozen=True)
class Making:
    """One thing that is made of the latest release: whether it is there, and how it is made."""

    title: str
    done: bool
    command: str
    link: str = ""


def shelf(study: str, wave: str) -> Response:
    """The page."""
    return shelf_page(study, wave, 200)


def shelf_page(
    study: str,
    wave: str,
    status: int,
    *,
    bundle: forms.Export | None = None,
    rows: forms.Export | None = None,
) -> Response:
    """The page; `bundle`, `rows`: what was sent for them, with what was wrong."""
    found, kept = shelved(study, wave)
    printed = printed_of(study, wave)
    return page(
        "shelf",
        status,
        study=study,
        name=wave,
        wave=found,
        kept=kept,
        states=STATES,
        listing=listed(printed, columns(study, wave), Wanted.read()),
        makings=list(_makings(study, wave, found, kept, printed)),
        export=forms.Export(),
        taking=bundle or forms.Export(),
        rows=_rows(study, wave, kept),
        rows_form=rows or forms.Export(),
        bundle=_bundle(study, wave).is_file() and _may_take(study, wave),
    )


def export_shelf(study: str, wave: str) -> Response:
    """The list of files as a file."""
    shelved(study, wave)
    return exporting.export("shelf", printed_of(study, wave), columns(study, wave))


def take_report(study: str, wave: str, name: str) -> Response:
    """One printed report; whoever may read it here could read it on the public pages."""
    shelved(study, wave)
    if name not in {each.name for each in printed_of(study, wave)}:
        return message(words.say("Not found"), GONE, 410, url_for("console.shelf", study=study, wave=wave))
    return download((_folder(study) / name).read_bytes(), "application/pdf", name)


def take_bundle(study: str, wave: str) -> Response:
    """The folder that may be published, packed; with a reason, because it holds data."""
    shelved(study, wave)
    form = forms.Export(forms.posted())
    path = _bundle(study, wave)
    if not form.reason.validate(form):
        return shelf_page(study, wave, 400, bundle=form)
    if not path.is_file():
        return message(words.say("Not found"), GONE, 410, url_for("console.shelf", study=study, wave=wave))
    content = path.read_bytes()
    with room().database.writing() as session:
        detail = {"reason": form.reason.data, "seal": hashlib.sha256(content).hexdigest()}
        act(session, visitor().name, "console.bundle", f"{study}/{wave}", **detail)
    return download(content, "application/zip", path.name)


def shelved(study: str, wave: str) -> tuple[Wave | None, list[Kept]]:
    """The wave, where it was collected here, and its releases, the latest first. Raises NotFound."""
    with room().database.reading() as session:
        found = store.wave_named(session, study, wave)
        mine = [each for each in register.listing(session) if (each.study, each.wave_name) == (study, wave)]
    if found is None and not mine:
        raise NotFound
    mine.sort(key=lambda each: -each.number)
    return found, [Kept(each, _state(each)) for each in mine]


def printed_of(study: str, wave: str) -> list[Printed]:
    """The reports and factsheets up to this wave."""
    names = re.compile(
        rf"{re.escape(study)}-{re.escape(wave)}-({'|'.join(LANGUAGES)})(-factsheet)?(@\d+)?\.pdf"
    )
    found = []
    for path in sorted(_folder(study).glob("*.pdf")):
        if match := names.fullmatch(path.name):
            kind = "factsheet" if match[2] else "report"
            size = -(-path.stat().st_size // 1024)
            found.append(Printed(kind, match[1], path.name, size, bool(match[3])))
    return found


def columns(study: str, wave: str) -> tuple[Column, ...]:
    """Of the list of printed reports."""
    say = t().gettext

    def address(row: Printed) -> str:
        return url_for("console.take_report", study=study, wave=wave, name=row.name)

    return (
        Column("name", words.say("File"), lambda row: row.name, address),
        Column("kind", words.say("Kind"), lambda row: say(KINDS[row.kind])),
        Column("language", words.say("Language"), lambda row: NAMES[row.language]),
        Column("kilobytes", words.say("Kilobytes"), lambda row: row.kilobytes),
        Column(
            "superseded",
            words.say("Superseded"),
            lambda row: say(words.say("Yes")) if row.superseded else "",
        ),
    )


def _makings(
    study: str, wave: str, found: Wave | None, kept: list[Kept], printed: list[Printed]
) -> Iterator[Making]:
    """What is made one after the other; nothing of a release that is not there."""
    if found is not None:
        yield Making(words.say("The release"), bool(kept), f"tolqyn release build {study}/{wave}")
    if not kept:
        return
    config = room().config
    listed_ = (config.tables / study / wave).is_dir()
    to_tables = url_for("console.tables", study=study, wave=wave)
    tables = words.say("Tables for analysts")
    yield Making(tables, listed_, f"tolqyn results tables {study} --wave {wave}", to_tables)
    whole = kept[0].release
    ready = rows_file(config, study, wave, whole.number, whole.fingerprint).is_file()
    rows = words.say("Rows for analysts to whom they are given")
    yield Making(rows, ready, f"tolqyn release rows {study}/{wave}")
    now = any(not each.superseded for each in printed)
    yield Making(words.say("Report and factsheet"), now, f"tolqyn report build {study} --wave {wave}")
    spoken = next((code for code in LANGUAGES if _has_pages(code, study)), "")
    public = f"{config.base_url}/results/{spoken}/{study}/" if spoken else ""
    pages = words.say("Web pages for everybody")
    yield Making(pages, bool(spoken), f"tolqyn results publish {study} --wave {wave}", public)
    place = config.bundles / f"{study}-{wave}"
    there = _bundle(study, wave).is_file()
    command = f"tolqyn release bundle {study} --wave {wave} --out {place} --zip"
    yield Making(words.say("Bundle of all that may be published"), there, command)


def _rows(study: str, wave: str, kept: list[Kept]) -> RowGrant | None:
    """What lets the visitor take the rows that lie here."""
    latest = next((each.release for each in kept if each.state == "whole"), None)
    there = latest and rows_file(room().config, study, wave, latest.number, latest.fingerprint).is_file()
    held = any(each.role == ANALYST and covers(each, study, wave) for each in visitor().grants)
    if not (there and held):
        return None
    return next((each for each in visitor().rows if covers(each, study, wave)), None)


def _has_pages(language: str, study: str) -> bool:
    return (room().config.home / "results" / language / study / "index.html").is_file()


def _may_take(study: str, wave: str) -> bool:
    return any(each.role in BUNDLE_ROLES and covers(each, study, wave) for each in visitor().grants)


def _state(release: Release) -> str:
    place = room().config.releases / release.study / release.wave_name / str(release.number)
    try:
        content = (place / "manifest.json").read_bytes()
    except OSError:
        return "missing"
    return "whole" if hashlib.sha256(content).hexdigest() == release.fingerprint else "changed"


def _folder(study: str) -> Path:
    return room().config.home / "reports" / study


def _bundle(study: str, wave: str) -> Path:
    return room().config.bundles / f"{study}-{wave}.zip"

"""Addresses of the public pages: a request in, one light page without script or a published PDF out."""

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, send_from_directory

from survey.config import LANGUAGES
from survey.results.listing import STYLE_HASH, index_page, root_page, served
from survey.results.published import PublishedStudy, pictures_folder, published, reports_folder
from survey.results.site import published_sites, site_file
from survey.results.squeezed import page
from survey.store import releases

blueprint = Blueprint("results", __name__)

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


@blueprint.get("/")
def root() -> Response:
    """A page that says nothing about any subject: the way to the results, in each language."""
    return page(root_page(served(LANGUAGES[0])), HEADERS)


@blueprint.get("/results/<lang>/")
def index(lang: str) -> Response:
    """Published reports of every study, newest wave first."""
    if lang not in LANGUAGES:
        abort(404)
    sites = published_sites(current_app.extensions["tolqyn"].config.home, lang)
    return page(index_page(lang, _published(), sites, served(lang)), HEADERS)


@blueprint.get("/results/<lang>/<place>/", defaults={"path": ""})
@blueprint.get("/results/<lang>/<place>/<path:path>")
def published_file(lang: str, place: str, path: str) -> Response:
    """A page or file of a study's site, one of its printed reports, or one of its pictures."""
    if lang not in LANGUAGES:
        abort(404)
    if path.endswith(".pdf"):
        return _report(place, path)
    if path.startswith("tiles/"):
        return _picture(place, path.removeprefix("tiles/"))
    return site_file(current_app.extensions["tolqyn"].config.home, lang, place, path)


def _report(study: str, name: str) -> Response:
    """One published PDF; only a name the page lists is served."""
    listed = {
        (found.name, file.name)
        for found in _published()
        for wave in found.waves
        for file in (*wave.reports, *wave.factsheets)
    }
    if (study, name) not in listed:
        abort(404)
    folder = reports_folder(current_app.extensions["tolqyn"].config.home, study)
    return _sent(folder, name, "application/pdf")


def _picture(study: str, name: str) -> Response:
    """One published picture; only one the page lists is served."""
    listed = {
        (found.name, file.name) for found in _published() for wave in found.waves for file in wave.pictures
    }
    if (study, name) not in listed:
        abort(404)
    return _sent(pictures_folder(current_app.extensions["tolqyn"].config.home, study), name, "image/png")


def _sent(folder: Path, name: str, mimetype: str) -> Response:
    response = send_from_directory(folder.absolute(), name, mimetype=mimetype, max_age=0)
    response.headers.update({name: HEADERS[name] for name in ("Referrer-Policy", "X-Content-Type-Options")})
    return response


def _published() -> tuple[PublishedStudy, ...]:
    instance = current_app.extensions["tolqyn"]
    with instance.database.reading() as session:
        register = releases.listing(session)
    return published(instance.config.home, register, LANGUAGES)

"""Addresses of the public pages: a request in, one light page without script or a published PDF out."""

import base64
import hashlib
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template, send_from_directory

from survey.config import LANGUAGES
from survey.i18n import translator
from survey.results.published import PublishedStudy, published, reports_folder
from survey.results.site import published_sites, site_file
from survey.store import releases

blueprint = Blueprint("results", __name__)

NAMES = {"kk": "Қазақша", "ru": "Русский", "uz": "Oʻzbekcha", "en": "English"}
"""Each language by its own name."""
STYLE = (Path(__file__).parent.parent / "templates" / "results" / "style.css").read_text("utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
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
    return _page("root.html", lang=LANGUAGES[0], t={language: translator(language) for language in LANGUAGES})


@blueprint.get("/results/<lang>/")
def index(lang: str) -> Response:
    """Published reports of every study, newest wave first."""
    if lang not in LANGUAGES:
        abort(404)
    t = translator(lang)
    studies = _published()
    sites = published_sites(current_app.extensions["tolqyn"].config.home, lang)
    lines = {line.display: line for study in studies for line in study.help_lines}
    return _page(
        "index.html",
        lang=lang,
        t=t,
        studies=studies,
        sites=sites,
        unlisted=sorted(sites - {study.name for study in studies}),
        help_lines=list(lines.values()),
        words=lambda text: _words(text, lang),
    )


@blueprint.get("/results/<lang>/<place>/", defaults={"path": ""})
@blueprint.get("/results/<lang>/<place>/<path:path>")
def published_file(lang: str, place: str, path: str) -> Response:
    """A page or file of a study's site, or one of its printed reports."""
    if lang not in LANGUAGES:
        abort(404)
    if path.endswith(".pdf"):
        return _report(place, path)
    return site_file(current_app.extensions["tolqyn"].config.home, lang, place, path)


def _report(study: str, name: str) -> Response:
    """One published PDF; only a name the page lists is served."""
    listed = {
        (found.name, file.name) for found in _published() for wave in found.waves for file in wave.reports
    }
    if (study, name) not in listed:
        abort(404)
    folder = reports_folder(current_app.extensions["tolqyn"].config.home, study)
    response = send_from_directory(folder.absolute(), name, mimetype="application/pdf", max_age=0)
    response.headers.update({name: HEADERS[name] for name in ("Referrer-Policy", "X-Content-Type-Options")})
    return response


def _published() -> tuple[PublishedStudy, ...]:
    instance = current_app.extensions["tolqyn"]
    with instance.database.reading() as session:
        register = releases.listing(session)
    return published(instance.config.home, register, LANGUAGES)


def _words(text: object, lang: str) -> str:
    """A text in the reader's language; one that exists only in another is better than none."""
    if not isinstance(text, dict):
        return ""
    return str(text.get(lang) or next(iter(text.values()), ""))


def _page(template: str, **values: object) -> Response:
    page = render_template(f"results/{template}", style=STYLE, names=NAMES, **values)
    return Response(page, headers=HEADERS)

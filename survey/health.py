"""Whether the process runs and can work: /healthz, /readyz, and a 503 for every page until it can."""

from flask import Blueprint, Response, current_app, render_template_string, request

from survey.config import LANGUAGES
from survey.i18n import translator
from survey.refusal import Reason, Refused
from survey.store.schema import outdated

blueprint = Blueprint("health", __name__)

ALWAYS = ("health.healthz", "health.readyz")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>503</title>
</head>
<body>
{% for lang, words in messages %}<p lang="{{ lang }}">{{ words }}</p>
{% endfor %}{% if reason %}<p>{{ reason.expected }} / {{ reason.found }} / <code>{{ reason.hint }}</code></p>
{% endif %}</body>
</html>
"""


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _plain("ok", 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when the database answers and stands at the newest migration, else 503 saying what to type."""
    reason = _reason()
    return _plain("ready", 200) if reason is None else unavailable(reason)


@blueprint.before_app_request
def wait_for_database() -> Response | None:
    """Every page waits for the migration; once it has been seen, nothing is asked again."""
    if request.endpoint in ALWAYS or current_app.extensions.get("tolqyn-ready"):
        return None
    if _reason() is not None:
        return unavailable(None)
    current_app.extensions["tolqyn-ready"] = True
    return None


def unavailable(reason: Reason | None) -> Response:
    """The 503 page in every interface language; the reason is for whoever runs the server."""
    words = "This page is not available at the moment. Please try again in a few minutes."
    messages = [(language, translator(language).gettext(words)) for language in LANGUAGES]
    page = render_template_string(PAGE, messages=messages, reason=reason)
    return Response(page, 503, {"Retry-After": "60", "Cache-Control": "no-store"})


def _reason() -> Reason | None:
    try:
        return outdated(current_app.extensions["tolqyn"].database)
    except Refused as refused:
        return refused.reasons[0]


def _plain(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, {"Cache-Control": "no-store"}, mimetype="text/plain")

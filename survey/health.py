"""Whether the process runs and can work: /healthz, /readyz, and no page before the database is ready."""

import time

from flask import Blueprint, Response, current_app, request

from survey.keys import wave_key_file
from survey.refusal import Reason, Refused
from survey.store.engine import DatabaseError
from survey.store.schema import outdated
from survey.store.waves import in_field
from survey.unfinished import MARK, unfinished

blueprint = Blueprint("health", __name__)

ALWAYS = ("health.healthz", "health.readyz", "interview.ends_leave", "interview_script")
READY = "tolqyn-ready"
PROBED = "tolqyn-probed"
FRESH_SECONDS = 1.0
"""How long an answer of /readyz stands: whoever asks often does not hold the writers up."""


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _plain("ok", 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when the database is at the newest migration, takes writes, and keys are here; else 503 saying why.

    Where the database is stands in the log alone.
    """
    now = time.monotonic()
    at, reason = current_app.extensions.get(PROBED, (None, None))
    if at is None or now - at > FRESH_SECONDS:
        reason = _reason() or _unwritable() or _keyless()
        current_app.extensions[PROBED] = (now, reason)
        if reason is not None:
            current_app.logger.error("not ready: %s", reason)
    if reason is None:
        return _plain("ready", 200)
    if reason.rule == "migration":
        return _plain(f"not ready: expected {reason.expected}; found {reason.found}\n{reason.hint}", 503)
    return _plain(f"not ready: expected {reason.expected}\nthe server's log says what was found", 503)


@blueprint.before_app_request
def wait_for_database() -> None:
    """Every page waits for the migration; once it has been seen, only for a restoration that is under way.

    Raises DatabaseError, so that a page answers as it does to any failing database: 503, what was typed kept.
    """
    held = (current_app.extensions["tolqyn"].config.home / MARK).exists()
    if request.endpoint in ALWAYS or (current_app.extensions.get(READY) and not held):
        return
    reason = _reason()
    if reason is not None:
        current_app.logger.error("not ready: %s", reason)
        raise DatabaseError(reason.rule)
    current_app.extensions[READY] = True


def _reason() -> Reason | None:
    found = current_app.extensions["tolqyn"]
    try:
        return unfinished(found.config.home) or outdated(found.database)
    except Refused as refused:
        return refused.reasons[0]


def _unwritable() -> Reason | None:
    try:
        current_app.extensions["tolqyn"].database.refuse_unwritable()
    except Refused as refused:
        return refused.reasons[0]
    except DatabaseError as error:
        found = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return Reason("a database that takes writes", found, "see what holds it", rule="database")
    return None


def _keyless() -> Reason | None:
    """Of a server that respondents come to: a wave whose key is elsewhere, so that nobody could begin."""
    found = current_app.extensions["tolqyn"]
    if "public" not in found.config.faces:
        return None
    with found.database.reading() as session:
        gone = [a for a in in_field(session) if not wave_key_file(found.config.keys, a).is_file()]
    if not gone:
        return None
    hint = f"copy its file to {found.config.keys}; or close it: tolqyn wave close {gone[0]}"
    return Reason("the key of each wave in the field", f"none of {', '.join(gone)}", hint, rule="key")


def _plain(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, {"Cache-Control": "no-store"}, mimetype="text/plain")

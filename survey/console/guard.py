"""Who may come in: a request in, nothing or a refusal out. What is not declared is refused.

Order: the right host and TLS, no post from elsewhere, a form that this server made for this browser, the
level of the session, the role, the place, and a second factor just shown.
"""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, NotFound

from survey.config import LOOPBACK
from survey.console import words
from survey.console.frame import go, message
from survey.console.room import room
from survey.console.visitor import VISIT, arrive, is_fresh, put, visitor
from survey.logs import trace
from survey.people.passwords import BusyError
from survey.people.refused import NOBODY, note
from survey.people.rights import ANYONE, ENROL, HALF, SIGNED_IN, Entry, holds_a_role, may
from survey.refusal import Refused
from survey.store.audit import head, keep_head
from survey.store.engine import DatabaseError

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # Not `no-referrer`: with that, browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
UPLOADS = {"console.send_wording": 4_000_000}
"""Bytes of a post where files are sent; elsewhere the server's own limit holds."""
READS = ("GET", "HEAD", "OPTIONS")
LEVELS = {HALF: ("password", "full"), ENROL: ("enrol", "full"), SIGNED_IN: ("full",)}


def check(entries: Mapping[str, Entry]) -> Response | None:
    """A refusal, or None to go on. Refused visitors and forged forms are noted in the record of acts."""
    try:
        return _checked(entries)
    except (BadRequest, Forbidden, NotFound) as error:
        _note_refusal(error)
        raise


def _note_refusal(error: HTTPException) -> None:
    """By the page's name in the code, not its address: that may hold a code or somebody's words.

    Counted in memory first: a flood of refusals takes the database's turn a few times, not once each.
    """
    actor = visitor().name if "visitor" in g and visitor().account is not None else NOBODY
    what = "page.forged" if request.method not in READS and error.code != 404 else "page.refused"
    subject, status, now = request.endpoint or "no page", str(error.code), int(time.time())
    tries = room().refusals.owed(f"{what} {actor} {subject} {status}", now)
    if tries:
        with room().database.writing() as session:
            sealer, kind = room().reception.sealer, {"subject": subject, "status": status}
            note(session, sealer, now, what=what, actor=actor, tries=tries, **kind)


def _checked(entries: Mapping[str, Entry]) -> Response | None:
    _refuse_other_hosts()
    if _in_the_clear():
        return Response("the console answers over https:// only\n", 403, mimetype="text/plain")
    if request.endpoint in UPLOADS:
        request.max_content_length = UPLOADS[request.endpoint]
    g.visitor = arrive()
    if request.method not in READS:
        _refuse_other_sites()
        if not room().posts.allows(request.remote_addr):
            return message(words.say("Too many posts"), words.PROBLEMS["busy"], 429)
    entry = entries.get(request.endpoint or "")
    if entry is None:
        raise Forbidden
    if request.method not in READS:
        if entry.level != ANYONE and visitor().session is None:
            return go("login", **_next())
        if not room().made_form(visitor().binding, request.form.get("csrf_token", "")):
            g.stale = True
            raise BadRequest
    return _refused(entry)


def _refused(entry: Entry) -> Response | None:
    found = visitor()
    if entry.level == ANYONE:
        return None
    if found.level not in LEVELS[entry.level]:
        if found.level == "password":
            return go("second")
        if found.level == "enrol":
            return go("factors")
        return go("login", **_next())
    if entry.level == SIGNED_IN:
        parts = request.view_args or {}
        if not holds_a_role(entry, found.grants):
            raise Forbidden
        if not may(entry, found.grants, parts.get("study", ""), parts.get("wave", ""), found.rows):
            raise NotFound if entry.place == "wave" else Forbidden
    if entry.fresh and found.session is not None and found.level == "full" and not is_fresh(found.session):
        return go("confirm", **_next())
    return None


def _next() -> dict[str, str]:
    """Where to go on afterwards: the page itself, or the one whose form was sent."""
    if request.method in READS:
        return {"next": request.full_path.rstrip("?")}
    return {"next": request.form.get("back", "")[:500]}


def _refuse_other_hosts() -> None:
    """A name that leads here by somebody else's doing (DNS rebinding) opens nothing."""
    config, host = room().config, request.host
    wanted = urlsplit(config.console_url or config.public_url).netloc
    named = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    known = host == wanted or named.strip("[]") in LOOPBACK
    if not known and (wanted or config.plain_http):
        raise BadRequest


def _in_the_clear() -> bool:
    """Whether a password would travel without TLS."""
    config, said = room().config, request.headers.get("X-Forwarded-Proto", "")
    if config.plain_http or request.scheme == "https":
        return False
    if said:
        return said.rpartition(",")[2].strip() != "https" or not (config.trusted_proxies or _from_here())
    return not _from_here()


def _from_here() -> bool:
    return (request.remote_addr or "") in LOOPBACK


def _refuse_other_sites() -> None:
    """Browsers say where a post comes from."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Forbidden


def protect(response: Response) -> Response:
    """What every answer carries."""
    response.headers.update(HEADERS)
    if request.endpoint == "console.asset":
        response.headers["Cache-Control"] = "public, max-age=86400"
    elif "visitor" in g and visitor().session is None:
        put(response, VISIT, visitor().visit)
    if request.method not in READS and response.status_code < 500:
        _note_head()
    return response


def _note_head() -> None:
    try:
        with room().database.reading() as session:
            keep_head(room().config.home, head(session), again=True)
    except (DatabaseError, OSError):
        return


def of_http(error: HTTPException) -> Response:
    """A page instead of the server's own words."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()  # type: ignore[return-value]
    if "visitor" not in g:
        return Response(f"{error.name}\n", error.code, mimetype="text/plain")
    if g.get("stale"):
        text = words.say(
            "This form was too old or came from another page, so nothing was done. Go back and send it again."
        )
        return message(words.say("Not sent"), text, 400)
    if error.code == 404:
        text = words.say("There is no such page, or it is not yours to see.")
        return message(words.say("Not found"), text, 404)
    if error.code == 403:
        text = words.say("Your roles do not open this page. The director gives rights.")
        return message(words.say("Not yours to open"), text, 403)
    text = words.say("The server could not read what was sent.")
    return message(words.say("Not sent"), text, error.code or 400)


def of_fault(error: Exception) -> Response:
    """A fault of ours: the log gets its kind and its places, never what somebody typed."""
    current_app.logger.error("unexpected %s", trace(error))
    return Response(
        "something went wrong in the console; nothing more was done\n", 500, mimetype="text/plain"
    )


def of_busy(_error: BusyError) -> Response:
    """Every slot for passwords is taken."""
    return message(words.say("Busy"), words.PROBLEMS["busy"], 503)


def of_refused(error: Refused) -> Response:
    """What is stored keeps a page from being made, as a record nobody can read: said, with every reason."""
    return message(words.say("This page cannot be shown yet"), str(error), 409)


def of_database(_error: DatabaseError) -> Response:
    """Nothing was stored."""
    return Response("the database does not answer; nothing was stored\n", 503, mimetype="text/plain")

"""Pages of a kiosk clear themselves: the request's device in, what its pages need for it out."""

import hashlib
from typing import Any

from flask import Response, g
from werkzeug.exceptions import NotFound

from survey.interview.device import KIOSK, device
from survey.interview.instance import room

QUIET, WARNING = 40, 20
"""Seconds without a touch before the question whether anybody is there, and to answer it (WCAG 2.2.1: 20)."""
WITHOUT_SCRIPT = 300
"""Seconds a page is shown where no script can tell whether anybody reads it; a button gives as many again."""
AFTER_THE_END = QUIET + WARNING


def script(alias: str, name: str) -> Response:
    """`/idle/NAME.js`: the one script of a kiosk's pages, the same for all; its name is its hash."""
    if name != f"{_digest()}.js":
        raise NotFound
    return Response(room().press.idle, mimetype="text/javascript")


def never_here() -> None:
    """The page of this request need not clear itself: it shows nothing of anybody."""
    g.kiosk_starts = True


def parts(alias: str, *, ended: bool = False) -> dict[str, Any] | None:
    """What a page needs to clear itself; None on any other device and on the start page."""
    here = device()
    if here.kind != KIOSK or g.get("kiosk_starts"):
        return None
    g.kiosk_script = True
    return {
        "start": here.home(alias),
        "script": f"/s/{alias}/idle/{_digest()}.js",
        "quiet": QUIET,
        "warning": WARNING,
        "open": AFTER_THE_END if ended else WITHOUT_SCRIPT,
        "minutes": WITHOUT_SCRIPT // 60,
        "ended": ended,
    }


def allow_script(response: Response) -> Response:
    """A kiosk's pages may run our own script; all others run none."""
    policy = response.headers.get("Content-Security-Policy", "")
    if g.get("kiosk_script") and "script-src" not in policy:
        response.headers["Content-Security-Policy"] = f"{policy}; script-src 'self'"
    return response


def _digest() -> str:
    return hashlib.sha256(room().press.idle.encode()).hexdigest()[:16]

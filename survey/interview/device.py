"""Whose device a browser runs on: an interviewer's or a site's kiosk, or nobody's in particular.

A cookie of its own holds the way back to that device's start page. It says nothing of any interview, and the
interview's cookie says nothing of it: one goes with the respondent, the other stays with the device.
"""

import re
from dataclasses import dataclass

from flask import Response

from survey.interview import cookies
from survey.interview.instance import instance

COOKIE = "d"
KIOSK, INTERVIEWER = "k", "w"
STORED = re.compile(r"([kw]):([A-Za-z0-9]{2,40})")


@dataclass(frozen=True)
class Device:
    """A device that one respondent after another uses."""

    kind: str = ""
    """`k` a kiosk, `w` an interviewer's, empty for any other."""
    word: str = ""
    """The site's word, or the interviewer's token."""

    def home(self, alias: str) -> str:
        """Where the next interview begins."""
        return f"/s/{alias}/{self.kind}/{self.word}" if self.kind else f"/s/{alias}/"


def device() -> Device:
    """The one that this request comes from."""
    found = STORED.fullmatch(cookies.sent(COOKIE) or "")
    return Device(*found.groups()) if found else Device()


def mark(response: Response, alias: str, kind: str, word: str) -> Response:
    """The response with which the browser becomes such a device, until it closes."""
    secure = not instance().config.plain_http
    path = f"/s/{alias}"
    name = cookies.name(COOKIE, secure=secure)
    response.set_cookie(name, f"{kind}:{word}", path=path, secure=secure, httponly=True, samesite="Lax")
    return response

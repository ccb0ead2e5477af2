"""The one script of an interview, comfort only: its address in, the same bytes for a year out."""

from flask import Response
from werkzeug.exceptions import NotFound

from survey.interview import carried, cookies
from survey.interview.instance import room
from survey.interview.state import COOKIE

RULE = "/a/<name>.js"
ENDPOINT = "interview_script"


def serve(name: str) -> Response:
    """The script, under the address that says what is in it. Raises NotFound for any other."""
    press = room().press
    if press.script_path != f"/a/{name}.js":
        raise NotFound
    response = Response(press.script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def wanted() -> bool:
    """From the second page on: whoever shows an interview has seen a first one, which has no script."""
    return cookies.sent(COOKIE) is not None or carried.sent() is not None

"""Browsers that keep no cookies: the state comes in with each form, what follows is shown without a redirect.

Whether a browser keeps cookies shows when an interview begins: the post is sent once more (307) with a
cookie beside it. Where none comes back, each page carries the signed state in its forms, and what else would
be a link is a button, so that the state stands in no address.
"""

from typing import Any

from flask import Response, current_app, g, request
from flask.globals import request_ctx
from werkzeug.exceptions import RequestEntityTooLarge

from survey.interview import cookies
from survey.interview.state import COOKIE, State

FIELD = "-state"
"""Hidden field with the signed state; no item can have that name."""
SEE = "-see"
"""Name of a button that only leads to a page: what else is sent is not looked at."""
AGAIN = "again"
"""Stands in the address of a post that is sent for the second time."""
WAY = "tolqyn_way"


def asks_to_repeat() -> Response | None:
    """The request to send a post once more, with a cookie; None where the browser has shown what it does."""
    if cookies.sent(COOKIE) is not None or AGAIN in request.args:
        return None
    language = request.args.get("lang", "")
    known = f"lang={language}&" if language.isalpha() else ""
    return Response(status=307, headers={"Location": f"{request.path}?{known}{AGAIN}=1"})


def sent() -> str | None:
    """The state in the form of a browser that shows no cookie; empty where it shows nothing at all.

    None: the browser keeps cookies, or is not known to keep none.
    """
    if request.method != "POST" or cookies.sent(COOKIE) is not None:
        return None
    try:
        if FIELD in request.form:
            return request.form[FIELD]
    except RequestEntityTooLarge:  # its own page says so, and that page asks this again
        return None
    return "" if AGAIN in request.args else None


def followed() -> State | None:
    """The state with which a page is shown in answer to a post."""
    return g.get(WAY, (None, None))[1]


def here() -> str:
    """Path of the page that is shown, whatever address the browser shows."""
    return str(g.get(WAY, (request.path, None))[0])


def wants_to_see() -> bool:
    """Whether the post is in place of a link."""
    return request.method == "POST" and SEE in request.form and sent() is not None


def show(path: str, state: State | None) -> Any:
    """The page at that path, as a GET with this state would show it."""
    setattr(g, WAY, (path, state))
    try:
        endpoint, values = request_ctx.url_adapter.match(path, method="GET")  # type: ignore[union-attr]
        return current_app.view_functions[endpoint](**values)
    except Exception as error:
        return current_app.handle_user_exception(error)

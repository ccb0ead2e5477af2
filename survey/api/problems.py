"""What the API cannot answer in, a problem document (RFC 9457) out: what to send instead."""

import json

from flask import Response, current_app
from werkzeug.exceptions import HTTPException

from survey.logs import trace
from survey.store.engine import DatabaseError

TITLES = {
    401: "No token",
    403: "Not with this token",
    404: "Not found",
    405: "Read only",
    429: "Too many wrong tokens",
    500: "A fault of ours",
    503: "Not now",
}
RETRY_SECONDS = {429: 60, 503: 10}


class Problem(Exception):  # noqa: N818  the word of RFC 9457
    """Ends a request with a status and one sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def answer(status: int, detail: str) -> Response:
    """The problem document."""
    content = {
        "type": "about:blank",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
    }
    response = Response(json.dumps(content), status, mimetype="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 405:
        response.headers["Allow"] = "GET, HEAD"
    if status in RETRY_SECONDS:
        response.headers["Retry-After"] = str(RETRY_SECONDS[status])
    return response


def of_problem(problem: Problem) -> Response:
    """A refusal in words."""
    return answer(problem.status, problem.detail)


def of_http(error: HTTPException) -> Response:
    """What Flask refuses."""
    return answer(error.code or 500, error.description or "")


def of_database(_error: DatabaseError) -> Response:
    """A database that is away or behind."""
    return answer(503, "the database cannot be used now; try again in a moment")


def of_disk(error: OSError) -> Response:
    """A file that cannot be read now."""
    current_app.logger.error("the disk failed: %s", trace(error))
    return answer(503, "a file cannot be read now; try again in a moment")


def of_fault(error: Exception) -> Response:
    """A fault of ours. The log names it without what was sent."""
    current_app.logger.error("unexpected %s", trace(error))
    return answer(500, "something went wrong here; nothing was done")

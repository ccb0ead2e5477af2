"""Addresses and form data in, answered pages out: one respondent's browser on one kept-alive connection.

It does what a browser without JavaScript does: cookies by path, redirects of a post followed by a GET, 307 by
the same post.
"""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3

REDIRECTS = (302, 303)
REPEAT = 307
HOPS = 5


class WalkError(AssertionError):
    """The server did not behave as a respondent may expect; the whole run fails."""


@dataclass(frozen=True)
class Answered:
    """What came back: the last response after redirects."""

    path: str
    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class Browser:
    """A cookie jar on a connection that several respondents of one thread use in turn."""

    pool: urllib3.HTTPConnectionPool
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    requests: int = 0

    def get(self, path: str, *, expect: tuple[int, ...] = (200,)) -> Answered:
        """The page at that path, redirects followed. Raises WalkError for another status."""
        return self._settle("GET", path, None, expect)

    def post(self, path: str, pairs: list[tuple[str, str]], *, expect: tuple[int, ...] = (200,)) -> Answered:
        """The page that follows the post. Raises WalkError for another status."""
        return self._settle("POST", path, urlencode(pairs), expect)

    def forget(self) -> None:
        """Another person sits down, or the same one at another device."""
        self.cookies.clear()

    def _settle(self, method: str, path: str, body: str | None, expect: tuple[int, ...]) -> Answered:
        for _ in range(HOPS):
            answered = self._send(method, path, body)
            if answered.status == REPEAT:
                path = _target(answered)
            elif answered.status in REDIRECTS:
                path, method, body = _target(answered), "GET", None
            else:
                break
        if answered.status not in expect:
            words = answered.body.decode("utf-8", "replace")
            raise WalkError(f"{method} {path}: expected {expect}, found {answered.status}\n{words[:2000]}")
        return answered

    def _send(self, method: str, path: str, body: str | None) -> Answered:
        headers = {"Accept": "text/html", "Accept-Encoding": "identity"}
        cookies = "; ".join(
            f"{name}={value}" for (name, scope), value in self.cookies.items() if path.startswith(scope)
        )
        if cookies:
            headers["Cookie"] = cookies
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://{self.pool.host}:{self.pool.port}"
        response = self.pool.urlopen(method, path, body=body, headers=headers, redirect=False, retries=False)
        self.requests += 1
        for line in response.headers.getlist("set-cookie"):
            self._keep(line)
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answered(path, response.status, response.data, found)

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            scope = (name, morsel["path"] or "/")
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(scope, None)
            else:
                self.cookies[scope] = morsel.value


def _target(answered: Answered) -> str:
    parts = urlsplit(urljoin(answered.path, answered.headers["location"]))
    return parts.path + (f"?{parts.query}" if parts.query else "")

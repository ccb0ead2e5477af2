"""A port in, a browser out that is used like Flask's test client but speaks over a socket."""

import http.client
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import Headers, MultiDict

PATIENCE = 30
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Reply:
    """One response."""

    status_code: int
    headers: Headers
    data: bytes

    @property
    def mimetype(self) -> str:
        """Without its charset."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0]

    def get_data(self, *, as_text: bool = False) -> str | bytes:
        """The body."""
        return self.data.decode() if as_text else self.data


@dataclass
class Client:
    """A browser of one wave."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **options: Any) -> Reply:
        """Open an address."""
        return self._ask("GET", path, None, **options)

    def post(self, path: str, data: Any, **options: Any) -> Reply:
        """Send a form."""
        return self._ask("POST", path, urlencode(list(MultiDict(data).items(multi=True))), **options)

    def get_cookie(self, name: str, path: str) -> SimpleNamespace | None:
        """The cookie's value, if there is one."""
        return SimpleNamespace(value=self.cookies[name]) if name in self.cookies else None

    def set_cookie(self, name: str, value: str, path: str) -> None:
        """Give it one."""
        self.cookies[name] = value

    def delete_cookie(self, name: str, path: str) -> None:
        """Let it forget one."""
        self.cookies.pop(name, None)

    def _ask(self, method: str, path: str, body: str | None, headers: Any = ()) -> Reply:
        sent = dict(headers)
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            sent["Content-Type"] = FORM
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            found = Headers(response.getheaders())
            reply = Reply(response.status, found, response.read())
        finally:
            connection.close()
        for line in found.getlist("Set-Cookie"):
            for name, cookie in SimpleCookie(line).items():
                if cookie["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = cookie.value
        return reply


@dataclass(frozen=True)
class Network:
    """Makes browsers, as an application makes test clients."""

    port: int

    def test_client(self) -> Client:
        """A browser without cookies."""
        return Client(self.port)

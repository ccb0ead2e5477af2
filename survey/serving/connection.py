"""One client's line: bytes in as they come, whole requests out; answers in, bytes out as it takes them.

Nothing here waits. gunicorn's own parser says where a request ends, so both cannot disagree.
"""

import socket
from contextlib import suppress
from typing import Any

from gunicorn.config import Config
from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

LARGEST_HEAD = 32 * 1024
"""Bytes without the end of a head after which it is refused."""
LARGEST_BODY = 64 * 1024
"""Bytes of a body that are waited for; of a larger one the application sees the length and refuses it."""
PIECE = 128 * 1024
"""Bytes taken from the system at once: more than the largest request."""
END_OF_HEAD = b"\r\n\r\n"


class LengthRequiredError(ValueError):
    """A body without a length: no browser sends one, and nginx asks for the length first."""


class Connection:
    """A client's socket and what of its next request and of its last answer is under way."""

    __slots__ = (
        "_parsed",
        "_received",
        "_unsent",
        "asking",
        "closing",
        "ended",
        "number",
        "peer",
        "server",
        "socket",
        "until",
    )

    def __init__(self, client: socket.socket, peer: Any, server: Any) -> None:
        client.setblocking(False)
        with suppress(OSError):  # a socket in the file system has no such thing
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket, self.peer, self.server = client, peer, server
        self.number = 0
        """Requests so far."""
        self.closing = False
        """Whether nothing more is answered here."""
        self.ended = False
        """Whether the client was told so."""
        self.asking = False
        """Whether the time of a request that has begun is running."""
        self.until = 0.0
        """When it is closed if nothing happens."""
        self._received = b""
        self._unsent = b""
        self._parsed: Request | None = None

    @property
    def begun(self) -> bool:
        """Whether a part of a request is here."""
        return bool(self._received) or self._parsed is not None

    @property
    def unsent(self) -> bool:
        """Whether the client has not taken all of the last answer."""
        return bool(self._unsent)

    def receive(self) -> bool:
        """Take what has come; whether the client is still there. Raises OSError."""
        try:
            piece = self.socket.recv(PIECE)
        except BlockingIOError:
            return True
        if not self.closing:
            self._received += piece
        return bool(piece)

    def request(self, config: Config) -> Request | None:
        """The next request once all of it has come. Raises ParseException, LengthRequiredError."""
        if self._parsed is None:
            end = self._received.find(END_OF_HEAD)
            if end < 0:
                if len(self._received) > LARGEST_HEAD:
                    raise LimitRequestHeaders("no end")
                return None
            head, self._received = self._received[: end + 4], self._received[end + 4 :]
            self.number += 1
            self._parsed = Request(config, IterUnreader((head,)), self.peer, self.number)
        reader = self._parsed.body.reader
        if isinstance(reader, ChunkedReader):
            raise LengthRequiredError
        if reader.length > LARGEST_BODY:
            self._parsed.force_close()
        elif reader.length > len(self._received):
            return None
        elif reader.length:
            body, self._received = self._received[: reader.length], self._received[reader.length :]
            self._parsed.unreader.unread(body)
        found, self._parsed = self._parsed, None
        return found

    def end(self) -> None:
        """Say that nothing more comes; what the client still sends is taken and not looked at."""
        self.ended = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def send(self, answer: bytes = b"") -> None:
        """Give the client as much as it takes now. Raises OSError."""
        self._unsent += answer
        try:
            while self._unsent:
                self._unsent = self._unsent[self.socket.send(self._unsent) :]
        except BlockingIOError:
            pass


class Answer:
    """What gunicorn's response writes to in place of a socket."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def sendall(self, part: bytes) -> None:
        """Keep it until the answer is whole: it travels in one piece."""
        self._parts.append(part)

    send = sendall

    def gettimeout(self) -> float:
        """As of a socket that never waits."""
        return 0.0

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(self._parts)

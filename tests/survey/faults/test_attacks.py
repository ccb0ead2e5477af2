"""Named attacks on `tolqyn serve` over a socket: none starts an interview, none is echoed, none is logged."""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from harness.place import Place, found
from harness.server import Server, free_port
from sqlalchemy import func, select

from survey.store.models import Ballot, PageAnswer

CANARY = b"kanareika7"
PATIENCE = 20
SILENCE = 5
"""Seconds within which an attack is answered, and each further word comes; this machine may be busy."""
AT_ONCE = 20.0
"""Likewise the whole answer."""
OURS = b"Host: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


def get(path: bytes, *headers: bytes, host: bytes = OURS, method: bytes = b"GET") -> bytes:
    return b"%s %s HTTP/1.1\r\n%sConnection: close\r\n%s\r\n" % (
        method,
        path,
        host,
        b"".join(header + b"\r\n" for header in headers),
    )


def post(path: bytes, body: bytes, *headers: bytes, host: bytes = OURS, kind: bytes = FORM) -> bytes:
    head = b"POST %s HTTP/1.1\r\n%s%sConnection: close\r\nContent-Length: %d\r\n" % (
        path,
        host,
        kind,
        len(body),
    )
    return head + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


@dataclass(frozen=True)
class Attack:
    """What is sent, and the statuses that are a good answer."""

    sent: bytes
    good: tuple[int, ...]


ATTACKS = {
    "host header of another site": Attack(get(b"/", host=b"Host: kanareika7.example\r\n"), (400,)),
    "absolute address of another site": Attack(get(b"http://kanareika7.example/", host=OURS), (200, 400)),
    "host header twice": Attack(get(b"/", b"Host: kanareika7.example"), (400,)),
    "no host header": Attack(get(b"/", host=b""), (200, 400)),
    "forwarded host": Attack(get(b"/", b"X-Forwarded-Host: kanareika7.example"), (200,)),
    "password reset poisoning by host": Attack(
        post(b"/s/opinion/start", b"lang=en", host=b"Host: kanareika7.example\r\n"), (400,)
    ),
    "smuggling: length and chunks": Attack(
        post(b"/s/opinion/start", b"0\r\n\r\nGET /kanareika7 HTTP/1.1\r\n", b"Transfer-Encoding: chunked"),
        (400, 411, 501),
    ),
    "smuggling: two lengths": Attack(post(b"/s/opinion/start", b"lang=en", b"Content-Length: 0"), (400,)),
    "smuggling: obscured chunks": Attack(
        post(b"/s/opinion/start", b"0\r\n\r\n", b"Transfer-Encoding: xchunked"), (400, 411, 501)
    ),
    "smuggling: space before the colon": Attack(get(b"/", b"Content-Length : 5"), (400,)),
    "smuggling: negative length": Attack(
        b"POST / HTTP/1.1\r\n" + OURS + b"Content-Length: -5\r\n\r\n", (400,)
    ),
    "header folded over lines": Attack(get(b"/", b"X-A: a\r\n kanareika7"), (200, 400)),
    "null byte in a header": Attack(get(b"/", b"X-A: \0kanareika7"), (400,)),
    "address line of 6,000 bytes": Attack(get(b"/" + CANARY * 600), (400, 414)),
    "head without end": Attack(b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 6000, (400, 431)),
    "two hundred headers": Attack(get(b"/", *[b"X-%d: kanareika7" % n for n in range(200)]), (400, 431)),
    "body announced as 1 GB": Attack(
        b"POST /s/opinion/start HTTP/1.1\r\n" + OURS + FORM + b"Content-Length: 1000000000\r\n\r\n", (413,)
    ),
    "body of 200 kB": Attack(post(b"/s/opinion/start", CANARY * 20_000), (413,)),
    "TRACE": Attack(get(b"/", b"X-A: kanareika7", method=b"TRACE"), (405,)),
    "CONNECT as a proxy": Attack(get(b"kanareika7.example:443", method=b"CONNECT"), (400, 404, 405)),
    "WebDAV PUT": Attack(get(b"/kanareika7.html", method=b"PUT"), (404, 405)),
    "path traversal": Attack(get(b"/results/en/../../../../etc/passwd"), (404,)),
    "path traversal, encoded": Attack(get(b"/results/en/x/%2e%2e%2f%2e%2e%2fkeys/server.key"), (404,)),
    "path traversal, encoded twice": Attack(get(b"/results/en/x/%252e%252e%252fserver.key"), (404,)),
    "null byte in the path": Attack(get(b"/results/en/x/a%00.pdf"), (404,)),
    "static folder escape": Attack(get(b"/static/../config.py"), (404,)),
    "debugger console": Attack(get(b"/nowhere?__debugger__=yes&cmd=resource&f=style.css"), (404,)),
    "reflected script in the path": Attack(get(b"/s/%3Cscript%3Ekanareika7%3C/script%3E/"), (404,)),
    "template in the query": Attack(get(b"/s/opinion/?lang={{7*191}}kanareika7"), (200, 303, 400, 404)),
    "SQL in the wave's word": Attack(get(b"/s/opinion'%20OR%201=1--/"), (404,)),
    "SQL in a code": Attack(get(b"/s/opinion/i/'%20OR%20'1'='1"), (404,)),
    "newline in a redirect": Attack(get(b"/s/opinion%0d%0aSet-Cookie:%20kanareika7=1"), (303, 404)),
    "open redirect by slashes": Attack(get(b"//kanareika7.example/%2e%2e"), (400, 404)),
    "post from another site": Attack(
        post(b"/s/opinion/start", b"lang=en", b"Sec-Fetch-Site: cross-site"), (400,)
    ),
    "page answered without an interview": Attack(post(b"/s/opinion/q/1", b"N1=5"), (400, 403)),
    "forged cookie": Attack(post(b"/s/opinion/q/1", b"N1=5", b"Cookie: interview=kanareika7"), (400,)),
    "XML for a form": Attack(
        post(b"/s/opinion/q/1", b"<!ENTITY a 'kanareika7'>", kind=b"Content-Type: text/xml\r\n"), (400,)
    ),
    "ten thousand fields": Attack(
        post(b"/s/opinion/q/1", b"&".join(b"a%d=" % n for n in range(9000))), (400,)
    ),
    "bad UTF-8": Attack(post(b"/s/opinion/q/1", b"N1=%ff%fe%c0%80"), (400,)),
    "API without a token": Attack(get(b"/api/v1/waves"), (401,)),
    "API with a guessed token": Attack(get(b"/api/v1/waves", b"Authorization: Bearer kanareika7"), (401,)),
    "upgrade to another protocol": Attack(get(b"/", b"Upgrade: h2c", b"HTTP2-Settings: AAMA"), (200, 400)),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Server]]:
    home = tmp_path_factory.mktemp("attacked")
    place = found(home, f"sqlite:///{home}/tolqyn.sqlite", free_port())
    running = Server(place, extra={"TOLQYN_PUBLIC_URL": f"http://127.0.0.1:{place.config.port}"})
    running.start()
    yield place, running
    running.stop()


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_at_once_and_leaves_nothing(server: tuple[Place, Server], name: str) -> None:
    place, running = server
    attack, before = ATTACKS[name], rows(place)
    begun = time.monotonic()
    answer = ask(place.config.port, attack.sent)
    assert time.monotonic() - begun < AT_ONCE
    status = int(answer.split(b" ", 2)[1])
    assert status in attack.good, answer[:300]
    head, _, body = answer.partition(b"\r\n\r\n")
    echoed = [line for line in head.split(b"\r\n") if CANARY in line]
    assert all(line.startswith(b"Location: /s/opinion%0D%0A") for line in echoed), (
        "only encoded, on this host"
    )
    assert b"<script>kanareika7" not in body
    assert b"root:" not in body
    assert b"1337" not in body or b"a1337=" in attack.sent
    assert b"Traceback" not in body
    assert rows(place) == before
    assert CANARY not in running.log.read_bytes()
    assert running.status("/healthz") == 200


def test_the_same_door_opens_to_an_honest_respondent(server: tuple[Place, Server]) -> None:
    """Without this the refusals above would prove nothing."""
    place, _ = server
    before = rows(place)
    answer = ask(place.config.port, post(b"/s/opinion/start", b"lang=en", b"Sec-Fetch-Site: same-origin"))
    assert answer.startswith((b"HTTP/1.1 303", b"HTTP/1.1 307"))
    assert rows(place) >= before


def rows(place: Place) -> tuple[int, int]:
    database = place.database()
    try:
        with database.reading() as session:
            return tuple(session.scalar(select(func.count()).select_from(t)) for t in (Ballot, PageAnswer))  # type: ignore[return-value]
    finally:
        database.close()


def ask(port: int, sent: bytes) -> bytes:
    """All that comes back until the server ends the line or falls silent."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as stranger:
        stranger.settimeout(SILENCE)
        try:
            stranger.sendall(sent)
            while piece := stranger.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionError):
            assert answer
    return answer

"""`tolqyn serve` without nginx in front: who is slow holds up nobody, each answer belongs to its request."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import urllib3

from survey.cli.background import running_server
from survey.cli.ports import free_port
from survey.cli.serve import THREADS
from survey.config import Config

WORKERS = 2
PATIENCE = 20.0
HALF_HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
HALF_BODY = b"POST /s/none/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nlang="
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def server(environment: Config, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Host and port of the product's server."""
    config = replace(environment, port=free_port(), plain_http=True)
    with running_server(config, workers=WORKERS, log=tmp_path / "serve.log"):
        yield config.host, config.port


def all_of(client: socket.socket) -> bytes:
    """What the server says until it closes."""
    got = b""
    while piece := client.recv(65536):
        got += piece
    return got


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_requests_that_never_end_stop_nobody(server: tuple[str, int]) -> None:
    with ExitStack() as stack:
        for half in (HALF_HEAD, HALF_BODY, b""):
            for _ in range(2 * WORKERS * THREADS):
                stack.enter_context(socket.create_connection(server, PATIENCE)).sendall(half)
        for _ in range(10):
            address = "http://{}:{}/healthz".format(*server)
            assert urllib3.request("GET", address, retries=False, timeout=PATIENCE).status == 200


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_request_sent_byte_by_byte_is_answered(server: tuple[str, int]) -> None:
    with socket.create_connection(server, PATIENCE) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(len(HEALTH)):
            client.sendall(HEALTH[number : number + 1])
        assert client.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_requests_at_once_are_answered_in_order(server: tuple[str, int]) -> None:
    last = HEALTH.replace(b"/healthz", b"/nowhere").replace(b"Host", b"Connection: close\r\nHost")
    with socket.create_connection(server, PATIENCE) as client:
        client.sendall(HEALTH + last)
        answers = all_of(client).split(b"HTTP/1.1 ")
    assert [answer[:3] for answer in answers[1:]] == [b"200", b"404"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"Transfer-Encoding: chunked\r\n\r\n5\r\nlang=\r\n0\r\n\r\n", b"411"),
        (b"Content-Length: 70000\r\n\r\nlang=", b"413"),
        (b"Content-Length: 7, 8\r\n\r\nlang=ru", b"400"),
    ],
)
def test_a_body_that_is_not_taken_is_told_so_and_the_line_ends(
    server: tuple[str, int], sent: bytes, status: bytes
) -> None:
    with socket.create_connection(server, PATIENCE) as client:
        client.sendall(b"POST /s/none/start HTTP/1.1\r\nHost: localhost\r\n" + sent)
        said = all_of(client)
    assert said[9:12] == status
    assert b"connection: close" in said.lower()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_client_that_sends_its_request_and_no_more_is_answered(server: tuple[str, int]) -> None:
    with socket.create_connection(server, PATIENCE) as client:
        client.sendall(HEALTH)
        client.shutdown(socket.SHUT_WR)
        assert all_of(client).startswith(b"HTTP/1.1 200")

"""What a client sends, however it is cut, becomes whole requests; nothing waits for the rest."""

import socket
from collections.abc import Iterator

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import LimitRequestHeaders, ParseException

from survey.serving.connection import LARGEST_BODY, LARGEST_HEAD, Connection, LengthRequiredError

CONFIG = Config()
POST = b"POST /s/x/start HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\nlang=ru"
GET = b"GET /s/x/ HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, Connection]]:
    """A client and the connection at whose other end it is."""
    client, server = socket.socketpair()
    connection = Connection(server, ("127.0.0.1", 1), ("127.0.0.1", 2))
    with client, server:
        yield client, connection


def taken(connection: Connection) -> list[tuple[str, str, bytes]]:
    """Method, path and body of each request that is whole."""
    found = []
    while (request := connection.request(CONFIG)) is not None:
        found.append((request.method, request.path, request.body.read()))
    return found


@pytest.mark.parametrize("cut", range(1, len(POST + GET)))
def test_requests_are_the_same_wherever_they_are_cut(
    line: tuple[socket.socket, Connection], cut: int
) -> None:
    client, connection = line
    found = []
    for piece in ((POST + GET)[:cut], (POST + GET)[cut:]):
        client.sendall(piece)
        assert connection.receive()
        found += taken(connection)
    assert found == [("POST", "/s/x/start", b"lang=ru"), ("GET", "/s/x/", b"")]
    assert not connection.begun


@pytest.mark.parametrize("end", [0, 1, 30, POST.index(b"lang"), len(POST) - 1])
def test_half_a_request_is_none_yet(line: tuple[socket.socket, Connection], end: int) -> None:
    client, connection = line
    client.sendall(POST[:end])
    assert connection.receive()
    assert taken(connection) == []
    assert connection.begun == (end > 0)


def test_a_client_that_has_gone_is_noticed(line: tuple[socket.socket, Connection]) -> None:
    client, connection = line
    client.close()
    assert not connection.receive()


def test_a_head_without_end_is_refused(line: tuple[socket.socket, Connection]) -> None:
    client, connection = line
    client.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST_HEAD)
    connection.receive()
    with pytest.raises(LimitRequestHeaders):
        connection.request(CONFIG)


def test_a_body_without_length_is_not_waited_for(line: tuple[socket.socket, Connection]) -> None:
    client, connection = line
    client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.receive()
    with pytest.raises(LengthRequiredError):
        connection.request(CONFIG)


@pytest.mark.parametrize("lengths", [b"7\r\nContent-Length: 8", b"7\r\nTransfer-Encoding: chunked", b"-1"])
def test_a_length_that_can_be_read_in_two_ways_is_refused(
    line: tuple[socket.socket, Connection], lengths: bytes
) -> None:
    client, connection = line
    client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + lengths + b"\r\n\r\nlang=ru")
    connection.receive()
    with pytest.raises(ParseException):
        connection.request(CONFIG)


def test_of_a_body_too_large_the_length_is_enough(line: tuple[socket.socket, Connection]) -> None:
    client, connection = line
    client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\nlang=ru" % (LARGEST_BODY + 1))
    connection.receive()
    request = connection.request(CONFIG)
    assert request is not None
    assert (request.body.read(), request.should_close()) == (b"", True)


def test_what_the_client_does_not_take_is_kept(line: tuple[socket.socket, Connection]) -> None:
    client, connection = line
    answer = bytes(range(256)) * 40_000
    connection.send(answer)
    assert connection.unsent
    got = b""
    while len(got) < len(answer):
        got += client.recv(1 << 20)
        connection.send()
    assert got == answer
    assert not connection.unsent

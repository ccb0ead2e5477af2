"""`tolqyn serve`: the product configuration over a socket."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from survey.cli.serve import default_workers, gunicorn_arguments
from survey.config import Config

PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def server(environment: Config, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """`tolqyn serve` as somebody would type it; its address and what it prints."""
    port, log = free_port(), tmp_path / "serve.log"
    command = [Path(sys.executable).with_name("tolqyn"), "serve", "--port", str(port), "--workers", "2"]
    with log.open("wb") as output:
        process = subprocess.Popen([*command, "--plain-http"], stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib3.request("GET", f"{address}/healthz", retries=False, timeout=2)
            break
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    try:
        yield address, log
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_server_answers_and_logs_nobody(server: tuple[str, Path]) -> None:
    address, log = server
    assert urllib3.request("GET", f"{address}/readyz").data == b"ready\n"
    agent = {"User-Agent": "canary-agent"}
    assert urllib3.request("GET", f"{address}/s/canary-alias/i/CANARYTOKEN", headers=agent).status == 404
    said = log.read_text()
    assert address in said
    assert not [word for word in ("canary", "CANARY", "/healthz") if word in said]


def test_a_broken_request_leaves_no_address_in_the_log(server: tuple[str, Path]) -> None:
    address, log = server
    place = ("127.0.0.1", int(address.rpartition(":")[2]))
    for broken in (
        b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nCookie: s=" + b"x" * 9000 + b"\r\n\r\n",
        b"nonsense\r\n\r\n",
    ):
        with socket.create_connection(place, timeout=PATIENCE) as stranger:
            stranger.sendall(broken)
            assert b" 4" in stranger.recv(100)
    said = log.read_text().replace(address, "")
    assert not [word for word in ("127.0.0.1", "Invalid request", "xxx", "nonsense") if word in said]


def test_plain_http_beyond_this_machine_is_refused(environment: Config) -> None:
    command = [
        Path(sys.executable).with_name("tolqyn"),
        "serve",
        "--host",
        "0.0.0.0",  # noqa: S104  that is the point
        "--port",
        str(free_port()),
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert result.returncode == 1
    assert "loopback" in result.stderr


@pytest.mark.parametrize(("cores", "workers"), [(1, 2), (2, 2), (5, 5), (8, 8), (64, 8)])
def test_workers_follow_the_cores_within_bounds(
    cores: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(cores)))
    assert default_workers() == workers


def test_an_address_of_six_is_put_in_brackets() -> None:
    assert "--bind=[::1]:8000" in gunicorn_arguments(Config(host="::1"), 2)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"FLASK_DEBUG": "1"}, "unset FLASK_DEBUG"),
        ({"TOLQYN_PUBLIC_URL": "https://opinion.example.org"}, "TOLQYN_TRUSTED_PROXIES=1"),
        (
            {"TOLQYN_PUBLIC_URL": "http://x.onion", "TOLQYN_CONSOLE_URL": "https://office.example.org"},
            "TOLQYN_TRUSTED_PROXIES=1",
        ),
    ],
)
def test_what_would_show_its_memory_or_hold_no_limit_does_not_begin_to_serve(
    environment: Config, settings: dict[str, str], said: str
) -> None:
    command = [Path(sys.executable).with_name("tolqyn"), "serve", "--plain-http", "--port", str(free_port())]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, check=False, env={**os.environ, **settings}
    )
    assert result.returncode == 1
    assert said in result.stderr
    assert "serving" not in result.stdout
    assert "Traceback" not in result.stderr


def test_behind_a_proxy_that_is_told_of_it_serves(environment: Config, tmp_path: Path) -> None:
    """The same address with one proxy: what is refused above is the setting, not the address."""
    settings = {"TOLQYN_PUBLIC_URL": "https://opinion.example.org", "TOLQYN_TRUSTED_PROXIES": "1"}
    port, log = free_port(), tmp_path / "proxied.log"
    command = [Path(sys.executable).with_name("tolqyn"), "serve", "--port", str(port), "--workers", "1"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **settings})
    try:
        end = time.monotonic() + PATIENCE
        while "serving https://opinion.example.org" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)

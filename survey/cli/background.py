"""The real server as a child process for as long as a block lasts, ended however the block ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import urllib3

from survey.cli.serve import environment, gunicorn_arguments
from survey.config import Config
from survey.refusal import Reason, Refused

PATIENCE = 30.0
"""Seconds until the server must answer, and until it must have stopped."""


@contextmanager
def running_server(config: Config, *, workers: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn on the configured address, ready to answer. Raises Refused when it does not come up.

    It is ended when the block ends, also by an error, Ctrl-C, SIGTERM or SIGHUP.
    """
    env = {**os.environ, **environment(config)}
    env["TOLQYN_TWO_PERSON"] = "on" if config.two_person else "off"
    # Nothing stands before it, whatever does before this machine's own server: nobody here is limited.
    env["TOLQYN_TRUSTED_PROXIES"], env["TOLQYN_HOSTS"] = str(config.trusted_proxies), ",".join(config.hosts)
    env["TOLQYN_PUBLIC_URL"], env["TOLQYN_CONSOLE_URL"] = config.public_url, config.console_url
    with log.open("wb") as output, _ended_by_signals():
        command = [sys.executable, *gunicorn_arguments(config, workers)]
        # A session of its own: Ctrl-C in the terminal ends the respondents first and then, here, the server.
        server = subprocess.Popen(  # noqa: S603  our own interpreter and arguments
            command, env=env, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait_until_ready(server, config, log)
            yield server
        finally:
            _end(server)


def _wait_until_ready(server: subprocess.Popen[bytes], config: Config, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    address = f"http://{config.host}:{config.port}/readyz"
    while time.monotonic() < end and server.poll() is None:
        with suppress(urllib3.exceptions.HTTPError):
            if urllib3.request("GET", address, retries=False, timeout=2).status == 200:
                return
        time.sleep(0.1)
    last = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
    raise Refused(Reason("a server that answers", "; ".join(last) or "silence", f"see {log}", path=address))


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an exit that runs every `finally`."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for(server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when somebody pressed Ctrl-C. Raises Refused when the server ended by itself."""
    try:
        status = server.wait()
    except KeyboardInterrupt:
        return
    found = f"one that ended by itself (status {status})"
    raise Refused(Reason("a server that runs until Ctrl-C", found, f"see {log}", rule="server"))

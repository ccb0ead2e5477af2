"""How long the server takes for a published page from disk: called in this process, and over a socket.

Needs a folder written by `tolqyn results publish`; prints medians and 99th percentiles, beside those of an
empty page, which hold what the machine does besides.
"""

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from werkzeug.test import Client

from survey import create_app
from survey.config import Config
from survey.store import schema
from survey.store.engine import connect

ROUNDS = 500
SERVE = "import sys; from survey.cli import main; main(sys.argv[1:])"
PACKED = {"Accept-Encoding": "gzip"}


EMPTY = "/healthz"
"""What the same server answers without any page."""


@dataclass(frozen=True)
class Took:
    """Bytes sent; milliseconds at the median and at the 99th percentile."""

    sent: int
    median: float
    slow: float


def took(get: Callable[[], bytes]) -> Took:
    """Some hundred answers, one after the other."""
    times, sent = [], 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        sent = len(get())
        times.append(1000 * (time.perf_counter() - start))
    return Took(sent, statistics.median(times), statistics.quantiles(times, n=100)[-1])


@contextmanager
def instance(site: Path) -> Iterator[Config]:
    """An empty instance that shows the published folder."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "results").symlink_to(site.absolute())
        config = Config(home=Path(home), database_url=f"sqlite:///{home}/tolqyn.sqlite", plain_http=True)
        database = connect(config.database_url)
        schema.upgrade(database)
        database.close()
        yield config


def called(config: Config, paths: list[str]) -> list[Took]:
    """The WSGI application, without a socket."""
    app = create_app(config)
    client = Client(app)

    def get(path: str) -> bytes:
        with client.get(path, headers=PACKED) as response:
            if response.status_code != 200:
                sys.exit(f"{path}: {response.status}")
            return response.get_data()

    found = [took(lambda path=path: get(path)) for path in paths]
    app.extensions["tolqyn"].database.close()
    return found


def asked(config: Config, paths: list[str]) -> list[Took]:
    """`tolqyn serve`: gunicorn with its threads, over one connection that stays open."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"TOLQYN_HOME": str(config.home), "TOLQYN_DATABASE_URL": config.database_url}
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve", "--plain-http", "--port", str(port)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        line = http.client.HTTPConnection("127.0.0.1", port)
        _until_up(line)

        def get(path: str) -> bytes:
            line.request("GET", path, headers=PACKED)
            response = line.getresponse()
            if response.status != 200:
                sys.exit(f"{path}: {response.status}")
            return response.read()

        return [took(lambda path=path: get(path)) for path in paths]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _until_up(line: http.client.HTTPConnection) -> None:
    for _ in range(300):
        try:
            line.request("GET", EMPTY)
            line.getresponse().read()
            return
        except OSError:
            line.close()
            time.sleep(0.1)
    sys.exit("the server did not come up in 30 seconds")


def main() -> None:
    """`run.py FOLDER LANG/STUDY/PAGE...`"""
    site, *pages = sys.argv[1:]
    paths = [EMPTY, *(f"/results/{page}" for page in pages)]
    print("| page | bytes | called: median ms | 99th | over a socket: median ms | 99th |")
    print("|---|---|---|---|---|---|")
    with instance(Path(site)) as config:
        for path, within, over in zip(paths, called(config, paths), asked(config, paths), strict=True):
            times = (within.median, within.slow, over.median, over.slow)
            print(f"| {path} | {within.sent} | " + " | ".join(f"{each:.2f}" for each in times) + " |")


if __name__ == "__main__":
    main()

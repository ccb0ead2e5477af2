"""A place in, its web server as a group of processes out: started, waited for, stopped or killed."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from harness.place import Place
from survey.cli.serve import gunicorn_arguments

PATIENCE = 60
PRODUCT = "wsgi:app"
WORKERS = 2
PORTS = range(16000, 32000, 2000)
"""Below those that Linux gives away by itself (ip_local_port_range); a step for each test process."""
TESTS = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port nobody listens on, of this test process's own: the kernel gives it to nobody else."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = PORTS.start + PORTS.step * worker + secrets.randbelow(PORTS.step)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Server:
    """`tolqyn serve` in its product configuration; with another `app`, gunicorn with the same arguments."""

    place: Place
    app: str = PRODUCT
    under: Sequence[str] = ()
    """A command that runs it: strace, faketime."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further environment variables."""
    workers: int = WORKERS
    log: Path | None = None
    """All it printed; beside the database where nothing is said."""
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.log = self.log or self.place.config.home / "serve.log"

    def start(self) -> None:
        """Start it and wait until it takes writes."""
        self.launch()
        self.wait_until(ready=True)

    def launch(self) -> None:
        """Start it in a group of processes of its own."""
        port = str(self.place.config.port)
        if self.app == PRODUCT:
            tolqyn = str(Path(sys.executable).with_name("tolqyn"))
            where = [] if self.socket else ["--port", port, "--plain-http"]
            command = [tolqyn, "serve", "--workers", str(self.workers), *where]
        else:
            command = [sys.executable, *gunicorn_arguments(self.place.config, self.workers)[:-1], self.app]
        path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        mine = {"TOLQYN_PLAIN_HTTP": "off"} if self.socket else {}
        variables = {**os.environ, **self.place.environment, "PYTHONPATH": path, **mine, **self.extra}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*self.under, *command],
                env=variables,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_until(self, *, ready: bool) -> None:
        """Until /readyz says so."""
        end = time.monotonic() + PATIENCE
        while self.status("/readyz") not in ((200,) if ready else (503,)):
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    @property
    def socket(self) -> str:
        """The file on which it listens, where it listens on one."""
        return self.extra.get("TOLQYN_SOCKET", "")

    def status(self, path: str) -> int:
        """The status an address answers with; 0 without an answer."""
        if self.socket:
            return _status_at(self.socket, path)
        address = f"http://127.0.0.1:{self.place.config.port}{path}"
        try:
            return urllib3.request("GET", address, retries=False, timeout=5).status
        except urllib3.exceptions.HTTPError:
            return 0

    def kill(self) -> None:
        """SIGKILL to master and workers at once, then until none of them is left."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        until_gone(lambda: members(self.process.pid if self.process else 0))

    def stop(self) -> None:
        """As an administrator stops it. Safe on one that does not run."""
        if self.process is None or self.process.poll() is not None:
            return
        started = self.process.pid
        below = [pid for pid, _, parent, _ in processes() if parent == started]
        for pid in below if self.under else [started]:
            os.kill(pid, signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                self.kill()


def _status_at(file: str, path: str) -> int:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        try:
            line.connect(file)
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return int(line.recv(100).split()[1])
        except (OSError, IndexError):
            return 0


def members(group: int) -> list[int]:
    """Processes of a group that still run."""
    return [pid for pid, state, _, member_of in processes() if member_of == group and state not in "ZX"]


def processes() -> list[tuple[int, str, int, int]]:
    """Number, state, parent and group of every process (proc(5), `stat`)."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:  # it ended meanwhile
                continue
            state, parent, group = stat.rpartition(")")[2].split()[:3]
            found.append((int(folder.name), state, int(parent), int(group)))
    return found


def until_gone(running: object) -> None:
    """Wait until a listing of processes is empty."""
    end = time.monotonic() + PATIENCE
    while running():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)

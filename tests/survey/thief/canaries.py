"""Respondents who can be recognised, a server whose every byte is kept, and the search through it."""

import base64
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
import urllib3
from sqlalchemy import text

from survey.cli.serve import environment, gunicorn_arguments
from survey.config import Config
from survey.simulation.browser import Answered, Browser
from survey.simulation.page import read_page
from survey.store.engine import Database

PATIENCE = 60
ALIAS = "opinion-27"
PAGES: tuple[dict[str, Any], ...] = ({"OK": 2, "AGE": 41}, {"SEEN": 1}, {"WORDS": ""}, {"VB1": 1, "VB2": 2})
HARMLESS = re.compile(r"/dev/(null|tty|urandom|pts/.*)|/proc/.*|socket:.*|pipe:.*")
SIGNS = re.compile(
    rb"Kanareika.{0,10}|CanaryAgent/[0-9]{5}|canary-[0-9]{5}"
    rb"|127\.77\.[0-9]+\.[0-9]+|203\.0\.[0-9]+\.[0-9]+77",
    re.DOTALL,
)
"""What all canaries have in common: thousands of whole words in one expression would take hours."""
PIECE = 12
RUN = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
"""Tokens, codes and whatever is wrapped are found by their first twelve characters."""
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
OPENED = re.compile(r'openat\([^,]*, "([^"]*)", [A-Z_|]*(?:O_WRONLY|O_RDWR|O_CREAT)[^)]*\) = \d')


@dataclass(frozen=True)
class Canary:
    """One respondent who can be recognised by everything that is sent."""

    number: int
    token: str

    @property
    def address(self) -> str:
        """A loopback address of its own, from which the connection really comes."""
        return f"127.77.{1 + self.number // 200}.{1 + self.number % 200}"

    @property
    def words(self) -> str:
        return f"Kanareika {self.number:05} pela"

    @property
    def headers(self) -> dict[str, str]:
        far = f"203.0.{self.number // 250}.{self.number % 250}77"
        return {
            "User-Agent": f"CanaryAgent/{self.number:05}",
            "Referer": f"https://canary-{self.number:05}.example/from",
            "X-Forwarded-For": far,
            "X-Real-IP": far,
            "Forwarded": f"for={far}",
        }

    def traces(self) -> list[str]:
        """What must be found nowhere."""
        grouped = "-".join(self.token[start : start + 4] for start in range(0, len(self.token), 4))
        sent = dict.fromkeys(self.headers.values())
        return [
            self.address + ":",
            f"'{self.address}'",
            self.words,
            quote_plus(self.words),
            self.token,
            grouped,
            self.token.lower(),
            *sent,
        ]


class Sender(urllib3.HTTPConnectionPool):
    """A connection that sends the canary's headers, from its address."""

    def __init__(self, port: int, canary: Canary) -> None:
        super().__init__("127.0.0.1", port, maxsize=1, timeout=PATIENCE, source_address=(canary.address, 0))
        self.canary = canary

    def urlopen(self, method: str, url: str, *, headers: dict[str, str], **options: Any) -> Any:  # type: ignore[override]
        return super().urlopen(method, url, headers={**headers, **self.canary.headers}, **options)


@dataclass
class Run:
    """A server in its product configuration, whose every written byte can be looked at afterwards."""

    config: Config
    folder: Path
    canaries: list[Canary]
    shown: list[str] = field(default_factory=list)
    """Respondents' own codes, as the last page showed them."""

    @property
    def said(self) -> Path:
        return self.folder / "said.log"

    def answer(self, canary: Canary, *, expect: Sequence[int] = (200,)) -> Answered:
        """The whole interview by the real pages; the last page, or the first that is not a 200."""
        with Sender(self.config.port, canary) as pool:
            browser = Browser(pool)
            landing = browser.get(f"/s/{ALIAS}/i/{canary.token}")
            form = read_page(landing.body).form("/start")
            here = browser.post(form.action, form.press(("lang", "en"), {}))
            for given in PAGES:
                form = read_page(here.body).form("survey")
                answers = {name: canary.words if name == "WORDS" else value for name, value in given.items()}
                here = browser.post(form.action, form.press(("go", "next"), answers), expect=(200, *expect))
                if here.status != 200:
                    return here
            assert here.path.endswith("/done"), here.path
            return here

    def answer_all(self) -> None:
        with ThreadPoolExecutor(4) as threads:
            for page in threads.map(self.answer, self.canaries):
                self.shown += re.findall(
                    r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", read_page(page.body).text
                )

    def written(self) -> list[Path]:
        """Files that any process of the server opened to write, and all in its folders."""
        files = {path for path in self.folder.rglob("*") if path.is_file()}
        for trace in self.folder.glob("trace*"):
            files.discard(trace)
            for name in OPENED.findall(trace.read_text("utf-8", "replace")):
                path = Path(name)
                if not HARMLESS.fullmatch(name) and path.is_file():
                    files.add(path)
        return sorted(files)

    def found(self, *more: bytes) -> dict[str, str]:
        """Trace -> where it was found; plain, as hexadecimal digits, and as base64 wherever that begins."""
        traces = [*(trace for canary in self.canaries for trace in canary.traces()), *self.shown]
        wrapped = {form: trace for trace in traces for form in _wrapped(trace)}
        found: dict[str, str] = {}
        files = ((str(path), path.read_bytes()) for path in self.written())
        for name, content in [*files, *(("the cluster", part) for part in more)]:
            signs = (match.decode("utf-8", "replace") for match in SIGNS.findall(content))
            found |= dict.fromkeys(signs, name)
            # A row's neighbour may stand beside a trace without a gap, so it may begin anywhere in a run.
            for run in RUN.findall(content):
                parts = (run[start : start + PIECE] for start in range(len(run) - PIECE + 1))
                found |= {wrapped[part]: name for part in parts if part in wrapped}
        return found


def _wrapped(trace: str) -> Iterator[bytes]:
    """Its first piece as it is, in base64 at each of its three places, and in hexadecimal digits."""
    raw = trace.encode()
    if RUN.fullmatch(raw[:PIECE]):
        yield raw[:PIECE]
    for shift in range(3):
        yield base64.b64encode(bytes(shift) + raw)[4 : 4 + PIECE]
    yield raw.hex().encode()[:PIECE]


@contextmanager
def serving(
    run: Run, *, application: str = "", more: Sequence[str] = (), traced: bool = True
) -> Iterator[Run]:
    """`tolqyn serve` as a child, or gunicorn with an application that leaks; TMPDIR is the run's own."""
    temporary = run.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    env = {**os.environ, **environment(run.config), "TMPDIR": str(temporary)}
    command = [str(Path(sys.executable).with_name("tolqyn")), "serve", "--workers", "2", "--plain-http"]
    if application or more:
        arguments = gunicorn_arguments(run.config, 2)
        if application:
            (run.folder / "leaking.py").write_text(application)
            arguments[-1] = "leaking:app"
            env["PYTHONPATH"] = str(run.folder)
        command = [sys.executable, *arguments[:-1], *more, arguments[-1]]
    if traced:
        watch = ["-f", "--seccomp-bpf", "-qq", "-e", "trace=openat", "-o", str(run.folder / "trace")]
        command = ["strace", *watch, *command]
    with run.said.open("wb") as said:
        process = subprocess.Popen(command, env=env, stdout=said, stderr=said, start_new_session=True)
        try:
            _wait(run, process)
            yield run
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(PATIENCE)


def _wait(run: Run, process: subprocess.Popen[bytes]) -> None:
    address = f"http://127.0.0.1:{run.config.port}/readyz"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with suppress(urllib3.exceptions.HTTPError):
            if urllib3.request("GET", address, retries=False).status == 200:
                return
        time.sleep(0.1)
    pytest.fail(run.said.read_text("utf-8", "replace"))


def cluster_bytes(database: Database) -> bytes:
    """All files of the PostgreSQL cluster: tables, indexes, log of writes, the server's own log."""
    if database.engine.dialect.name == "sqlite":
        return b""
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        folder = Path(str(connection.scalar(text("SHOW data_directory"))))
    name = str(database.engine.url.database)
    with database.engine.connect() as connection:
        number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = :name"), {"name": name})
    places = (folder / "base" / str(number), folder / "pg_wal", folder.parent)
    files = [p for place in places[:2] for p in place.rglob("*") if p.is_file()]
    return b"".join(path.read_bytes() for path in [*files, *places[2].glob("*.log")])

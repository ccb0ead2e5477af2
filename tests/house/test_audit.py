"""`make audit` tells flaws; a database that cannot be asked, or knows nothing, is never a clean sheet."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

Asked = Callable[..., tuple[int, str, dict[str, object]]]
LOCK = (
    "flask==3.1.3 \\\n    --hash=sha256:" + "0" * 64 + "\nwerkzeug==3.1.9 \\\n    --hash=sha256:" + "1" * 64
)


@contextmanager
def database(flawed: dict[str, str] | None, status: int = 200) -> Iterator[str]:
    """A service that speaks OSV on the loopback: package to the version that mends it."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = asked["package"]["name"]
            answer = {"vulns": [flaw(name, flawed[name])]} if flawed and name in flawed else {}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def flaw(name: str, mended: str) -> dict[str, object]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": mended}]}]
    affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": ranges}]
    return {"id": f"PYSEC-{name}", "summary": "It is flawed.", "affected": affected}


@pytest.fixture
def audit(repository: Path, tmp_path: Path) -> Asked:
    lock, out = tmp_path / "requirements.lock", tmp_path / "build" / "audit.json"
    lock.write_text(LOCK)

    def ask(url: str, *options: str) -> tuple[int, str, dict[str, object]]:
        script = [sys.executable, str(repository / ".ci" / "audit"), str(lock)]
        command = [*script, "--out", str(out), "--osv-url", url, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr, json.loads(out.read_text())

    return ask


def test_a_flaw_of_a_locked_package_fails_the_build_and_is_named(audit: Asked) -> None:
    with database({"jinja2": "2.7.2", "werkzeug": "9.9"}) as url:
        status, said, outcome = audit(url, "--may-skip")
    assert status == 1
    assert "werkzeug 3.1.9: PYSEC-werkzeug, fixed in 9.9" in said
    assert outcome["status"] == "flaws"


def test_a_database_that_knows_flaws_and_none_of_ours_is_a_clean_sheet(audit: Asked) -> None:
    with database({"jinja2": "2.7.2"}) as url:
        status, said, outcome = audit(url)
    assert status == 0
    assert "2 packages asked for, 0 known flaws" in said
    assert outcome == {"status": "clean", "packages": 2, "flaws": []}


@pytest.mark.parametrize(
    ("flawed", "answer"), [(None, 200), (None, 500)], ids=["that knows nothing", "that fails"]
)
def test_a_database_is_no_clean_sheet(audit: Asked, flawed: dict[str, str] | None, answer: int) -> None:
    with database(flawed, answer) as url:
        status, said, outcome = audit(url)
        passed, said_again, _ = audit(url, "--may-skip")
    assert (status, passed) == (3, 0)
    assert said.startswith("audit SKIPPED, nothing is known of any flaw: ")
    assert said_again == said
    assert outcome["status"] == "skipped"


def test_nobody_at_that_address_is_no_clean_sheet(audit: Asked) -> None:
    with database(None) as url:
        gone = url
    status, said, outcome = audit(gone)
    assert status == 3
    assert "SKIPPED" in said
    assert outcome["status"] == "skipped"


def test_the_build_asks_and_says_at_its_end_what_came_of_it(repository: Path) -> None:
    run = (repository / ".ci" / "run").read_text()
    assert "make audit" in run
    assert "build/audit.json" in run.splitlines()[-1]

"""The interview without a server: an interview in, each request's CPU time and SQL statements out.

Usage: inside.py [sqlite|postgresql] [--rounds N] [--profile FILE]
"""

import argparse
import cProfile
import gzip
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import stage
from lxml import html
from sqlalchemy import event
from werkzeug.test import Client

from survey import create_app
from survey.store.prepared import Prepared

LEFT_OUT = ("__missing", "__clear")


class Interview:
    """One respondent who gives the first answer everywhere, over WSGI."""

    def __init__(self, app: Callable, note: Callable[[str, float], None]) -> None:
        self.app = app
        self.client = Client(self._timed)
        self.note = note
        self.spent = 0.0
        self.weights: dict[str, int] = {}
        """Bytes of each page as it travels."""

    def run(self) -> None:
        """From the landing page to the end."""
        base = f"/s/{stage.ALIAS}"
        self._send("GET landing", f"{base}/")
        there = self._send("POST start", f"{base}/start", {"lang": "ru"})
        while "/q/" in there:
            number = there.rpartition("/")[2]
            page = self._send(f"GET q/{number}", there)
            there = self._send(f"POST q/{number}", there, filled(page))
        assert there.endswith("/done"), there
        self._send("GET done", there)

    def _send(self, name: str, path: str, form: dict | None = None) -> str:
        self.spent = 0.0
        response = self.client.open(path, method="POST" if form else "GET", data=form)
        if response.status_code == 307:  # asked whether the browser keeps cookies
            response = self.client.open(response.headers["Location"], method="POST", data=form)
        self.note(name, self.spent)
        if name.startswith("GET"):
            self.weights[name] = len(response.data)
        assert response.status_code in (200, 303), (name, response.status)
        return response.headers.get("Location") or gzip.decompress(response.data).decode()

    def _timed(self, environ: dict, start_response: Callable) -> list[bytes]:
        """The application's own time: what the client does to make a request is none of it."""
        environ["HTTP_ACCEPT_ENCODING"] = "gzip"
        began = time.thread_time()
        try:
            return list(self.app(environ, start_response))
        finally:
            self.spent += time.thread_time() - began


def filled(page: str) -> dict[str, str]:
    """What a browser sends when the first choice is taken everywhere; the age is an adult's."""
    form = html.fromstring(page).get_element_by_id("survey")
    given = {"go": "next"}
    for field in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
        name, kind = field.get("name"), field.get("type") or field.tag
        if name.endswith(LEFT_OUT) or name in given:
            continue
        if kind in ("hidden", "radio", "checkbox"):
            given[name] = field.get("value")
        elif kind == "select":
            given[name] = next(option.get("value") for option in field.iter("option") if option.get("value"))
        else:
            given[name] = "34" if kind == "text" else "Roads first"
    return given


@contextmanager
def statements(engine: object) -> Iterator[list[str]]:
    """What is sent to the database while the block runs; BEGIN, SAVEPOINT and their ends do not count."""
    sent: list[str] = []
    run = Prepared.run

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")):
            sent.append(statement)

    def noting(prepared: Prepared, *given) -> object:
        sent.append(prepared.sql)
        return run(prepared, *given)

    event.listen(engine, "before_cursor_execute", note)
    Prepared.run = noting
    try:
        yield sent
    finally:
        Prepared.run = run
        event.remove(engine, "before_cursor_execute", note)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", nargs="?", default="sqlite", choices=("sqlite", "postgresql"))
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--profile", help="write a cProfile file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(stage.instance(Path(folder) / "home", options.kind))
        measure(app, options.rounds, options.profile)
        app.extensions["tolqyn"].database.close()


def measure(app: Callable, rounds: int, profile: str | None) -> None:
    """Answer the interview again and again; medians of CPU time of this thread, statements of the last."""
    spent: dict[str, list[float]] = defaultdict(list)
    counted: dict[str, int] = {}

    def note(name: str, seconds: float) -> None:
        spent[name].append(1000 * seconds)
        counted[name] = len(sent)
        sent.clear()

    with statements(app.extensions["tolqyn"].database.engine) as sent:
        for _ in range(20):
            Interview(app, note).run()
        spent.clear()
        profiler = cProfile.Profile() if profile else None
        if profiler:
            profiler.enable()
        for _ in range(rounds):
            Interview(app, note).run()
        if profiler:
            profiler.disable()
            profiler.dump_stats(profile)
    print(f"{'request':<14}{'CPU ms':>8}{'SQL':>5}")
    for name, values in spent.items():
        print(f"{name:<14}{median(values):>8.2f}{counted[name]:>5}")
    print(f"{'all':<14}{sum(median(values) for values in spent.values()):>8.2f}")


if __name__ == "__main__":
    sys.exit(main())

"""Servers made to lose: each does one thing that the product must not do, and the tests must see it.

One only has another clock.

Served by gunicorn in place of `wsgi:app` as `harness.variants:NAME`.
"""

import io
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from harness.ledger import PAGES
from survey import create_app

PAUSE = 0.05
"""Seconds the lazy writer waits before it writes: what it owes is a handful of posts."""


class AcknowledgeFirst:
    """Answers a page's post before it is handled: the classic queue in memory."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.owed: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._write, daemon=True).start()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        before, _, page = environ["PATH_INFO"].rpartition("/q/")
        if environ["REQUEST_METHOD"] != "POST" or not before:
            self.owed.join()  # who looks at a page sees what was answered
            return self.app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.owed.put({**environ, "wsgi.input": io.BytesIO(body)})
        start_response("303 SEE OTHER", [("Location", _after(before, int(page))), ("Content-Length", "0")])
        return [b""]

    def _write(self) -> None:
        while True:
            environ = self.owed.get()
            time.sleep(PAUSE)
            list(self.app(environ, lambda *_: None))  # type: ignore[arg-type, return-value]
            self.owed.task_done()


class AcknowledgeAlways:
    """Goes on as if nothing were wrong when a page could not be saved."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        before, _, page = environ["PATH_INFO"].rpartition("/q/")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if before and environ["REQUEST_METHOD"] == "POST" and status.startswith("503"):
                onward = [("Location", _after(before, int(page))), ("Set-Cookie", environ["HTTP_COOKIE"])]
                return start_response("303 SEE OTHER", onward)
            return start_response(status, headers, *rest)

        return self.app(environ, start)


def _after(before: str, page: int) -> str:
    return f"{before}/q/{page + 1}" if page < PAGES else f"{before}/done"


def _with_setting(statement: str) -> Flask:
    """The product with a connection setting of its own."""
    app = create_app()
    database = app.extensions["tolqyn"].database

    def weaken(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        if database.engine.dialect.name == "postgresql" and not connection.autocommit:
            connection.commit()

    for engine in filter(None, (database.engine, database.single)):
        event.listen(engine, "connect", weaken)
    return app


def _trusting() -> Flask:
    """The product without its look at the log before each transaction."""
    app = create_app()
    database = app.extensions["tolqyn"].database
    event.remove(database.engine, "connect", database.log.open)
    database.log.look = lambda _connection: None
    return app


def _by_another_clock() -> Flask:
    """The product by a clock that is as many seconds off as a file says; libfaketime breaks `time.sleep`."""
    clock, real = Path(os.environ["TOLQYN_TEST_CLOCK"]), time.time
    time.time = lambda: real() + float(clock.read_text() or "0")
    return create_app()


def __getattr__(name: str) -> Any:
    """Made only when gunicorn asks for it by name."""
    makers: dict[str, Callable[[], Any]] = {
        "acknowledges_first": lambda: AcknowledgeFirst(create_app()),
        "acknowledges_always": lambda: AcknowledgeAlways(create_app()),
        "trusts_its_log": _trusting,
        "goes_by_another_clock": _by_another_clock,
        "never_syncs": lambda: _with_setting("PRAGMA synchronous=OFF"),
        "syncs_at_checkpoints": lambda: _with_setting("PRAGMA synchronous=NORMAL"),
        "asynchronous_commit": lambda: _with_setting("SET synchronous_commit = off"),
    }
    if name not in makers:
        raise AttributeError(name)
    return makers[name]()

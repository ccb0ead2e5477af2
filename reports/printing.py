"""A document ready to print in, its PDF out, in this process or in light ones of their own."""

import gc
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Any, cast

from reports.document import Document
from reports.errors import ReportError

AT_ONCE = 2
"""Documents printed side by side; each takes some 250 MB."""
_SELDOM = 20_000
"""New objects after which Python looks for rubbish."""
_PACKAGES = Path(__file__).parent.parent


class PrinterDiedError(ReportError):
    """A process that printed was ended, as where memory is short."""


def print_html(html: str, identifier: bytes) -> bytes:
    """PDF/A-3a and PDF/UA-1 of a document that carries nothing."""
    return print_document(Document(html, identifier))


def print_document(document: Document) -> bytes:
    """PDF/A-3a and PDF/UA-1; the same document gives the same bytes."""
    # WeasyPrint and what it loads take 80 MB, which whoever only builds documents need not spend.
    from reports.press import press  # noqa: PLC0415

    return press(document)


def print_to(document: Document, path: Path) -> Path:
    """Print into a file; a reader never meets half of it."""
    from reports.press import press_to  # noqa: PLC0415

    return press_to(document, path)


def print_side_by_side(
    documents: Iterable[tuple[Path, Document]], *, printed: Callable[[Path], None] = lambda path: None
) -> list[Path]:
    """Print each document in a process of its own while the next is being made; the paths in their order.

    `printed` hears of each finished file. Raises what making or printing a document raises, and
    PrinterDiedError when a process dies.
    """
    paths: list[Path] = []
    errors: list[dict[str, Any]] = []
    with TemporaryDirectory(prefix="tolqyn-print-") as room, _pressroom() as pressroom, _seldom():
        listener = Thread(target=_listen, args=(pressroom, paths, printed, errors))
        listener.start()
        try:
            for path, document in documents:
                if errors:
                    break
                paths.append(path)
                _send(pressroom, len(paths) - 1, document, path, Path(room))
        except BaseException:
            pressroom.terminate()  # what is being printed is finished, and nothing else begun
            raise
        finally:
            _close(pressroom)
            listener.join()
    if errors:
        raise _error(**errors[0])
    if pressroom.returncode:
        raise PrinterDiedError(f"the process that prints ended with status {pressroom.returncode}")
    return paths


@contextmanager
def _seldom() -> Iterator[None]:
    """What is loaded is no rubbish, and in what is made there is little: looking for it took a seventh."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _pressroom() -> "subprocess.Popen[str]":
    """A fresh process: a fork of this one would hold whatever the caller has loaded and opened."""
    found = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(  # noqa: S603  this package, by the running interpreter
        [sys.executable, "-P", "-m", "reports.pressroom", str(min(AT_ONCE, os.cpu_count() or 1))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(found)},
    )


def _send(
    pressroom: "subprocess.Popen[str]", number: int, document: Document, path: Path, room: Path
) -> None:
    """By way of a file, so that a document in waiting takes no memory."""
    waiting = room / f"{number}.document"
    waiting.write_bytes(pickle.dumps(document))
    job = {"number": number, "document": str(waiting), "path": str(path.absolute())}
    jobs = cast("IO[str]", pressroom.stdin)
    try:
        jobs.write(json.dumps(job) + "\n")
        jobs.flush()
    except BrokenPipeError as error:
        raise PrinterDiedError("the process that prints has ended") from error


def _close(pressroom: "subprocess.Popen[str]") -> None:
    with suppress(BrokenPipeError):  # it has ended; its status tells
        cast("IO[str]", pressroom.stdin).close()


def _listen(
    pressroom: "subprocess.Popen[str]",
    paths: Sequence[Path],
    printed: Callable[[Path], None],
    errors: list[dict[str, Any]],
) -> None:
    """Until every process that prints has ended."""
    for line in cast("IO[str]", pressroom.stdout):
        told = json.loads(line)
        number = told.pop("number")
        if told:
            errors.append(told)
        else:
            printed(paths[number])


def _error(kind: str, said: Any) -> Exception:
    """The error of the other process, as far as anybody here acts on it."""
    from reports.pressroom import FAULT, FILE, REFUSED  # noqa: PLC0415  loads the press

    if kind == FILE:
        return OSError(*said)
    return {REFUSED: ReportError, FAULT: RuntimeError}.get(kind, PrinterDiedError)(said)

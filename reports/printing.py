"""A document ready to print in, its PDF out, in this process or in light ones of their own."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path

from reports.document import Document

AT_ONCE = 2
"""Documents printed side by side; each takes some 250 MB."""


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
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_bytes(print_document(document))
    return partial.replace(path)


def print_side_by_side(
    documents: Iterable[tuple[Path, Document]], *, printed: Callable[[Path], None] = lambda path: None
) -> list[Path]:
    """Print each document in a fresh process, while the next one is being made; the paths in their order.

    `printed` hears of each finished file. Raises what making or printing a document raises, and
    BrokenProcessPool when a process dies.
    """
    # A fresh process per document gives its memory back; forking would copy whatever the caller has open.
    pool = ProcessPoolExecutor(
        min(AT_ONCE, os.cpu_count() or 1), mp_context=get_context("spawn"), max_tasks_per_child=1
    )
    jobs: list[Future[Path]] = []
    with pool:
        try:
            for path, document in documents:
                job = pool.submit(print_to, document, path)
                job.add_done_callback(lambda done: printed(done.result()) if not done.exception() else None)
                jobs.append(job)
            wait(jobs)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return [job.result() for job in jobs]

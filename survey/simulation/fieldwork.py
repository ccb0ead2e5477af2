"""Visits in, how each ended out: many respondents at once, in processes with kept-alive connections."""

import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import urllib3

from survey.simulation.browser import Browser
from survey.simulation.people import Person
from survey.simulation.settings import load_settings
from survey.simulation.walker import Outcome, walk

CHUNK = 2
TIMEOUT = 60.0


@dataclass(frozen=True)
class Server:
    """Where the pages are."""

    host: str
    port: int


@dataclass(frozen=True)
class Visit:
    """One person and how the interview is begun."""

    person: Person
    token: str = ""
    """Code of the invitation; none: an open link."""
    number: str = ""
    """Takes the place of chance at the open link of a wave with a seed."""


def play(server: Server, alias: str, visits: Iterable[Visit], *, processes: int = 3) -> Iterator[Outcome]:
    """Let everybody answer; outcomes as they come. Raises WalkError at the first page that is not right.

    An interruption or an error drops whatever has not begun and waits for the few under way.
    """
    rows = list(visits)
    chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
    with ProcessPoolExecutor(processes, initializer=_ignore_interrupts) as pool:
        running = [pool.submit(_play_some, server, alias, chunk) for chunk in chunks]
        try:
            for done in as_completed(running):
                yield from done.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _ignore_interrupts() -> None:
    """Ctrl-C reaches the whole group; the parent alone decides when to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _play_some(server: Server, alias: str, visits: list[Visit]) -> list[Outcome]:
    settings = load_settings()
    with urllib3.HTTPConnectionPool(server.host, server.port, maxsize=1, timeout=TIMEOUT) as pool:
        return [
            walk(settings, visit.person, Browser(pool), alias, visit.token, number=visit.number)
            for visit in visits
        ]

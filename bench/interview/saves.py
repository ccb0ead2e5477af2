"""Saves of one page, each in its own transaction and grouped, side by side: saves/s, waiting and CPU.

Usage: saves.py [sqlite|postgresql] [--threads 16] [--processes 2] [--seconds 3] [--rounds 3]
"""

import argparse
import multiprocessing
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import stage
from sqlalchemy.orm import Session

from survey.config import Config, study_today
from survey.store import ballots
from survey.store.commits import Commits
from survey.store.engine import connect

ANSWERS = {f"ITEM_{number}": number for number in range(5)}
Saved = tuple[list[float], float]
"""Seconds each save took, CPU seconds of the process."""


def main() -> None:
    """Alternate the two ways, so that whatever else the machine does meets both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", nargs="?", default="sqlite", choices=("sqlite", "postgresql"))
    for name, default in (("--threads", 16), ("--processes", 2), ("--seconds", 3), ("--rounds", 3)):
        parser.add_argument(name, type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = stage.instance(Path(folder) / "home", options.kind)
        for _ in range(options.rounds):
            for way in ("plain", "grouped"):
                report(way, together(config, way, options), options.seconds)


def together(config: Config, way: str, options: argparse.Namespace) -> list[Saved]:
    """What each of several processes saved at the same time."""
    jobs = [(config, way, options.threads, options.seconds)] * options.processes
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        return pool.starmap(save_for, jobs)


def save_for(config: Config, way: str, threads: int, seconds: float) -> Saved:
    """Save new pages in that many threads until the time is over."""
    database = connect(config.database_url)
    with database.reading() as session:
        found = ballots.load(session, stage.ALIAS)
    assert found is not None
    # PostgreSQL lets several processes write at once: there each has a turn of its own.
    turn = f"bench-writer-{os.getpid() if database.engine.dialect.name == 'postgresql' else 0}"
    grouped = Commits(database.transaction, config.home / turn)

    def plain(work: Callable[[Session], Any]) -> None:
        with database.writing() as session:
            work(session)

    save = grouped.save if way == "grouped" else plain
    took: list[float] = []
    end = time.monotonic() + seconds

    def respondent() -> None:
        while (began := time.monotonic()) < end:
            ballot = secrets.token_hex(32)
            save(
                lambda session, ballot=ballot: ballots.save_page(
                    session,
                    found.wave,
                    ballot,
                    1,
                    ANSWERS,
                    sealed={},
                    language="ru",
                    seconds=9,
                    day=study_today(),
                )
            )
            took.append(time.monotonic() - began)

    running = [threading.Thread(target=respondent) for _ in range(threads)]
    before = sum(os.times()[:2])
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    spent = sum(os.times()[:2]) - before
    database.close()
    return took, spent


def report(way: str, saved: list[Saved], seconds: float) -> None:
    """One line."""
    took = [1000 * each for times, _ in saved for each in times]
    cpu = 1000 * sum(spent for _, spent in saved) / len(took)
    print(
        f"{way:<8} {len(took) / seconds:>7.0f} saves/s   p50 {median(took):>6.1f}  "
        f"p95 {quantiles(took, n=20)[-1]:>7.1f}  longest {max(took):>7.1f} ms   {cpu:.2f} ms CPU a save",
        flush=True,
    )


if __name__ == "__main__":
    main()

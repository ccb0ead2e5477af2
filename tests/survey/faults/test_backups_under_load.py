"""Backups while people answer: restored elsewhere they are one moment, with all that was saved before it."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from harness.cut import left_behind
from harness.judge import judge
from harness.ledger import Ledger
from harness.load import Load
from harness.place import Place
from harness.postgres import Cluster
from harness.server import Server

from survey.cli.serve import environment
from survey.store.engine import connect

PATIENCE = 60
BEFORE, MEANWHILE = 60, 20
"""Posts acknowledged before a backup begins; at least so many while it is made."""
MANY = 5
"""Backups during one load."""


def tolqyn(place: Place, *words: str) -> str:
    """A command of the product in a process of its own; what it printed."""
    program = str(Path(sys.executable).with_name("tolqyn"))
    variables = environment(place.config)
    done = subprocess.run([program, *words], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def until(ledger: Ledger, acknowledged: int, load: Load) -> None:
    """Wait for so many posts."""
    end = time.monotonic() + PATIENCE
    while ledger.acknowledged < acknowledged:
        assert time.monotonic() < end and not load.failures, load.failures
        time.sleep(0.01)


def elsewhere(place: Place, home: Path, url: str) -> Place:
    """Another instance, empty."""
    return replace(place, config=replace(place.config, home=home, database_url=url))


def backed_up(
    place: Place, other: Callable[[int], Place], serve: Callable[..., Server], backups: int
) -> None:
    """Backups one after another during one load; each restored and judged by all that was sent."""
    key = place.config.home.parent / "stick" / "backup.key"
    public = next(word for word in tolqyn(place, "db", "backup-key", str(key)).split() if word[:4] == "age1")
    serve(place).start()
    ledger = Ledger()
    load = Load(place, ledger, browsers=6, through=True)
    load.start()
    begun: dict[Path, int] = {}
    for number in range(backups):
        until(ledger, ledger.acknowledged + BEFORE, load)
        out = place.config.home.parent / f"{number}.age"
        begun[out], before = ledger.moment, ledger.acknowledged
        tolqyn(place, "db", "backup", str(out), "--to", public)
        print(f"{ledger.acknowledged - before} saved meanwhile, {ledger.refused} asked to wait so far")
        assert ledger.acknowledged - before >= MEANWHILE, "people answered all the while"
    load.finish()
    for number, (out, moment) in enumerate(begun.items()):
        there = other(number)
        tolqyn(there, "db", "restore", str(out), "--key", str(key))
        database = connect(there.config.database_url)
        try:
            findings = judge(database, ledger.as_of(moment), place.text_key)
            assert findings.faults == ()
            assert findings.stored >= findings.acknowledged >= 1
            assert left_behind(database, ledger, place.text_key) == ()
        finally:
            database.close()


@pytest.mark.parametrize("backups", [1, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_backup_of_sqlite_made_while_people_answer_is_one_moment(
    sqlite_place: Place, serve: Callable[..., Server], tmp_path: Path, backups: int
) -> None:
    def other(number: int) -> Place:
        home = tmp_path / f"other-{number}"
        return elsewhere(sqlite_place, home, f"sqlite:///{home}/tolqyn.sqlite")

    backed_up(sqlite_place, other, serve, backups)


@pytest.mark.long
def test_a_backup_of_postgresql_made_while_people_answer_is_one_moment(
    postgres_place: Place, cluster: Cluster, serve: Callable[..., Server], tmp_path: Path
) -> None:
    def other(number: int) -> Place:
        with psycopg.connect(cluster.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE other_{number}")
        url = cluster.url.replace("/postgres", f"/other_{number}")
        return elsewhere(postgres_place, tmp_path / f"other-{number}", url)

    backed_up(postgres_place, other, serve, MANY)


def test_a_plain_copy_of_the_file_and_a_copy_of_two_moments_are_caught(
    sqlite_place: Place, serve: Callable[..., Server], tmp_path: Path
) -> None:
    serve(sqlite_place).start()
    ledger = Ledger()
    load = Load(sqlite_place, ledger, browsers=2)
    load.start()
    until(ledger, MEANWHILE, load)
    moment = ledger.moment
    shutil.copyfile(sqlite_place.file, tmp_path / "copied.sqlite")
    load.finish()
    copied = connect(f"sqlite:///{tmp_path}/copied.sqlite")
    database = sqlite_place.database()
    try:
        assert judge(copied, ledger.as_of(moment), sqlite_place.text_key).lost, "the log was not copied"
        assert left_behind(database, ledger, sqlite_place.text_key) == ()
        # Whoever copies respondent after respondent has late answers of some without earlier ones of others.
        first = min(
            (post for posts in ledger.pages.values() for post in posts), key=lambda post: post.sent_at
        )
        with database.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM page_answer WHERE ballot = ?", (first.ballot,))
        behind = left_behind(database, ledger, sqlite_place.text_key)
    finally:
        copied.close()
        database.close()
    assert f"{first.ballot[:8]}:{first.page}" in {each.split(" ")[0] for each in behind}

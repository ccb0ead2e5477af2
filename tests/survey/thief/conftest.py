"""Waves with people in a known order of arrival, leaking variants of them, and what a thief carries off."""

import json
import os
import random
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.orm import Session

from instruments import Questionnaire
from survey import keys
from survey.cli.ports import free_port
from survey.config import Config
from survey.store import ballots, closing, invitations, schema, versions, waves
from survey.store.engine import Database, connect
from survey.store.models import Answer, Wave
from survey.thief import Loot, Truth, steal_postgresql, steal_sqlite, watched

TODAY = date(2027, 5, 12)
ADULT = 18
PAGES = (("OK", "AGE"), ("SEEN",), ("WHERE", "WORDS"), ("VB1", "VB2"))
SETTINGS = ("track_commit_timestamp=on", "max_connections=20", "fsync=off")
"""Commit times are what a thief would wish for."""
CONFIGURED = "wal_recycle = off\n"
"""What docs/guide/host.md asks of PostgreSQL's administrator, where ALTER SYSTEM writes it."""


Marking = Callable[[Session, str, str], None]
"""Told the token and the ballot at the end of an interview, in its transaction."""


@contextmanager
def postgres_database(address: str, template: str = "template1") -> Iterator[Database]:
    """A database of its own, dropped afterwards."""
    name = f"thief_{uuid.uuid4().hex}"
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    found = connect(make_url(address).set(database=name).render_as_string())
    try:
        yield found
    finally:
        found.close()
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


@dataclass
class Field:
    """A wave in the field; everybody came in the order of `tokens`, and the thief saw every post."""

    database: Database
    config: Config
    wave: Wave
    tokens: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    """Token hash of whoever sent a page, once for each transaction."""
    listed: list[str] = field(default_factory=list)
    """Token hashes in the order of the printed list."""

    def invite(self, people: int) -> list[str]:
        """Tokens that nobody used yet, in an order of arrival that chance decides."""
        with self.database.writing() as session:
            spec = invitations.BatchSpec(f"batch-{len(self.listed)}", people)
            tokens = invitations.invite(session, self.wave, spec)
        self.listed += [keys.token_hash(token) for token in tokens]
        return random.Random(len(self.listed)).sample(tokens, people)

    def answer(self, tokens: list[str], *, marking: Marking | None = None) -> None:
        """Whole interviews, a transaction a page, or one in all with a mark; each person's age is unique."""
        for token in tokens:
            ballot, number = self.ballot_of(token), len(self.tokens)
            given = {"OK": 2, "AGE": ADULT + number, "SEEN": 1, "WORDS": "sealed", "VB1": 1, "VB2": 2}
            self.tokens.append(token)
            words = random.Random(number).randbytes(1500).hex()
            if marking:
                with self.database.writing() as session:
                    for page in range(1, len(PAGES) + 1):
                        self._save(session, ballot, page, given, words)
                    marking(session, token, ballot)
                self.posts.append(keys.token_hash(token))
                continue
            for page in range(1, len(PAGES) + 1):
                with self.database.writing() as session:
                    self._save(session, ballot, page, given, words)
                self.posts.append(keys.token_hash(token))

    def ballot_of(self, token: str) -> str:
        """The ballot to which a person's token leads."""
        return keys.read_wave_key(self.config.keys, self.wave.alias).ballot(token)

    def how(self, _ballot: str) -> dict[str, Any]:
        """What else is stored with each page."""
        return {}

    def _save(self, session: Session, ballot: str, page: int, given: dict[str, Any], words: str) -> None:
        names = PAGES[page - 1]
        ballots.save_page(
            session,
            self.wave,
            ballot,
            page,
            {name: given[name] for name in names if name in given},
            sealed={"WORDS": words} if "WORDS" in names else {},
            language="ru",
            seconds=10,
            day=TODAY,
            state="complete" if page == len(PAGES) else "started",
            **self.how(ballot),
        )

    def ballots(self, tokens: list[str]) -> Truth:
        """Person to ballot."""
        return {keys.token_hash(token): self.ballot_of(token) for token in tokens}

    def interviews(self) -> Truth:
        """Person to interview of the closed wave, by the number that each one answered."""
        with self.database.reading() as session:
            query = select(Answer.value, Answer.interview).where(
                Answer.wave == self.wave.id, Answer.variable == "AGE"
            )
            return {
                keys.token_hash(self.tokens[int(value) - ADULT]): str(interview)
                for value, interview in session.execute(query)
            }

    def seen(self) -> Loot:
        """What the thief watched, and the list of all tokens."""
        return watched(self.posts, self.listed)

    def close(self) -> dict[str, int]:
        """Close it for good; which ballot became which interview."""
        with self.database.writing() as session:
            found = waves.find_wave(session, self.wave.alias)
            became = closing.close_wave(session, found, by="t", two_person=False, today=TODAY)
        closing.clean_up(self.database, self.config.keys, found)
        return became

    def stolen(self, table: str, column: str, folder: Path) -> Loot:
        """What the thief makes of the database as it lies there now."""
        if self.database.engine.dialect.name == "postgresql":
            with self.database.engine.connect() as connection:
                loot = steal_postgresql(connection, table, column)
                assert {"dead rows", "commit times"} <= loot.orders.keys() or not loot.orders
                return loot
        return steal_sqlite(copied(self.config, folder / uuid.uuid4().hex), table, column)


def copied(config: Config, folder: Path) -> Path:
    """The database file with its log and index, as it lies there."""
    folder.mkdir(parents=True)
    for path in config.home.glob("tolqyn.sqlite*"):
        shutil.copy(path, folder)
    return folder / "tolqyn.sqlite"


@pytest.fixture
def numbered(document: dict[str, Any]) -> Questionnaire:
    """The small questionnaire; an age may be any number."""
    document["items"]["AGE"] |= {"max": 99999}
    return Questionnaire.from_json(json.dumps(document))


@pytest.fixture(scope="session")
def cluster() -> Iterator[tuple[str, str]]:
    """A PostgreSQL cluster to be carried off whole: its address, and a migrated database in it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        reason = "PostgreSQL is not installed: apt-get install postgresql"
        if os.environ.get("ALLOW_SKIP") == "1":
            pytest.skip(reason)
        pytest.fail(reason)
    folder = Path(f"/tmp/tolqyn-thief-{uuid.uuid4().hex[:12]}")  # noqa: S108  a socket's path must be short
    folder.mkdir(mode=0o700)
    runs_as = []
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
        runs_as = ["runuser", "-u", "postgres", "--"]

    def run(*words: str) -> None:
        subprocess.run([*runs_as, *words], cwd=folder, check=True, capture_output=True)

    program = found[-1]
    port = free_port()
    options = " ".join(f"-c {setting}" for setting in SETTINGS)
    try:
        run(f"{program}/initdb", "-D", f"{folder}/data", "-U", "tolqyn", "-A", "trust", "-E", "UTF8", "-N")
        with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(CONFIGURED)
        run(
            f"{program}/pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/server.log", "-o",
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} {options}", "start",
        )  # fmt: skip
        address = f"postgresql+psycopg://tolqyn@127.0.0.1:{port}/postgres"
        with postgres_database(address) as migrated:
            schema.upgrade(migrated)
            migrated.close()
            yield address, str(migrated.engine.url.database)
    finally:
        subprocess.run(
            [*runs_as, f"{program}/pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop"],
            cwd=folder,
            check=False,
            capture_output=True,
        )
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database at the newest migration; PostgreSQL in the cluster that is stolen."""
    if request.param == "sqlite":
        found = connect(f"sqlite:///{tmp_path}/home/tolqyn.sqlite")
        schema.upgrade(found)
        yield found
        found.close()
        return
    with postgres_database(*request.getfixturevalue("cluster")) as found:
        yield found


@pytest.fixture
def in_field(
    database: Database, config: Config, make_wave: Callable[..., Wave], numbered: Questionnaire
) -> Field:
    """A wave in the field with a seed: keys, tokens and ids are the same in every run."""
    made = make_wave(numbered, synthetic=True, seed=2027, access="invited")
    with database.writing() as session:
        found = waves.find_wave(session, made.alias)
        found.state = "open"
        versions.begin(session, found, found.opens)
    return Field(database, config, found)

"""The monitor at many interviews: how long a snapshot takes to make, and a page to read.

`run.py N KIND`: N ballots on `sqlite` or `postgresql` (TOLQYN_TEST_POSTGRES). The answers are random.
"""

import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert, make_url
from sqlalchemy.orm import Session
from werkzeug.test import Client

from instruments import Questionnaire, load_library
from survey import create_app
from survey.config import Config, study_today
from survey.monitor import take_snapshot
from survey.people import accounts
from survey.store import opening, people, schema, sign_ins, tokens, waves
from survey.store.engine import Database, connect
from survey.store.models import Ballot, PageAnswer, Wave
from survey.store.rules import WaveSpec

CHUNK = 20_000
ROUNDS = 300
LANGUAGES = ("kk", "ru", "uz", "en")
INSTRUMENT = "kz_thb_pulse"
DONE, GAVE_UP = "complete", "started"


def main() -> None:
    """Fill, snapshot, read; print what each took."""
    number, kind = int(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as home:
        config = Config(home=Path(home), database_url=address(Path(home), kind), plain_http=True)
        database = connect(config.database_url)
        schema.upgrade(database)
        questionnaire = load_library(INSTRUMENT)
        wave = a_wave(database, config, questionnaire)
        pages = fill(database, wave, questionnaire, number)
        start = time.perf_counter()
        document = take_snapshot(database, wave.id, study_today(), datetime.now(UTC))
        took = time.perf_counter() - start
        assert document is not None
        print(
            f"{kind}: {number} interviews, {pages} pages stored; snapshot {took:.1f} s, "
            f"{len(json.dumps(document)) // 1024} kB; load {os.getloadavg()[0]:.0f}"
        )
        for each in read(database, config):
            print(
                f"  {each.what}: median {each.median:.1f} ms, 99th percentile {each.slow:.1f} ms, "
                f"processor {each.own:.1f} ms, {each.kilobytes} kB"
            )
        database.close()


def address(home: Path, kind: str) -> str:
    """A new database."""
    if kind == "sqlite":
        return f"sqlite:///{home}/tolqyn.sqlite"
    server = make_url(os.environ["TOLQYN_TEST_POSTGRES"])
    name = f"bench_{secrets.token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return str(server.set(database=name).render_as_string(hide_password=False))


def a_wave(database: Database, config: Config, questionnaire: Questionnaire) -> Wave:
    """An open wave of many batches."""
    today = study_today()
    spec = WaveSpec(
        study="bench",
        name="1",
        alias="bench",
        opens=today - timedelta(days=14),
        closes=today + timedelta(days=14),
        organisation="Bench",
        contact="bench@example.org",
        sample_type="probability",
        public_key="",
        languages=LANGUAGES,
        synthetic=True,
        disclosure=dict.fromkeys(opening.REQUIRED, "Nothing real."),
    )
    waves.create_with_keys(database, config.keys, spec, questionnaire, config.home / "bench.textkey")
    with database.writing() as session:
        wave = waves.find_wave(session, "bench")
        opening.open_wave(session, wave, questionnaire, today)
    return wave


def fill(database: Database, wave: Wave, questionnaire: Questionnaire, number: int) -> int:
    """Random interviews, one in ten of them left half-way; how many pages were stored."""
    chance, stored = random.Random(1), 0
    week = date.fromordinal(wave.opens.toordinal() - wave.opens.weekday())
    for start in range(0, number, CHUNK):
        ballots, answers = [], []
        for _ in range(min(CHUNK, number - start)):
            ballot = secrets.token_hex(32)
            left = chance.random() < 0.1
            language = chance.choice(LANGUAGES)
            ballots.append(a_ballot(wave, ballot, GAVE_UP if left else DONE, language, week))
            numbers = [page.number for page in questionnaire.pages]
            kept = numbers[: chance.randrange(1, len(numbers))] if left else numbers
            answers += [a_page(questionnaire, ballot, page, language, chance) for page in kept]
        with database.writing() as session:
            write(session, ballots, answers)
        stored += len(answers)
        print(f"\r{start + len(ballots)} interviews", end="", file=sys.stderr)
    print(file=sys.stderr)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("ANALYZE")
    return stored


def write(session: Session, ballots: list[dict[str, object]], answers: list[dict[str, object]]) -> None:
    """In the order of the keys, as the nightly rewrite leaves them."""
    session.execute(insert(Ballot), sorted(ballots, key=lambda row: str(row["ballot"])))
    session.execute(
        insert(PageAnswer), sorted(answers, key=lambda row: (str(row["ballot"]), str(row["page"])))
    )


def a_ballot(wave: Wave, ballot: str, state: str, language: str, week: date) -> dict[str, object]:
    """One row."""
    return {
        "ballot": ballot,
        "wave": wave.id,
        "fingerprint": wave.fingerprint,
        "batch": None,
        "state": state,
        "language": language,
        "mode": "web",
        "code_mac": None,
        "week": week,
        "trap": False,
    }


def a_page(
    questionnaire: Questionnaire, ballot: str, page: int, language: str, chance: random.Random
) -> dict[str, object]:
    """One row, with an answer to every item that offers some."""
    names = [name for name in questionnaire.page(page).items if name in questionnaire.items]
    given = {}
    for name in names:
        choices = questionnaire.items[name].choices()
        if choices:
            given[name] = chance.choice([option.code for option in choices] + [-1])
    return {
        "ballot": ballot,
        "page": page,
        "answers": given,
        "sealed": {},
        "language": language,
        "seconds": chance.randrange(5, 60),
        "self_completed": False,
        "visits": 1,
        "changes": 0,
        "errors": 0,
    }


@dataclass(frozen=True)
class Read:
    """How long one address took, in milliseconds."""

    what: str
    median: float
    slow: float
    """The 99th percentile."""
    own: float
    """Median of what the processor worked on it, without what waiting for others took."""
    kilobytes: int


def read(database: Database, config: Config) -> list[Read]:
    """The snapshot over the HTTP API; the console's page and its list of figures, as a manager sees them."""
    app = create_app(config)
    bearer = {"Authorization": f"Bearer {a_token(database)}"}
    found = [measured(Client(app), "JSON of the API", "/api/v1/waves/bench/1/monitor", bearer)]
    visitor = Client(app)
    visitor.set_cookie("tolqyn", a_session(database))
    for language in LANGUAGES:
        visitor.set_cookie("tolqyn-lang", language)
        page = "/console/waves/bench/1/monitor"
        found.append(measured(visitor, f"page, {language}", page))
        found.append(measured(visitor, f"list of figures, {language}", f"{page}/figures"))
    app.extensions["tolqyn"].database.close()
    return found


def measured(client: Client, what: str, path: str, headers: dict[str, str] | None = None) -> Read:
    """So many requests one after the other."""
    times, worked, size = [], [], 0
    for _ in range(ROUNDS):
        start, before = time.perf_counter(), time.process_time()
        response = client.get(path, headers=headers)
        body = response.get_data()
        times.append(1000 * (time.perf_counter() - start))
        worked.append(1000 * (time.process_time() - before))
        if response.status_code != 200:
            sys.exit(response.get_data(as_text=True))
        size = len(body)
    slow, own = statistics.quantiles(times, n=100)[-1], statistics.median(worked)
    return Read(what, statistics.median(times), slow, own, -(-size // 1024))


def a_token(database: Database) -> str:
    """A program's key."""
    today = study_today()
    with database.writing() as session:
        return tokens.add_token(session, "bench", ["monitor:read"], today, today + timedelta(days=1))


def a_session(database: Database) -> str:
    """A field manager who is signed in."""
    now = int(time.time())
    with database.writing() as session:
        accounts.invite(session, "bench", "manager", language="ru", now=now, today=study_today())
        account = people.account_named(session, "manager")
        people.add_grant(session, account, "field_manager", "bench", "")
        return sign_ins.begin(session, account.id, "full", "bench", now, proved=now)


if __name__ == "__main__":
    main()

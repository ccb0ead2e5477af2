"""The served application: alive, ready, and silent towards a database it does not know."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from instruments import Questionnaire
from survey import create_app, health, keys
from survey.config import Config
from survey.store import engine, opening, schema, waves
from survey.store.engine import Database
from survey.store.models import Wave

HOST = "127.0.0.1"
Visit = Callable[[Config], FlaskClient]


@pytest.fixture
def visit() -> Iterator[Visit]:
    """A browser for an application with these settings."""
    apps = []

    def of(config: Config) -> FlaskClient:
        apps.append(create_app(config))
        return apps[-1].test_client()

    yield of
    for app in apps:
        app.extensions["tolqyn"].database.close()


def test_a_server_with_a_current_database_is_ready(visit: Visit, config: Config) -> None:
    client = visit(config)
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 200)


def test_a_database_one_migration_behind_makes_the_server_unready(
    visit: Visit, config: Config, database: Database
) -> None:
    client = visit(config)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert f"expected a database at migration {schema.head()}; found 0000" in answer.text
    assert client.get("/healthz").status_code == 200


def test_a_database_that_takes_no_writes_makes_the_server_unready(
    visit: Visit, config: Config, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(health, "FRESH_SECONDS", -1)
    client = visit(config)
    assert client.get("/readyz").status_code == 200
    if database.engine.dialect.name == "sqlite":
        with database.writing() as session:
            session.execute(text("SELECT 1"))
            assert client.get("/readyz").status_code == 503
        Path(str(database.engine.url.database)).rename(config.home / "elsewhere")
        expected = "the database file"
    else:
        name = database.engine.url.database
        with database.engine.begin() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        client = visit(config)
        expected = "a database that takes writes"
    answer = client.get("/readyz")
    assert (answer.status_code, expected in answer.text) == (503, True)
    assert client.get("/healthz").status_code == 200


def test_pages_wait_for_the_migration_and_then_work(visit: Visit, config: Config, database: Database) -> None:
    schema.downgrade(database, "base")
    client = visit(config)
    assert client.get("/s/opinion-27/").status_code == 503
    schema.upgrade(database)
    assert client.get("/s/opinion-27/").status_code == 404


def test_a_page_says_neither_address_nor_migration_of_the_database(
    visit: Visit, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = "postgresql+psycopg://somebody:secret@127.0.0.1:1/nothing"
    client = visit(Config(home=tmp_path, database_url=url, plain_http=True))
    page = client.post("/s/opinion-27/start", data={"OK": "2"})
    assert page.status_code == 503
    assert "127.0.0.1" not in page.text
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "a database that answers" in ready.text
    assert not [word for word in ("secret", HOST, "somebody", "nothing") if word in ready.text]
    assert HOST in caplog.text, "the log says where"


def test_readiness_asked_often_does_not_hold_writers_up(
    visit: Visit, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    probes = []
    real = Database.refuse_unwritable
    monkeypatch.setattr(Database, "refuse_unwritable", lambda found: probes.append(1) or real(found))
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    client = visit(config)
    for now in (1000.0, 1000.1, 1000.9, 1001.1, 1002.0):  # noqa: B007  the clock reads it
        assert client.get("/readyz").status_code == 200
    assert len(probes) == 2


def test_leaving_works_before_the_database_does(visit: Visit, tmp_path: Path) -> None:
    url = "postgresql+psycopg://somebody:secret@127.0.0.1:1/nothing"
    config = Config(home=tmp_path, database_url=url, plain_http=True)
    left = visit(config).post("/s/opinion-27/leave")
    assert (left.status_code, left.headers["Location"]) == (303, config.leave_url)


def test_a_wave_in_the_field_without_its_key_makes_the_public_server_unready_and_nobody_begins(
    *,
    visit: Visit,
    config: Config,
    database: Database,
    make_wave: Callable[..., Wave],
    small: Questionnaire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a second machine to which nobody copied it: twenty pages would be answered for nothing."""
    monkeypatch.setattr(health, "FRESH_SECONDS", -1)
    made = make_wave(access="open", synthetic=True)
    with database.writing() as session:
        opening.open_wave(session, waves.find_wave(session, made.alias), small, made.opens)
    client, console = visit(config), visit(replace(config, faces=("console",)))
    assert client.get("/readyz").status_code == 200
    path = keys.wave_key_file(config.keys, made.alias)
    moved = path.rename(config.home / "elsewhere")
    answer = client.get("/readyz")
    assert (answer.status_code, "the key of each wave" in answer.text) == (503, True)
    assert console.get("/readyz").status_code == 200, "the office needs it for no page"
    start = f"/s/{made.alias}/start?again=1"
    begun = client.post(start, data={"lang": "en"})
    assert (begun.status_code, begun.headers.get("Retry-After")) == (503, "10")
    moved.rename(path)
    assert client.get("/readyz").status_code == 200
    assert client.post(start, data={"lang": "en"}).status_code in (200, 303)

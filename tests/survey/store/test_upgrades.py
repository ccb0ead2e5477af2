"""A database of each older revision, full of a study's rows, brought to the newest: nothing is lost."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import MetaData, func, insert, inspect, select

from analysis import verify_release
from instruments import Questionnaire
from survey import keys
from survey.cli import main
from survey.config import Config
from survey.release import build_release
from survey.store import (
    audit,
    ballots,
    closing,
    contacts,
    freezing,
    invitations,
    opening,
    quotas,
    schema,
    tokens,
    waves,
)
from survey.store.engine import Database, connect
from survey.store.interviewers import add_interviewer
from survey.store.interviews import dispositions
from survey.store.models import Ballot, Base, Interview, Interviewer, Release, Wave
from survey.store.quotas import Cell
from survey.store.releases import register
from survey.store.snapshots import keep_snapshot

from ..conftest import TODAY, a_spec, small_document

OLDER = [script.revision for script in ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions()][:0:-1]
SMALL = Questionnaire.from_json(json.dumps(small_document()))
PEOPLE = 60
NUMBERED = {"wave", "batch", "release", "interviewer", "api_token"}
"""Tables whose next row's number comes from a sequence."""
Rows = Mapping[str, list[dict[str, Any]]]


def opened(database: Database, home: Path, **changes: Any) -> Wave:
    """A wave in the field, filled by sixty people: four in five to the end, some in sealed words."""
    config = Config(home=home, database_url=str(database.engine.url), plain_http=True)
    spec = a_spec(**changes)
    waves.create_with_keys(database, config.keys, spec, SMALL, home / f"{spec.alias}.textkey")
    with database.writing() as session:
        wave = waves.find_wave(session, spec.alias)
        codes = invitations.invite(session, wave, invitations.BatchSpec("a", PEOPLE, "cities", "p1"))
        codes += invitations.invite(session, wave, invitations.BatchSpec("b", PEOPLE, "cities", "p2"))
        opening.open_wave(session, wave, SMALL, TODAY)
    key = keys.read_wave_key(config.keys, spec.alias)
    with database.writing() as session:
        batches = {batch.name: batch.id for batch in invitations.batches(session, wave)}
        for number in range(PEOPLE):
            batch = "ab"[number % 2]
            token = codes[number // 2 + (PEOPLE if batch == "b" else 0)]
            interview(session, wave, key.ballot(token), number, batches[batch])
    return wave


def interview(session: Any, wave: Wave, ballot: str, number: int, batch: int) -> None:
    pages = [{"OK": 2, "AGE": 18 + number % PEOPLE}, {"SEEN": 1 + number % 2}, {}, {"VB1": 1, "VB2": 2}]
    pages[2] = {"WHERE": [1, 2] if number % 2 else -3, "WORDS": "sealed" if number % 7 == 0 else ""}
    last = 4 if number % 5 else 2
    for page in range(1, last + 1):
        sealed = {"WORDS": keys.seal(wave.public_key, "Слова")} if page == 3 and number % 7 == 0 else {}
        ballots.save_page(
            session,
            wave,
            ballot,
            page,
            pages[page - 1],
            sealed=sealed,
            language=("en", "ru")[number % 2],
            seconds=7 + number,
            day=TODAY,
            batch=batch,
            state="complete" if page == 4 else "started",
            code_mac=f"{number:064}" if page == 4 else None,
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def rows(home: Path) -> Rows:
    """Every row of an office at the newest migration: a wave in the field, one closed, one drafted."""
    database = connect(f"sqlite:///{home}/source.sqlite")
    schema.upgrade(database)
    wave = opened(database, home)
    old = opened(database, home, name="2026", alias="opinion-26")
    waves.create_with_keys(
        database, home / "keys", a_spec(name="2028", alias="opinion-28"), SMALL, home / "next.textkey"
    )
    with database.writing() as session:
        closing.close_wave(
            session, waves.find_wave(session, old.alias), by="x", two_person=False, today=TODAY
        )
        register(
            session, study="kz-thb", wave_name="2026", number=1, source="collected", fingerprint="f" * 64,
            made_on=TODAY,
        )  # fmt: skip
        found = waves.find_wave(session, wave.alias)
        add_interviewer(session, found, "I07", invitations.BatchSpec("p3", 0, "cities", "p3"))
        found.state = "pilot"
        quotas.set_quotas(session, found, [Cell(1, "all", {"item": "AGE", "ge": 18}, 500)])
        found.state = "open"
        for what in ("wave.create", "wave.open"):
            audit.record(session, actor="x", what=what, subject="kz-thb/2027", day=TODAY, detail={"n": 1})
        keep_snapshot(session, found.id, TODAY, {"completes": 45}, datetime(2027, 5, 12, 3, tzinfo=UTC))
        tokens.add_token(session, "site", ["waves:read"], TODAY, date(2028, 1, 1))
    with database.writing() as session:
        contacts.count_contact(session, session.scalars(select(Interviewer)).one(), "2.25", 0)
        invitations.count_used(session, found)
    tables = MetaData()
    with database.engine.connect() as connection:
        tables.reflect(connection)
        found_rows = {
            table.name: [dict(row._mapping) for row in connection.execute(select(models(table.name)))]
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }
    database.close()
    assert {name for name, listed in found_rows.items() if not listed} <= {
        "account", "account_grant", "account_link", "passkey", "passkey_challenge", "recovery_code",
        "row_grant", "staff_session", "sign_in_failure", "paper_batch", "paper_form", "paper_entry",
    }  # fmt: skip
    return found_rows


def models(name: str) -> Any:
    return Base.metadata.tables[name]


def fill(database: Database, rows: Rows) -> dict[str, list[str]]:
    """Write what the tables of this revision can hold; table -> its columns."""
    there: dict[str, list[str]] = {}
    inspector = inspect(database.engine)
    with database.engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if not inspector.has_table(table.name) or not rows[table.name]:
                continue
            names = [column["name"] for column in inspector.get_columns(table.name)]
            there[table.name] = [name for name in names if name in table.columns]
            kept = [{name: row[name] for name in there[table.name]} for row in rows[table.name]]
            connection.execute(insert(table), kept)
        if database.engine.dialect.name == "postgresql":
            for name in NUMBERED & there.keys():
                top = select(func.max(models(name).columns.id)).scalar_subquery()
                connection.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), top)))
    return there


def held(database: Database, there: Mapping[str, list[str]]) -> dict[str, list[str]]:
    with database.engine.connect() as connection:
        return {
            name: sorted(
                repr([row[column] for column in columns])
                for row in connection.execute(
                    select(*(models(name).columns[column] for column in columns))
                ).mappings()
            )
            for name, columns in there.items()
        }


@pytest.fixture
def older(empty_database: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    schema.upgrade(empty_database, request.param)
    yield empty_database


def test_every_revision_but_the_newest_is_tried() -> None:
    assert OLDER[0] == "0001"
    assert len(OLDER) >= 10
    assert schema.head() not in OLDER


@pytest.mark.parametrize("older", OLDER, indirect=True)
def test_a_filled_database_of_each_revision_is_brought_to_the_newest_and_its_wave_goes_on(
    older: Database, rows: Rows, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = fill(older, rows)
    before = held(older, there)
    assert sum(map(len, before.values())) > 500
    monkeypatch.setenv("TOLQYN_DATABASE_URL", older.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("TOLQYN_HOME", str(tmp_path / "home"))
    refused = CliRunner().invoke(main, ["wave", "status"])
    assert refused.exit_code == 1
    assert "tolqyn db upgrade" in refused.output, "code that is newer than the database says what to type"
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    assert held(older, there) == before, "no row and no value changed"
    with older.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0, "twice is once"
    the_wave_goes_on(older, home, tmp_path)


def the_wave_goes_on(database: Database, home: Path, tmp_path: Path) -> None:
    """An interview begun before the upgrade is finished after it, another begins; close, release, record."""
    with database.writing() as session:
        wave = waves.find_wave(session, "opinion-27")
        assert wave.time_zone == "Asia/Almaty"
        ballot = session.scalars(
            select(Ballot).where(Ballot.state == "started", Ballot.wave == wave.id)
        ).first()
        interview(session, wave, ballot.ballot, PEOPLE + 1, ballot.batch)
        codes = invitations.invite(session, wave, invitations.BatchSpec("late", 30, "cities", "p4"))
        key = keys.read_wave_key(home / "keys", "opinion-27")
        sitting = ballots.load(session, "opinion-27", ballot.ballot)
        assert sitting is not None
        assert sitting.answers["VB2"] == 2
        interview(session, wave, key.ballot(codes[0]), PEOPLE + 2, ballot.batch)
        audit.record(session, actor="x", what="db.upgrade", subject="database", day=TODAY, detail={})
        assert audit.faults(session) == []
        old = waves.find_wave(session, "opinion-26")
        old.state = "released"
        assert [each.name for each in freezing.freeze(session, "kz-thb", {"2026", "2027"})] == ["2026"]
        assert [each.name for each in freezing.thaw(session, "kz-thb", set())] == ["2026"]
    with database.writing() as session:
        wave = waves.find_wave(session, "opinion-27")
        closing.close_wave(session, wave, by="x", two_person=False, today=TODAY)
        assert dispositions(session, wave)["complete"] == PEOPLE * 4 // 5 + 2
        assert session.scalar(select(func.count()).select_from(Interview)) == 2 * PEOPLE + 1
    with database.writing() as session:
        for name in ("2026", "2027"):
            session.query(Release).delete()
            made = build_release(
                session, waves.find_wave(session, f"kz-thb/{name}"), tmp_path / "home", today=TODAY
            )
            assert verify_release(made.folder) == ()

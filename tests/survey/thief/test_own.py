"""`wave close` robs its own database and says how that ended; `db rewrite` says what it could not clear."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from survey.cli import main
from survey.config import Config
from survey.fieldwork.ending import close_for_good
from survey.store import conversion, waves
from survey.store.closing import ATTACKED
from survey.store.engine import Database, connect
from survey.store.models import PageAnswer
from survey.store.rewriting import rewrite_tables
from survey.thief.loot import names_in
from survey.thief.own import LIMIT
from survey.thief.postgres import log_segments
from survey.thief.wal import stream

from .conftest import PAGES, Field

Type = Callable[..., Result]


@pytest.fixture
def tolqyn(environment: Config, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command where one person may close."""
    monkeypatch.setenv("TOLQYN_TWO_PERSON", "off")
    return lambda *words: CliRunner().invoke(main, words)


def test_the_attack_after_the_close_is_shown_and_kept(tolqyn: Type, in_field: Field) -> None:
    in_field.answer(in_field.invite(40))
    closed = tolqyn("wave", "close", "kz-thb/2027", "--confirm")
    assert closed.exit_code == 0, closed.output
    assert "the thief's attack on the closed database failed" in closed.stdout
    assert f"of 40 interviews, chance gives up to {LIMIT}" in closed.stdout
    assert (
        "anonymity: After the close an attack on the database"
        in tolqyn("wave", "status", "kz-thb/2027").output
    )
    with in_field.database.reading() as session:
        kept = waves.find_wave(session, "kz-thb/2027").disclosure[ATTACKED]
    assert kept.keys() == {"en", "ru", "kk", "uz"}
    assert all("40" in words and str(LIMIT) in words for words in kept.values())
    again = tolqyn("wave", "close", "kz-thb/2027", "--confirm")
    assert (again.exit_code, "or the wave was closed before" in again.stderr) == (0, True)


def test_an_attack_that_succeeds_is_said_loudly(
    tolqyn: Type, in_field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_field.answer(in_field.invite(40))
    monkeypatch.setattr(conversion, "_distinct", lambda n, _: list(range(1, n + 1)))
    closed = tolqyn("wave", "close", "kz-thb/2027", "--confirm")
    assert "THE THIEF'S ATTACK SUCCEEDED" in closed.stderr
    assert "40 of 40 interviews" in closed.stderr
    assert "40 of 40 interviews were re-linked" in tolqyn("wave", "status", "kz-thb/2027").output


def test_few_interviews_are_not_called_safe(tolqyn: Type, in_field: Field) -> None:
    in_field.answer(in_field.invite(LIMIT))
    tolqyn("wave", "close", "kz-thb/2027", "--confirm")
    assert "too few for it to show anything" in tolqyn("wave", "status", "kz-thb/2027").output


@pytest.fixture
def office(in_field: Field) -> Iterator[Database]:
    """The instance's own role on PostgreSQL: owner of its tables, and nothing more."""
    if in_field.database.engine.dialect.name == "sqlite":
        yield in_field.database
        return
    owned = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    with in_field.database.engine.begin() as admin:
        admin.exec_driver_sql("CREATE ROLE office LOGIN")
        admin.exec_driver_sql("GRANT CREATE ON SCHEMA public TO office")
        for name in admin.execute(owned).scalars().all():
            admin.exec_driver_sql(f'ALTER TABLE "{name}" OWNER TO office')
    found = connect(in_field.database.engine.url.set(username="office").render_as_string())
    yield found
    found.close()
    with in_field.database.engine.begin() as admin:
        admin.exec_driver_sql("DROP OWNED BY office")
        admin.exec_driver_sql("DROP ROLE office")


@pytest.mark.parametrize(
    "people", [pytest.param(60, id="60"), pytest.param(2000, id="2000", marks=pytest.mark.long)]
)
def test_the_attack_needs_no_rights_and_little_time(
    in_field: Field, office: Database, people: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from survey.fieldwork import ending as closing

    spent = []

    def timed(*given: object) -> object:
        began = time.process_time()
        found = attack(*given)
        spent.append(time.process_time() - began)
        return found

    attack = closing.attack_own
    monkeypatch.setattr(closing, "attack_own", timed)
    in_field.answer(in_field.invite(people))
    config = Config(home=in_field.config.home, two_person=False)
    _, verdict = close_for_good(config, office, in_field.wave.alias, by="t", actor="t")
    assert verdict is not None
    assert verdict.held, verdict
    assert len(verdict.scores) >= 6
    whole = {score.attack for score in verdict.scores if score.guesses == people}
    assert "key order beside key order" in whole
    assert len(whole) >= 3
    print(f"attack on {people} interviews, {in_field.database.engine.dialect.name}: {spent[0]:.2f} s of CPU")
    assert spent[0] < 2


def test_the_nightly_rewrite_is_one_command(tolqyn: Type, in_field: Field) -> None:
    in_field.answer(in_field.invite(3))
    done = tolqyn("db", "rewrite")
    assert (done.exit_code, done.output) == (0, "respondents' tables and the log hold no order of arrival\n")


def test_pages_are_saved_while_the_tables_are_rewritten(in_field: Field) -> None:
    """Whoever sends a page meanwhile waits; nothing is lost."""
    tokens = in_field.invite(60)
    in_field.answer(tokens[:20])
    with ThreadPoolExecutor(1) as threads:
        answering = threads.submit(in_field.answer, tokens[20:])
        rewritten = 0
        while not answering.done():
            rewrite_tables(in_field.database)
            rewritten += 1
        answering.result()
    assert rewritten >= 1
    with in_field.database.reading() as session:
        stored = session.scalar(select(func.count()).select_from(PageAnswer))
    assert stored == len(tokens) * len(PAGES)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_log_that_cannot_be_dropped_ends_the_command_with_what_to_type(
    tolqyn: Type, in_field: Field, office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLQYN_DATABASE_URL", office.engine.url.render_as_string())
    refused = tolqyn("db", "rewrite")
    assert refused.exit_code == 1
    assert "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO office;" in refused.stderr
    assert "GRANT pg_checkpoint TO office;" in refused.stderr
    with in_field.database.engine.begin() as admin:
        admin.exec_driver_sql("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO office")
        admin.exec_driver_sql("GRANT pg_checkpoint TO office")
    assert tolqyn("db", "rewrite").exit_code == 0


@contextmanager
def recycling(database: Database) -> Iterator[None]:
    """The server as it comes out of the box."""
    admin = database.engine.execution_options(isolation_level="AUTOCOMMIT")

    def set_to(value: str) -> None:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"ALTER SYSTEM SET wal_recycle = {value}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        database.close()

    set_to("on")
    try:
        yield
    finally:
        set_to("off")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_standby_that_keeps_the_log_is_named(tolqyn: Type, in_field: Field) -> None:
    admin = in_field.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("SELECT pg_create_physical_replication_slot('standby')")
    try:
        refused = tolqyn("db", "rewrite")
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql("SELECT pg_drop_replication_slot('standby')")
    assert refused.exit_code == 1
    assert "expected no replication slot; found 1" in refused.stderr


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_recycles_its_log_is_named(tolqyn: Type, in_field: Field) -> None:
    """As it comes out of the box: segments that are used again keep their old content under a new name."""
    tokens = in_field.invite(20)
    in_field.answer(tokens)
    ballots = frozenset(in_field.ballots(tokens).values())

    def still_there() -> int:
        with in_field.database.engine.connect() as connection:
            log = b"".join(map(stream, log_segments(connection)))
        return len(names_in(log, ballots))

    with recycling(in_field.database):
        refused = tolqyn("db", "rewrite")
        assert refused.exit_code == 1
        assert "ALTER SYSTEM SET wal_recycle = off; SELECT pg_reload_conf();" in refused.stderr
        assert still_there() > 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_whose_own_log_may_hold_answers_is_told(
    tolqyn: Type, in_field: Field, office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLQYN_DATABASE_URL", office.engine.url.render_as_string())
    warned = tolqyn("db", "check")
    assert warned.exit_code == 0
    remedies = re.findall("ALTER ROLE .*;", warned.stderr)
    assert remedies == [
        "ALTER ROLE \"office\" SET log_error_verbosity = 'terse';",
        "ALTER ROLE \"office\" SET log_min_error_statement = 'panic';",
    ]
    with in_field.database.engine.begin() as admin:
        for remedy in remedies:
            admin.exec_driver_sql(remedy)
    left = tolqyn("db", "check").stderr
    assert left.count("warning") == 1
    assert "owns no table" in left, "this role owns them; the guide has another one serve"

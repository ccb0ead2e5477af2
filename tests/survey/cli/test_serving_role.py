"""The role that serves on PostgreSQL: a whole wave and its nights are its own, tables and record are not."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from survey import create_app
from survey.config import Config
from survey.store import audit, schema
from survey.store.engine import Database, connect
from survey.store.models import Ballot, Base, Wave
from survey.store.rewriting import REWRITTEN, rewrite_tables
from survey.store.roles import grant, granted, owning

from ..conftest import on_server, postgres_database

Type = Callable[..., Result]
FORBIDDEN = "42501"


@contextmanager
def role(postgres: str, kind: str) -> Iterator[str]:
    """A role of its own that may sign in, and nothing else."""
    name = f"{kind}_{uuid.uuid4().hex[:12]}"
    with on_server(postgres) as server:
        server.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
    try:
        yield name
    finally:
        with on_server(postgres) as server:
            server.exec_driver_sql(f"DROP ROLE {name}")


def as_role(database: Database, name: str) -> str:
    """The same database's address for that role."""
    return database.engine.url.set(username=name).render_as_string(hide_password=False)


@pytest.fixture
def roles(postgres: str) -> Iterator[tuple[str, str]]:
    """Who owns the tables, and who serves."""
    with role(postgres, "owner") as owner, role(postgres, "serving") as serving:
        yield owner, serving


@pytest.fixture
def owned(postgres: str, roles: tuple[str, str]) -> Iterator[Database]:
    """A database at the newest migration, as its owner; the other role may serve from it."""
    owner, serving = roles
    with postgres_database(postgres) as made:
        with on_server(postgres) as server:
            server.exec_driver_sql(
                f"ALTER DATABASE {make_url(str(made.engine.url)).database} OWNER TO {owner}"
            )
            server.exec_driver_sql(f"GRANT pg_checkpoint TO {serving}")
        with made.transaction() as connection:
            connection.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {serving}")
        database = connect(as_role(made, owner))
        schema.upgrade(database)
        grant(database, serving)
        yield database
        database.close()
        with made.transaction() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {serving}, {owner}")


@pytest.fixture
def database(owned: Database, roles: tuple[str, str]) -> Iterator[Database]:
    """As the role that serves."""
    database = connect(as_role(owned, roles[1]))
    yield database
    database.close()


def refused(database: Database, statement: str) -> bool:
    """Whether PostgreSQL says that this role may not."""
    try:
        with database.transaction() as connection:
            connection.execute(text(statement))
    except ProgrammingError as error:
        return getattr(error.orig, "sqlstate", "") == FORBIDDEN
    return False


def test_a_wave_is_asked_rewritten_at_night_backed_up_and_closed_by_it(
    environment: Config,
    database: Database,
    told_wave: Wave,
    answer: Callable[..., str],
    tolqyn: Type,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = create_app(environment)
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    invited = tolqyn("wave", "invite", "kz-thb/2027", "--n", "50", "--batch", "A", "--out", "codes.csv")
    assert invited.exit_code == 0, invited.output
    for number in range(12):
        answer(told_wave, f"token-{number}", words="Said.")
    public = tolqyn("db", "backup-key", "backup.key").output.split("age1")[1].split()[0]
    monkeypatch.setenv("TOLQYN_BACKUP_TO", f"age1{public}")
    night = tolqyn("night", "--backups", str(tmp_path / "backup"))
    said = [line for line in night.output.splitlines() if "failed" in line or "expected" in line]
    assert not [line for line in said if "wal_" not in line and "db rewrite" not in line], night.output
    assert list((tmp_path / "backup").glob("*.age"))
    before = lying(database)
    rewrite_tables(database)
    assert not before & lying(database), "every table lies in a new file"
    assert tolqyn("wave", "close", "kz-thb/2027", "--by", "aigul").exit_code == 0
    closed = tolqyn("wave", "close", "kz-thb/2027", "--by", "timur", "--confirm")
    assert closed.exit_code == 0, closed.output
    with database.reading() as session:
        assert not session.query(Ballot).count()
        assert not audit.faults(session)
    assert tolqyn("audit", "verify").exit_code == 0
    app.extensions["tolqyn"].database.close()


def lying(database: Database) -> set[int | None]:
    """The files in which respondents' tables lie."""
    names = [model.__tablename__ for model in REWRITTEN]
    with database.reading() as session:
        query = text(
            "SELECT pg_relation_filenode(CAST(name AS regclass)) FROM unnest(CAST(:names AS text[])) AS name"
        )
        return set(session.scalars(query, {"names": names}))


FORBIDDEN_STATEMENTS = (
    "DROP TABLE act",
    "DROP TABLE ballot",
    "UPDATE act SET actor = 'nobody'",
    "DELETE FROM act",
    "TRUNCATE act",
    "TRUNCATE ballot",
    "ALTER TABLE act DISABLE TRIGGER ALL",
    "ALTER TABLE ballot ADD COLUMN address text",
    "DROP TRIGGER act_is_fixed ON act",
    "CREATE TABLE more (x int)",
    "CREATE TRIGGER t BEFORE INSERT ON ballot FOR EACH ROW EXECUTE FUNCTION refuse_act_change()",
    "CREATE OR REPLACE FUNCTION public.tolqyn_rewrite(which text) RETURNS void LANGUAGE sql AS ''",
    "UPDATE alembic_version SET version_num = '0001'",
    "COPY ballot TO '/tmp/ballots'",
    "CREATE EXTENSION pageinspect",
    "SET session_replication_role = replica",
)


def test_it_can_change_no_table_no_rule_and_nothing_that_was_recorded(
    database: Database, open_wave: Wave
) -> None:
    with database.writing() as session:
        audit.record(session, actor="a", what="b", subject="c", day=open_wave.opens, detail={})
    assert [statement for statement in FORBIDDEN_STATEMENTS if not refused(database, statement)] == []


def test_the_owner_is_stopped_by_rules_alone_so_the_refusals_are_the_role_s(
    owned: Database, open_wave: Wave
) -> None:
    """Without this the refusals above might come from anywhere."""
    for statement in ("ALTER TABLE act DISABLE TRIGGER ALL", "ALTER TABLE ballot ADD COLUMN address text"):
        assert not refused(owned, statement)


def test_the_function_rewrites_respondents_tables_and_no_other(database: Database) -> None:
    with pytest.raises(Exception, match="no table that is rewritten"), database.transaction() as connection:
        connection.execute(text("SELECT public.tolqyn_rewrite('act')"))


def test_a_migration_grants_what_comes_with_it(
    owned: Database,
    roles: tuple[str, str],
    environment: Config,
    tolqyn: Type,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner, serving = roles
    assert granted(owned) == [serving]
    schema.downgrade(owned, "0009")
    monkeypatch.setenv("TOLQYN_DATABASE_URL", as_role(owned, owner))
    done = tolqyn("db", "upgrade")
    assert done.exit_code == 0, done.output
    assert f"{serving} may serve" in done.output
    with closing(connect(as_role(owned, serving))) as served, served.reading() as session:
        for name in Base.metadata.tables:
            session.execute(text(f"SELECT count(*) FROM {name}"))  # noqa: S608  names of our own


def test_the_check_tells_who_serves_as_the_owner(
    owned: Database,
    database: Database,
    roles: tuple[str, str],
    environment: Config,
    tolqyn: Type,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert owning(database) == ()
    assert "a role that owns no table" not in tolqyn("db", "check").output
    monkeypatch.setenv("TOLQYN_DATABASE_URL", as_role(owned, roles[0]))
    assert "a role that owns no table" in tolqyn("db", "check").output


@pytest.mark.parametrize("who", ["owner", "superuser", "nobody"])
def test_a_role_that_could_do_more_is_not_taken(
    owned: Database,
    roles: tuple[str, str],
    postgres: str,
    environment: Config,
    tolqyn: Type,
    who: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOLQYN_DATABASE_URL", as_role(owned, roles[0]))
    named = {"owner": roles[0], "superuser": make_url(postgres).username, "nobody": "nobody_here"}[who]
    done = tolqyn("db", "grant", named)
    assert done.exit_code == 1
    assert "role" in done.output


@pytest.mark.parametrize("command", ["upgrade", "restore"])
def test_what_is_the_owner_s_is_refused_in_words(
    owned: Database, database: Database, environment: Config, tolqyn: Type, tmp_path: Path, command: str
) -> None:
    (tmp_path / "b.age").write_bytes(b"sealed")
    (tmp_path / "key").write_text("AGE")
    if command == "upgrade":
        schema.downgrade(owned, "0009")
    words = {"upgrade": (), "restore": ("b.age", "--key", "key")}[command]
    done = tolqyn("db", command, *words)
    assert done.exit_code == 1
    assert "a role that may change tables" in done.output

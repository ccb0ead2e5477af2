"""A restoration that is cut off lets nobody in and says how to go on; an untouched one is forgotten."""

import errno
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory

from survey import create_app
from survey.backup import copies, restoring
from survey.refusal import Refused
from survey.store import people, schema
from survey.store.engine import Database
from survey.unfinished import MARK, Mark, alone, begin, end, marked
from tests.survey.backup.conftest import (
    Office,
    PowerCutError,
    cut,
    emptied,
    refused,
    run,
    shut_everybody_out,
    tried,
)


def cut_off(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power goes when the database is back and nobody is shut out yet."""
    with monkeypatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr(restoring, "_brought_up", cut)
        office.restore()


def test_a_server_that_runs_stops_answering_while_a_database_is_put_back(office: Office) -> None:
    app = create_app(office.config)
    try:
        headers = {"Authorization": f"Bearer {office.keep}"}
        page = partial(app.test_client().get, "/api/v1/waves", headers=headers)
        assert page().status_code == 200
        begin(office.config.home, Mark("b.age"))
        assert page().status_code == 503
        end(office.config.home)
        assert page().status_code == 200
    finally:
        app.extensions["tolqyn"].database.close()


def test_a_restoration_that_is_cut_off_lets_nobody_in_until_it_is_typed_again(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut_everybody_out(database)
    cut_off(office, monkeypatch)
    assert office.answers(office.keep) == 503
    assert (office.config.home / MARK).stat().st_mode & 0o777 == 0o644, "root typed it, the server reads it"
    for words in ("db check", "db rewrite", "db upgrade", "user list", "serve --port 1"):
        said = tried(*words.split())
        assert said.exit_code != 0
        assert "expected a restoration that came to its end" in said.output
        assert f"tolqyn db restore {office.folder / 'b.age'} --key KEY --replace NAME" in said.output
    assert b"tolqyn_ready 0.0" in run("metrics").stdout_bytes
    assert office.restore().exit_code == 0
    assert office.answers(office.keep) == 401, "a key that nothing says is open is none"
    assert office.noted()["known_before"] is False
    run("user", "list")


@pytest.mark.parametrize("fault", [cut, refused])
def test_where_nothing_was_touched_there_is_no_mark(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., None]
) -> None:
    shut_everybody_out(database)
    with monkeypatch.context() as patch, pytest.raises((PowerCutError, AssertionError)):
        patch.setattr(copies, "put_back", fault)
        office.restore()
    assert not (office.config.home / MARK).exists()
    assert office.answers(office.keep) == 401


def test_a_mark_over_a_database_that_was_not_touched_is_forgotten(office: Office, database: Database) -> None:
    """The power went before the first byte: what the office has since the backup stays."""
    shut_everybody_out(database)
    begin(office.config.home, Mark("b.age", copies.place_of(database), copies.standing(database)))
    database.close()
    copied = copies._coming(Path(str(database.engine.url.database)))
    if database.engine.dialect.name == "sqlite":
        copied.write_bytes(b"a plain copy of everybody")
    assert office.answers(office.keep) == 503
    run("user", "list")
    assert not (office.config.home / MARK).exists()
    assert not copied.exists()
    assert office.answers(office.keep) == 401


def test_a_database_of_other_rows_than_its_backup_lets_nobody_in(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's are counted when they are back: refused then, whoever was shut out would come in."""
    shut_everybody_out(database)
    with monkeypatch.context() as patch, pytest.raises(AssertionError, match="as many rows"):
        patch.setattr(copies, "refuse_miscounted", refused)
        office.restore()
    assert (office.config.home / MARK).exists()
    assert office.answers(office.keep) == 503
    office.restore()
    assert office.answers(office.keep) == 401


def test_a_full_disk_leaves_no_mark(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("survey.unfinished.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        begin(office.config.home, Mark("b.age"))
    assert not (office.config.home / MARK).exists()


def test_a_full_disk_at_the_second_try_takes_no_mark_away(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is half restored: the mark of the first try is what keeps people out."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    shut_everybody_out(database)
    cut_off(office, monkeypatch)
    with monkeypatch.context() as patch, pytest.raises(AssertionError, match="No space left"):
        patch.setattr("survey.unfinished.json.dump", full)
        office.restore()
    assert office.answers(office.keep) == 503
    with monkeypatch.context() as patch, pytest.raises(AssertionError, match="as many rows"):
        patch.setattr(copies, "put_back", refused)
        office.restore()
    assert office.answers(office.keep) == 503
    office.restore()
    assert office.answers(office.keep) == 401


def test_a_command_typed_while_a_database_is_put_back_takes_no_mark_away(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark stands and nothing is touched yet: a colleague, or the night, comes between."""
    said = []
    put_back = copies.put_back

    def between(*words: object) -> None:
        said.extend([tried("user", "list"), tried("db", "upgrade"), tried("db", "rewrite")])
        put_back(*words)  # type: ignore[arg-type]

    shut_everybody_out(database)
    with monkeypatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr(copies, "put_back", between)
        patch.setattr(restoring, "_brought_up", cut)
        office.restore()
    assert [each.exit_code for each in said] == [1, 1, 1]
    assert all("found one that runs" in each.output for each in said)
    assert office.answers(office.keep) == 503


def test_two_restorations_do_not_meet(office: Office, database: Database) -> None:
    database.close()
    with alone(office.config.home), pytest.raises(AssertionError, match="found one that runs"):
        office.restore()
    office.restore()


def test_until_the_office_was_told_who_may_enter_nothing_serves(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing tells who was shut out, and the power goes before a director was asked: he is asked again."""
    shut_everybody_out(database)
    with database.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE row_grant")
    database.close()
    with monkeypatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr("survey.cli.db.ended", cut)
        office.restore()
    assert office.answers(office.keep) == 503
    assert "confirms each of these" in office.restore().stderr
    assert office.answers(office.keep) == 401


def test_the_act_is_there_as_soon_as_anybody_may_enter(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the record would end as the backup's, and a second try pass for one that never was."""
    with monkeypatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr("survey.cli.db.note", cut)
        office.restore()
    assert office.answers(office.keep) == 503
    with database.reading() as session:
        assert not people.account_named(session, "ana").disabled, "back, and nobody is shut out: rolled back"
    database.close()
    cut_off(office, monkeypatch)
    assert tried("user", "list").exit_code == 1
    office.restore()
    assert office.noted()["known_before"] is False


def test_the_file_named_is_the_last_one_that_was_typed(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever obeys gets the newer data; the half restored database passes for nothing that stood there."""
    shut_everybody_out(database)
    database.close()
    cut_off(office, monkeypatch)
    newer = office.folder / "newer.age"
    shutil.copy(office.folder / "b.age", newer)
    words = ("--key", office.folder / "k", "--replace", copies.name_of(database))
    with monkeypatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr(restoring, "_brought_up", cut)
        tried("db", "restore", newer, *words)
    assert f"tolqyn db restore {newer} --key" in tried("user", "list").output
    assert marked(office.config.home) == Mark(str(newer), copies.place_of(database), None)


def test_an_empty_database_begins_anew(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can come into it: what the half restored one might have let in is gone."""
    shut_everybody_out(database)
    cut_off(office, monkeypatch)
    emptied(database)
    run("db", "upgrade")
    assert run("user", "list").exit_code == 0
    assert office.answers(office.keep) == 401


def test_a_half_restored_database_of_an_older_migration_is_said_to_be_restoring(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not to lack an upgrade, after which it would still let nobody in."""
    cut_off(office, monkeypatch)
    step = ScriptDirectory(str(schema.MIGRATIONS)).get_revision(schema.head())
    assert step is not None
    schema.downgrade(database, str(step.down_revision))
    database.close()
    for words in ("user list", "serve --port 1", "db upgrade", "db check"):
        assert "expected a restoration that came to its end" in tried(*words.split()).output
    office.restore()
    run("user", "list")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("anew", [False, True])
def test_a_role_whose_rights_were_not_given_again_is_told_of_the_restoration(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch, anew: bool
) -> None:
    """As the guide sets it up: a restoration leaves the role that serves no rights until `db grant`.

    Where the schema was made anew, the tables are not even seen: that is no empty database.
    """
    role = "serving_cut_off"
    with database.transaction() as connection:
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {role}")
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
    database.close()
    try:
        run("db", "grant", role)
        if anew:
            emptied(database)
        cut_off(office, monkeypatch)
        serving = database.engine.url.set(username=role).render_as_string(hide_password=False)
        with monkeypatch.context() as patch:
            patch.setenv("TOLQYN_DATABASE_URL", serving)
            for words in ("user list", "serve --port 1", "db check", "night"):
                said = tried(*words.split())
                assert said.exit_code == 1
                assert "expected a restoration that came to its end" in said.output
        office.restore()
    finally:
        with database.transaction() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP ROLE {role}")


def test_a_mark_is_of_one_database(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Typed without the address of the database, or with another's: the mark stays, and names its own."""
    shut_everybody_out(database)
    cut_off(office, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setenv("TOLQYN_DATABASE_URL", f"sqlite:///{tmp_path}/another.sqlite")
        for words in ("user list", "db upgrade"):
            said = tried(*words.split())
            assert said.exit_code == 1
            assert f"into {copies.place_of(database)} that was cut off" in said.output
            assert f"where that database is no more: rm {office.config.home / MARK}" in said.output
    assert office.answers(office.keep) == 503
    office.restore()
    assert office.answers(office.keep) == 401


def test_a_restoration_into_another_database_ends_no_mark(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = Mark("b.age", "another", "")
    begin(office.config.home, mark)
    database.close()
    with pytest.raises(AssertionError, match=r"one of b\.age into another that was cut off"):
        office.restore()
    assert marked(office.config.home) == mark
    end(office.config.home)
    office.restore()


def test_a_database_that_was_filled_since_it_was_looked_at_is_not_begun_anew(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`db upgrade` saw an empty one; a restoration filled it and was killed before `db upgrade` went on."""
    shut_everybody_out(database)
    cut_off(office, monkeypatch)
    first = iter([None])
    current = schema.current
    with monkeypatch.context() as patch:
        patch.setattr("survey.cli.db.current", lambda asked: next(first, current(asked)))
        assert tried("db", "upgrade").exit_code == 1
    assert office.answers(office.keep) == 503


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_nothing_is_settled_while_postgresql_still_works_on_what_a_killed_command_began(
    office: Office, database: Database
) -> None:
    """Its commit may wait for a disk or another machine when nobody waits for it any more."""
    shut_everybody_out(database)
    begin(office.config.home, Mark("b.age", copies.place_of(database), copies.standing(database)))
    with database.engine.connect() as at_work:
        at_work.exec_driver_sql(f"SELECT pg_advisory_xact_lock({copies.AT_WORK})")
        assert tried("user", "list").exit_code == 1
        assert marked(office.config.home) is not None
    run("user", "list")
    assert marked(office.config.home) is None


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_lock_lasts_as_long_as_what_works_on_the_database(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`kill -9` of the command leaves PostgreSQL's program at work; `sleep` stands in for it here."""
    home, run_program, left = office.config.home, subprocess.run, []

    def killed(words: list[str], **named: Any) -> Any:
        if words[0] != "psql":
            return run_program(words, **named)
        left.append(subprocess.Popen(["sleep", "60"], pass_fds=named["pass_fds"]))
        raise PowerCutError

    database.close()
    with monkeypatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr(copies.subprocess, "run", killed)
        office.restore()
    try:
        with pytest.raises(Refused, match="one that runs"), alone(home):
            pass
    finally:
        left[0].kill()
        left[0].wait()
    office.restore()


def test_another_user_s_plain_copy_stops_no_command_and_is_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sudo tolqyn db restore` was cut off; the server's user can neither open nor remove what it left."""
    folder = office.config.home / ".restore-root"
    folder.mkdir(mode=0o700)
    opened = restoring.staged.__globals__["os"].open

    def denied(path: object, *words: int) -> int:
        if path == folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return int(opened(path, *words))

    monkeypatch.setattr("survey.staging.os.open", denied)
    monkeypatch.setattr("survey.staging.os.access", lambda path, _: path != folder)
    run("user", "list")
    said = tried("db", "check").stderr
    assert f"{folder} is another user's" in said
    assert f"sudo rm -r {folder}" in said

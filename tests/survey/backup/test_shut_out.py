"""Whom the office shut out stays out when a backup is put back; where nothing tells, someone is asked."""

import errno
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from survey import create_app
from survey.backup import copies, restoring
from survey.backup.seal import new_key
from survey.config import Config, study_today
from survey.people import accounts
from survey.refusal import Reason, Refused
from survey.store import people, sign_ins
from survey.store.engine import Database, connect
from survey.store.models import RowGrant, Wave
from survey.store.people import Passkey
from survey.store.schema import upgrade
from survey.store.sign_ins import AccountLink, StaffSession
from survey.unfinished import MARK, Mark, begin, end

TODAY = study_today()


def run(*words: object) -> Result:
    from survey.cli import main

    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done


@dataclass
class Office:
    """A database with people in it, a backup of it, and what opened something when it was made."""

    config: Config
    folder: Path
    keep: str
    session: str

    def restore(self) -> Result:
        database = connect(self.config.database_url)
        name = copies.name_of(database.engine.url) if copies.filled(database) else ""
        database.close()
        words = ("db", "restore", self.folder / "b.age", "--key", self.folder / "k")
        return run(*words, *(("--replace", name) if name else ()))

    def answers(self, token: str) -> int:
        app = create_app(self.config)
        try:
            client = app.test_client()
            return client.get("/api/v1/waves", headers={"Authorization": f"Bearer {token}"}).status_code
        finally:
            app.extensions["tolqyn"].database.close()

    def noted(self) -> dict[str, object]:
        shown = json.loads(run("audit", "show", "db.restore", "--json").stdout)
        detail: dict[str, object] = shown[-1]["detail"]
        return detail


@pytest.fixture
def office(environment: Config, database: Database, open_wave: Wave, tmp_path: Path) -> Office:
    now = int(time.time())
    with database.writing() as session:
        for name, role in (("dana", "director"), ("ana", "field_manager"), ("ghost", "analyst")):
            accounts.invite(session, "shell", name, language="en", now=now, today=TODAY)
            account = people.account_named(session, name)
            accounts.grant(session, "shell", account, role)
            account.password = f"hash of {name}"
        ghost = people.account_named(session, "ghost")
        accounts.grant(session, "shell", ghost, "interviewer", study="kz-thb")
        for wave in ("2026", "2027"):
            accounts.give_rows(
                session,
                "shell",
                ghost,
                RowGrant(
                    account=ghost.id,
                    study="kz-thb",
                    wave=wave,
                    reason="thesis",
                    until=TODAY + timedelta(days=90),
                    given_by="dana",
                    given_on=TODAY,
                ),
            )
        lost = Passkey(
            credential="lost", account=ghost.id, name="phone", public_key="k", uses=1, made_on=TODAY
        )
        session.add(lost)
        people.keep_recovery_codes(session, ghost, ["used", "left"])
        browser = sign_ins.begin(session, people.account_named(session, "ana").id, "full", "F", now)
    keep = run("token", "add", "keep", "--scope", "waves:read").stdout.strip()
    public = new_key(tmp_path / "k")
    run("db", "backup", tmp_path / "b.age", "--to", public)
    database.close()
    return Office(environment, tmp_path, keep, browser)


def shut_everybody_out(database: Database) -> None:
    run("token", "revoke", "keep")
    run("user", "disable", "ana")
    run("user", "role", "ghost", "--remove", "interviewer", "--on", "kz-thb")
    run("user", "rows", "ghost", "--on", "kz-thb/2026", "--end")
    run("user", "rows", "ghost", "--on", "kz-thb/2027", "--end")
    with database.writing() as session:
        ghost = people.account_named(session, "ghost")
        session.delete(session.get_one(Passkey, "lost"))
        people.use_recovery_code(session, ghost, "used")
        ghost.password = "another hash"
    database.close()


def test_nobody_who_was_shut_out_since_comes_in_again(office: Office, database: Database) -> None:
    assert office.answers(office.keep) == 200
    shut_everybody_out(database)
    done = office.restore()
    assert office.answers(office.keep) == 401
    with database.reading() as session:
        ghost = people.account_named(session, "ghost")
        assert people.account_named(session, "ana").disabled
        assert sign_ins.find(session, office.session, int(time.time())) is None
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 0
        assert session.scalar(select(func.count()).select_from(AccountLink)) == 0
        assert [role.role for role in people.grants_of(session, ghost.id)] == ["analyst"]
        assert session.scalar(select(func.count()).select_from(RowGrant)) == 0
        assert (ghost.password, people.passkeys_of(session, ghost.id)) == ("another hash", [])
        assert not people.use_recovery_code(session, ghost, "used")
    assert "1 sessions and 3 links of staff ended" in done.stdout
    assert "1 accounts disabled again: ana" in done.stdout
    assert "1 roles ended again: ghost interviewer on kz-thb" in done.stdout
    assert "2 rows taken back again: ghost kz-thb/2026, ghost kz-thb/2027" in done.stdout
    assert "1 passwords and factors as they were at last: ghost" in done.stdout
    assert "1 tokens revoked: keep" in done.stdout
    assert "confirms each of these" not in done.stderr
    kinds = ("sessions", "links", "disabled", "roles", "rows", "proofs", "tokens")
    assert [office.noted()[kind] for kind in kinds] == [1, 3, 1, 1, 2, 1, 1]


def test_whoever_was_let_in_at_last_still_is(office: Office, database: Database) -> None:
    done = office.restore()
    assert office.answers(office.keep) == 200
    with database.reading() as session:
        assert not any(account.disabled for account in people.all_accounts(session))
        assert session.scalar(select(func.count()).select_from(RowGrant)) == 2
        assert sum(len(each) for each in people.all_grants(session).values()) == 4
    assert "0 accounts disabled again" in done.stdout
    assert "confirms each of these" not in done.stderr


def test_rows_that_were_shortened_stay_short(office: Office, database: Database) -> None:
    run("user", "rows", "ghost", "--on", "kz-thb/2027", "--until", TODAY, "--because", "less")
    office.restore()
    with database.reading() as session:
        until = session.scalars(select(RowGrant.until).order_by(RowGrant.wave)).all()
    assert until == [TODAY + timedelta(days=90), TODAY]


def test_where_nothing_tells_no_token_opens_anything_and_a_director_is_asked(
    office: Office, database: Database
) -> None:
    shut_everybody_out(database)
    with database.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE row_grant")
    database.close()
    done = office.restore()
    assert office.answers(office.keep) == 401
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffSession)) == 0
    assert "1 tokens revoked: keep" in done.stdout
    assert "confirms each of these" in done.stderr
    assert "ana: field_manager on *" in done.stderr
    until = TODAY + timedelta(days=90)
    assert (
        f"ghost: analyst on *, interviewer on kz-thb, rows of kz-thb/2026 until {until}, rows of kz-thb/2027"
        in done.stderr
    )
    assert office.noted()["known_before"] is False


def test_an_older_database_ends_nothing_that_was_given_since(office: Office, database: Database) -> None:
    """As when a newer backup is found after an older one was put back: here one from before everybody."""
    if database.engine.dialect.name == "postgresql":
        with database.transaction() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    else:
        database.close()
        Path(str(database.engine.url.database)).unlink()
    upgrade(database)
    database.close()
    done = office.restore()
    with database.reading() as session:
        assert sum(len(each) for each in people.all_grants(session).values()) == 4
    assert "confirms each of these" in done.stderr
    assert "1 tokens revoked: keep" in done.stdout


def test_an_office_without_a_director_is_told(office: Office, database: Database) -> None:
    with database.writing() as session:
        people.account_named(session, "dana").disabled = True
    database.close()
    assert "no director can sign in" in office.restore().stderr


def test_a_server_that_runs_stops_answering_while_a_database_is_put_back(office: Office) -> None:
    app = create_app(office.config)
    try:
        headers = {"Authorization": f"Bearer {office.keep}"}
        page = partial(app.test_client().get, "/api/v1/waves", headers=headers)
        assert page().status_code == 200
        begin(office.config.home, Mark("b.age", ""))
        assert page().status_code == 503
        end(office.config.home)
        assert page().status_code == 200
    finally:
        app.extensions["tolqyn"].database.close()


class PowerCutError(BaseException):
    """What no program catches."""


def cut(*_: object) -> None:
    raise PowerCutError


def refused(*_: object) -> None:
    raise Refused(Reason("as many rows", "fewer"))


def test_a_restoration_that_is_cut_off_lets_nobody_in_until_it_is_typed_again(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power goes when the database is back and nobody is shut out yet."""
    from survey.cli import main

    shut_everybody_out(database)
    with monkeypatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr(restoring, "_brought_up", cut)
        office.restore()
    assert office.answers(office.keep) == 503
    assert (office.config.home / MARK).stat().st_mode & 0o777 == 0o644, "root typed it, the server reads it"
    for words in (["db", "check"], ["user", "list"], ["serve", "--port", "1"]):
        said = CliRunner().invoke(main, words)
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
    begin(office.config.home, Mark("b.age", restoring.newest_act(database)))
    database.close()
    assert office.answers(office.keep) == 503
    run("user", "list")
    assert not (office.config.home / MARK).exists()
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
        begin(office.config.home, Mark("b.age", ""))
    assert not (office.config.home / MARK).exists()


def test_a_full_disk_at_the_second_try_takes_no_mark_away(
    office: Office, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is half restored: the mark of the first try is what keeps people out."""
    shut_everybody_out(database)
    with monkeypatch.context() as patch, pytest.raises(PowerCutError):
        patch.setattr(restoring, "_brought_up", cut)
        office.restore()
    with monkeypatch.context() as patch, pytest.raises(AssertionError, match="as many rows"):
        patch.setattr("survey.unfinished.json.dump", cut)
        patch.setattr(copies, "put_back", refused)
        office.restore()
    assert (office.config.home / MARK).exists()
    assert office.answers(office.keep) == 503
    office.restore()

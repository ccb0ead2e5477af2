"""An office with people in it, a backup of it, and power that goes where a test wants it."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey import create_app
from survey.backup import copies
from survey.backup.seal import new_key
from survey.config import Config, study_today
from survey.people import accounts
from survey.refusal import Reason, Refused
from survey.store import people, sign_ins
from survey.store.engine import Database, connect
from survey.store.models import RowGrant, Wave
from survey.store.people import Passkey


class PowerCutError(BaseException):
    """What no program catches."""


def cut(*_: object, **__: object) -> None:
    raise PowerCutError


def refused(*_: object) -> None:
    raise Refused(Reason("as many rows", "fewer"))


def emptied(database: Database) -> None:
    """As dropdb and createdb leave it."""
    if database.engine.dialect.name == "postgresql":
        with database.transaction() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    else:
        Path(str(database.engine.url.database)).unlink()
    database.close()


def tried(*words: object) -> Result:
    from survey.cli import main

    return CliRunner().invoke(main, [str(word) for word in words])


def run(*words: object) -> Result:
    done = tried(*words)
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
        name = copies.name_of(database) if copies.filled(database) else ""
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
            accounts.invite(session, "shell", name, language="en", now=now, today=study_today())
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
                    until=study_today() + timedelta(days=90),
                    given_by="dana",
                    given_on=study_today(),
                ),
            )
        lost = Passkey(
            credential="lost", account=ghost.id, name="phone", public_key="k", uses=1, made_on=study_today()
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

"""Withdrawn through the pages, a backup put back by command: nothing comes back, and the words are true."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from survey.backup import copies
from survey.backup.seal import new_key
from survey.cli import main
from survey.config import LANGUAGES, Config
from survey.keys import withdrawn_file
from survey.store.engine import Database, connect
from survey.store.models import Ballot, PageAnswer, Wave
from tests.survey.interview.conftest import ALIAS, Person

CANARY = "91734"
"""An answer that stands nowhere else; the core questionnaire takes digits for a help line."""


def typed(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def code_of(person: Person) -> str:
    return str(person.page.find_class("keep")[0].text)


def finished(somebody: Callable[[], Person]) -> str:
    """Somebody answers everything; the code."""
    person = somebody()
    person.start("en")
    person.walk()
    return code_of(person)


def withdraw(somebody: Callable[[], Person], code: str) -> Person:
    other = somebody()
    other.get("withdraw?lang=en")
    other.post("withdraw?lang=en", {"code": code})
    assert "Your answers are deleted" in other.text
    return other


def states(url: str) -> dict[str, int]:
    database = connect(url)
    try:
        with database.reading() as session:
            counted = session.execute(select(Ballot.state, func.count()).group_by(Ballot.state))
            found = {str(state): int(number) for state, number in counted}
            left = (
                select(func.count()).select_from(PageAnswer).join(Ballot, Ballot.ballot == PageAnswer.ballot)
            )
            gone = session.scalar(left.where(Ballot.state == "withdrawn"))
            return found | ({"answers of withdrawn": gone} if gone else {})
    finally:
        database.close()


@pytest.fixture
def put_back(
    environment: Config, database: Database, app: Flask, tmp_path: Path
) -> Callable[[Callable[[], object]], Result]:
    """A backup is made, something happens, the backup is put back over what is there."""

    def drill(between: Callable[[], object]) -> Result:
        key, file = tmp_path / "k", tmp_path / "b.age"
        public = new_key(key)
        assert typed("db", "backup", file, "--to", public).exit_code == 0
        between()
        database.close()
        app.extensions["tolqyn"].database.close()
        name = copies.name_of(database)
        done = typed("db", "restore", file, "--key", key, "--replace", name)
        assert done.exit_code == 0, done.output
        return done

    return drill


def test_what_was_withdrawn_since_a_backup_is_withdrawn_again_when_it_is_put_back(
    config: Config, somebody: Callable[[], Person], put_back: Callable[..., Result]
) -> None:
    codes = [finished(somebody) for _ in range(3)]
    withdraw(somebody, codes[0])
    done = put_back(lambda: withdraw(somebody, codes[1]))
    assert states(config.database_url) == {"withdrawn": 2, "complete": 1}
    assert f"/s/{ALIAS}/: 1 withdrawn again" in done.stdout
    assert "withdraw those again" not in done.output


def test_the_list_alone_is_enough_where_the_database_is_lost(
    config: Config, database: Database, somebody: Callable[[], Person], put_back: Callable[..., Result]
) -> None:
    code = finished(somebody)

    def lose() -> None:
        withdraw(somebody, code)
        with database.transaction() as connection:
            connection.exec_driver_sql("UPDATE ballot SET state = 'complete'")  # nothing is known from here

    put_back(lose)
    assert states(config.database_url) == {"withdrawn": 1}


def test_the_database_that_is_replaced_knows_what_the_list_does_not(
    config: Config, somebody: Callable[[], Person], put_back: Callable[..., Result]
) -> None:
    code = finished(somebody)

    def lose() -> None:
        withdraw(somebody, code)
        withdrawn_file(config.keys, ALIAS).write_text("")

    put_back(lose)
    assert states(config.database_url) == {"withdrawn": 1}


def test_a_return_without_the_keys_says_that_nobody_knows_who_withdrew(
    config: Config, somebody: Callable[[], Person], put_back: Callable[..., Result], tmp_path: Path
) -> None:
    code = finished(somebody)

    def lose() -> None:
        withdraw(somebody, code)
        config.keys.rename(tmp_path / "kept")

    done = put_back(lose)
    assert states(config.database_url) == {"complete": 1}
    assert f"no list withdrawn-{ALIAS}" in done.stderr
    (tmp_path / "kept").rename(config.keys)
    assert f"/s/{ALIAS}/: 1 withdrawn again" in typed("db", "retain").output
    assert states(config.database_url) == {"withdrawn": 1}


def test_who_stops_and_deletes_is_remembered_too(
    config: Config, somebody: Callable[[], Person], put_back: Callable[..., Result]
) -> None:
    person = somebody()
    person.start("en")
    person.walk_to(3)

    def stop() -> None:
        person.get("stop")
        person.press("stop", "delete")

    put_back(stop)
    assert states(config.database_url) == {"withdrawn": 1}


def test_the_list_holds_sorted_names_that_no_table_knows_and_no_time(
    config: Config, database: Database, somebody: Callable[[], Person]
) -> None:
    for code in [finished(somebody) for _ in range(4)]:
        withdraw(somebody, code)
    file = withdrawn_file(config.keys, ALIAS)
    names = file.read_text().split()
    assert names == sorted(set(names))
    assert len(names) == 4
    assert (file.stat().st_mode & 0o777, file.stat().st_mtime) == (0o600, 0)
    with database.reading() as session:
        assert not set(names) & set(session.scalars(select(Ballot.ballot)))


def test_a_list_that_cannot_be_written_keeps_nobody_from_withdrawing_and_the_night_writes_it(
    environment: Config,
    database: Database,
    somebody: Callable[[], Person],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    code = finished(somebody)
    replace = Path.replace

    def full(path: Path, target: Any) -> Path:
        if "withdrawn" in path.name:
            raise OSError(28, os.strerror(28))
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        withdraw(somebody, code)
    assert "could not be remembered" in caplog.text
    assert states(environment.database_url) == {"withdrawn": 1}
    file = withdrawn_file(environment.keys, ALIAS)
    assert file.read_text() == ""
    assert typed("db", "retain").exit_code == 0
    assert len(file.read_text().split()) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_after_a_withdrawal_neither_file_nor_log_of_sqlite_holds_the_answers(
    config: Config, database: Database, wave: Wave, somebody: Callable[[], Person]
) -> None:
    code = finished(somebody)
    with database.reading() as session:
        (ballot,) = session.scalars(select(Ballot.ballot))
        kept = [
            str(page.sealed[name]) for page in session.scalars(select(PageAnswer)) for name in page.sealed
        ]
    assert kept
    file = Path(str(database.engine.url.database))

    def bytes_of() -> bytes:
        return file.read_bytes() + file.with_name(f"{file.name}-wal").read_bytes()

    assert all(box.encode() in bytes_of() for box in kept)
    withdraw(somebody, code)
    assert file.with_name(f"{file.name}-wal").stat().st_size == 0
    assert not [box for box in kept if box.encode() in bytes_of()]
    assert bytes_of().count(ballot.encode()) <= 2, "the bare mark and its index"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_reader_delays_no_withdrawal_and_the_next_one_empties_the_log(
    database: Database, wave: Wave, somebody: Callable[[], Person]
) -> None:
    first, second = finished(somebody), finished(somebody)
    log = Path(f"{database.engine.url.database}-wal")
    with database.reading() as session:
        session.scalar(select(func.count()).select_from(Ballot))
        withdraw(somebody, first)
        assert log.stat().st_size > 0
    withdraw(somebody, second)
    assert log.stat().st_size == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_respondents_are_told_of_the_copies_and_for_how_many_days(
    environment: Config, wave: Wave, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    from survey import create_app

    monkeypatch.setenv("TOLQYN_BACKUP_DAYS", "23")
    app = create_app(Config.from_env())
    try:
        for page in ("withdraw", "notice"):
            said = app.test_client().get(f"/s/{ALIAS}/{page}?lang={language}").get_data(as_text=True)
            assert re.search(r"\b23\b", said), page
    finally:
        app.extensions["tolqyn"].database.close()

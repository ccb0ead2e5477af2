"""The log a process finds: written once more before anything is appended to it, or nothing is appended."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from survey.store import renewal
from survey.store.engine import Database, DatabaseError, connect

FILLED = "CREATE TABLE kept (number INTEGER PRIMARY KEY)", "INSERT INTO kept VALUES (1), (2)"
APPEND = text("INSERT INTO kept VALUES (3)")
DIES = """
import os, sys
from survey.store.engine import connect
with connect(sys.argv[1]).writing() as session:
    for statement in sys.argv[2:]:
        session.connection().exec_driver_sql(statement)
os._exit(9)
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database whose writer died: all it holds is in its log."""
    url = f"sqlite:///{tmp_path}/left.sqlite"
    died = subprocess.run([sys.executable, "-c", DIES, url, *FILLED], check=False)
    assert died.returncode == 9
    return url


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the log held at each sync of this process, SQLite's own left out; nothing for the folder."""
    seen: list[bytes] = []
    sync = os.fsync

    def observed(descriptor: int) -> None:
        file = Path(f"/proc/self/fd/{descriptor}").resolve()
        seen.append(b"" if file.is_dir() else file.read_bytes())
        sync(descriptor)

    monkeypatch.setattr(renewal.os, "fsync", observed)
    return seen


def numbers(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT number FROM kept ORDER BY number")))


def test_the_log_a_process_finds_is_synced_once_more_before_it_appends_to_it(
    url: str, syncs: list[bytes]
) -> None:
    before = Path(f"{url.removeprefix('sqlite:///')}-wal").read_bytes()
    assert len(before) > 2 * 4096
    database = connect(url)
    assert numbers(database) == [1, 2]
    with database.writing() as session:
        session.execute(APPEND)
    assert numbers(database) == [1, 2, 3]
    database.close()
    assert syncs == [before, b""], "file and folder once, with nothing changed"


def test_nothing_is_appended_to_a_log_that_cannot_be_renewed(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = connect(url)
    with monkeypatch.context() as patch:

        def fails(_: int) -> None:
            raise OSError(5, "Input/output error")

        patch.setattr(renewal.os, "fsync", fails)
        assert numbers(database) == [1, 2], "what is there can be read"
        with pytest.raises(DatabaseError, match="could not be written anew"), database.writing() as session:
            session.execute(APPEND)
    with database.writing() as session:
        session.execute(APPEND)
    assert numbers(database) == [1, 2, 3], "tried again, it is saved"
    database.close()


def test_a_log_made_anew_in_the_same_process_is_renewed_too(url: str, syncs: list[bytes]) -> None:
    database = connect(url)
    numbers(database)
    before = len(syncs)
    database.close()
    assert not Path(f"{url.removeprefix('sqlite:///')}-wal").exists(), "SQLite deletes it with the last"
    with database.writing() as session:
        session.execute(APPEND)
    assert len(syncs) == 2 * before
    database.close()

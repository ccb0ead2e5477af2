"""A killed backup leaves a plain copy only until the next command, one that is asked to stop none."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey.backup.seal import new_key
from survey.config import Config
from survey.staging import abandoned, staged, sweep
from survey.store import invitations
from survey.store.engine import Database
from survey.store.invitations import BatchSpec
from survey.store.models import Wave

CANARY = b"canary-4711"
LONGEST = 60.0


def plain_copies(home: Path) -> list[Path]:
    """Files outside the database and the releases with a respondent's word in them."""
    files = (path for folder in home.glob(".*-*") for path in folder.rglob("*") if path.is_file())
    return [path for path in files if CANARY in opened(path)]


def opened(path: Path) -> bytes:
    """What is in it: PostgreSQL's dumps are packed."""
    content = path.read_bytes()
    if not content.startswith(b"PGDMP"):
        return content
    return subprocess.run(["pg_restore", "--file=-", path], check=True, capture_output=True).stdout


@pytest.fixture
def answered(database: Database, open_wave: Wave, answer: Callable[..., str]) -> None:
    with database.writing() as session:
        (token,) = invitations.invite(session, open_wave, BatchSpec(name="almaty", size=1, few="a test"))
    answer(open_wave, token, VB1=CANARY.decode())


@contextmanager
def stuck_backup(config: Config, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`tolqyn db backup`, held while its plain copy is on the disk: its output is a pipe nobody reads."""
    public = new_key(tmp_path / "key")
    os.mkfifo(tmp_path / "b.age.part")
    program = Path(sys.executable).with_name("tolqyn")
    command = [str(program), "db", "backup", str(tmp_path / "b.age"), "--to", public]
    with subprocess.Popen(command, env=dict(os.environ)) as running:
        until = time.monotonic() + LONGEST
        while not list(config.home.glob(".backup-*/manifest.json")) and time.monotonic() < until:
            assert running.poll() is None, "it ended by itself"
            time.sleep(0.05)
        yield running
        running.kill()


def test_a_killed_backup_is_reported_and_the_next_command_removes_its_copy(
    environment: Config, answered: None, tmp_path: Path
) -> None:
    from survey.cli import main

    with stuck_backup(environment, tmp_path) as running:
        assert abandoned(environment.home) == ()
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert plain_copies(environment.home), "the test has to find the copy to be worth anything"
    checked = CliRunner().invoke(main, ["db", "check"])
    assert "holds a plain copy" in checked.stderr
    assert CliRunner().invoke(main, ["wave", "status"]).exit_code == 0
    assert plain_copies(environment.home) == []
    assert "plain copy" not in CliRunner().invoke(main, ["db", "check"]).stderr


def test_a_backup_asked_to_stop_takes_its_copy_along(
    environment: Config, answered: None, tmp_path: Path
) -> None:
    with stuck_backup(environment, tmp_path) as running:
        assert list(environment.home.glob(".backup-*"))
        running.send_signal(signal.SIGTERM)
        assert running.wait(LONGEST) == 128 + signal.SIGTERM
    assert not list(environment.home.glob(".backup-*"))


def test_a_copy_somebody_is_at_work_in_is_left_alone(tmp_path: Path) -> None:
    with staged(tmp_path, "restore") as folder:
        (folder / "content").write_text("x")
        sweep(tmp_path)
        assert (folder / "content").exists()
    assert not folder.exists()


def test_every_kind_of_copy_is_found(tmp_path: Path) -> None:
    for name in (".backup-1", ".restore-1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "database").write_bytes(CANARY)
    (tmp_path / ".other-1").mkdir()
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [".other-1"]

"""What the program writes is its owner's alone, also where the machine's umask lets others read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.backup.seal import new_key
from survey.cli import main
from survey.config import Config
from survey.store.engine import Database
from tests.survey.cli.test_gate import interviews

WSGI = "import wsgi, os; print(oct(os.umask(0)))"


@pytest.fixture
def usual() -> Iterator[None]:
    """The umask of a machine on which nobody thought of it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def run(*words: object) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done


def open_to_others(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in [folder, *folder.rglob("*")]
        if not path.is_symlink() and path.stat().st_mode & 0o077
    }


def test_nothing_below_the_home_is_open_to_others_but_what_is_published(
    usual: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, backups = tmp_path / "there" / "home", tmp_path / "backups"
    monkeypatch.setenv("TOLQYN_HOME", str(home))
    monkeypatch.delenv("TOLQYN_DATABASE_URL", raising=False)
    monkeypatch.setenv("TOLQYN_BACKUP_TO", new_key(tmp_path / "stick"))
    run("db", "upgrade")
    interviews(tmp_path)
    assert list(home.rglob("data.parquet"))
    run("night", "--backups", backups)
    run("results", "publish", "poll", "--by", "YOUNG")
    assert home.stat().st_mode & 0o777 == 0o700
    found = open_to_others(home)
    assert {name for name in found if name.partition("/")[0] != "results"} == set()
    assert open_to_others(backups) == set()
    pages = list((home / "results" / "en" / "poll").rglob("*.html"))
    assert pages and all(page.stat().st_mode & 0o777 == 0o644 for page in pages)
    run("results", "export", "poll", tmp_path / "public")
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in (tmp_path / "public").rglob("*"))
    assert os.umask(0o022) == 0o022, "the command gives back the umask it found"


def test_a_home_that_others_may_enter_is_told_with_what_to_type(
    usual: None, environment: Config, database: Database
) -> None:
    environment.home.mkdir(exist_ok=True)
    environment.home.chmod(0o755)
    assert f"chmod 700 {environment.home}" in CliRunner().invoke(main, ["db", "check"]).stderr
    environment.home.chmod(0o700)
    assert "chmod 700" not in CliRunner().invoke(main, ["db", "check"]).stderr


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_server_writes_for_its_owner_alone(
    usual: None, environment: Config, database: Database, repository: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WSGI], cwd=repository, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0o77"


def test_what_a_collector_of_metrics_reads_it_may(
    usual: None, environment: Config, database: Database, tmp_path: Path
) -> None:
    run("metrics", "--out", tmp_path / "tolqyn.prom")
    assert (tmp_path / "tolqyn.prom").stat().st_mode & 0o777 == 0o644

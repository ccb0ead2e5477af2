"""Places for the tests of faults: an instance in a folder, a PostgreSQL server that may be killed."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.place import Place, found
from harness.postgres import Cluster, installed
from harness.server import Server, free_port
from harness.wants import lacking


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    """An instance on SQLite, its wave in the field."""
    home = tmp_path / "home"
    return found(home, f"sqlite:///{home}/tolqyn.sqlite", free_port())


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this test's own, running."""
    if not installed():
        lacking("PostgreSQL is not installed: .ci/system-packages test")
    above = Path(tempfile.mkdtemp(prefix="tolqyn-faults-pg."))
    above.chmod(0o755)  # PostgreSQL's user must come in; its log stands here
    folder = above / "cluster"
    folder.mkdir()
    made = Cluster.create(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(above)


@pytest.fixture
def postgres_place(cluster: Cluster, tmp_path: Path) -> Place:
    """An instance on that server, its wave in the field."""
    return found(tmp_path / "home", cluster.url, free_port())


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Make servers that are ended with the test, however it ends."""
    made: list[Server] = []

    def make(*arguments: object, **options: object) -> Server:
        made.append(Server(*arguments, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for server in made:
        if server.process is not None and server.process.poll() is None:
            server.kill()


@pytest.fixture
def lacks() -> Callable[[str], None]:
    """Says that a capability is missing."""
    return lacking


@pytest.fixture
def tool() -> Callable[[str], str]:
    """Where a program is; without it the test fails, or is skipped with ALLOW_SKIP=1."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            lacking(f"{name} is not installed: .ci/system-packages test")
        return str(path)

    return find

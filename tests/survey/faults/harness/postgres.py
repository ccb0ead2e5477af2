"""A folder in, a PostgreSQL server of its own out, which may be killed: run by an unprivileged user."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from harness.server import PATIENCE, free_port, processes, until_gone

USER = "postgres"


def installed() -> bool:
    """Whether there is one."""
    return Path("/usr/lib/postgresql").is_dir() or shutil.which("pg_ctl") is not None


def binaries() -> Path:
    """Folder of initdb and postgres."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if found:
        return found[-1]
    pg_ctl = shutil.which("pg_ctl")
    assert pg_ctl, "PostgreSQL is not installed: apt-get install postgresql"
    return Path(pg_ctl).resolve().parent


@dataclass
class Cluster:
    """One PostgreSQL server below a folder."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def create(cls, folder: Path) -> "Cluster":
        """Make the cluster; the folder must be one that any user may enter."""
        if os.getuid() == 0:
            shutil.chown(folder, USER)
        cluster = cls(folder, free_port())
        cluster._run("initdb", "-D", "data", "-U", "tolqyn", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        return cluster

    @property
    def url(self) -> str:
        """Address of its database."""
        return f"postgresql+psycopg://tolqyn@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it takes connections, which is after its recovery."""
        settings = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self.folder}",
            "max_connections=60",
            "max_wal_size=64MB",
            "wal_writer_delay=10s",
            "min_wal_size=32MB",
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [binaries() / "postgres", "-D", self.folder / "data", *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_unprivileged(),
            )
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < end and self.process.poll() is None, "PostgreSQL did not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the postmaster and every process below it, stopped first so that none is missed."""
        assert self.process is not None
        master = self.process.pid
        os.kill(master, signal.SIGSTOP)
        children = [pid for pid, _, parent, _ in processes() if parent == master]
        for pid in (master, *children):
            os.kill(pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        gone = set(children)
        until_gone(lambda: [p for p, state, *_ in processes() if p in gone and state not in "ZX"])

    def stop(self) -> None:
        """Stop it at once; safe on one that does not run."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(host="127.0.0.1", port=self.port, user="tolqyn", dbname="postgres"):
                return True
        except psycopg.OperationalError:
            return False

    def _run(self, program: str, *arguments: str) -> None:
        command = [binaries() / program, *arguments]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, **_unprivileged())


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam(USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

"""The server as a child process: it answers, and nothing of it is left when the block ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3

from survey.cli.background import running_server, wait_for
from survey.cli.ports import free_port, refuse_taken_port
from survey.config import Config
from survey.refusal import Refused
from survey.store.engine import connect
from survey.store.schema import upgrade

PATIENCE = 30


@pytest.fixture
def ready(tmp_path: Path) -> Config:
    """An instance with an empty SQLite database, on a port nobody uses."""
    database = connect(f"sqlite:///{tmp_path}/home/tolqyn.sqlite")
    upgrade(database)
    database.close()
    return Config(
        home=tmp_path / "home",
        database_url=f"sqlite:///{tmp_path}/home/tolqyn.sqlite",
        port=free_port(),
        plain_http=True,
    )


def gone(group: int) -> bool:
    """Whether every process of the group has ended."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_server_and_its_workers_end_with_the_block(ready: Config, tmp_path: Path) -> None:
    with running_server(ready, workers=2, log=tmp_path / "log") as server:
        assert urllib3.request("GET", f"{ready.base_url}/readyz").data == b"ready\n"
        with pytest.raises(Refused, match=str(ready.port)):
            refuse_taken_port("127.0.0.1", ready.port, hint="tolqyn demo --port 1")
    assert server.poll() == 0
    assert gone(server.pid)
    refuse_taken_port("127.0.0.1", ready.port, hint="tolqyn demo --port 1")


def test_the_server_ends_when_the_block_fails(ready: Config, tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        running_server(ready, workers=1, log=tmp_path / "log") as server,
    ):
        _ = 1 / 0
    assert gone(server.pid)


def test_a_terminated_program_takes_its_server_along(ready: Config, tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from survey.cli.background import running_server; "
        "from survey.config import Config\n"
        "home, url, port, log = sys.argv[1:]\n"
        "config = Config(home=Path(home), database_url=url, port=int(port), plain_http=True)\n"
        "with running_server(config, workers=1, log=Path(log)) as server:\n"
        "    print(server.pid, flush=True); time.sleep(60)\n"
    )
    words = [str(ready.home), ready.database_url, str(ready.port), str(tmp_path / "log")]
    with subprocess.Popen(
        [sys.executable, "-c", program, *words], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        group = int(parent.stdout.readline())
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(PATIENCE) == 128 + signal.SIGTERM
    end = time.monotonic() + PATIENCE
    while not gone(group) and time.monotonic() < end:
        time.sleep(0.1)
    assert gone(group)


def test_a_server_that_does_not_come_up_is_refused_with_its_log(ready: Config, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", ready.port)),
        pytest.raises(Refused) as refused,
        running_server(ready, workers=1, log=tmp_path / "log"),
    ):
        pytest.fail("it cannot listen there")
    (reason,) = refused.value.reasons
    assert str(tmp_path / "log") in reason.hint
    assert reason.path == f"{ready.base_url}/readyz"


def test_a_server_that_ends_by_itself_is_no_success(ready: Config, tmp_path: Path) -> None:
    with running_server(ready, workers=1, log=tmp_path / "log") as server:
        server.kill()
        with pytest.raises(Refused, match="ended by itself") as refused:
            wait_for(server, tmp_path / "log")
    assert str(tmp_path / "log") in refused.value.reasons[0].hint

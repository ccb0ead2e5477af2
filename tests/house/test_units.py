"""The guide's systemd units name commands that exist, and stand up to systemd's own check."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey.cli import main

SOCKET = "Environment=TOLQYN_SOCKET="
UNITS = Path("docs/guide/systemd")
PROGRAM = "/opt/tolqyn/.venv/bin/tolqyn "
MOST_EXPOSED = 1.5
"""systemd's own score, 0 (nothing) to 10 (everything); a service without settings has 9.6."""


def commands(repository: Path) -> list[str]:
    """What the units start of this program."""
    lines = [line for unit in (repository / UNITS).iterdir() for line in unit.read_text().splitlines()]
    return [line.split(PROGRAM)[1] for line in lines if line.startswith("ExecStart=") and PROGRAM in line]


def test_every_command_of_a_unit_is_one_of_this_program(repository: Path) -> None:
    found = commands(repository)
    assert {line.split()[0] for line in found} == {"metrics", "night", "serve"}
    for line in found:
        words = [word for word in line.split() if word.isalpha()][:2]
        assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0, line


def test_a_database_that_is_long_in_coming_back_after_a_power_cut_stops_no_unit_for_good(
    repository: Path,
) -> None:
    """systemd gives up after five starts in ten seconds where nothing else is said."""
    lines = {
        unit: (repository / UNITS / f"{unit}.service").read_text().splitlines()
        for unit in ("tolqyn", "tolqyn-night")
    }
    assert {"Restart=always", "StartLimitIntervalSec=0"} <= set(lines["tolqyn"])
    assert {"Restart=on-failure", "RestartSec=10min"} <= set(lines["tolqyn-night"])
    assert "Persistent=true" in (repository / UNITS / "tolqyn-night.timer").read_text()


@pytest.mark.parametrize("unit", ["tolqyn", "tolqyn-night", "tolqyn-metrics"])
def test_no_unit_reaches_another_machine(repository: Path, unit: str) -> None:
    """Not even by a name server: there is no network but the unit's own, and no address but its own."""
    lines = (repository / UNITS / f"{unit}.service").read_text().splitlines()
    assert {"PrivateNetwork=true", "IPAddressDeny=any", "IPAddressAllow=localhost"} <= set(lines)
    allowed = [line for line in lines if line.startswith("IPAddressAllow=")]
    assert allowed == ["IPAddressAllow=localhost"]


def test_proxy_and_unit_name_the_same_socket_in_a_folder_of_the_proxy_s_group(repository: Path) -> None:
    lines = (repository / UNITS / "tolqyn.service").read_text().splitlines()
    (socket,) = [line.removeprefix(SOCKET) for line in lines if line.startswith(SOCKET)]
    assert {"Group=www-data", "RuntimeDirectoryMode=0750", "UMask=0077"} <= set(lines)
    assert f"RuntimeDirectory={Path(socket).parent.relative_to('/run')}" in lines
    proxy = (repository / "docs/guide/nginx.conf").read_text()
    assert f"server unix:{socket};" in proxy
    assert "\nuser www-data;" in proxy, "as nobody, nginx's own default, it enters no folder of that group"


def test_debian_s_nginx_unit_finds_the_process_it_started(repository: Path) -> None:
    """Seen on Debian 12: with another file of its number it is killed after 90 seconds, each time."""
    unit = Path("/lib/systemd/system/nginx.service")
    lines = unit.read_text("utf-8").splitlines() if unit.is_file() else ["PIDFile=/run/nginx.pid"]
    (place,) = [line.removeprefix("PIDFile=") for line in lines if line.startswith("PIDFile=")]
    assert f"\npid {place};" in (repository / "docs/guide/nginx.conf").read_text()


def test_the_server_is_started_when_its_socket_is_there(repository: Path, tmp_path: Path) -> None:
    """`Type=notify`: systemd is told through the socket it names, when the server listens."""
    assert "Type=notify" in (repository / UNITS / "tolqyn.service").read_text().splitlines()
    ready, place = tmp_path / "ready", tmp_path / "web.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(ready))
        told.settimeout(60)
        environment = {
            **os.environ,
            "NOTIFY_SOCKET": str(ready),
            "TOLQYN_SOCKET": str(place),
            "TOLQYN_HOME": str(tmp_path),
            "TOLQYN_DATABASE_URL": f"sqlite:///{tmp_path / 'tolqyn.db'}",
            "TOLQYN_PUBLIC_URL": "https://opinion.example.org",
            "TOLQYN_TRUSTED_PROXIES": "1",
        }
        program = [str(Path(sys.executable).with_name("tolqyn"))]
        subprocess.run([*program, "db", "upgrade"], env=environment, check=True, capture_output=True)
        running = subprocess.Popen([*program, "serve"], env=environment, stderr=subprocess.DEVNULL)
        try:
            assert told.recv(1000).startswith(b"READY=1")
            assert place.is_socket()
        finally:
            running.terminate()
            running.wait()


def analyse(*words: str) -> subprocess.CompletedProcess[str]:
    """systemd's own check; skipped where there is none."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed: the units are checked where it is")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


def test_systemd_understands_every_unit(repository: Path) -> None:
    units = sorted(str(unit) for unit in (repository / UNITS).iterdir())
    said = analyse("verify", "--man=no", *units).stderr.splitlines()
    assert [line for line in said if "is not executable" not in line and "docs/guide" in line] == []


def test_the_server_is_locked_in(repository: Path) -> None:
    unit = str(repository / UNITS / "tolqyn.service")
    said = analyse("security", "--offline=true", unit).stdout
    score = float(said.split("Overall exposure level")[1].split(":")[1].split()[0])
    assert score <= MOST_EXPOSED

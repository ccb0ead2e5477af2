"""The guide's systemd units name commands that exist, and stand up to systemd's own check."""

import shutil
import subprocess
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
    assert f"server unix:{socket};" in (repository / "docs/guide/nginx.conf").read_text()


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

"""The server as its systemd unit lets it be: every system call it makes is one that the unit allows."""

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.place import Place
from harness.server import Server

UNIT = Path("docs/guide/systemd/tolqyn.service")
CALL = re.compile(r"^\d+ +([a-z0-9_]+)\(")


def groups(tool: str) -> dict[str, set[str]]:
    """systemd's groups of calls, each with its calls and those of the groups in it."""
    said = subprocess.run([tool, "syscall-filter", "--no-pager"], capture_output=True, text=True, check=True)
    found: dict[str, set[str]] = {}
    name = ""
    for line in said.stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            found[name] = set()
        elif name and line.strip() and not line.strip().startswith("#"):
            found[name].add(line.strip())
    return found


def calls(known: dict[str, set[str]], name: str) -> set[str]:
    """A group without groups."""
    if not name.startswith("@"):
        return {name}
    return {call for each in known[name] for call in calls(known, each)}


def allowed(lines: list[str], known: dict[str, set[str]]) -> set[str]:
    """Calls that a unit's lines leave, one line after another, as systemd reads them."""
    left: set[str] = set()
    for line in lines:
        if line.startswith("SystemCallFilter="):
            words = line.partition("=")[2]
            of = {call for word in words.removeprefix("~").split() for call in calls(known, word)}
            left = left - of if words.startswith("~") else left | of
    return left


def test_the_server_makes_no_call_for_which_its_unit_would_kill_it(
    sqlite_place: Place, serve: Callable[..., Server], tool: Callable[[str], str], repository: Path
) -> None:
    known = groups(tool("systemd-analyze"))
    lines = (repository / UNIT).read_text().splitlines()
    with tempfile.TemporaryDirectory() as folder:  # a socket's address has room for a short path alone
        trace, socket = Path(folder) / "trace", str(Path(folder) / "web.sock")
        under = [tool("strace"), "-f", "-qq", "-o", str(trace)]
        settings = {
            "TOLQYN_SOCKET": socket,
            "TOLQYN_TRUSTED_PROXIES": "1",
            "TOLQYN_PUBLIC_URL": "https://opinion.example",
            "TOLQYN_HOSTS": "localhost",
        }
        server = serve(sqlite_place, under=under, extra=settings)
        server.start()
        server.stop()
        made = {found[1] for line in trace.read_text().splitlines() if (found := CALL.match(line))}
    assert {"execve", "bind", "listen"} <= made, "it was followed"
    assert made - allowed(lines, known) == set()
    assert made - allowed([line for line in lines if "@chown" not in line], known), "the filter filters"

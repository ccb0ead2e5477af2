"""Printing reports shows how far it is, one step a language, on a terminal."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from tests.survey.cli.test_report import Tolqyn, poll, tolqyn

__all__ = ["poll", "tolqyn"]


def on_a_terminal(words: list[str], home: Path) -> str:
    """What a command prints where somebody looks on."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TOLQYN_HOME": str(home), "TOLQYN_DATABASE_URL": "", "COLUMNS": "100"}
    command = [str(Path(sys.executable).with_name("tolqyn")), *words]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        assert process.wait() == 0, shown.decode()
    os.close(ours)
    return shown.decode()


def test_a_bar_moves_while_one_language_is_estimated_made_and_printed(
    tolqyn: Tolqyn, poll: Path, tmp_path: Path
) -> None:
    shown = on_a_terminal(["report", "build", "poll", "--out", str(tmp_path / "out")], tmp_path / "home")
    steps = [part for part in shown.split("\r") if part.removeprefix("\x1b[?25l").startswith("reports  [")]
    shares = list(dict.fromkeys(int(share) for step in steps for share in re.findall(r"(\d+)%", step)))
    assert shares == [100 * done // 8 for done in range(9)], "four stages, two languages made and printed"
    assert "poll-2021-ru.pdf" in shown

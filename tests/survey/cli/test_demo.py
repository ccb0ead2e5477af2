"""`tolqyn demo`: what it will not touch, what it replaces, and that the same seed prints the same report."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main
from survey.cli.demo import LEAST, MARKER, Clock, replace_folder
from survey.config import LANGUAGES

TOLQYN = Path(sys.executable).with_name("tolqyn")
STUDY = "kz-attitudes"
OPEN_LINK = "kz-poster"
WAVES = ("2023", "2024", "2025", "2026")
AT_MOST = 900
"""Seconds for one demonstration of the smallest size on a busy machine."""


def demo(*words: str) -> Result:
    """Type the command; whatever it refuses, it shows no traceback."""
    result = CliRunner().invoke(main, ("demo", *words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_folder_made_by_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "thesis"
    home.mkdir()
    (home / "chapter1.txt").write_text("mine")
    before = home.stat().st_mtime_ns
    result = demo("--no-serve", "--home", str(home))
    assert result.exit_code == 1
    assert str(home) in result.output
    assert "--home OTHER-FOLDER" in result.output
    assert [path.name for path in home.iterdir()] == ["chapter1.txt"]
    assert (home / "chapter1.txt").read_text() == "mine"
    assert home.stat().st_mtime_ns == before


def test_where_respondents_are_served_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLQYN_PUBLIC_URL", "https://opinion.example.org")
    result = CliRunner().invoke(main, ["demo", "--no-serve", "--home", str(tmp_path / "demo")])
    assert result.exit_code == 1
    assert "TOLQYN_PUBLIC_URL" in result.output
    assert not (tmp_path / "demo").exists()


def test_a_file_in_the_place_of_the_folder_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine")
    result = demo("--no-serve", "--home", str(tmp_path / "demo"))
    assert result.exit_code == 1
    assert "a file" in result.output
    assert (tmp_path / "demo").read_text() == "mine"


def test_a_taken_port_is_refused_before_anything_is_replaced(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    replace_folder(home)
    (home / "tolqyn.sqlite").write_text("the last demonstration")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = demo("--port", str(port), "--home", str(home))
    assert result.exit_code == 1
    assert f"port {port} in use" in result.output
    assert f"--port {port + 1}" in result.output
    assert (home / "tolqyn.sqlite").read_text() == "the last demonstration"


def test_too_few_respondents_are_a_usage_error(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    assert demo("--respondents", str(LEAST - 1), "--home", str(home)).exit_code == 2
    assert not home.exists()


def test_an_earlier_demonstration_is_replaced(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    replace_folder(home)
    (home / "old").write_text("old")
    replace_folder(home)
    assert [path.name for path in home.iterdir()] == [MARKER]


def test_the_clock_keeps_the_seconds_of_each_step_in_order() -> None:
    clock = Clock()
    with clock.step("first"):
        time.sleep(0.02)
    with clock.step("second"):
        pass
    assert list(clock.steps) == ["first", "second"]
    assert clock.steps["first"] >= 0.02
    assert clock.steps["second"] >= 0


def played(home: Path) -> str:
    """What a whole demonstration of the smallest size prints, typed in a shell of its own."""
    words = [TOLQYN, "demo", "--no-serve", "--respondents", str(LEAST), "--home", str(home)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            said, complained = process.communicate(timeout=AT_MOST)
        finally:
            process.terminate()  # it takes its server along, which killing it would not
    assert process.returncode == 0, complained[-2000:]
    return said


def processes_of(home: Path) -> list[str]:
    """Processes whose environment names the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"TOLQYN_HOME={home}".encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_answering_it_leaves_no_process_and_no_traceback(
    tmp_path: Path, stop: signal.Signals
) -> None:
    home = tmp_path / "demo"
    # A suite started in the background ignores Ctrl-C, and its children would too.
    listening = ["env", "--default-signal=INT"]
    words = [*listening, TOLQYN, "demo", "--no-serve", "--respondents", str(LEAST), "--home", str(home)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            while "answering" not in process.stdout.readline():
                assert process.poll() is None
            time.sleep(1)
            assert processes_of(home)
            if stop == signal.SIGINT:
                os.killpg(process.pid, stop)  # as Ctrl-C in a terminal reaches every process of the command
            else:
                process.send_signal(stop)
            said = process.stdout.read()
            assert process.wait(60) != 0
        finally:
            process.terminate()
    assert "Traceback" not in said, said
    assert processes_of(home) == []


def fingerprints(home: Path) -> dict[str, bytes]:
    """The manifest of each release of the yearly study: its hash is the fingerprint."""
    folder = home / "releases" / STUDY
    return {path.parent.parent.name: path.read_bytes() for path in folder.glob("*/1/manifest.json")}


@pytest.mark.long
def test_two_demonstrations_print_the_same_report(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    said = played(first)
    for line in ("visits ", "complete ", "seconds ", "in all "):
        assert line in said
    replace_folder(second)
    (second / "left-over").write_text("of an earlier one")
    played(second)
    assert not (second / "left-over").exists()

    whole = CliRunner().invoke(main, ["audit", "verify"], env={"TOLQYN_HOME": str(first)})
    assert whole.exit_code == 0, whole.output
    manifests = fingerprints(first)
    assert sorted(manifests) == list(WAVES)
    assert all(json.loads(text)["rows"] >= LEAST for text in manifests.values())
    assert fingerprints(second) == manifests
    reports = [path.relative_to(first) for path in (first / "reports").glob("*/*.pdf")]
    names = {f"{study}-2026-{language}" for study in (STUDY, OPEN_LINK) for language in LANGUAGES}
    assert sorted(path.stem for path in reports) == sorted(names | {f"{n}-factsheet" for n in names})
    assert all((first / path).read_bytes() == (second / path).read_bytes() for path in reports)

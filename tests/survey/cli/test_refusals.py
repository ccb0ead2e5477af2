"""Refusals in words and as JSON; faults stay faults."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

from instruments import FileProblem, InstrumentError
from survey.cli import Nouns, refusals
from survey.refusal import Reason, Refused

FIELDS = {"file", "line", "path", "rule", "expected", "found", "hint"}


def command(error: Exception) -> click.Group:
    """A `tolqyn` whose one command fails like that."""

    class One(Nouns):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
            @click.command("fail")
            @click.option("--json", "as_json", is_flag=True)
            def fail(as_json: bool) -> None:
                raise error

            return fail

    return One("tolqyn")


def test_every_reason_is_printed_and_counted() -> None:
    error = Refused(Reason("a day", "noon", "--day 1", path="--day"), Reason("two", "one"))
    result = CliRunner().invoke(command(error), ["fail"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert (
        result.stderr
        == "--day: expected a day; found noon\n    --day 1\nexpected two; found one\n2 problems\n"
    )


def test_problems_as_json_have_all_fields() -> None:
    error = InstrumentError(
        [FileProblem("a.yaml", 3, "items.A", "kind", "a kind", "singel", "Write single.")]
    )
    result = CliRunner().invoke(command(error), ["fail", "--json"])
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)
    assert set(problem) == FIELDS
    assert (problem["file"], problem["line"], problem["found"]) == ("a.yaml", 3, "singel")


def test_a_problem_with_a_place_in_a_file_is_printed_with_it() -> None:
    error = InstrumentError(
        [FileProblem("a.yaml", 3, "items.A", "kind", "a kind", "singel", "Write single.")]
    )
    result = CliRunner().invoke(command(error), ["fail"])
    assert result.stderr == "a.yaml:3: items.A: expected a kind; found singel\n    Write single.\n"


def test_a_failing_database_and_an_unreadable_file_are_refusals() -> None:
    database = OperationalError("SELECT 1", {}, Exception("disk I/O error"))
    assert "disk I/O error" in CliRunner().invoke(command(database), ["fail"]).stderr
    broken = DatabaseError("SELECT 1", {}, Exception("database disk image is malformed"))
    assert "malformed" in CliRunner().invoke(command(broken), ["fail"]).stderr
    ours = ProgrammingError("SELEC 1", {}, Exception("syntax error"))
    assert CliRunner().invoke(command(ours), ["fail"]).exception is ours
    file = PermissionError(13, "Permission denied", "/there/key")
    assert (
        CliRunner().invoke(command(file), ["fail"]).stderr.startswith("/there/key: Permission denied\n    ")
    )


def test_a_full_disk_is_a_refusal_even_where_the_system_names_no_file() -> None:
    full = CliRunner().invoke(command(OSError(28, "No space left on device")), ["fail"])
    assert full.exit_code == 1
    assert full.stderr.startswith("No space left on device\n    make room")
    nameless = OSError("a fault of ours")
    assert CliRunner().invoke(command(nameless), ["fail"]).exception is nameless


def test_a_fault_of_ours_is_not_dressed_up_as_a_refusal() -> None:
    error = ZeroDivisionError("ours")
    assert CliRunner().invoke(command(error), ["fail"]).exception is error


@pytest.mark.parametrize("package", ["analysis", "reports"])
def test_refusals_of_other_packages_are_known(package: str) -> None:
    module = __import__(package)
    (name,) = refusals.OTHERS[package]
    problems = refusals.problems_of(getattr(module, name)("what was found"))
    assert problems is not None
    assert problems[0]["found"] == "what was found"


def test_a_light_command_loads_no_analysis() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from survey.cli import main; "
        "CliRunner().invoke(main, ['wave', 'status', '--help']); "
        "print(sorted({'pandas', 'statsmodels', 'matplotlib', 'weasyprint'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_command_that_prints_loads_no_server_and_no_database(tmp_path: Path) -> None:
    script = (
        "import sys; from click.testing import CliRunner; from survey.cli import main; "
        "print(CliRunner().invoke(main, ['report', 'build', 'nothing']).output); "
        "print(sorted({'pandas', 'flask', 'sqlalchemy'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TOLQYN_HOME": str(tmp_path), "TOLQYN_DATABASE_URL": ""},
    )
    assert "releases of study nothing" in result.stdout
    assert result.stdout.strip().endswith("['pandas']")


def test_the_installed_command_answers(repository: Path) -> None:
    tolqyn = Path(sys.executable).with_name("tolqyn")
    result = subprocess.run([tolqyn, "db", "--help"], capture_output=True, text=True, check=True)
    assert "upgrade" in result.stdout

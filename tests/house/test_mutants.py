"""`make mutants` catches what tests notice, names what lives, believes no tests that fail by themselves."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
def refuse_minor(age: int) -> None:
    if age < 18:
        raise ValueError("too young")
"""
GOOD = """
import pytest
from survey.guard import refuse_minor


def test_it():
    refuse_minor(18)
    with pytest.raises(ValueError):
        refuse_minor(17)
"""
WEAK = """
from survey.guard import refuse_minor


def test_it():
    refuse_minor(30)
"""
BROKEN = "def test_it():\n    assert False\n"


def hunted(repository: Path, folder: Path, tests: str) -> tuple[int, str, dict[str, object]]:
    """The command over a small module with those tests."""
    for name, text in {
        "survey/__init__.py": "",
        "survey/guard.py": MODULE,
        "tests/test_guard.py": tests,
        "pyproject.toml": "",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    command = [sys.executable, repository / ".ci" / "mutants", "survey/guard.py", "--root", folder]
    command += ["--tests", "tests/test_guard.py", "--out", folder / "out.json", "--most", "8"]
    # Tests of a module without imports: neither libraries nor plugins are loaded for them.
    command += ["--loaded"]
    bare = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    out = folder / "out.json"
    return done.returncode, done.stdout + done.stderr, json.loads(out.read_text()) if out.exists() else {}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_good_tests_catch_every_mutant(repository: Path, folder: Path) -> None:
    status, said, found = hunted(repository, folder, GOOD)
    assert (status, found["share"], found["lived"]) == (0, 1.0, []), said
    assert found["modules"]["survey/guard.py"]["run"] == 4
    assert (folder / "survey" / "guard.py").read_text() == MODULE, "the repository is as it was"


def test_what_weak_tests_miss_is_named_by_its_line_and_fails(repository: Path, folder: Path) -> None:
    status, said, found = hunted(repository, folder, WEAK)
    assert status == 1
    assert "lived: survey/guard.py:3 Lt for LtE" in said
    assert "line 4 left out" in {each["what"] for each in found["lived"]}


def test_tests_that_fail_without_a_change_prove_nothing(repository: Path, folder: Path) -> None:
    status, said, _ = hunted(repository, folder, BROKEN)
    assert status == 1
    assert "without any change" in said

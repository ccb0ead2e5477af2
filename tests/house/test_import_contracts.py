"""The import contracts hold, and each one breaks on a deliberate violation."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = ("instruments", "survey", "analysis", "reports")

# contract name -> (file, the line that breaks it)
VIOLATIONS = {
    "Each package imports only those below it": ("analysis/design.py", "import reports"),
    "instruments knows no web, no database, no data frames": ("instruments/missing.py", "import pandas"),
    "analysis and reports know no web, no database": ("reports/phrasing.py", "import flask"),
    "The respondent's path loads no analysis, no reports": ("survey/interview/views.py", "import analysis"),
    "Tables and queries know no web": ("survey/store/models.py", "import wtforms"),
    "The server's worker knows no survey and no database": ("survey/serving/worker.py", "import sqlalchemy"),
    "The thief has the stolen database alone": ("survey/thief/own.py", "import flask"),
    "Views write no SQL": ("survey/interview/views.py", "import sqlalchemy"),
    "Others use instruments through its front door": ("survey/release.py", "import instruments.missing"),
    "Others use analysis through its front door": ("survey/release.py", "import analysis.design"),
    "Others use reports through its front door": ("survey/cli/report.py", "import reports.phrasing"),
    "No cycles anywhere": ("survey/store/models.py", "import survey.interview"),
    "Inside survey": ("survey/store/models.py", "import survey.interview"),
    "Inside instruments": ("instruments/missing.py", "import instruments.codebook"),
    "Inside analysis": ("analysis/design.py", "import analysis.trends"),
    "Inside reports": ("reports/phrasing.py", "import reports.build"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path, repository: Path) -> Path:
    """The packages and their contracts in a place where they may be harmed."""
    for package in PACKAGES:
        shutil.copytree(
            repository / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "*.ttf", "*.mo"),
        )
    shutil.copy(repository / "setup.cfg", tmp_path)
    return tmp_path


def test_every_import_contract_is_kept(repository: Path) -> None:
    result = lint(repository)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(VIOLATIONS)} kept, 0 broken" in result.stdout


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_deliberate_violation_breaks_its_contract(name: str, copy: Path) -> None:
    file, line = VIOLATIONS[name]
    broken = copy / file
    broken.write_text(f"{broken.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    result = lint(copy)
    assert result.returncode == 1, result.stdout + result.stderr
    assert any(name in row and "BROKEN" in row for row in result.stdout.splitlines()), result.stdout

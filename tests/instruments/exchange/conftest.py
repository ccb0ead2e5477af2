"""Forms imported into a temporary folder."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from instruments import InstrumentError, Questionnaire, Report, import_form

Imported = tuple[Questionnaire, Report]


@pytest.fixture(scope="session")
def forms() -> ModuleType:
    """The module that builds forms."""
    spec = importlib.util.spec_from_file_location("forms", Path(__file__).with_name("forms.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., Imported]:
    """A form imported into a new folder."""

    def run(path: Path, **options: str) -> Imported:
        folder = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        return import_form(path, folder, **options)

    return run


@pytest.fixture
def refused(imported: Callable[..., Imported]) -> Callable[..., list[tuple[str, str]]]:
    """Rule and place of every problem for which a form is refused."""

    def run(path: Path, **options: str) -> list[tuple[str, str]]:
        with pytest.raises(InstrumentError) as error:
            imported(path, **options)
        for problem in error.value.problems:
            assert problem.file and problem.expected and problem.found and problem.hint, problem
        return [(problem.rule, problem.path or f"line {problem.line}") for problem in error.value.problems]

    return run


@pytest.fixture
def settled() -> Callable[[Report], None]:
    """Every part of a form is mapped, changed with how, or not carried with why."""

    def look(report: Report) -> None:
        assert report.entries
        assert {entry.status for entry in report.entries} <= {"mapped", "changed", "not carried"}
        without = [entry for entry in report.entries if entry.status != "mapped" and not entry.note]
        assert not without
        assert sum(sum(row.values()) for row in report.counts().values()) == len(report.entries)

    return look

"""Tiny instruments by name, and instruments made by editing one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from instruments import FileProblem, InstrumentError, Questionnaire, check, load

TINY = Path(__file__).resolve().parent.parent / "library"
LANGUAGES = ("kk", "ru", "uz")


@pytest.fixture(scope="session")
def tiny() -> Callable[[str], Questionnaire]:
    """A tiny instrument of tests/library by its name."""
    return lambda name: load(TINY / f"{name}.yaml")


@pytest.fixture(scope="session")
def problems_in() -> Callable[[Path], tuple[FileProblem, ...]]:
    """Every problem of an instrument file, as the command `instrument check` lists them."""

    def examine(path: Path) -> tuple[FileProblem, ...]:
        try:
            return check(load(path))
        except InstrumentError as error:
            return error.problems

    return examine


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """A copy of a tiny instrument with one piece of text replaced in its structure file."""

    def edit(name: str, old: str, new: str) -> Path:
        for path in TINY.glob(f"{name}.*yaml"):
            (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        structure = tmp_path / f"{name}.yaml"
        text = structure.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}.yaml"
        structure.write_text(text.replace(old, new), encoding="utf-8")
        return structure

    return edit


@pytest.fixture
def finds(
    problems_in: Callable[[Path], tuple[FileProblem, ...]], edited: Callable[[str, str, str], Path]
) -> Callable[[str, str, str, set[str]], None]:
    """Asserts that one edit of a tiny instrument breaks these rules, on lines of the file, and no others."""

    def examine(name: str, old: str, new: str, rules: set[str]) -> None:
        problems = problems_in(edited(name, old, new))
        assert {problem.rule for problem in problems} == rules, "\n".join(map(str, problems))
        assert all(problem.line > 0 for problem in problems)

    return examine

"""Help lines: days, and numbers nobody called lately."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from instruments import check, load, warn
from instruments.checks.phones import UNVERIFIED

Edited = Callable[[str, str, str], Path]

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "a day on which no number can have been called": (
        "exits",
        'verified_on: "2026-01-01"',
        'verified_on: "2026-13-01"',
        {"date"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])


@pytest.mark.parametrize(("called", "found"), [("", True), ("2026-01-01", True), ("2027-05-01", False)])
def test_a_help_line_is_called_again_within_90_days(edited: Edited, called: str, found: bool) -> None:
    questionnaire = load(edited("exits", 'verified_on: "2026-01-01"', f'verified_on: "{called}"'))
    problems = warn(questionnaire, date(2027, 5, 20))
    assert [problem.rule for problem in problems] == [UNVERIFIED] * found
    assert check(questionnaire) == ()

"""Lint of a questionnaire: what loads, yet may not go into the field. May open no file."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from instruments.checks.answers import check_answers
from instruments.checks.blocks import check_blocks
from instruments.checks.columns import check_columns
from instruments.checks.finding import Finding, located
from instruments.checks.labels import check_labels
from instruments.checks.own_experience import check_own_experience
from instruments.checks.phones import FRESH_DAYS, check_phone_days, check_phones
from instruments.checks.recalls import check_recalls
from instruments.checks.routes import check_routes
from instruments.checks.safety import check_safety
from instruments.checks.splits import check_splits
from instruments.checks.texts import check_texts
from instruments.checks.typed import check_typed
from instruments.checks.withheld import check_withheld
from instruments.problem import FileProblem
from instruments.questionnaire import Content

CHECKS: tuple[Callable[[Content], Iterator[Finding]], ...] = (
    check_texts,
    check_routes,
    check_answers,
    check_columns,
    check_labels,
    check_safety,
    check_own_experience,
    check_phone_days,
    check_splits,
    check_blocks,
    check_recalls,
    check_withheld,
)


def check(content: Content) -> tuple[FileProblem, ...]:
    """Every problem of a questionnaire, in file order; none means that a wave may open with it."""
    return _in_order(content, (finding for examine in CHECKS for finding in examine(content)))


def warn(content: Content, today: date) -> tuple[FileProblem, ...]:
    """What somebody should look at, in file order; it keeps no wave from opening.

    Help lines nobody called in the `FRESH_DAYS` before today (a wave may have them called itself), and
    periods and telephone numbers that are typed into the wording.
    """
    return _in_order(content, (*check_phones(content, today), *check_typed(content)))


def _in_order(content: Content, findings: Iterable[Finding]) -> tuple[FileProblem, ...]:
    found = {located(content, finding) for finding in findings}
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line, problem.path, problem.rule)))


__all__ = ["FRESH_DAYS", "Finding", "check", "located", "warn"]

"""Lint of a questionnaire: what loads, yet may not go into the field. May open no file."""

from collections.abc import Callable, Iterator
from datetime import date

from instruments.checks.answers import check_answers
from instruments.checks.blocks import check_blocks
from instruments.checks.columns import check_columns
from instruments.checks.finding import Finding, located
from instruments.checks.labels import check_labels
from instruments.checks.own_experience import check_own_experience
from instruments.checks.phones import FRESH_DAYS, UNVERIFIED, check_phone_days, check_phones
from instruments.checks.recalls import check_recalls
from instruments.checks.routes import check_routes
from instruments.checks.safety import check_safety
from instruments.checks.splits import check_splits
from instruments.checks.texts import check_texts
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
)


def check(content: Content, today: date | None = None) -> tuple[FileProblem, ...]:
    """Every problem of a questionnaire, in file order; none means that a wave may open with it.

    With `today`, help lines nobody called lately are found too (rule `UNVERIFIED`).
    """
    found = {located(content, finding) for examine in CHECKS for finding in examine(content)}
    if today is not None:
        found |= {located(content, finding) for finding in check_phones(content, today)}
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line, problem.path, problem.rule)))


__all__ = ["FRESH_DAYS", "UNVERIFIED", "Finding", "check", "located"]

"""Lint of a questionnaire: what loads, yet may not go into the field. May open no file."""

from collections.abc import Callable, Iterator

from instruments.checks.answers import check_answers
from instruments.checks.columns import check_columns
from instruments.checks.finding import Finding, located
from instruments.checks.routes import check_routes
from instruments.checks.safety import check_safety
from instruments.checks.texts import check_texts
from instruments.problem import FileProblem
from instruments.questionnaire import Content

CHECKS: tuple[Callable[[Content], Iterator[Finding]], ...] = (
    check_texts,
    check_routes,
    check_answers,
    check_columns,
    check_safety,
)


def check(content: Content) -> tuple[FileProblem, ...]:
    """Every problem of a questionnaire, in file order; none means that a wave may open with it."""
    found = {located(content, finding) for examine in CHECKS for finding in examine(content)}
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line, problem.path, problem.rule)))


__all__ = ["Finding", "check", "located"]

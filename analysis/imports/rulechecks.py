"""A rule of a map comes in, whatever in it cannot be computed is noted, as an instrument's would be."""

from collections.abc import Iterable
from typing import Any

from analysis.imports.noting import Notes, Path
from analysis.imports.shape import near, say
from analysis.recode import rule_columns
from instruments import FileProblem, computed_rule_problems, rule_problems

COMPARED = ("eq", "ne", "in", "at")
"""Keys whose numbers a map may write with decimals, because its variables may be no codes."""


def check_rule(rule: Any, known: list[str], path: Path, notes: Notes) -> None:
    """Note what is wrong with the rule of the computed variable at `path`; it may read the `known` ones."""
    _check(rule, known, (*path, "rule"), computed_rule_problems(_in_full(rule), ".".join(path)), notes)


def check_condition(rule: Any, known: list[str], path: Path, notes: Notes) -> None:
    """Note what is wrong with a condition on rows, which may read the `known` columns."""
    _check(rule, known, path, rule_problems(_plain(rule), ".".join(path)), notes)


def _check(rule: Any, known: list[str], path: Path, found: Iterable[FileProblem], notes: Notes) -> None:
    problems = list(found)
    for problem in problems:
        notes.add(tuple(problem.path.split(".")), "rule", problem.expected, problem.found, problem.hint)
    if problems:
        return
    for place, word in _words(rule, path):
        notes.add(place, "rule", "a number", say(word), "rules compare the codes in the release")
    for name in dict.fromkeys(rule_columns(rule)):
        if name not in known:
            hint = near(name, known) if known else "put it after the variables it reads"
            notes.add(path, "unknown-variable", "a variable that stands before it", name, hint)


def _in_full(rule: Any) -> Any:
    """The rule with what a map may leave out: `min_valid`, and the range of a mean that reverses nothing."""
    if not isinstance(rule, dict):
        return rule
    columns = rule.get("mean_of", rule.get("any_of"))
    if isinstance(columns, list):
        rule = {"min_valid": len(columns), **rule}
    if "mean_of" in rule and "reverse" not in rule:
        rule = {"range": [0, 1], **rule}
    return _plain(rule)


def _plain(value: Any, key: str = "") -> Any:
    """The same rule in an instrument's words: `answered` is true there, compared numbers are whole."""
    if isinstance(value, dict):
        return {name: _plain(part, name) for name, part in value.items()}
    if key == "at" and isinstance(value, list) and any(isinstance(part, float) for part in value):
        return _ranks(value)
    if isinstance(value, list):
        return [_plain(part, key) for part in value]
    if key == "answered" and value is False:
        return True
    return int(value) if key in COMPARED and isinstance(value, float) else value


def _ranks(numbers: list[Any]) -> list[Any]:
    """Whole numbers in the order of these; as they are when they are no numbers."""
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in numbers):
        return numbers
    return [sorted(set(numbers)).index(number) for number in numbers]


def _words(value: Any, path: Path) -> Iterable[tuple[Path, str]]:
    """Every word that a sound rule compares a column with, and its place."""
    if isinstance(value, dict):
        for key, part in value.items():
            compared = part if isinstance(part, list) and key == "in" else [part]
            if key in ("eq", "ne", "in"):
                yield from (((*path, key), word) for word in compared if isinstance(word, str))
            else:
                yield from _words(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _words(part, (*path, str(place)))

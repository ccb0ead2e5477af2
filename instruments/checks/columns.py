"""Columns: names used once, and rules of computed columns that read earlier columns and their codes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from instruments.checks.finding import Finding, declared
from instruments.codebook import Level, Role, Variable
from instruments.questionnaire import Content, codebook_of, uses
from instruments.tree import nearest, said

DIFFERENT_NAMES = frozenset(["wave", "weight", "base_weight", "stratum", "psu", "fpc", "mode", "language"])
"""Columns that a release adds itself."""

COLUMN_GROUPS = ("derived", "indicators", "splits")
"""Parts of a document whose names are columns, besides its items."""


def check_columns(content: Content) -> Iterator[Finding]:
    """Findings about columns."""
    variables = codebook_of(content).variables
    for name, times in Counter(variable.name for variable in variables).items():
        if times > 1:
            yield Finding(
                _place(content, name), "duplicate_id", "a column name used once", name, "Rename one."
            )
        if name.lower() in DIFFERENT_NAMES:
            yield Finding(
                _place(content, name), "reserved", "a name no release uses itself", name, "Rename it."
            )
    earlier: dict[str, Variable] = {}
    for variable in variables:
        if variable.rule is not None:
            yield from _rule(content, variable, variable.rule, earlier)
        earlier[variable.name] = variable


def _place(content: Content, name: str) -> str:
    return next(
        (f"{group}.{name}" for group in COLUMN_GROUPS if name in content.document.get(group, {})),
        f"items.{name}",
    )


def _rule(
    content: Content, variable: Variable, rule: Mapping[str, Any], earlier: Mapping[str, Variable]
) -> Iterator[Finding]:
    group = "indicators" if variable.role is Role.INDICATOR else "derived"
    path = f"{group}.{variable.name}.rule"
    for use in uses(rule):
        column = earlier.get(use.item)
        if column is None:
            if use.item not in declared(content) or use.item in content.batteries:
                hint = nearest(use.item, tuple(earlier))
                yield Finding(path, "unknown_column", "an earlier column", said(use.item), hint)
            continue
        values = use.value if isinstance(use.value, list) else [use.value]
        for value in values:
            if column.level is not Level.INTERVAL and value not in column.codes:
                known = f"{use.item} has the codes {', '.join(map(str, column.codes))}."
                yield Finding(path, "unknown_code", f"a code of {use.item}", said(value), known)
        if "mean_of" in rule and column.level in (Level.NOMINAL, Level.TEXT):
            hint = "Give its scale level: ordinal, or leave it out."
            yield Finding(
                path, "level", "columns with an order", f"{use.item}, which is {column.level}", hint
            )
    if "mean_of" in rule:
        yield from _score(rule, path, earlier)
    yield from _results(variable, rule, path, earlier)


def _score(rule: Mapping[str, Any], path: str, earlier: Mapping[str, Variable]) -> Iterator[Finding]:
    """A score's range is that of its answers, and it turns those that are keyed the other way, or none."""
    for name in rule["mean_of"]:
        column = earlier.get(name)
        if column is None or column.level in (Level.NOMINAL, Level.TEXT):
            continue
        span = [min(column.codes), max(column.codes)] if column.codes else rule["range"]
        if list(rule["range"]) != span:
            hint = "Every column of a score has the same range; correct range, or recode the column first."
            found = f"{rule['range']} for {name}"
            yield Finding(f"{path}.range", "range", f"{span}, the codes of {name}", found, hint)
        if column.role is Role.PARADATA:
            hint = "Leave it out of mean_of."
            yield Finding(f"{path}.mean_of", "attention", "answers to the question", f"{name}, a check", hint)
        turned = name in rule.get("reverse", ())
        if rule.get("reverse") and column.key and turned != (column.key < 0):
            hint = f"Correct reverse, or the key of {name}."
            expected = f"{name} {'as it is' if column.key > 0 else 'reversed'} (key {column.key})"
            yield Finding(f"{path}.reverse", "reverse", expected, "the opposite", hint)


def _results(
    variable: Variable, rule: Mapping[str, Any], path: str, earlier: Mapping[str, Variable]
) -> Iterator[Finding]:
    """Whether the codes the rule gives are the codes the column declares."""
    if "recode" in rule:
        yield from _partition(rule, path, earlier)
    given = _codes_given(rule)
    if given is not None and set(variable.codes) != given:
        expected = f"codes {', '.join(map(str, sorted(given)))}"
        found = ", ".join(map(str, variable.codes)) or "none"
        yield Finding(path, "codes", expected, found, "Declare a label for each code the rule gives.")


def _codes_given(rule: Mapping[str, Any]) -> set[int] | None:
    if "recode" in rule:
        return {int(code) for code in rule["to"]}
    if "cut" in rule:
        return set(range(1, len(rule["at"]) + 2))
    return {0, 1} if "share" in rule or "any_of" in rule else None


def _partition(rule: Mapping[str, Any], path: str, earlier: Mapping[str, Variable]) -> Iterator[Finding]:
    column = earlier.get(rule["recode"])
    if column is None:
        return
    named = Counter(code for codes in rule["to"].values() for code in codes)
    for code in column.codes:
        if named[code] != 1:
            found = f"{code} {'nowhere' if not named[code] else 'twice'}"
            yield Finding(
                path, "recode", f"every code of {column.name} once", found, "Put it in one of the lists."
            )

"""Computed columns: a frame and its codebook's rules come in, the frame with their columns goes out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analysis.errors import DataError
from instruments import Codebook, Missing, Variable

Rule: TypeAlias = Mapping[str, Any]
Decided: TypeAlias = tuple[np.ndarray, np.ndarray]
"""Two n booleans under three-valued logic: it holds; it is undecided (a compared value is missing)."""

_COMPARE: Mapping[str, Callable[[np.ndarray, Any], np.ndarray]] = {
    "eq": np.equal,
    "ne": np.not_equal,
    "ge": np.greater_equal,
    "le": np.less_equal,
    "gt": np.greater,
    "lt": np.less,
    "in": lambda values, codes: np.isin(values, list(codes)),
}


def derive(frame: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """`frame` with every DERIVED and INDICATOR column that has a rule, computed in codebook order.

    DataError lists every column that a rule reads and the frame lacks, and every value a rule does not cover.
    """
    columns = {name: frame[name] for name in frame.columns}
    problems: list[str] = []
    for variable in codebook.variables:
        if variable.rule is None:
            continue
        absent = [name for name in dict.fromkeys(rule_columns(variable.rule)) if name not in columns]
        if absent:
            problems.append(f"the rule of {variable.name!r} reads {', '.join(absent)}, which the data lack")
            continue
        try:
            columns[variable.name] = pd.Series(compute(variable, columns), index=frame.index)
        except DataError as error:
            problems += map(str, error.problems)
    if problems:
        raise DataError(problems)
    return pd.DataFrame(columns, index=frame.index)


def compute(variable: Variable, columns: Mapping[str, Any]) -> np.ndarray:
    """The column of one rule: integers, or floats for `mean_of`; missing codes where it has no value."""
    rule = variable.rule or {}
    for form, evaluate in _FORMS.items():
        if form in rule:
            return evaluate(variable, rule, columns)
    raise DataError(f"the rule of {variable.name!r} has none of the forms {', '.join(_FORMS)}: {dict(rule)}")


def rule_columns(rule: Rule) -> Iterator[str]:
    """Every column a rule reads, in reading order."""
    for key, value in rule.items():
        if key in {"recode", "cut", "item"}:
            yield value
        elif key in {"any_of", "mean_of", "count"}:
            yield from value
        elif key in {"share", "among", "not"}:
            yield from rule_columns(value)
        elif key in {"all", "any"}:
            for part in value:
                yield from rule_columns(part)


def _recode(variable: Variable, rule: Rule, columns: Mapping[str, Any]) -> np.ndarray:
    values = _numbers(columns, rule["recode"])
    result = np.where(values < 0, values, np.nan)
    for code, sources in rule["to"].items():
        result[np.isin(values, list(sources))] = int(code)
    left = np.unique(values[np.isnan(result)])
    if len(left):
        raise DataError(
            f"the rule of {variable.name!r} says nothing about {', '.join(f'{v:g}' for v in left)} of "
            f"{rule['recode']!r}: add each to a list under `to`"
        )
    return result.astype(int)


def _cut(variable: Variable, rule: Rule, columns: Mapping[str, Any]) -> np.ndarray:
    values = _numbers(columns, rule["cut"])
    classes = 1 + np.searchsorted(np.asarray(rule["at"], float), values, side="right")
    return np.where(values < 0, values, classes).astype(int)


def _share(variable: Variable, rule: Rule, columns: Mapping[str, Any]) -> np.ndarray:
    holds, undecided = decide(rule["share"], columns)
    result = np.where(undecided, _first_missing(_compared(rule["share"]), columns), holds)
    if "among" in rule:
        inside, unsure = decide(rule["among"], columns)
        outside = np.where(unsure, _first_missing(_compared(rule["among"]), columns), Missing.NOT_APPLICABLE)
        result = np.where(inside, result, outside)
    return result.astype(int)


def _any_of(variable: Variable, rule: Rule, columns: Mapping[str, Any]) -> np.ndarray:
    values = _matrix(columns, rule["any_of"])
    found = np.asarray(np.isin(values, list(rule["codes"])).any(axis=1))
    return _enough(values, rule, found).astype(int)


def _mean_of(variable: Variable, rule: Rule, columns: Mapping[str, Any]) -> np.ndarray:
    names = list(rule["mean_of"])
    values = _matrix(columns, names)
    low, high = rule.get("range", (0, 0))
    scored = values.copy()
    turned = np.isin(names, list(rule.get("reverse", ())))
    scored[:, turned] = low + high - scored[:, turned]
    valid = values >= 0
    means = np.where(valid, scored, 0).sum(axis=1) / np.maximum(valid.sum(axis=1), 1)
    return _enough(values, rule, means)


def _count(variable: Variable, rule: Rule, columns: Mapping[str, Any]) -> np.ndarray:
    wanted: Mapping[str, int] = rule["count"]
    values = _matrix(columns, list(wanted))
    if rule.get("dont_know") == 0:
        values = np.where(values == Missing.DONT_KNOW, np.inf, values)
    hits = (values == np.array([float(code) for code in wanted.values()])).sum(axis=1)
    return np.where((values < 0).any(axis=1), _leading_code(values), hits).astype(int)


_FORMS: Mapping[str, Callable[[Variable, Rule, Mapping[str, Any]], np.ndarray]] = {
    "recode": _recode,
    "cut": _cut,
    "share": _share,
    "any_of": _any_of,
    "mean_of": _mean_of,
    "count": _count,
}


def decide(rule: Rule, columns: Mapping[str, Any]) -> Decided:
    """A routing rule on columns, under Kleene's three-valued logic."""
    if "all" in rule:
        parts = [decide(part, columns) for part in rule["all"]]
        fails = np.logical_or.reduce([~holds & ~undecided for holds, undecided in parts])
        undecided = np.logical_or.reduce([part[1] for part in parts]) & ~fails
        return ~fails & ~undecided, undecided
    if "any" in rule:
        parts = [decide(part, columns) for part in rule["any"]]
        holds = np.logical_or.reduce([part[0] for part in parts])
        return holds, np.logical_or.reduce([part[1] for part in parts]) & ~holds
    if "not" in rule:
        holds, undecided = decide(rule["not"], columns)
        return ~holds & ~undecided, undecided
    return _compare(rule, columns)


def _compare(rule: Rule, columns: Mapping[str, Any]) -> Decided:
    values = _numbers(columns, rule["item"])
    missing = values < 0
    if "answered" in rule:
        return ~missing if rule["answered"] else missing, np.zeros(len(values), bool)
    operators = [name for name in _COMPARE if name in rule]
    if len(operators) != 1:
        raise DataError(f"a comparison needs one of {', '.join(_COMPARE)}, found {dict(rule)}")
    return _COMPARE[operators[0]](values, rule[operators[0]]) & ~missing, missing


def _compared(rule: Rule) -> list[str]:
    """Columns whose missing values can leave a rule undecided, in reading order."""
    if "item" in rule:
        return [] if "answered" in rule else [rule["item"]]
    parts = rule.get("all") or rule.get("any") or [rule["not"]]
    return [name for part in parts for name in _compared(part)]


def _numbers(columns: Mapping[str, Any], name: str) -> np.ndarray:
    values = np.asarray(columns[name], float)
    return np.where(np.isnan(values), float(Missing.NO_ANSWER), values)


def _matrix(columns: Mapping[str, Any], names: Sequence[str]) -> np.ndarray:
    return np.column_stack([_numbers(columns, name) for name in names])


def _first_missing(names: Sequence[str], columns: Mapping[str, Any]) -> np.ndarray:
    return _leading_code(_matrix(columns, names)) if names else np.zeros(1)


def _leading_code(values: np.ndarray) -> np.ndarray:
    """Per row, the missing code that stands first; meaningless where there is none."""
    return values[np.arange(len(values)), (values < 0).argmax(axis=1)]


def _enough(values: np.ndarray, rule: Rule, result: np.ndarray) -> np.ndarray:
    valid = (values >= 0).sum(axis=1)
    return np.where(valid >= rule.get("min_valid", values.shape[1]), result, _leading_code(values))

"""Who is asked what: a rule as data, compiled once to a closure, and said in words."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from instruments.missing import is_missing
from instruments.problem import FileProblem
from instruments.tree import Node, nearest, said

Answers = Mapping[str, Any]
Holds = Callable[[Answers], bool]
ORDER = {"ge": operator.ge, "le": operator.le, "gt": operator.gt, "lt": operator.lt}
SIGNS = {"eq": "=", "ne": "≠", "in": "=", "ge": "≥", "le": "≤", "gt": ">", "lt": "<"}
OPERATORS = ("eq", "ne", "in", "ge", "le", "gt", "lt", "answered")
DEEPEST = 20
YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Comparison:
    """One leaf of a rule."""

    item: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Rule:
    """A condition: `{all|any: [...]}`, `{not: ...}`, `{item: X, eq|ne|in|ge|le|gt|lt|answered: v}`.

    No comparison but `eq` and `in` ever matches a missing code or an item without an answer; `eq` and `in`
    match a missing code only by naming it. With a several-of answer (a list) they mean "any ticked code".
    Free words left blank are no answer. A year that is kept as text compares with numbers as one.
    """

    data: Mapping[str, Any]

    @cached_property
    def _compiled(self) -> Holds:
        return _compile(self.data)

    def holds(self, answers: Answers) -> bool:
        """Whether the rule is true for these answers (item id to stored value)."""
        return self._compiled(answers)

    @cached_property
    def _comparisons(self) -> tuple[Comparison, ...]:
        return tuple(_leaves(self.data))

    @cached_property
    def _items(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leaf.item for leaf in self._comparisons))

    def comparisons(self) -> tuple[Comparison, ...]:
        """The leaves in reading order."""
        return self._comparisons

    def items(self) -> tuple[str, ...]:
        """Ids the rule reads, in reading order, each once."""
        return self._items

    def words(
        self,
        label: Callable[[str, Any], str],
        joints: Mapping[str, str],
        name: Callable[[str], str] = str,
    ) -> str:
        """The rule in words: `label(item, value)` names an answer, `joints` holds and, or, not, answered.

        `name`: what a question is called; otherwise its id.
        """
        return _words(self.data, _Names(label, joints, name), top=True)


def read_rule(node: Node, key: str) -> Rule | None:
    """The rule under a key; its problems are noted on the node. None when absent or unusable."""
    data = node.raw(key)
    if data is None:
        return None
    before = len(node.problems)
    _examine(Node(data, node.at(key), node.problems), 0)
    return Rule(data) if len(node.problems) == before else None


def rule_problems(rule: object, path: str) -> tuple[FileProblem, ...]:
    """What is wrong with a rule that stands at `path`; () for a sound one."""
    problems: list[FileProblem] = []
    _examine(Node(rule, path, problems), 0)
    return tuple(problems)


def _examine(node: Node, depth: int) -> None:
    if depth > DEEPEST:
        node.problem("rule", f"a rule at most {DEEPEST} levels deep", "a deeper one", "Split it.")
        return
    parts = [key for key in ("all", "any") if node.has(key)]
    if parts:
        entries = tuple(node.entries(parts[0]))
        for part in entries:
            _examine(part, depth + 1)
        if not entries:
            node.problem("rule", "at least one part", "none", "Write [{item: X, eq: 1}].", parts[0])
    elif node.has("not"):
        _examine(node.sub("not"), depth + 1)
    else:
        _examine_leaf(node)
    node.finish()


def _examine_leaf(node: Node) -> None:
    node.string("item", required=True)
    used = [name for name in OPERATORS if node.has(name)]
    if len(used) != 1:
        found = ", ".join(used) or ", ".join(map(str, node.value)) or "nothing"
        hint = f"Write for example {{item: X, eq: 1}}; operators: {', '.join(OPERATORS)}, all, any, not."
        node.problem("operator", "exactly one operator", found, hint)
    for name in used:
        value = node.raw(name)
        if name == "in" and not (isinstance(value, list) and value and all(map(_is_code, value))):
            node.problem("rule", "a list of codes", said(value), "Write in: [1, 2].", name)
        if name in ("eq", "ne") and not _is_code(value):
            node.problem("rule", "a code", said(value), f"Write {name}: 1.", name)
        if name == "answered" and value is not True:
            node.problem(
                "rule", "true", said(value), "For the opposite write {not: {item: X, answered: true}}.", name
            )
        if name in ORDER and (not isinstance(value, int | float) or isinstance(value, bool)):
            node.problem("rule", "a number", said(value), nearest(str(value), ()), name)


def _is_code(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _leaves(data: Mapping[str, Any]) -> Iterator[Comparison]:
    for key in ("all", "any"):
        for part in data.get(key, ()):
            yield from _leaves(part)
    if "not" in data:
        yield from _leaves(data["not"])
    if "item" in data:
        name = next(key for key in OPERATORS if key in data)
        yield Comparison(data["item"], name, data[name])


def _compile(data: Mapping[str, Any]) -> Holds:
    if "all" in data:
        parts = tuple(map(_compile, data["all"]))
        return lambda answers: all(part(answers) for part in parts)
    if "any" in data:
        parts = tuple(map(_compile, data["any"]))
        return lambda answers: any(part(answers) for part in parts)
    if "not" in data:
        inner = _compile(data["not"])
        return lambda answers: not inner(answers)
    return _compile_leaf(*_leaves(data))


def _compile_leaf(leaf: Comparison) -> Holds:
    item, value = leaf.item, leaf.value
    if leaf.operator == "answered":
        return lambda answers: _given(answers.get(item))
    if leaf.operator == "ne":
        return lambda answers: (
            _given(answers.get(item)) and not any(_alike(v, value) for v in _codes(answers[item]))
        )
    if leaf.operator in ORDER:
        compare = ORDER[leaf.operator]
        return lambda answers: (
            _given(answers.get(item)) and all(_ordered(compare, v, value) for v in _codes(answers[item]))
        )
    wanted = tuple(value) if leaf.operator == "in" else (value,)
    return lambda answers: any(_alike(v, value) for v in _codes(answers.get(item)) for value in wanted)


def _alike(answer: object, value: object) -> bool:
    """Whether an answer is the one a rule names; digits that are no year are never numbers."""
    return answer == value or (isinstance(value, int) and _number(answer) == value)


def _ordered(compare: Callable[[Any, Any], bool], answer: object, value: float) -> bool:
    number = _number(answer)
    return not isinstance(number, str) and compare(number, value)


def _number(answer: Any) -> Any:
    return int(answer) if isinstance(answer, str) and YEAR.fullmatch(answer) else answer


def _given(value: object) -> bool:
    return value is not None and value != "" and not is_missing(value)


def _codes(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


@dataclass(frozen=True)
class _Names:
    """By what a rule's parts are called."""

    label: Callable[[str, Any], str]
    joints: Mapping[str, str]
    item: Callable[[str], str]


def _words(data: Mapping[str, Any], names: _Names, *, top: bool = False) -> str:
    joints = names.joints
    for key, joint in (("all", "and"), ("any", "or")):
        if key in data:
            said_parts = f" {joints[joint]} ".join(_words(part, names) for part in data[key])
            return said_parts if top else f"({said_parts})"
    if "not" in data:
        return f"{joints['not']} ({_words(data['not'], names, top=True)})"
    leaf = next(_leaves(data))
    if leaf.operator == "answered":
        return f"{names.item(leaf.item)}: {joints['answered']}"
    values = leaf.value if leaf.operator == "in" else [leaf.value]
    named = f" {joints['or']} ".join(names.label(leaf.item, value) for value in values)
    return f"{names.item(leaf.item)} {SIGNS[leaf.operator]} {named}"

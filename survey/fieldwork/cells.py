"""Quota cells of a design file in, what is wrong with each out: what it may ask, and that no two overlap.

A cell's count is looked at while people answer, so it may hang only on who people are, never on what they
say; and cells that read a question in common divide people, so that no sum of cells says what none says.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from instruments import Item, Number, Questionnaire, SingleChoice, rule_problems
from survey.refusal import Said
from survey.store.quotas import Cell

BACKGROUND = "Z_"
"""How the id of a question begins that asks who somebody is; elsewhere its role says so."""
MOST_POINTS = 100_000

Departure = tuple[tuple[str, ...], str, str, str, str, str]
"""Place in the file, the rest of the path inside a rule, rule, expected, found, hint."""


def quota_items(questionnaire: Questionnaire) -> dict[str, Item]:
    """Questions on which a quota may hang: age, and what is asked of a person's background."""
    return {
        item.id: item
        for item in questionnaire.items.values()
        if isinstance(item, SingleChoice | Number)
        and item.stores
        and not item.sensitive
        and (item.role in ("age", "background") or item.id.startswith(BACKGROUND))
    }


def cell_departures(quotas: Any, questionnaire: Questionnaire) -> Iterator[Departure]:
    """What the schema cannot say of a list of cells."""
    seen: set[str] = set()
    sound: list[tuple[tuple[str, ...], Cell]] = []
    allowed = quota_items(questionnaire)
    for place, quota in enumerate(quotas if isinstance(quotas, list) else ()):
        if not isinstance(quota, dict):
            continue
        path = ("quotas", str(place))
        name = str(quota.get("name"))
        if name in seen:
            yield (
                (*path, "name"),
                "",
                "repeated-name",
                Said("a name of its own"),
                Said("{name} again", name=name),
                "rename it",
            )
        seen.add(name)
        if isinstance(quota.get("when"), dict):
            found = list(_rule(quota["when"], (*path, "when"), questionnaire, allowed))
            yield from found
            sound += [] if found else [((*path, "when"), Cell(place + 1, name, quota["when"], 0))]
    yield from _overlaps(sound, allowed)


def _rule(
    when: Mapping[str, Any], path: tuple[str, ...], asked: Questionnaire, allowed: Mapping[str, Item]
) -> Iterator[Departure]:
    """What is wrong with a cell's rule: its form, what it asks, a code no answer has."""
    problems = rule_problems(when, "")
    for problem in problems:
        rest = problem.path.strip(".")
        yield path, rest, problem.rule, problem.expected, problem.found, problem.hint
    if problems:
        return
    for leaf in Cell(0, "", when, 0).rule.comparisons():
        item = allowed.get(leaf.item)
        if item is None:
            expected = Said(
                "a question of {questionnaire} on who people are, not on what they say",
                questionnaire=f"{asked.name} {asked.version}",
            )
            hint = f"one of {', '.join(allowed) or 'none: give questions the role background'}"
            yield path, "item", "item", expected, repr(leaf.item), hint
        elif isinstance(item, SingleChoice) and leaf.operator in ("eq", "ne", "in"):
            given = leaf.value if isinstance(leaf.value, list) else [leaf.value]
            known = [option.code for option in item.options]
            for code in given:
                if code not in known and not (isinstance(code, int) and code < 0):
                    expected = Said("a code of {question}: {known}", question=item.id, known=known)
                    yield path, leaf.operator, "code", expected, repr(code), "correct the code"


def _overlaps(
    cells: Sequence[tuple[tuple[str, ...], Cell]], allowed: Mapping[str, Item]
) -> Iterator[Departure]:
    """Cells that read a question in common and do not divide people by the same questions."""
    for (_, one), (path, other) in combinations(cells, 2):
        read, also = set(one.rule.items()), set(other.rule.items())
        if not read & also:
            continue
        if read != also:
            expected = Said(
                "the questions of the cell {cell}: {questions}; or none of them",
                cell=one.name,
                questions=sorted(read),
            )
            yield path, "", "overlap", expected, ", ".join(sorted(also)), "divide people once by each"
        elif any(one.holds(point) and other.holds(point) for point in _points(one, other, allowed)):
            expected = Said("nobody who is in the cell {cell} too", cell=one.name)
            yield path, "", "overlap", expected, Said("some who are in both"), "draw the line between the two"


def _points(one: Cell, other: Cell, allowed: Mapping[str, Item]) -> Iterator[dict[str, int]]:
    """Answers that stand for all: every code, and each number at which a rule changes its mind."""
    names = sorted(one.rule.items())
    axes = [_values(allowed[name], (one, other)) for name in names]
    size = 1
    for axis in axes:
        size *= len(axis)
    if size <= MOST_POINTS:
        for values in product(*axes):
            yield dict(zip(names, values, strict=True))


def _values(item: Item, cells: Sequence[Cell]) -> list[int]:
    if isinstance(item, SingleChoice):
        return [option.code for option in item.options]
    near: set[int] = set()
    for cell in cells:
        for leaf in cell.rule.comparisons():
            given = leaf.value if isinstance(leaf.value, list) else [leaf.value]
            if leaf.item == item.id:
                near |= {int(value) + by for value in given for by in (-1, 0, 1)}
    return sorted(near)

"""Steps of a form in, its skip instructions out: where answers lead, whom a run of questions is for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from instruments import Item, Rule
from reports.questionnaires.conditions import Condition
from reports.questionnaires.kinds import printed
from reports.questionnaires.steps import Step

STOP = 0
"""Where an answer leads that ends the interview."""


@dataclass(frozen=True)
class Filter:
    """Steps `first` to `last` are for whom `rule` holds; the others go to `onward` (None: the end)."""

    first: int
    last: int
    rule: Condition
    onward: int | None


def filters(steps: tuple[Step, ...]) -> Mapping[int, Filter]:
    """One filter a run of neighbouring steps with the same rule, by the number of its first step.

    Whoever is led past a run goes to the step right behind it, which may have a filter of its own: so the
    instruction is right whatever the rules are.
    """
    found: dict[int, Filter] = {}
    for place, step in enumerate(steps):
        if step.rule is None or (place and steps[place - 1].rule == step.rule):
            continue
        end = place
        while end + 1 < len(steps) and steps[end + 1].rule == step.rule:
            end += 1
        onward = steps[end + 1].number if end + 1 < len(steps) else None
        found[step.number] = Filter(step.number, steps[end].number, step.rule, onward)
    return found


def leads(step: Step, steps: tuple[Step, ...]) -> Mapping[int, int | None]:
    """Code to the number its answer leads to (STOP, or None: the end), where that is not the next number.

    Said only where the answer to this question alone decides: the rest is said by the filters.
    """
    if step.battery or len(step.items) != 1:
        return {}
    item = step.items[0]
    found: dict[int, int | None] = {}
    for code, value in (*printed(item.kind).outcomes(item), *((int(kind), int(kind)) for kind in item.allow)):
        answers = {item.id: value}
        if _stops(item, answers):
            found[code] = STOP
            continue
        following = steps[step.number :]
        target = _target(item, answers, following)
        if following and target is not UNDECIDED and target != following[0].number:
            found[code] = target
    return found


UNDECIDED: Any = object()


def _stops(item: Item, answers: Mapping[str, Any]) -> bool:
    return any(set(e.rule.items()) == {item.id} and e.rule.holds(answers) for e in item.exits)


def _target(item: Item, answers: Mapping[str, Any], following: tuple[Step, ...]) -> Any:
    """The first step behind that is shown after this answer; UNDECIDED when other answers matter too."""
    for step in following:
        if step.rule is None:
            return step.number
        rule = Rule(step.rule)
        if set(rule.items()) != {item.id}:
            return UNDECIDED
        if rule.holds(answers):
            return step.number
    return None

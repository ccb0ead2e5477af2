"""A questionnaire and a draw in, the numbered steps of one printed form out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from instruments import Draw, Item, Questionnaire
from reports.questionnaires.conditions import Condition, narrowed


@dataclass(frozen=True)
class Step:
    """One thing to read or to ask, with a number of its own, so that a skip can name it."""

    number: int
    module: str
    text: str = ""
    """Name of a text of the questionnaire, if the step is one."""
    battery: str = ""
    items: tuple[Item, ...] = ()
    """One item, or the rows of a battery in the order of this form."""
    beside: tuple[Item, ...] = ()
    """Free words that belong to an option of the item."""
    rule: Condition | None = None
    """Who is asked, where not everybody is and all rows say the same."""


def steps_of(questionnaire: Questionnaire, draw: Draw) -> tuple[Step, ...]:
    """Everything this form shows on any route, in its drawn order, numbered from 1."""
    found = (
        step for module in _modules(questionnaire, draw) for step in _module(questionnaire, module, draw)
    )
    return tuple(replace(step, number=number) for number, step in enumerate(found, start=1))


def places(steps: tuple[Step, ...]) -> Mapping[str, str]:
    """Item id to the number it is printed under: `12`, or `12.3` for the third row of a battery.

    Free words beside an option of question 12 are 12.1.
    """
    beside = {
        item.id: f"{step.number}.{place}" for step in steps for place, item in enumerate(step.beside, 1)
    }
    return beside | {
        item.id: f"{step.number}.{row}" if step.battery else str(step.number)
        for step in steps
        for row, item in enumerate(step.items, start=1)
    }


def _modules(questionnaire: Questionnaire, draw: Draw) -> tuple[str, ...]:
    pages = (questionnaire.page(number) for number in questionnaire.sequence(draw))
    return tuple(dict.fromkeys(page.module for page in pages))


def _module(questionnaire: Questionnaire, name: str, draw: Draw) -> Iterator[Step]:
    module = questionnaire.modules[name]
    asked = [step for step in _entries(questionnaire, name, draw) if step.items]
    if not asked:
        return
    if module.before:
        yield Step(0, name, text=module.before)
    yield from asked
    if module.after:
        yield Step(0, name, text=module.after)


def _entries(questionnaire: Questionnaire, name: str, draw: Draw) -> Iterator[Step]:
    entries = (entry for page in questionnaire.pages if page.module == name for entry in page.items)
    for entry in dict.fromkeys(entries):
        if entry in questionnaire.items and questionnaire.items[entry].beside:
            continue
        battery = questionnaire.batteries.get(entry)
        if battery is None:
            ids: tuple[str, ...] = (entry,)
        else:
            ids = draw.order(battery.id) if battery.random else battery.rows
        yield _step(questionnaire, name, ids, draw, battery.id if battery else "")


def _step(questionnaire: Questionnaire, module: str, ids: tuple[str, ...], draw: Draw, battery: str) -> Step:
    """The rows that some route shows, with a rule of the step where all have the same."""
    rules = {
        name: rule
        for name in ids
        if name not in draw.unasked and (rule := rule_of(questionnaire.items[name], draw)) is not False
    }
    items = tuple(questionnaire.items[name] for name in rules)
    said = list(rules.values())
    shared = said[0] if said and all(rule == said[0] for rule in said) else True
    beside = tuple(companion for item in items for companion in item.companions())
    common = None if isinstance(shared, bool) else shared
    return Step(0, module, battery=battery, items=items, beside=beside, rule=common)


def rule_of(item: Item, draw: Draw) -> Condition | bool:
    """When this form asks the item; True: always, False: never."""
    return narrowed(item.show_if.data if item.show_if is not None else None, draw.unasked)

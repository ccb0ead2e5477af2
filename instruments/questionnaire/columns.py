"""Content in, codebook out: answers, what chance decided, computed columns, groups, indicators."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from instruments.assignment import Directions, Order, Plan
from instruments.codebook import Codebook, Group, Level, Role, Text, Variable
from instruments.items import Item, SeveralOf, SingleChoice
from instruments.questionnaire.structure import Battery, Content
from instruments.wording import STANDARD_LABELS, in_every

SCALE_DIRECTION = "scale_direction"


def plan_of(content: Content) -> Plan:
    """Every random decision of the questionnaire."""
    decisions = [decision for item in content.items.values() for decision in item.decisions()]
    decisions += [_row_order(content, battery) for battery in content.batteries.values() if battery.random]
    turned = frozenset(name for name, scale in content.scales.items() if scale.reversible)
    return Plan.of(decisions, Directions(SCALE_DIRECTION, turned) if turned else None)


def _row_order(content: Content, battery: Battery) -> Order:
    between = {
        row: place
        for row in battery.rows
        if isinstance(item := content.items[row], SingleChoice) and (place := item.between) is not None
    }
    loose = [row for row in battery.rows if row not in battery.last]
    return Order(battery.id, battery.rows, battery.last, between, {row: f"{row}_POS" for row in loose})


def codebook_of(content: Content) -> Codebook:
    """Every column of a release of this questionnaire, in a fixed order."""
    return Codebook(
        instrument=content.name,
        version=content.version,
        title=content.title,
        population=content.population,
        languages=content.languages,
        source_language=content.source_language,
        variables=(
            *_answers(content),
            *_assigned(content),
            *(computed.variable for computed in content.computed),
        ),
        groups=tuple(_groups(content)),
        indicators=tuple(c.indicator for c in content.computed if c.indicator is not None),
        status=content.status,
        reviews=content.reviews,
    )


def ordered_items(content: Content) -> Iterator[Item]:
    """The items in page order, rows of a battery in their written order, each once."""
    listed = (entry for page in content.pages for entry in page.items)
    for entry in dict.fromkeys(listed):
        battery = content.batteries.get(entry)
        names = battery.rows if battery else (entry,)
        yield from (content.items[name] for name in names if name in content.items)


def _answers(content: Content) -> Iterator[Variable]:
    for item in ordered_items(content):
        universe = universe_of(content, item)
        for variable in item.variables():
            question = _row_question(content, item) if item.battery else variable.question
            yield replace(variable, universe=universe, question=question)


def _row_question(content: Content, item: Item) -> Text:
    stem = content.batteries[item.battery or ""].text
    return in_every(stem, lambda language: f"{stem[language]} {item.text[language]}")


def universe_of(content: Content, item: Item) -> Text:
    """Who is asked, in words by language; empty when everybody is."""
    rule = item.show_if
    if rule is None:
        return {}

    def say(language: str) -> str:
        joints = {word: STANDARD_LABELS[word][language] for word in ("and", "or", "not", "answered")}
        return rule.words(lambda name, value: _answer_label(content, name, value, language), joints)

    return in_every(content.languages, say)


def _answer_label(content: Content, name: str, value: Any, language: str) -> str:
    item = content.items.get(name)
    if isinstance(item, SingleChoice | SeveralOf):
        for option in item.options:
            if option.code == value:
                return f"“{option.label[language]}”"
    return str(value)


def _assigned(content: Content) -> Iterator[Variable]:
    turned = [scale for scale in content.scales.values() if scale.reversible]
    if turned:
        yield Variable(
            SCALE_DIRECTION,
            in_every(content.languages, STANDARD_LABELS["scale_direction"].__getitem__),
            Level.NOMINAL,
            codes={
                code: in_every(content.languages, STANDARD_LABELS[word].__getitem__)
                for code, word in ((1, "as_written"), (2, "reversed"))
            },
            role=Role.ASSIGNMENT,
        )
    for item in ordered_items(content):
        yield from item.assigned()
    for battery in content.batteries.values():
        if battery.random:
            for row, variable in _row_order(content, battery).stored.items():
                yield content.items[row].position_column(variable, content.items[row].title)


def _groups(content: Content) -> Iterator[Group]:
    for battery in content.batteries.values():
        rows = [content.items[row] for row in battery.rows]
        names = tuple(row.id for row in rows if not (isinstance(row, SingleChoice) and row.attention))
        yield Group(
            battery.id, battery.label or battery.text, battery.text, names, "battery", battery.headline
        )
    for item in content.items.values():
        if isinstance(item, SeveralOf):
            names = tuple(variable.name for variable in item.variables())
            yield Group(item.id, item.title, item.text, names, "multi")

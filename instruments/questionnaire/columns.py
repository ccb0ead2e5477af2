"""Content in, codebook out: answers, what chance decided, computed columns, groups, indicators."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from instruments.assignment import Directions, Order, Plan
from instruments.codebook import Codebook, Group, Level, Role, Text, Variable
from instruments.items import Item, SingleChoice, position_label
from instruments.missing import Missing
from instruments.questionnaire.blocks import order_of
from instruments.questionnaire.paging import ordered_items
from instruments.questionnaire.splits import decision_of, forms_asking, listed, may_go_unasked, members
from instruments.questionnaire.structure import Battery, Content, Split
from instruments.wording import RECALL, STANDARD_LABELS, fill_known, in_every

SCALE_DIRECTION = "scale_direction"


def plan_of(content: Content) -> Plan:
    """Every random decision of the questionnaire."""
    decisions = [decision for item in content.items.values() for decision in item.decisions()]
    decisions += [_row_order(content, battery) for battery in content.batteries.values() if battery.random]
    decisions += [decision_of(content, split) for split in content.splits.values() if split.forms]
    decisions += [order_of(content, block) for block in content.blocks.values()]
    turned = frozenset(name for name, scale in content.scales.items() if scale.reversible)
    return Plan.of(decisions, Directions(SCALE_DIRECTION, turned) if turned else None)


def _row_order(content: Content, battery: Battery) -> Order:
    between = {
        row: place
        for row in battery.rows
        if isinstance(item := content.items[row], SingleChoice) and (place := item.between) is not None
    }
    loose = [row for row in battery.rows if row not in battery.last]
    stored = {row: f"{row}_POS" for row in loose}
    return Order(battery.id, battery.rows, battery.last, between, stored, of_items=True)


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


def _answers(content: Content) -> Iterator[Variable]:
    unasked = may_go_unasked(content)
    for item in ordered_items(content):
        universe = universe_of(content, item)
        missing = (Missing.NOT_ASKED,) if item.id in unasked else ()
        for variable in item.variables():
            question = _row_question(content, item) if item.battery else variable.question
            yield replace(
                variable,
                universe=universe,
                question=_without_recalls(content, question),
                label=_without_recalls(content, variable.label),
                missing=(*variable.missing, *missing),
                withhold=content.withheld.get(variable.name),
            )


def _without_recalls(content: Content, text: Text) -> Text:
    """The text with the item's name where an earlier answer is said again."""
    names = {f"{RECALL}{name}": f"[{recall.item}]" for name, recall in content.recalls.items()}
    return {language: fill_known(words, names) for language, words in text.items()}


def _row_question(content: Content, item: Item) -> Text:
    stem = content.batteries[item.battery or ""].text
    return in_every(stem, lambda language: f"{stem[language]} {item.text[language]}")


def universe_of(content: Content, item: Item) -> Text:
    """Who is asked, in words by language; empty when everybody is."""
    rule = item.condition
    splits = forms_asking(content, item.id)
    if rule is None and not splits:
        return {}

    def say(language: str) -> str:
        joints = {word: STANDARD_LABELS[word][language] for word in ("and", "or", "not", "answered")}
        parts = [_split_words(split, forms, language) for split, forms in splits]
        if rule is not None:
            asked = rule.words(lambda name, value: _answer_label(content, name, value, language), joints)
            parts.append(f"({asked})" if parts else asked)
        return f" {joints['and']} ".join(parts)

    return in_every(content.languages, say)


def _split_words(split: Split, forms: list[str], language: str) -> str:
    joint = f" {STANDARD_LABELS['or'][language]} "
    return f"{split.name} = {joint.join(f'“{_form_label(form)[language]}”' for form in forms)}"


def _form_label(form: str) -> Text:
    return {language: words.format(of=form) for language, words in STANDARD_LABELS["form"].items()}


def _answer_label(content: Content, name: str, value: Any, language: str) -> str:
    item = content.items.get(name)
    label = item.answer_text(value) if item else {}
    return f"“{label[language]}”" if label else str(value)


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
    for split in content.splits.values():
        codes = {
            code: in_every(content.languages, _form_label(form).__getitem__)
            for code, form in enumerate(split.forms, start=1)
        }
        asked = {str(code): list(items) for code, items in enumerate(listed(content, split), start=1)}
        yield Variable(
            split.name,
            split.title,
            Level.NOMINAL,
            codes=codes,
            role=Role.ASSIGNMENT,
            design={"split": {"forms": asked}},
        )
    for item in ordered_items(content):
        yield from item.assigned()
    yield from _positions(content)


def _positions(content: Content) -> Iterator[Variable]:
    """The places at which rows and modules in random order were shown."""
    unasked = members(content)
    for battery in content.batteries.values():
        if battery.random:
            for row, variable in _row_order(content, battery).stored.items():
                item = content.items[row]
                column = item.position_column(variable, _without_recalls(content, item.title))
                yield replace(column, missing=(Missing.NOT_ASKED,)) if row in unasked else column
    for block in content.blocks.values():
        for name, variable in order_of(content, block).stored.items():
            yield Variable(
                variable,
                position_label(content.modules[name].title),
                Level.INTERVAL,
                role=Role.PARADATA,
                module=name,
            )


def _groups(content: Content) -> Iterator[Group]:
    for battery in content.batteries.values():
        rows = [content.items[row] for row in battery.rows]
        names = tuple(row.id for row in rows if not (isinstance(row, SingleChoice) and row.attention))
        question = _without_recalls(content, battery.text)
        yield Group(battery.id, battery.label or question, question, names, "battery", battery.headline)
    for item in content.items.values():
        if item.grouped:
            names = tuple(variable.name for variable in item.variables())
            title, question = (_without_recalls(content, text) for text in (item.title, item.text))
            yield Group(item.id, title, question, names, item.grouped)

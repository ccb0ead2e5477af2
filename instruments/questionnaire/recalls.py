"""Fills from earlier answers: a document in, its recalls out; a recall, an answer and a language to words."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from instruments.codebook import Text
from instruments.items import Item, SingleChoice, Vignette
from instruments.missing import is_missing
from instruments.questionnaire.structure import Content, Recall
from instruments.tree import Node, nearest, said
from instruments.wording import CATEGORIES, RECALL, fill, placeholders


def read_recalls(root: Node) -> dict[str, Recall]:
    """Recalls written as `recalls: {NAME: {item: ITEM, forms: {one:, other:}, missing:}}`."""
    recalls = {}
    for name, node in root.children("recalls"):
        if name != name.lower():
            node.problem("name", "a name in small letters", said(name), "It stands in {recall:name}.")
        forms = node.texts("forms")
        for category in forms:
            if category not in CATEGORIES:
                hint = nearest(category, CATEGORIES)
                node.problem("plural", "a plural category", said(category), hint, f"forms.{category}")
        recalls[name] = Recall(
            name, node.string("item", required=True), forms, node.text("missing", required=True)
        )
        node.finish()
    return recalls


def recalled_words(recall: Recall, item: Item | None, value: Any, language: str) -> str:
    """What stands for a recall: the label of the chosen option, the form of a number, or `missing`."""
    if item is None or value is None or is_missing(value):
        return recall.missing[language]
    if isinstance(item, SingleChoice):
        return next(option.label[language] for option in item.options if option.code == value)
    words = recall.forms[plural_category(language, value)][language]
    # A number at the end of a line and its noun on the next are hard to read on a narrow screen.
    return fill(words.replace("{n} ", "{n}\u00a0"), {"n": str(value)})


def plural_category(language: str, number: int) -> str:
    """CLDR's plural category of a whole number: `one`, `few`, ..."""
    return str(_rule(language)(number))


def plural_categories(language: str) -> tuple[str, ...]:
    """The plural categories of a language, in CLDR's order; `other` alone for a language CLDR lacks."""
    tags = _rule(language).tags | {"other"}
    return tuple(category for category in CATEGORIES if category in tags)


@cache
def _rule(language: str) -> Any:
    # Babel is heavy, and only instruments with a recall need it.
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415
    from babel.plural import PluralRule  # noqa: PLC0415

    try:
        return Locale.parse(language).plural_form
    except (UnknownLocaleError, ValueError):
        return PluralRule({})


def recalls_in(text: Text) -> frozenset[str]:
    """Names of the recalls in a text, over all its languages."""
    return frozenset(
        name.removeprefix(RECALL)
        for words in text.values()
        for name in placeholders(words)
        if name.startswith(RECALL)
    )


def recalls_of(content: Content, item: Item) -> frozenset[str]:
    """Names of the recalls that may stand on the page with this item, its battery's question included."""
    battery = content.batteries.get(item.battery or "")
    return frozenset[str]().union(*map(recalls_in, (*_texts(item), *((battery.text,) if battery else ()))))


def _texts(item: Item) -> Iterator[Text]:
    yield from (item.text, item.hint)
    if isinstance(item, Vignette):
        yield from (cell.text for cell in item.cells.values())

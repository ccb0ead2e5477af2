"""Fills from earlier answers: of what may be said again, in every plural form, after it was answered."""

from collections.abc import Iterator

from instruments.checks.finding import Finding, declared
from instruments.checks.places import Places, places_of
from instruments.items import Item, Number, SingleChoice
from instruments.questionnaire import Content, Recall, drawn_apart, plural_categories, recalls_in
from instruments.tree import nearest, said
from instruments.wording import slots


def check_recalls(content: Content) -> Iterator[Finding]:
    """Findings about recalls and about the texts that use them."""
    for recall in content.recalls.values():
        path = f"recalls.{recall.name}"
        item = content.items.get(recall.item)
        if item is None:
            if recall.item not in declared(content) or recall.item in content.batteries:
                hint = nearest(recall.item, tuple(content.items))
                yield Finding(
                    f"{path}.item", "unknown_item", "an item of this instrument", said(recall.item), hint
                )
            continue
        yield from _may_be_said(item, f"{path}.item")
        if isinstance(item, Number):
            yield from _forms(content, recall, f"{path}.forms")
        elif recall.forms:
            hint = "The label of the chosen option is filled in; leave forms out."
            yield Finding(f"{path}.forms", "recall", "no forms", f"forms of a {item.kind} item", hint)
    yield from _uses(content)


def _may_be_said(item: Item, path: str) -> Iterator[Finding]:
    if not isinstance(item, Number | SingleChoice):
        hint = "What was written, typed as digits or ticked among several is never shown again."
        yield Finding(path, "recall", "a number or a single choice", f"{item.id}, a {item.kind} item", hint)
    if item.sensitive:
        hint = "Somebody may look over the shoulder; ask without repeating the answer."
        yield Finding(path, "recall", "an item that is not sensitive", item.id, hint)


def _forms(content: Content, recall: Recall, path: str) -> Iterator[Finding]:
    """Each language has its own plural categories (CLDR), and needs words for all of them and no others."""
    for language in content.languages:
        wanted = plural_categories(language)
        given = [category for category, words in recall.forms.items() if words.get(language, "").strip()]
        lacking = [category for category in wanted if category not in given]
        strange = [category for category in given if category not in wanted]
        if lacking:
            expected = f"the plural forms {', '.join(wanted)} in {language}"
            hint = f"Write {lacking[0]}: words with {{n}} for the number."
            yield Finding(path, "plural", expected, f"no {', '.join(lacking)}", hint, language)
        for category in strange:
            expected = f"only {', '.join(wanted)} in {language}"
            yield Finding(f"{path}.{category}", "plural", expected, category, "Remove it.", language)


def _uses(content: Content) -> Iterator[Finding]:
    places = places_of(content)
    for path, text in slots(content.document):
        for name in sorted(recalls_in(text)):
            recall = content.recalls.get(name)
            recalled = content.items.get(recall.item) if recall else None
            if recalled is None:
                continue
            reader = _reader(content, places, path)
            if reader is None:
                hint = "Say an earlier answer again only where one respondent reads it."
                expected = "a recall in the text or hint of an item"
                yield Finding(path, "recall", expected, f"{{recall:{name}}}", hint)
                continue
            found = f"{recalled.id} on page {places.last.get(recalled.id, 0)}"
            hint = "Only an answer that was given before can be said again; move one of the two items."
            if drawn_apart(content, recalled.module, reader[1]):
                found = f"{recalled.id} in module {recalled.module}, which may come later"
            elif places.last.get(recalled.id, 0) < reader[0]:
                continue
            yield Finding(path, "forward_recall", "an answer of an earlier page", found, hint)


def _reader(content: Content, places: Places, path: str) -> tuple[int, str] | None:
    """First page and module of the item whose text or hint stands at that path; None for other places."""
    parts = path.split(".")
    if parts[0] != "items" or parts[-1] not in ("text", "hint"):
        return None
    if parts[1] in content.batteries:
        battery = content.batteries[parts[1]]
        return min((places.first.get(row, 0) for row in battery.rows), default=0), battery.module
    item = content.items.get(parts[1])
    inside = len(parts) == 3 or (len(parts) == 5 and parts[2] == "cells")
    return (places.first.get(item.id, 0), item.module) if item is not None and inside else None

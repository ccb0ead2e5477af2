"""Split ballots: a document in, its splits out; the items of each form, and which items may go unasked."""

import itertools
from collections.abc import Mapping

from instruments.assignment import Forms
from instruments.questionnaire.paging import ordered_items
from instruments.questionnaire.structure import Battery, Content, Split
from instruments.tree import Node, said

MOST_TOGETHER = 1024
"""Drawings of the forms of all splits: who is asked what is worked out for each."""


def read_splits(root: Node) -> dict[str, Split]:
    """Splits written as `splits: {NAME: {title:, forms: {a: [ITEM], b: [ITEM]}}}`; forms in file order."""
    splits = {}
    together = 1
    for name, node in root.children("splits"):
        forms = node.sub("forms")
        together *= max(1, len(forms.value))
        if together > MOST_TOGETHER:
            hint = "Make fewer splits, or fewer forms."
            node.problem(
                "split", f"at most {MOST_TOGETHER} drawings of all forms", said(together), hint, "forms"
            )
            break
        splits[name] = Split(
            name, node.text("title", required=True), {form: forms.strings(form) for form in forms.value}
        )
        node.finish()
    return splits


def forms_of(content: Content, split: Split) -> Mapping[str, frozenset[str]]:
    """The items of each form; a battery stands for its rows, an item for its companions too."""
    named = zip(split.forms, listed(content, split), strict=True)
    return {form: frozenset(items) for form, items in named}


def listed(content: Content, split: Split) -> tuple[tuple[str, ...], ...]:
    """The items of each form as the file lists them, so that those of two forms can be paired."""
    return tuple(
        tuple(item for entry in entries for item in _standing_for(content, entry))
        for entries in split.forms.values()
    )


def _standing_for(content: Content, entry: str) -> tuple[str, ...]:
    if entry in content.batteries:
        return content.batteries[entry].rows
    companions = content.items[entry].companions() if entry in content.items else ()
    return (entry, *(item.id for item in companions))


def decision_of(content: Content, split: Split) -> Forms:
    """The draw of a form."""
    return Forms(split.name, forms_of(content, split))


def members(content: Content) -> frozenset[str]:
    """Every item that stands in a form of a split."""
    return frozenset(
        item
        for split in content.splits.values()
        for items in forms_of(content, split).values()
        for item in items
    )


def forms_asking(content: Content, item: str) -> list[tuple[Split, list[str]]]:
    """Each split in which the item stands, with the forms that ask it."""
    asking = [
        (split, [form for form, items in forms_of(content, split).items() if item in items])
        for split in content.splits.values()
    ]
    return [(split, forms) for split, forms in asking if forms]


def fewest_rows(content: Content, battery: Battery) -> int:
    """How many rows of a battery are left when the drawn forms leave out as many as they can."""
    left_out = 0
    for split in content.splits.values():
        forms = [items.intersection(battery.rows) for items in forms_of(content, split).values()]
        standing = frozenset[str]().union(*forms)
        left_out += max((len(standing - items) for items in forms), default=0)
    return len(battery.rows) - left_out


def may_go_unasked(content: Content) -> frozenset[str]:
    """Items that some drawing of forms leaves out, and those whose rule then reads nothing that is asked."""
    found: set[str] = set()
    every = [list(forms_of(content, split).values()) for split in content.splits.values() if split.forms]
    for asked in itertools.product(*every):
        unasked = set(members(content) - frozenset[str]().union(*asked))
        for item in ordered_items(content) if every else ():
            if item.condition is not None and unasked.issuperset(item.condition.items()):
                unasked.add(item.id)
        found |= unasked
    return frozenset(found)

"""Columns that a release may leave out: both items one answer each, and no route that tells the answer."""

from collections.abc import Iterator

from instruments.checks.finding import Finding, declared
from instruments.items import SingleChoice
from instruments.questionnaire import Content
from instruments.tree import nearest, said

FEWEST = 2
"""A cell of nobody tells of nobody; one of fewer than two is the least that can be kept back."""


def check_withheld(content: Content) -> Iterator[Finding]:
    """Findings about `withhold`."""
    for name, each in content.withheld.items():
        path = f"withhold.{name}"
        yield from _single(content, name, path)
        yield from _single(content, each.within, f"{path}.within")
        if name == each.within:
            hint = "Name the question whose groups are too small by its answers."
            yield Finding(f"{path}.within", "withhold", "another item", each.within, hint)
        if each.under < FEWEST:
            yield Finding(
                f"{path}.under", "withhold", f"{FEWEST} people or more", said(each.under), "Write under: 10."
            )
        yield from _routes(content, name, path)


def _single(content: Content, name: str, path: str) -> Iterator[Finding]:
    known = tuple(item.id for item in content.items.values() if isinstance(item, SingleChoice))
    if name in known or (name not in content.items and name in declared(content)):
        return
    hint = nearest(name, known)
    yield Finding(path, "withhold", "a question with one answer (kind: single)", said(name), hint)


def _routes(content: Content, name: str, path: str) -> Iterator[Finding]:
    """Who was asked a question that depends on the answer gave that answer: leaving it out would not help."""
    for item in content.items.values():
        if item.condition is not None and name in item.condition.items():
            expected = f"no question that depends on {name}"
            hint = f"Ask {item.id} of everybody, or take {name} out of withhold."
            yield Finding(path, "withhold", expected, f"{item.id} does", hint)

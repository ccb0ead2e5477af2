"""Columns that a release may leave out: both items one answer each, and nothing else that tells it."""

from collections.abc import Iterator

from instruments.checks.finding import Finding, declared
from instruments.items import OtherText, SingleChoice
from instruments.questionnaire import Content, codebook_of, columns_reading
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
        yield from _routes(content, name, name, path)
        yield from _leavers(content, name, path)
        yield from _routes(content, name, each.within, path) if each.within != name else ()
        yield from _both(content, name, each.within, path)


def _single(content: Content, name: str, path: str) -> Iterator[Finding]:
    known = tuple(item.id for item in content.items.values() if isinstance(item, SingleChoice))
    if name in known or (name not in content.items and name in declared(content)):
        return
    hint = nearest(name, known)
    yield Finding(path, "withhold", "a question with one answer (kind: single)", said(name), hint)


def _routes(content: Content, name: str, read: str, path: str) -> Iterator[Finding]:
    """Whoever was asked a question that depends on an answer gave that answer.

    Of the one withheld, leaving it out would not help; of the groups, who was asked by answers is a cell.
    """
    for item in content.items.values():
        if item.condition is not None and read in item.condition.items():
            hint = f"Ask {item.id} of everybody, or take {name} out of withhold."
            if isinstance(item, OtherText) and item.beside == read:
                hint = f"Leave `other:` of {read} out, or take {name} out of withhold."
            yield Finding(path, "withhold", f"no question that depends on {read}", f"{item.id} does", hint)


def _leavers(content: Content, name: str, path: str) -> Iterator[Finding]:
    """Whoever was let go for the answer gave it; who is let go for the groups is in none of their cells."""
    for item in content.items.values():
        for exit_ in item.exits:
            if name in exit_.rule.items():
                hint = f"Let everybody go on, or take {name} out of withhold."
                expected = f"no interview that ends by the answer to {name}"
                found = f"{item.id} lets people go by it ({exit_.to})"
                yield Finding(path, "withhold", expected, found, hint)


def _both(content: Content, name: str, within: str, path: str) -> Iterator[Finding]:
    """A count of a column that reads both questions is a cell of their table, and stands alone."""
    variables = codebook_of(content).variables
    both = columns_reading(variables, name) & columns_reading(variables, within)
    for variable in variables if name != within else ():
        if variable.name in both:
            expected = f"no column computed from {name} and {within}"
            hint = f"Compute {variable.name} from one of them, or leave it out."
            yield Finding(path, "withhold", expected, f"{variable.name} is", hint)

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
        yield from _routes(content, name, path)
        yield from _both(content, name, each.within, path)


def _single(content: Content, name: str, path: str) -> Iterator[Finding]:
    known = tuple(item.id for item in content.items.values() if isinstance(item, SingleChoice))
    if name in known or (name not in content.items and name in declared(content)):
        return
    hint = nearest(name, known)
    yield Finding(path, "withhold", "a question with one answer (kind: single)", said(name), hint)


def _routes(content: Content, name: str, path: str) -> Iterator[Finding]:
    """Whoever was asked a question that depends on the answer, or was let go for it, gave that answer."""
    expected = f"no question that depends on {name}"
    for item in content.items.values():
        if item.condition is not None and name in item.condition.items():
            hint = f"Ask {item.id} of everybody, or take {name} out of withhold."
            if isinstance(item, OtherText) and item.beside == name:
                hint = f"Leave `other:` of {name} out, or take {name} out of withhold."
            yield Finding(path, "withhold", expected, f"{item.id} does", hint)
        for exit_ in item.exits:
            if name in exit_.rule.items():
                hint = f"Let everybody go on, or take {name} out of withhold."
                ends = f"no interview that ends by the answer to {name}"
                yield Finding(path, "withhold", ends, f"{item.id} lets people go by it ({exit_.to})", hint)


def _both(content: Content, name: str, within: str, path: str) -> Iterator[Finding]:
    """A count of a column that reads both questions is a cell of their table, and stands alone."""
    variables = codebook_of(content).variables
    both = columns_reading(variables, name) & columns_reading(variables, within)
    for variable in variables if name != within else ():
        if variable.name in both:
            expected = f"no column computed from {name} and {within}"
            hint = f"Compute {variable.name} from one of them, or leave it out."
            yield Finding(path, "withhold", expected, f"{variable.name} is", hint)

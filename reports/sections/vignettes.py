"""Vignettes of the questionnaire: an instrument document in, the situations a question speaks of out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.i18n import typeset


@dataclass(frozen=True)
class Situation:
    """One version of a vignette: what it differs in from the others, in words, and its whole text."""

    levels: str
    text: str


def vignette_before(item: str | None, document: Mapping[str, Any]) -> str:
    """The vignette last read before a question of the same module; empty when there is none."""
    items = document.get("items", {})
    for names in _modules(document):
        if item in names:
            before = names[: names.index(item)]
            read = [name for name in before if items.get(name, {}).get("kind") == "vignette"]
            return read[-1] if read else ""
    return ""


def situations(vignette: Mapping[str, Any], language: str) -> tuple[Situation, ...]:
    """Every cell in this language, in the order of its codes; none when a text lacks the language."""
    factors, cells = vignette.get("factors", {}), vignette.get("cells", {})
    ordered = sorted(cells.values(), key=lambda cell: sorted(cell["levels"].items()))
    return tuple(
        Situation(
            " · ".join(_levels(cell["levels"], factors, language)), typeset(cell["text"][language], language)
        )
        for cell in ordered
        if language in cell["text"]
    )


def _levels(levels: Mapping[str, int], factors: Mapping[str, Any], language: str) -> Iterator[str]:
    for variable, code in sorted(levels.items()):
        label = factors[variable]["codes"][str(code)].get(language)
        if label:
            yield label


def _modules(document: Mapping[str, Any]) -> Iterator[list[str]]:
    for module in document.get("modules", {}).values():
        yield [name for page in module.get("pages", ()) for name in page]

"""Blocks: adjacent modules in a drawn order, and rules that look back whatever is drawn."""

from collections.abc import Callable

import pytest

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "a block of one module": (
        "blocks",
        "modules: [B, C, D], last: [D]",
        "modules: [B, D], last: [D]",
        {"block"},
    ),
    "a block of modules that stand apart": (
        "blocks",
        "modules: [B, C, D], last: [D]",
        "modules: [B, C, E]",
        {"block"},
    ),
    "a block of an unknown module": ("blocks", "[B, C, D]", "[B, C, F]", {"unknown_module"}),
    "a module in two blocks": (
        "blocks",
        "last: [D]}",
        "last: [D]}\n  other: {modules: [D, E]}",
        {"block"},
    ),
    "a pinned module that stands before the others": (
        "blocks",
        "last: [D]",
        "last: [B]",
        {"block", "forward_reference"},
    ),
    "a rule that looks at a module that may come later": (
        "blocks",
        '{item: RIVER, eq: 1}, text: "Long',
        '{item: TOWN, eq: 1}, text: "Long',
        {"forward_reference"},
    ),
    "a rule of a loose module that looks at another": (
        "blocks",
        "modules: [B, C, D], last: [D]",
        "modules: [B, C, D]",
        {"forward_reference"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])

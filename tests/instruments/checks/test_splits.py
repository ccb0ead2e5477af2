"""Split ballots: forms that differ, and nobody asked what hangs on another form."""

from collections.abc import Callable

import pytest

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "a split with one form": (
        "splits",
        "forms: {a: [OP_B], b: [OP_NEW]}",
        "forms: {a: [OP_B, OP_NEW]}",
        {"split"},
    ),
    "a split of an unknown item": ("splits", "b: [OP_NEW]", "b: [OP_NWE]", {"unknown_item"}),
    "an item that no form leaves out": (
        "splits",
        "forms: {a: [OP_B], b: [OP_NEW]}",
        "forms: {a: [OP_B, OP_A], b: [OP_NEW, OP_A]}",
        {"split"},
    ),
    "an item in two splits": ("splits", "no: []", "no: [OP_B]", {"split"}),
    "a split of a whole battery and a row of it": ("splits", "no: []", "no: [OPINION]", {"split"}),
    "a filter that is never asked together with its follow-up": (
        "splits",
        "forms: {a: [OP_B], b: [OP_NEW]}",
        "forms: {a: [OP_B, WHY], b: [OP_NEW]}",
        {"split"},
    ),
    "a split without a title": (
        "splits",
        'half: {title: "Who was asked about the press", ',
        "half: {",
        {"required"},
    ),
    "a split of the name of an item": ("splits", "  half: {title", "  END: {title", {"duplicate_id"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])

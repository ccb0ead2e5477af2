"""Earlier answers said again: what may be, where, and in which words."""

from collections.abc import Callable

import pytest

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "a recall of an unknown item": ("recalls", "item: TOWN,", "item: TWON,", {"unknown_item"}),
    "a recall of an undeclared name": (
        "recalls",
        "{recall:town}",
        "{recall:twon}",
        {"fill", "fill_mismatch"},
    ),
    "a recall of the same page": (
        "recalls",
        'text: "Which city do you live in?"',
        'hint: "{recall:town}", text: "Which city do you live in?"',
        {"forward_recall", "translation"},
    ),
    "a recall of a later answer": (
        "recalls",
        "item: TOWN,",
        "item: LAST,",
        {"forward_recall"},
    ),
    "a recall of a sensitive item": (
        "recalls",
        "TOWN: {kind: single,",
        "TOWN: {kind: single, sensitive: true,",
        {"recall", "help_block", "content_note"},
    ),
    "a recall of what is no answer": (
        "recalls",
        "town: {item: TOWN,",
        "town: {item: STORY,",
        {"recall", "forward_recall"},
    ),
    "a recall of a choice with forms": (
        "recalls",
        "town: {item: TOWN,",
        'town: {item: TOWN, forms: {one: "it", other: "them"},',
        {"recall"},
    ),
    "a recall in an option": ("recalls", '1: "Almaty"', '1: "{recall:town}"', {"recall", "fill_mismatch"}),
    "a recall without words for no answer": (
        "recalls",
        ', missing: "where you live"',
        "",
        {"required", "wording"},
    ),
    "a plural category that no language has": (
        "recalls",
        'one: "{n} child", other',
        'single: "{n} child", one: "{n} child", other',
        {"plural"},
    ),
    "a recall in capitals": (
        "recalls",
        "  town: {item: TOWN",
        "  Town: {item: TOWN",
        {"name", "fill", "wording", "translation"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])

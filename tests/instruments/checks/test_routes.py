"""Routes: rules that name what stands earlier and can come true, pages of a sensible size."""

from collections.abc import Callable

import pytest

Finds = Callable[[str, str, str, set[str]], None]
MISTAKES: dict[str, tuple[str, str, str, set[str]]] = {
    "an unknown item in a rule": (
        "routing",
        "show_if: {item: NUMBER, ge",
        "show_if: {item: NUMBR, ge",
        {"unknown_item"},
    ),
    "an unknown code in a rule": (
        "routing",
        "{item: HEARD, eq: 1}, {item: MEDIA",
        "{item: HEARD, eq: 5}, {item: MEDIA",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "a missing kind that is not offered": (
        "routing",
        "{item: MEDIA, in: [1, 2]}",
        "{item: MEDIA, in: [1, -1]}",
        {"unknown_code"},
    ),
    "a size that no number reaches": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{item: NUMBER, ge: 100}",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "a rule that looks ahead": (
        "routing",
        "NUMBER: {kind: number, min: 0, max: 99, show_if: {all: [{item: HEARD, eq: 1}",
        "NUMBER: {kind: number, min: 0, max: 99, show_if: {all: [{item: RIGHT, eq: 1}",
        {"forward_reference"},
    ),
    "a rule on the same page": (
        "routing",
        "MEDIA: {kind: several,",
        "MEDIA: {kind: several, show_if: {item: HEARD, eq: 1},",
        {"forward_reference"},
    ),
    "a rule that contradicts itself": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{all: [{item: NUMBER, ge: 10}, {item: NUMBER, lt: 10}]}",
        {"never_true", "unreachable_page"},
    ),
    "a rule that cannot fail": (
        "routing",
        "{item: NUMBER, ge: 10}",
        "{not: {all: [{item: NUMBER, ge: 10}, {item: NUMBER, lt: 10}]}}",
        {"always_true"},
    ),
    "a rule that every answer to a required question meets": (
        "exits",
        "SAW: {kind: single,",
        "SAW: {kind: single, show_if: {item: LIVES, in: [1, 2]},",
        {"always_true"},
    ),
    "a year that no date reaches": (
        "date",
        "{item: BORN, ge: 1960}",
        "{item: BORN, ge: 2030}",
        {"unknown_code", "never_true"},
    ),
    "an order of exact dates": (
        "date",
        "{item: BORN, ge: 1960}",
        "{item: MOVED, ge: 1995}",
        {"unknown_code", "never_true"},
    ),
    "a year that says nothing": (
        "date",
        "{all: [{item: BORN, ge: 1960}, {item: BORN, ne: 1991}]}",
        "{item: BORN, ge: 1920}",
        {"always_true"},
    ),
    "an unknown answer to two statements": (
        "crosswise",
        "{item: PAID, eq: 2}",
        "{item: PAID, eq: 3}",
        {"unknown_code", "never_true", "unreachable_page"},
    ),
    "an item on no page": ("routing", "[RIGHT], [OTHER]]", "[RIGHT]]", {"no_page"}),
    "an item on two pages": (
        "routing",
        "[RIGHT], [OTHER]]",
        "[RIGHT], [OTHER, HEARD]]",
        {"page_twice", "forward_reference"},
    ),
    "a page of too many items": (
        "single",
        "[[COLOUR, TOWN, MUCH]]",
        "[[COLOUR, TOWN, MUCH, COLOUR, TOWN, MUCH]]",
        {"page_size", "page_twice"},
    ),
    "an empty page": ("single", "[[COLOUR, TOWN, MUCH]]", "[[COLOUR, TOWN, MUCH], []]", {"page_size"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_found(mistake: str, finds: Finds) -> None:
    finds(*MISTAKES[mistake])

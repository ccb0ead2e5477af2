"""A questionnaire in, the pages on which each of its items may stand out."""

from dataclasses import dataclass

from instruments.questionnaire import Content


@dataclass(frozen=True)
class Places:
    """By item: the first and the last page on which it may stand, and its place in that order."""

    first: dict[str, int]
    last: dict[str, int]
    order: dict[str, int]


def places_of(content: Content) -> Places:
    """Where the items stand; a battery's rows may stand on any of its pages."""
    standing = [
        (page.number, item)
        for page in content.pages
        for entry in page.items
        for item in (content.batteries[entry].rows if entry in content.batteries else (entry,))
    ]
    return Places(
        {item: number for number, item in reversed(standing)},
        {item: number for number, item in standing},
        {item: place for place, (_, item) in enumerate(standing)},
    )

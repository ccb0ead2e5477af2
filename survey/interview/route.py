"""Where a respondent is: stored pages and answers in, the page to go on at and `x of about y` out."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from instruments import Draw, Questionnaire


@dataclass(frozen=True)
class Route:
    """One respondent's way through the pages."""

    questionnaire: Questionnaire
    draw: Draw
    answers: Mapping[str, Any]
    saved: Container[int]
    """Numbers of stored pages."""
    always: tuple[int, ...]
    """Pages that every respondent sees."""

    def complete(self, number: int) -> bool:
        """Whether the page is stored with a value for every item it now shows."""
        if number not in self.saved:
            return False
        shown = self.questionnaire.items_on(number, self.answers, self.draw)
        return all(item.id in self.answers for item in shown if item.stores)

    def first_incomplete(self) -> int | None:
        """The page at which to go on; None when all are done."""
        number = self.next(0)
        while number is not None and self.complete(number):
            number = self.next(number)
        return number

    def next(self, number: int) -> int | None:
        """The page shown after this one."""
        return self.questionnaire.next_page(number, self.answers, self.draw)

    def previous(self, number: int) -> int | None:
        """The page shown before this one."""
        return self.questionnaire.previous_page(number, self.answers, self.draw)

    def reachable(self, number: int) -> bool:
        """Whether the page is shown and the one before it done."""
        if not self.questionnaire.items_on(number, self.answers, self.draw):
            return False
        before = self.previous(number)
        return before is None or self.complete(before)

    def place(self, number: int) -> tuple[int, int]:
        """The page's place among those shown as answers stand now, and how many these are."""
        at = self._shown.index(number) + 1 if number in self._shown else 1
        return at, len(self._shown)

    @cached_property
    def _shown(self) -> list[int]:
        numbers = range(1, len(self.questionnaire.pages) + 1)
        return [
            number
            for number in numbers
            if number in self.always or self.questionnaire.items_on(number, self.answers, self.draw)
        ]


def unconditional(questionnaire: Questionnaire) -> tuple[int, ...]:
    """Numbers of the pages that show an item whatever was answered."""
    rows = {name: battery.rows for name, battery in questionnaire.batteries.items()}
    return tuple(
        page.number
        for page in questionnaire.pages
        if any(
            questionnaire.items[item].show_if is None
            for entry in page.items
            for item in rows.get(entry, (entry,))
        )
    )

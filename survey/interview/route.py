"""Where a respondent is: stored pages and answers in, the page to go on at and `x of about y` out."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from instruments import Draw, Item, Page, Questionnaire, shown_after, shown_before


@dataclass(frozen=True)
class Route:
    """One respondent's way through the pages."""

    questionnaire: Questionnaire
    draw: Draw
    answers: Mapping[str, Any]
    saved: Container[int]
    """Numbers of stored pages."""
    always: tuple[int, ...]
    """Pages that every respondent sees, whatever was drawn and answered."""

    def items_on(self, number: int) -> tuple[Item, ...]:
        """The items that the page shows."""
        if number not in self._found:
            self._found[number] = self.questionnaire.items_on(number, self.answers, self.draw)
        return self._found[number]

    @cached_property
    def _found(self) -> dict[int, tuple[Item, ...]]:
        return {}

    def complete(self, number: int) -> bool:
        """Whether the page is stored with a value for every item it now shows."""
        if number not in self.saved:
            return False
        shown = self.items_on(number)
        return all(item.id in self.answers for item in shown if item.stores)

    def first_incomplete(self) -> int | None:
        """The page at which to go on; None when all are done."""
        number = self.next(0)
        while number is not None and self.complete(number):
            number = self.next(number)
        return number

    def next(self, number: int) -> int | None:
        """The page shown after this one."""
        return shown_after(self._sequence, number, self.items_on)

    def previous(self, number: int) -> int | None:
        """The page shown before this one."""
        return shown_before(self._sequence, number, self.items_on)

    def reachable(self, number: int) -> bool:
        """Whether the page is shown and the one before it done."""
        if not self.items_on(number):
            return False
        before = self.previous(number)
        return before is None or self.complete(before)

    def place(self, number: int) -> tuple[int, int]:
        """The page's place among those shown as answers stand now, and how many these are."""
        at = self._shown.index(number) + 1 if number in self._shown else 1
        return at, len(self._shown)

    def last(self) -> int:
        """The last page shown as answers stand now."""
        return self._shown[-1]

    @cached_property
    def _sequence(self) -> tuple[int, ...]:
        return self.questionnaire.sequence(self.draw)

    @cached_property
    def _shown(self) -> list[int]:
        return [number for number in self._sequence if number in self.always or self.items_on(number)]


def unconditional(questionnaire: Questionnaire) -> tuple[int, ...]:
    """Numbers of the pages that show an item whatever was drawn and answered."""
    certain = frozenset(
        item.id
        for item in questionnaire.items.values()
        if item.show_if is None and item.id not in questionnaire.in_splits
    )
    return tuple(page.number for page in questionnaire.pages if _certain(questionnaire, page, certain))


def _certain(questionnaire: Questionnaire, page: Page, certain: frozenset[str]) -> bool:
    """Whether an item stands there for everybody. Which rows of a battery do is drawn: they are counted."""
    if any(entry in certain for entry in page.items):
        return True
    if page.battery is None or page.slice is None:
        return False
    rows = questionnaire.batteries[page.battery].rows
    return sum(row in certain for row in rows) > page.slice[0]

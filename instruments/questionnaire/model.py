"""A questionnaire in use: which page comes next, what it shows, and what each column holds in the end."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from instruments.assignment import Draw, Plan
from instruments.codebook import Codebook
from instruments.items import Exit, Item
from instruments.missing import Missing
from instruments.problem import InstrumentError
from instruments.questionnaire.blocks import in_drawn_order
from instruments.questionnaire.columns import codebook_of, plan_of
from instruments.questionnaire.paging import ordered_items, shown_after, shown_before
from instruments.questionnaire.reading import read_content
from instruments.questionnaire.recalls import recalled_words, recalls_of
from instruments.questionnaire.splits import members
from instruments.questionnaire.structure import Content, Page
from instruments.wording import RECALL

Answers = Mapping[str, Any]
"""Item id to stored value."""


@dataclass(frozen=True, kw_only=True)
class Questionnaire(Content):
    """One version of an instrument; never changes."""

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote. Raises InstrumentError when it is no questionnaire."""
        content, problems = read_content(json.loads(text))
        if problems:
            raise InstrumentError(problems)
        return cls(**vars(content))

    def to_json(self) -> str:
        """Canonical JSON: the order of items, options and languages is kept, because it has a meaning."""
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @cached_property
    def _codebook(self) -> Codebook:
        return codebook_of(self)

    def codebook(self) -> Codebook:
        """Every column of a release."""
        return self._codebook

    @cached_property
    def plan(self) -> Plan:
        """Every random decision."""
        return plan_of(self)

    def draw(self, ballot: str) -> Draw:
        """What chance decides for one ballot; the same each time it is asked."""
        return Draw(ballot, self.plan)

    @cached_property
    def _in_order(self) -> tuple[Item, ...]:
        return tuple(ordered_items(self))

    @cached_property
    def _conditional(self) -> tuple[Item, ...]:
        return tuple(item for item in self._in_order if item.condition is not None)

    def _on_path(self, answers: Answers, draw: Draw) -> dict[str, Any]:
        """The answers to items that the drawn forms ask and that no answer before them routes past."""
        kept = {name: value for name, value in answers.items() if name not in draw.unasked}
        for item in self._conditional:
            if item.condition is not None and not item.condition.holds(kept):
                kept.pop(item.id, None)
        return kept

    def page(self, number: int) -> Page:
        """The page of that number; IndexError when there is none."""
        if not 1 <= number <= len(self.pages):
            raise IndexError(f"pages are numbered 1 to {len(self.pages)}, not {number}")
        return self.pages[number - 1]

    def items_on(self, number: int, answers: Answers, draw: Draw) -> tuple[Item, ...]:
        """The items a page shows, in the drawn order; none: the page is skipped."""
        page, kept = self.page(number), self._on_path(answers, draw)
        shown: list[Item] = []
        for entry in page.items:
            names = self._rows(page, draw) if entry == page.battery else (entry,)
            asked = (self.items[name] for name in names if name not in draw.unasked)
            shown += [item for item in asked if _asked(item, kept)]
        return tuple(shown)

    def _rows(self, page: Page, draw: Draw) -> tuple[str, ...]:
        battery = self.batteries[page.battery or ""]
        written = tuple(row for row in battery.rows if row not in draw.unasked)
        rows = draw.order(battery.id) if battery.random else written
        first, end = page.slice or (0, len(rows))
        return rows[first:end]

    def sequence(self, draw: Draw) -> tuple[int, ...]:
        """The numbers of all pages in the order in which this respondent visits them."""
        return in_drawn_order(self, draw) if self.blocks else tuple(range(1, len(self.pages) + 1))

    def next_page(self, after: int, answers: Answers, draw: Draw) -> int | None:
        """The first page after this one (0: the start) that shows an item; None at the end."""
        return shown_after(self.sequence(draw), after, lambda number: self.items_on(number, answers, draw))

    def previous_page(self, before: int, answers: Answers, draw: Draw) -> int | None:
        """The last page before this one that shows an item; None at the start."""
        return shown_before(self.sequence(draw), before, lambda number: self.items_on(number, answers, draw))

    def exit_for(self, answers: Answers) -> Exit | None:
        """The first exit whose rule holds; to be asked before the answers are judged or stored."""
        exits = (exit_ for item in self._in_order for exit_ in item.exits)
        return next((exit_ for exit_ in exits if exit_.rule.holds(answers)), None)

    def route(self, answers: Answers, draw: Draw) -> tuple[str, ...]:
        """Ids of every item these answers lead to, in the order shown."""
        numbers = self.sequence(draw)
        return tuple(item.id for number in numbers for item in self.items_on(number, answers, draw))

    @cached_property
    def in_splits(self) -> frozenset[str]:
        """Ids of the items that stand in a form of a split: not everybody is asked them."""
        return members(self)

    @cached_property
    def recalling(self) -> frozenset[str]:
        """Ids of the items whose words say an earlier answer again: their text is one respondent's."""
        return frozenset(item.id for item in self.items.values() if recalls_of(self, item))

    def recalled(self, answers: Answers, draw: Draw, language: str) -> dict[str, str]:
        """The words of every `{recall:NAME}` for this respondent; an answer off the path is missing."""
        if not self.recalls:
            return {}
        kept = self._on_path(answers, draw)
        return {
            f"{RECALL}{name}": recalled_words(
                recall, self.items.get(recall.item), kept.get(recall.item), language
            )
            for name, recall in self.recalls.items()
        }

    def encode(self, answers: Answers, draw: Draw, complete: bool) -> dict[str, int | float]:
        """One value for every column of the codebook that is not computed.

        An item of a form that was not drawn is not asked, and so is one whose rule does not hold and reads
        only such items. An item routed past is not applicable, whatever was stored for it. An item without a
        stored answer is no answer in a complete interview, if it could be skipped; else it is not reached,
        and so is whatever depends on it.
        """
        kept = self._on_path(answers, draw)
        values: dict[str, int | float] = {}
        unreached: set[str] = set()
        unasked = set(draw.unasked)
        for item in self._in_order:
            if not item.stores:
                continue
            value = self._value(item, kept, complete, unreached, unasked)
            if value == Missing.NOT_REACHED:
                unreached.add(item.id)
            if value == Missing.NOT_ASKED:
                unasked.add(item.id)
            values |= item.encode(value)
        return values | draw.variables()

    def _value(
        self, item: Item, kept: Answers, complete: bool, unreached: set[str], unasked: set[str]
    ) -> Any:
        if item.id in unasked:
            return Missing.NOT_ASKED
        if item.condition is not None and not item.condition.holds(kept):
            read = item.condition.items()
            if unasked.issuperset(read):
                return Missing.NOT_ASKED
            waiting = not unreached.isdisjoint(read)
            return Missing.NOT_REACHED if waiting else Missing.NOT_APPLICABLE
        skipped = complete and not item.required
        return kept.get(item.id, Missing.NO_ANSWER if skipped else Missing.NOT_REACHED)


def _asked(item: Item, answers: Answers) -> bool:
    return item.show_if is None or item.show_if.holds(answers)

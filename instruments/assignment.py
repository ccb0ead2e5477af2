"""What chance decides for one ballot: vignette cell, list group, scale direction, order shown.

Every decision is HMAC-SHA256(ballot, name of the decision): the same for a ballot each time, independent
between decisions, and without a counter that would leak the order of arrival. Balance is checked by tests,
not forced.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from instruments.missing import Missing


@dataclass(frozen=True)
class Cells:
    """A vignette: one of its cells, uniformly; `levels` holds each cell's factor codes by variable."""

    name: str
    levels: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Groups:
    """A split: group 1 to `count`, uniformly, kept as `variable`."""

    name: str
    variable: str
    count: int


@dataclass(frozen=True)
class Forms:
    """A split ballot: one of its forms, uniformly, kept as `name` (from 1); the others' items go unasked."""

    name: str
    forms: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Directions:
    """One direction per respondent for all reversible scales, in `variable`: 1 as written, 2 reversed."""

    variable: str
    scales: frozenset[str]


@dataclass(frozen=True)
class Order:
    """A random order of `ids`; `last` stay at the end, `between` puts an id at a drawn place low..high.

    `stored` names the variable of each id's place (from 1); an order that must not be kept stores none.
    `of_items`: the ids are items, and those that the drawn forms leave out take no place.
    """

    name: str
    ids: tuple[str, ...]
    last: tuple[str, ...] = ()
    between: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    of_items: bool = False


Decision = Cells | Groups | Forms | Directions | Order


@dataclass(frozen=True)
class Plan:
    """Every random decision of a questionnaire."""

    cells: Mapping[str, Cells] = field(default_factory=dict)
    groups: Mapping[str, Groups] = field(default_factory=dict)
    directions: Directions | None = None
    orders: Mapping[str, Order] = field(default_factory=dict)
    forms: Mapping[str, Forms] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: Iterable[Decision], directions: Directions | None) -> "Plan":
        """The plan made of single decisions."""
        made = tuple(decisions)
        return cls(
            cells={d.name: d for d in made if isinstance(d, Cells)},
            groups={d.name: d for d in made if isinstance(d, Groups)},
            directions=directions,
            orders={d.name: d for d in made if isinstance(d, Order)},
            forms={d.name: d for d in made if isinstance(d, Forms)},
        )


@dataclass(frozen=True)
class Draw:
    """The decisions for one ballot (any non-empty text that stays the same for the respondent)."""

    ballot: str
    plan: Plan
    _orders: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def _number(self, name: str) -> int:
        return int.from_bytes(hmac.digest(self.ballot.encode(), name.encode(), hashlib.sha256))

    def cell(self, item: str) -> str:
        """Name of the vignette cell drawn for this item."""
        names = tuple(self.plan.cells[item].levels)
        return names[self._number(f"cell/{item}") % len(names)]

    def group(self, item: str) -> int:
        """Number of the group drawn for this item, from 1."""
        return 1 + self._number(f"group/{item}") % self.plan.groups[item].count

    def form(self, split: str) -> str:
        """Name of the form drawn for this split."""
        names = tuple(self.plan.forms[split].forms)
        return names[self._number(f"form/{split}") % len(names)]

    @cached_property
    def unasked(self) -> frozenset[str]:
        """Items that stand only in forms that were not drawn."""
        return frozenset(
            item
            for name, split in self.plan.forms.items()
            for items in split.forms.values()
            for item in items - split.forms[self.form(name)]
        )

    @cached_property
    def _turned(self) -> bool:
        return bool(self._number("scale direction") % 2)

    def reversed(self, scale: str) -> bool:
        """Whether this scale is shown from its last option to its first."""
        directions = self.plan.directions
        return directions is not None and scale in directions.scales and self._turned

    def order(self, name: str) -> tuple[str, ...]:
        """The ids of this order, as shown."""
        if name not in self._orders:
            self._orders[name] = self._ordered(self.plan.orders[name])
        return self._orders[name]

    def _ordered(self, plan: Order) -> tuple[str, ...]:
        name = plan.name
        ids = [entry for entry in plan.ids if not (plan.of_items and entry in self.unasked)]
        loose = [entry for entry in ids if entry not in plan.last and entry not in plan.between]
        # Sorting by independent keyed hashes gives each permutation the same probability.
        loose.sort(key=lambda entry: self._number(f"order/{name}/{entry}"))
        for entry, (low, high) in plan.between.items():
            if entry not in ids:
                continue
            place = low + self._number(f"place/{name}/{entry}") % (high - low + 1)
            loose.insert(place - 1, entry)
        return (*loose, *(entry for entry in plan.last if entry in ids))

    def variables(self) -> dict[str, int]:
        """Every stored decision by variable."""
        kept: dict[str, int] = {}
        for name, cells in self.plan.cells.items():
            kept |= cells.levels[self.cell(name)]
        for name, groups in self.plan.groups.items():
            kept[groups.variable] = self.group(name)
        for name, split in self.plan.forms.items():
            kept[name] = 1 + tuple(split.forms).index(self.form(name))
        if self.plan.directions is not None:
            kept[self.plan.directions.variable] = 2 if self._turned else 1
        for name, order in self.plan.orders.items():
            if order.stored:
                places = {entry: place for place, entry in enumerate(self.order(name), start=1)}
                unshown = int(Missing.NOT_ASKED)
                kept |= {variable: places.get(entry, unshown) for entry, variable in order.stored.items()}
        return kept

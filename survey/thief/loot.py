"""What a thief reads out of stolen bytes: orders in which names lie, and stamps that two tables share."""

import mmap
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

Order = tuple[str | None, ...]
"""Names, oldest first as the thief believes; None: something was written here, he cannot tell about whom."""

RUN = re.compile(rb"[0-9a-f]{64,}")
"""Token hashes and ballots are 64 hexadecimal digits; two of them may touch, or a digit before them."""
DIGITS = 64
PER_WRITE = "log"
"""Orders of this source hold one entry for each transaction, the others one for each name."""


@dataclass(frozen=True)
class Loot:
    """What the bytes say about one table's names, by the place where it was found."""

    orders: Mapping[str, Order] = field(default_factory=dict)
    stamps: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Source -> name -> a mark of the transaction that wrote it."""

    def split(self, groups: Sequence[Collection[str]]) -> list["Loot"]:
        """What it says about each group's names, no name being in two; what is about nobody is left out."""
        place = {name: number for number, names in enumerate(groups) for name in names}
        orders: list[dict[str, Order]] = [{} for _ in groups]
        stamps: list[dict[str, dict[str, object]]] = [{} for _ in groups]
        for source, order in self.orders.items():
            parts: list[list[str]] = [[] for _ in groups]
            for name in order:
                if name in place:
                    parts[place[name]].append(name)
            for number, part in enumerate(parts):
                orders[number][source] = tuple(part)
        for source, marks in self.stamps.items():
            for name, mark in marks.items():
                if name in place:
                    stamps[place[name]].setdefault(source, {})[name] = mark
        return [Loot(*both) for both in zip(orders, stamps, strict=True)]


def names_in(data: bytes | mmap.mmap, known: frozenset[str]) -> Order:
    """The known names in the bytes, in the order of their first appearance."""
    found: dict[str, None] = {}
    for match in RUN.finditer(data):
        run = match[0].decode()
        for start in range(len(run) - DIGITS + 1):
            if (name := run[start : start + DIGITS]) in known:
                found.setdefault(name)
    return tuple(found)

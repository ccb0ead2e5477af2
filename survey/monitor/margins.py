"""Exact counts of a wave in, the same without a few interviews that wait for another day out.

Each count is shown rounded down to STEP, so that it stands for STEP numbers. Counts of which one is the sum
of others would say more together: five parts that all end in 4 and their whole. An interview then waits: it
is counted on a later day. Whether a set of rounded counts may be shown follows from those rounded counts
alone (`Margin.excess`), so nothing can be concluded from the waiting either, and every count may still be any
of its STEP numbers (decision 0046).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from survey.monitor.rules import STEP, at_least
from survey.monitor.tally import Kind, Tally

HIDDEN: Final = "hidden"
"""A part of the whole that is not shown and may be guessed to be empty."""


@dataclass(frozen=True)
class Family:
    """Counts that divide another one."""

    whole: Callable[[Kind], bool]
    part: Callable[[Kind], Hashable | None]
    """The shown part that an interview is in; HIDDEN, or None for one in none."""
    listed: int = 1
    """How many parts are shown at least, empty ones too."""


@dataclass(frozen=True)
class Limit:
    """A count of people of whom it is known how many there are."""

    within: Callable[[Kind], bool]
    invited: int
    batches: frozenset[int] | None = None
    """Those it can be within; None: any."""


@dataclass
class Margin:
    """A family with its counts."""

    family: Family
    whole: int = 0
    parts: Counter[Hashable] = field(default_factory=Counter)
    rest: int = 0
    divided: bool = True
    """Whether everybody in the whole is in a part."""

    def add(self, kind: Kind, n: int) -> None:
        """Count `n` interviews more, or fewer."""
        if self.family.whole(kind):
            self.whole += n
            part = self.family.part(kind)
            if part is None or part == HIDDEN:
                self.rest += n
            else:
                self.parts[part] += n

    @property
    def excess(self) -> int:
        """By how much the shown whole lies above what its shown parts leave open; 0 where all is well."""
        if not self.divided:
            return 0
        open_ = at_least((STEP - 1) * (max(1, len(self.parts), self.family.listed) - 1))
        below = sum(at_least(n) for n in self.parts.values())
        return max(0, at_least(self.whole) - below - open_)

    def loosens(self, kind: Kind) -> bool:
        """Whether it may wait without lowering the part it is in."""
        part = self.family.part(kind)
        return part is None or part == HIDDEN or self.parts[part] % STEP > 0


def most_shown(invited: int) -> int:
    """The highest count that is shown of so many people: never all of them, nor all but a few."""
    return at_least(max(0, invited - STEP))


def waiting(counted: Tally, families: Iterable[Family], limits: Iterable[Limit]) -> Counter[Kind]:
    """How many interviews of which kind wait, so that the others' rounded counts may be shown together."""
    margins = [Margin(family) for family in families]
    left: Counter[Kind] = Counter(counted.kinds)
    for margin in margins:
        for kind, n in left.items():
            margin.add(kind, n)
            if margin.family.whole(kind) and margin.family.part(kind) is None:
                margin.divided = False
    waits: Counter[Kind] = Counter()

    def wait(among: Sequence[Kind]) -> None:
        kind = min(among, key=lambda each: (_cost(each, margins), repr(each)))
        left[kind] -= 1
        waits[kind] += 1
        for margin in margins:
            margin.add(kind, -1)

    of_batch: dict[int | None, list[Kind]] = {}
    for kind in left:
        of_batch.setdefault(kind.batch, []).append(kind)
    known = [
        (
            [
                kind
                for number in limit.batches or of_batch
                for kind in of_batch.get(number, ())
                if limit.within(kind)
            ],
            most_shown(limit.invited),
        )
        for limit in limits
    ]
    while True:
        for inside, most in known:
            while at_least(sum(left[kind] for kind in inside)) > most:
                wait([kind for kind in inside if left[kind]])
        tight = next((margin for margin in margins if margin.excess), None)
        if tight is None:
            return waits
        wait([k for k, n in left.items() if n and tight.family.whole(k) and tight.loosens(k)])


def without(counted: Tally, waits: Mapping[Kind, int]) -> Tally:
    """The counts that may be shown, rounded."""
    left = {kind: n - waits.get(kind, 0) for kind, n in counted.kinds.items()}
    return Tally({kind: n for kind, n in left.items() if n})


def _cost(kind: Kind, margins: Iterable[Margin]) -> int:
    """How many shown counts fall when one of the kind waits."""
    return sum(margin.family.whole(kind) and not margin.loosens(kind) for margin in margins)

"""Tables about to be published and earlier publications in; what to hide of them besides, out.

What would let somebody compute a figure kept back is kept back too: one figure after the other, each time the
one that leaves fewest to follow. A grouping of a question that stands too near another one is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis import SurveyData
from reports.counts import FEWEST
from reports.further.groups import with_language
from reports.published.given import with_keys
from reports.published.held import Held, Placed, both_keys, held_of, parts
from reports.published.known import System, few_apart, sets_together
from reports.published.record import KEY, Cell, Publication, Table, cells_of, is_key
from reports.unstated import people_of

Key = tuple[str, str, str, str]
"""Wave, statistic, variable, grouping."""


@dataclass(frozen=True)
class Mended:
    """Figures to keep back besides those kept back already, and whole tables to leave out."""

    hidden: frozenset[Cell] = frozenset()
    left_out: frozenset[Key] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.hidden or self.left_out)

    def __or__(self, other: "Mended") -> "Mended":
        return Mended(self.hidden | other.hidden, self.left_out | other.left_out)


def mended(
    new: Publication,
    earlier: Sequence[Publication],
    data: SurveyData,
    *,
    leaving_out: bool = True,
    fewest: int = FEWEST,
) -> Mended:
    """What to hide of `new` so that nothing follows of a few, alone and beside `earlier` ones.

    `leaving_out`: whether a grouping may be left out that stands too near another one; one that somebody
    asked for is not left out but refused, by `conflicts`.
    """
    every = [given for each in (new, *earlier) for given in each.given]
    data = with_keys(with_language(data), every)
    hidden: set[Cell] = set()
    left_out: set[Key] = set()
    for wave in dict.fromkeys(table.wave for table in new.tables):
        same = _of_release(new, earlier, wave)
        for held in held_of(wave, new, same, data, fewest=fewest):
            if held.parted:
                found = _Mending(held, leaving_out)
                found.mend()
                hidden |= found.hidden
                left_out |= found.left_out
    return Mended(frozenset(hidden), frozenset(left_out))


class _Mending:
    """One variable of a wave, on which figures are hidden until nothing follows."""

    def __init__(self, held: Held, leaving_out: bool) -> None:
        self.held, self.leaving_out = held, leaving_out
        self.tables = [each for each in held.tables if parts(held.audit, each.table.column)]
        self.hidden: set[Cell] = set()
        self.left_out: set[Key] = set()

    def mend(self) -> None:
        """Hide until nothing is left to hide for."""
        self._as_elsewhere()
        while (self.leaving_out and self._near()) or self._following():
            pass

    def _as_elsewhere(self) -> None:
        """What an earlier publication keeps back for people's sake."""
        kept = {
            cell for each in self.tables if each.number for cell, _, secret in cells_of(each.table) if secret
        }
        for at, each in enumerate(self.tables):
            for row, column, cell in _shown(each):
                if cell in kept:
                    self._hide(at, row, column)

    def _near(self) -> bool:
        """Leave out a grouping whose groups are those of another but for a few people."""
        for one, other in combinations(self.tables, 2):
            tables = one.table, other.table
            if (one.number and other.number) or tables[0].column == tables[1].column or both_keys(*tables):
                continue
            mine = [each for each in (other, one) if _is_mine(each)]
            if mine and any(True for _ in few_apart(self.held.audit, *tables)):
                self.left_out.add(mine[0].printed.key)
                self.tables = [each for each in self.tables if each.printed.key != mine[0].printed.key]
                return True
        return False

    def _following(self) -> bool:
        """Hide the figure that leaves fewest to follow, where any follows."""
        if not self.held.variable:
            return False
        shares = [
            each for each in self.tables if each.table.statistic == "proportion" and each.table.variable
        ]
        numbered = [(each.number, each.table) for each in shares]
        return any(self._mend_one(together) for together in sets_together(self.held.audit, numbered))

    def _mend_one(self, together: Sequence[tuple[int, Table]]) -> bool:
        if not self._left(together):
            return False
        ranked = []
        for at, each in enumerate(self.tables):
            if not _is_mine(each) or (each.number, each.table) not in together:
                continue
            for row, column, _ in _shown(each):
                changed = _without(each.table, row, column)
                tried = [(n, changed if table is each.table else table) for n, table in together]
                count = self._people(each.table, row, column)
                adding = each.table is not each.printed
                ranked.append(((self._left(tried), adding, count == 0, count), (at, row, column)))
        if not ranked:
            return False
        self._hide(*min(ranked)[1])
        return True

    def _left(self, together: Sequence[tuple[int, Table]]) -> int:
        return sum(1 for _ in System(self.held.audit, self.held.variable, together).computable())

    def _people(self, table: Table, row: int, column: int) -> int:
        answers, groups = self.held.audit.answers(self.held.variable), self.held.audit.codes(table.column)
        inside = np.isin(answers, table.answers[row]) & np.isin(groups, people_of(table.groups[column]))
        return int(inside.sum())

    def _hide(self, at: int, row: int, column: int) -> None:
        each = self.tables[at]
        printed = each.printed
        self.hidden.add((*printed.key, printed.groups[column], printed.answers[row]))
        # A question's table and that of an indicator may be the same figures: both lose it.
        self.tables = [
            replace(other, table=_without(other.table, row, column)) if other.printed is printed else other
            for other in self.tables
        ]


def _is_mine(each: Placed) -> bool:
    return each.number == 0 and not is_key(each.table.column)


def _shown(each: Placed) -> Iterator[tuple[int, int, Cell]]:
    """Figures that the new publication shows: line, place, cell."""
    if not _is_mine(each):
        return
    for row, line in enumerate(each.table.shown):
        for column, seen in enumerate(line):
            if seen:
                yield row, column, (*each.table.key, each.table.groups[column], each.table.answers[row])


def _without(table: Table, row: int, column: int) -> Table:
    """The table with one figure kept back for the sake of others; it is no secret itself."""

    def marked(lines: tuple[tuple[bool, ...], ...]) -> tuple[tuple[bool, ...], ...]:
        return tuple(
            tuple(False if (at, place) == (row, column) else each for place, each in enumerate(line))
            for at, line in enumerate(lines)
        )

    return replace(table, shown=marked(table.shown))


def telling_steps(
    new: Publication, earlier: Sequence[Publication], data: SurveyData, *, fewest: int = FEWEST
) -> frozenset[str]:
    """Keys of the rows in `new` that tell, beside a table by finer groups, what it keeps back."""
    data = with_keys(with_language(data), [given for each in (new, *earlier) for given in each.given])
    found: set[str] = set()
    for given in new.given:
        for held in held_of(given.wave, new, _of_release(new, earlier, given.wave), data, fewest=fewest):
            found |= set(_telling(held))
    return frozenset(name.removeprefix(KEY) for name in found)


def _telling(held: Held) -> Iterator[str]:
    tables = [each for each in held.numbered if parts(held.audit, each[1].column)]
    keys = [pair for pair in tables if is_key(pair[1].column)]
    others = [pair for pair in tables if not is_key(pair[1].column)]
    shares = [pair for pair in others if pair[1].statistic == "proportion" and pair[1].variable]
    for key in keys:
        near = any(any(True for _ in few_apart(held.audit, key[1], other)) for _, other in others)
        if near or any(
            any(True for _ in System(held.audit, held.variable, together).computable())
            for together in sets_together(held.audit, [*shares, key])
            if key in together and len(together) > 1
        ):
            yield key[1].column


def _of_release(new: Publication, earlier: Sequence[Publication], wave: str) -> list[Publication]:
    """The earlier publications of the same release of a wave."""
    release = new.releases[wave]["fingerprint"]
    return [
        each
        for each in earlier
        if each.study == new.study and each.releases.get(wave, {}).get("fingerprint") == release
    ]

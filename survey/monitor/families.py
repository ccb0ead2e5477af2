"""A wave's design in, which of its monitor's counts divide which other ones out."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from survey.monitor.margins import HIDDEN, Family, Limit
from survey.monitor.rules import SMALLEST_BASE
from survey.monitor.tally import COMPLETE, Kind, Tally, is_complete, is_unfinished
from survey.store.models import Batch, Wave
from survey.store.quotas import Cell, cells_of, numbers_of

BEGUN: Final = "begun"
Part = Callable[[Kind], Hashable | None]


@dataclass(frozen=True)
class Shown:
    """A row of batches: one, or several small ones of a stratum together."""

    name: str
    stratum: str | None
    invited: int
    """0 for a site or a sampling point, where nobody knows how many could have answered."""
    members: tuple[int, ...]
    word: str | None = None
    merged: int = 0


def rows_of(batches: Sequence[Batch]) -> list[Shown]:
    """What is shown: batches of SMALLEST_BASE and more; small ones of a stratum together, if so many."""
    rows, small = [], dict[str | None, list[Batch]]()
    for batch in batches:
        if 0 < batch.size < SMALLEST_BASE:
            small.setdefault(batch.stratum, []).append(batch)
        else:
            rows.append(Shown(batch.name, batch.stratum, batch.size, (batch.id,), batch.word))
    for stratum, found in small.items():
        invited = sum(batch.size for batch in found)
        if invited >= SMALLEST_BASE:
            name = f"{len(found)} smaller batches"
            ids = tuple(batch.id for batch in found)
            rows.append(Shown(name, stratum, invited, ids, merged=len(found)))
    return rows


def strata_of(batches: Sequence[Batch], named: Sequence[str] = ()) -> dict[str, int]:
    """Stratum -> how many are invited in it, of those of which a count may be shown; 0: nobody knows."""
    found: dict[str, list[Batch]] = {name: [] for name in named}
    for batch in batches:
        if batch.stratum is not None:
            found.setdefault(batch.stratum, []).append(batch)
    sizes = {name: _invited(of) for name, of in found.items()}
    return {name: size for name, size in sizes.items() if not 0 < size < SMALLEST_BASE}


def divided_cells(cells: Sequence[Cell], counted: Tally) -> list[tuple[Cell, ...]]:
    """Cells that divide people by the same questions; cells of which two overlap are in none."""
    groups: dict[tuple[frozenset[str], str], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((frozenset(cell.rule.items()), cell.counts), []).append(cell)
    found = []
    for (items, counts), group in groups.items():
        others = [read for read, _ in groups if read != items]
        numbers = {cell.number for cell in group}
        overlap = any(len(numbers & numbers_of(kind.cells)) > 1 for kind in counted.kinds)
        twice = (items, "begun" if counts == "complete" else "complete") in groups
        if not overlap and not twice and not any(items & read for read in others):
            found.append(tuple(group))
    return found


def families(wave: Wave, batches: Sequence[Batch], people: Mapping[int, str], counted: Tally) -> list[Family]:
    """Every whole that is shown in parts, each count in one place of a tree."""
    found = [
        Family(lambda kind: True, _stage, 3),
        Family(_begun, lambda kind: COMPLETE if is_complete(kind) else "unfinished", 2),
        Family(lambda kind: True, _of({b.id: b.name for b in batches if b.word is not None})),
        Family(is_complete, attrgetter("week")),
        Family(
            is_complete,
            lambda k: None if k.interviewer is None else people[k.interviewer],
            len({*people.values()}),
        ),
    ]
    for whole in (is_complete, is_unfinished):
        found.append(Family(whole, attrgetter("language"), len(wave.languages)))
        found.append(Family(whole, attrgetter("mode")))
    found += _places(batches)
    for group in divided_cells(cells_of(wave), counted):
        whole = is_complete if group[0].counts == "complete" else _counted_begun
        found.append(Family(whole, _cell_of(group), len(group)))
    return found


def limits(batches: Sequence[Batch], wave: Wave) -> list[Limit]:
    """Counts of people of whom it is known how many were invited."""
    found = [
        Limit(_in_batches(row.members), row.invited, frozenset(row.members))
        for row in rows_of(batches)
        if row.invited
    ]
    for name, invited in strata_of(batches).items():
        if invited:
            members = tuple(batch.id for batch in batches if batch.stratum == name)
            found.append(Limit(_in_batches(members), invited, frozenset(members)))
    if invited := _unshown(batches):
        members = tuple(
            batch.id for batch in batches if batch.stratum and batch.stratum not in strata_of(batches)
        )
        found.append(Limit(_in_batches(members), invited, frozenset(members)))
    invited = _invited(batches)
    if wave.access == "invited" and invited:
        found += [Limit(is_complete, invited), Limit(lambda kind: True, invited)]
    return found


def _invited(batches: Sequence[Batch]) -> int:
    """0 where a site or a sampling point is among them."""
    return sum(batch.size for batch in batches) if all(batch.size for batch in batches) else 0


def _unshown(batches: Sequence[Batch]) -> int:
    """How many are invited in strata of which no count is shown."""
    strata = strata_of(batches)
    return sum(batch.size for batch in batches if batch.stratum and batch.stratum not in strata)


def _places(batches: Sequence[Batch]) -> list[Family]:
    rows = rows_of(batches)
    row_of = {number: (row.name, row.stratum) for row in rows for number in row.members}
    small = {batch.id for batch in batches} - set(row_of)
    strata = strata_of(batches)
    stratum_of = {batch.id: batch.stratum for batch in batches}
    if not any(stratum_of.values()):
        return [Family(is_complete, _of(row_of, small), max(1, len(rows)))]
    shown = {number: name for number, name in stratum_of.items() if name in strata}
    # Many people in strata too small to be shown hide each other; a few would be what the shown ones leave.
    hidden = set() if _unshown(batches) >= SMALLEST_BASE else set(stratum_of) - set(shown)
    found = [Family(is_complete, _of(shown, hidden), max(1, len(strata)))]
    for stratum in strata:
        members = tuple(number for number, name in stratum_of.items() if name == stratum)
        of = [row for row in rows if row.stratum == stratum]
        found.append(Family(_in_batches(members), _of(row_of, small), max(1, len(of))))
    return found


def _in_batches(members: Sequence[int]) -> Callable[[Kind], bool]:
    known = frozenset(members)
    return lambda kind: is_complete(kind) and kind.batch in known


def _of(names: Mapping[int, Hashable], hidden: set[int] | frozenset[int] = frozenset()) -> Part:
    def part(kind: Kind) -> Hashable | None:
        if kind.batch is None:
            return None
        return HIDDEN if kind.batch in hidden else names.get(kind.batch)

    return part


def _cell_of(group: Sequence[Cell]) -> Part:
    numbers = {cell.number for cell in group}
    return lambda kind: next(iter(numbers & numbers_of(kind.cells)), None)


def _begun(kind: Kind) -> bool:
    return is_complete(kind) or is_unfinished(kind)


def _counted_begun(kind: Kind) -> bool:
    return kind.state in (COMPLETE, "started")


def _stage(kind: Kind) -> Hashable:
    return BEGUN if _begun(kind) else kind.state

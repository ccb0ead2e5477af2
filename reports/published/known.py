"""Tables of one variable by several groupings in, what their readers can compute of few people out.

Readers know the whole wave's figures, the size of each group, and each shown cell. Of a grouping they know of
an answer therefore the groups shown and all others in one lump.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis import SurveyData
from reports.published.apart import differences, parts_in_common
from reports.published.record import Answer, Table, is_key
from reports.unstated import NOT_STATED, group_name, is_joint, membership, people_of

_EPSILON = 1e-9
_LUMP = -1
"""Code of the groups that are not shown."""


@dataclass(frozen=True)
class Audit:
    """Who of a wave is asked about: the rows that gave a valid answer."""

    data: SurveyData
    wave: str
    asked: np.ndarray
    fewest: int

    def codes(self, column: str) -> np.ndarray:
        """The group of each of them."""
        return membership(self.data, column)[self.asked]

    def answers(self, variable: str) -> np.ndarray:
        """The answer of each of them."""
        return self.data.frame[variable].to_numpy()[self.asked].astype(int)


@dataclass(frozen=True)
class Told:
    """Something that follows, in words; `number`: of the earlier publication, 0 where there is none."""

    what: str
    detail: str
    number: int = 0


Numbered = tuple[int, Table]
"""A table and its publication's number."""
Found = tuple[str, int, Answer]
"""Grouping, group and answer of a figure that follows."""


def few_apart(audit: Audit, one: Table, other: Table) -> Iterator[Told]:
    """Sums of shown groups of two groupings that are the same people but for a few."""
    first, second = audit.codes(one.column), audit.codes(other.column)
    if not _any_apart(first, second, audit.fewest):
        return
    seen: set[tuple[frozenset[int], frozenset[int]]] = set()
    for mine, theirs in _patterns(one, other):
        if (mine, theirs) in seen or not mine or not theirs:
            continue
        seen.add((mine, theirs))
        lumped = (_lumped(first, mine), _lumped(second, theirs))
        for each in differences(*lumped, audit.fewest):
            a, b = _group(one.column, each.one), _group(other.column, each.other)
            yield Told(f"{a} and {b}", f"{each.people} people are in one and not in the other")


def _any_apart(first: np.ndarray, second: np.ndarray, fewest: int) -> bool:
    """Whether any sums at all are so near: where none are, lumps are not either."""
    return any(True for _ in differences(first, second, fewest))


def _patterns(one: Table, other: Table) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    """Per answer that both tables tell of, the groups each shows; a table of people tells of any answer."""
    mine, theirs = _shown(one), _shown(other)
    for answer in dict.fromkeys([*mine, *theirs]):
        yield (
            mine.get(answer, mine.get((), frozenset()) if not one.variable else frozenset()),
            theirs.get(answer, theirs.get((), frozenset()) if not other.variable else frozenset()),
        )


def _shown(table: Table) -> dict[tuple[int, ...], frozenset[int]]:
    return {
        answer: frozenset(group for group, seen in zip(table.groups, line, strict=True) if seen)
        for answer, line in zip(table.answers, table.shown, strict=True)
    }


def _lumped(codes: np.ndarray, shown: frozenset[int]) -> np.ndarray:
    lumped = np.full(len(codes), _LUMP)
    for group in shown:
        lumped[np.isin(codes, people_of(group))] = group
    return lumped


def _group(column: str, codes: Sequence[int]) -> str:
    names = [group_name("", code).lstrip("=") if code != _LUMP else "others" for code in codes]
    return f"{column}={'+'.join(names)}"


def following(audit: Audit, variable: str, tables: Sequence[Numbered]) -> Iterator[Told]:
    """Figures kept back for the sake of people that can be computed from what all the tables show.

    Groupings that share no sum but the whole add nothing to each other: only others are taken together.
    """
    if not variable:
        return
    shares = [
        (number, table) for number, table in tables if table.statistic == "proportion" and table.variable
    ]
    told: set[Found] = set()
    for held in sets_together(audit, shares):
        for cell in System(audit, variable, held).computable():
            if cell not in told:
                told.add(cell)
                column, group, answer = cell
                number = max(number for number, _ in held)
                said = f"answer {'+'.join(map(str, answer))} is kept back and can be computed"
                yield Told(group_name(column, group), said, number)


def sets_together(audit: Audit, shares: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    """Tables by one grouping, and by two that share a sum besides the whole; one of them is new."""
    columns = dict.fromkeys(table.column for _, table in shares)
    sets: list[tuple[str, ...]] = [(column,) for column in columns]
    sets += [
        pair
        for pair in combinations(columns, 2)
        if not all(is_key(column) for column in pair)
        and parts_in_common(audit.codes(pair[0]), audit.codes(pair[1])) > 1
    ]
    for chosen in sets:
        held = [(number, table) for number, table in shares if table.column in chosen]
        if any(number == 0 for number, _ in held):
            yield held


class System:
    """Unknowns: people by answer and by the groupings' joint groups. Equations: whatever readers know."""

    def __init__(self, audit: Audit, variable: str, tables: Sequence[Numbered]) -> None:
        self.tables = [table for _, table in tables]
        columns = list(dict.fromkeys(table.column for table in self.tables))
        joint = np.column_stack([audit.codes(column) for column in columns])
        atoms = np.unique(joint, axis=0)
        self.codes = np.unique(audit.answers(variable))
        self._groups = {column: atoms[:, place] for place, column in enumerate(columns)}
        self._keys = [self._groups[column] for column in columns if is_key(column)]
        self._atoms = len(atoms)

    def computable(self) -> Iterator[Found]:
        """The cells kept back that follow."""
        shown, hidden = set(), {}
        for table in self.tables:
            for answer, seen, kept in zip(table.answers, table.shown, table.secret, strict=True):
                for group, is_seen, is_kept in zip(table.groups, seen, kept, strict=True):
                    cell = (table.column, group, answer)
                    if is_joint(group):
                        silent = (table.column, NOT_STATED, answer)
                        hidden[silent] = self._vector(*silent)
                    if is_seen:
                        shown.add(cell)
                    elif is_kept:
                        hidden[cell] = self._vector(*cell)
        targets = {
            cell: vector
            for cell, vector in hidden.items()
            if cell not in shown and vector.any() and not self._given(*cell[:2])
        }
        if not targets:
            return
        known = np.array([*self._margins(), *(self._vector(*cell) for cell in sorted(shown))])
        free = _free(known)
        for cell, vector in targets.items():
            if not len(free) or np.abs(free @ vector).max() < _EPSILON * len(vector):
                yield cell

    def _given(self, column: str, group: int) -> bool:
        """Whether a key of public rows parts people so that the group can be counted in them."""
        inside = np.isin(self._groups[column], people_of(group))
        return any(adds_up(inside, key) for key in self._keys)

    def _vector(self, column: str, group: int, answer: tuple[int, ...]) -> np.ndarray:
        return (
            np.outer(np.isin(self.codes, answer), np.isin(self._groups[column], people_of(group)))
            .ravel()
            .astype(float)
        )

    def _margins(self) -> Iterator[np.ndarray]:
        """The whole wave's answers, and the size of each group."""
        every = np.ones(self._atoms)
        for code in self.codes:
            yield np.outer(self.codes == code, every).ravel().astype(float)
        for groups in self._groups.values():
            for group in np.unique(groups):
                yield np.outer(np.ones(len(self.codes)), groups == group).ravel()


def adds_up(inside: np.ndarray, codes: np.ndarray) -> bool:
    """Whether those inside are all people of some groups and none of the others."""
    return not set(codes[inside].tolist()) & set(codes[~inside].tolist())


def _free(known: np.ndarray) -> np.ndarray:
    """Directions in which the unknowns may move without any equation noticing, a line each."""
    _, values, axes = np.linalg.svd(known, full_matrices=True)
    return np.asarray(axes[int((values > _EPSILON * values.max(initial=1.0)).sum()) :])

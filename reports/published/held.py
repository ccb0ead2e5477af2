"""Publications of a wave in, everything that is shown and kept back of one of its variables out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis import SurveyData
from reports.published.cells import asked_of, with_sources
from reports.published.given import tables_given
from reports.published.known import Audit, Numbered, adds_up
from reports.published.record import EVERYBODY, Publication, Table, is_key
from reports.unstated import people_of


@dataclass(frozen=True)
class Placed:
    """A table, its publication's number, and the table as it is printed, which may add some answers up."""

    number: int
    table: Table
    printed: Table


@dataclass(frozen=True)
class Held:
    """One variable of a wave in all publications. What public rows give of it is not secret in any table."""

    audit: Audit
    variable: str
    tables: tuple[Placed, ...]

    @property
    def numbered(self) -> list[Numbered]:
        """The tables with the numbers of their publications."""
        return [(each.number, each.table) for each in self.tables]

    @property
    def parted(self) -> bool:
        """Whether anything of it is by groups."""
        return any(each.table.column != EVERYBODY for each in self.tables)


def held_of(
    wave: str,
    new: Publication,
    same: Sequence[Publication],
    data: SurveyData,
    *,
    fewest: int,
) -> Iterator[Held]:
    """Variable by variable, as far as `new` tells of it."""
    every = (new, *same)
    placed = [
        Placed(each.number, seen, table)
        for each in every
        for table in each.tables
        if table.wave == wave
        for seen in with_sources((table,), data)
    ]
    people = [each for each in placed if not each.table.variable]
    rows = [(each.number, given) for each in every for given in each.given if given.wave == wave]
    mine = any(number == 0 for number, _ in rows)
    for variable in sorted({each.table.variable for each in placed if mine or each.number == 0}):
        asked = asked_of(data, wave, variable)
        audit = Audit(data, wave, asked, fewest)
        known = [
            Placed(number, table, table)
            for number, given in rows
            for table in tables_given(given, variable, asked, data)
        ]
        tables = [each for each in placed if each.table.variable == variable]
        tables = [replace(each, table=_open(each.table, known, audit)) for each in tables]
        yield Held(audit, variable, (*tables, *known, *(people if variable else ())))


def parts(audit: Audit, column: str) -> bool:
    """Whether a grouping has more than one group: that of one city says what the whole wave says anyway."""
    if column == EVERYBODY or column not in audit.data.codebook:
        return False
    return len(np.unique(audit.codes(column))) > 1


def both_keys(one: Table, other: Table) -> bool:
    """Whether both are what public rows give."""
    return is_key(one.column) and is_key(other.column)


def _open(table: Table, known: Sequence[Placed], audit: Audit) -> Table:
    """The table; figures that anybody counts in public rows are not secret in it."""
    if not known or not any(any(line) for line in table.secret):
        return table
    keys = [audit.codes(each.table.column) for each in known if parts(audit, each.table.column)]
    if table.column == EVERYBODY or table.column not in audit.data.codebook:
        return replace(table, secret=tuple((False,) * len(line) for line in table.secret))
    at = audit.codes(table.column)
    given = [any(adds_up(np.isin(at, people_of(group)), key) for key in keys) for group in table.groups]
    secret = tuple(
        tuple(kept and not is_given for kept, is_given in zip(line, given, strict=True))
        for line in table.secret
    )
    return replace(table, secret=secret)

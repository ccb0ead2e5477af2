"""The site's tables by group and what to hide of them besides in; the tables as they may stand out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from instruments import Indicator
from reports.grouping import GroupCell, GroupTable
from reports.published import Mended
from reports.site.listed import answer_of

ByGroup = Mapping[str, Mapping[str, tuple[GroupTable, ...]]]
"""By grouping or indicator, then by variable or grouping: a table a wave."""


def mended_questions(tables: ByGroup, mended: Mended) -> dict[str, dict[str, tuple[GroupTable, ...]]]:
    """A question's tables, by grouping and variable."""
    found = {
        column: {
            variable: kept
            for variable, waves in rows.items()
            if (kept := _kept(waves, ("proportion", variable, column), mended))
        }
        for column, rows in tables.items()
    }
    return {column: rows for column, rows in found.items() if rows}


def mended_levels(levels: ByGroup, indicators: Sequence[Indicator], mended: Mended) -> ByGroup:
    """The indicators' tables, by indicator and grouping."""
    found: dict[str, dict[str, tuple[GroupTable, ...]]] = {}
    for indicator in indicators:
        statistic, answer = answer_of(indicator)
        found[indicator.name] = {
            column: kept
            for column, waves in levels[indicator.name].items()
            if (kept := _kept(waves, (statistic, indicator.variable, column), mended, answer))
        }
    return found


def _kept(
    tables: Iterable[GroupTable],
    place: tuple[str, str, str],
    mended: Mended,
    answer: tuple[int, ...] | None = None,
) -> tuple[GroupTable, ...]:
    """`place`: statistic, variable, grouping; `answer`: what the one figure of an indicator adds up."""
    kept = (table for table in tables if (table.wave, *place) not in mended.left_out)
    return tuple(_hidden(table, place, mended, answer) for table in kept)


def _hidden(
    table: GroupTable, place: tuple[str, str, str], mended: Mended, answer: tuple[int, ...] | None
) -> GroupTable:
    nothing = GroupCell(None, None, None, beside=True)
    cells = {
        (code, group): nothing
        if (table.wave, *place, group, answer if code is None else (code,)) in mended.hidden
        else cell
        for (code, group), cell in table.cells.items()
    }
    return replace(table, cells=cells)

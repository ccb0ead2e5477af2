"""The site's figures in, what of them is shown and what is kept back out, as the register takes it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import pandas as pd

from analysis import SurveyData
from instruments import Indicator
from reports.grouping import GroupTable
from reports.published import Publication, Table, tables_of
from reports.published.cells import bases_of
from reports.published.record import Answer
from reports.site.editions import Edition

Tables = Mapping[str, Mapping[str, tuple[GroupTable, ...]]]
"""By grouping, then by variable: a table a wave."""


class Gate(Protocol):
    """Knows what else was published."""

    def earlier(self, study: str) -> Sequence[Publication]:
        """What was published of a study and counts."""

    def check(self, publication: Publication, data: SurveyData) -> None:
        """Raise whatever refuses the publication; `data`: the pooled waves it is made of."""

    def enter(self, publication: Publication) -> None:
        """Write down that it is published."""


def site_tables(
    whole: pd.DataFrame,
    questions: Sequence[Tables],
    levels: Mapping[str, Mapping[str, tuple[GroupTable, ...]]],
    indicators: Sequence[Indicator],
    data: SurveyData,
) -> tuple[Table, ...]:
    """`whole`: the estimates of whole waves; `questions` and `levels`: those by groups."""
    found = [*tables_of(whole, data)]
    for rows in questions:
        for column, tables in rows.items():
            for variable, waves in tables.items():
                found += [_listed(each, variable, column, data) for each in waves]
    for indicator in indicators:
        for column, waves in levels[indicator.name].items():
            found += [_of_indicator(each, indicator, column, data) for each in waves]
    return tuple(found)


def publication_of(edition: Edition, tables: tuple[Table, ...]) -> Publication:
    """The edition as the register takes it."""
    return Publication(
        edition.study, "site", str(edition.number), edition.languages, edition.releases, tables
    )


def answer_of(indicator: Indicator) -> tuple[str, Answer]:
    """The statistic by which an indicator is listed, and the codes its figure adds up."""
    if indicator.statistic == "proportion" and indicator.code is not None:
        return "proportion", (int(indicator.code),)
    return "mean", ()


def _of_indicator(table: GroupTable, indicator: Indicator, column: str, data: SurveyData) -> Table:
    statistic, answer = answer_of(indicator)
    return _made(table, (statistic, indicator.variable, column), {None: answer}, data)


def _listed(table: GroupTable, variable: str, column: str, data: SurveyData) -> Table:
    codes = sorted({code for code, _ in table.cells if code is not None})
    return _made(table, ("proportion", variable, column), {code: (code,) for code in codes}, data)


def _made(
    table: GroupTable,
    place: tuple[str, str, str],
    answers: Mapping[int | None, Answer],
    data: SurveyData,
) -> Table:
    """`place`: statistic, variable, grouping."""
    statistic, variable, column = place
    groups = tuple(sorted({group for _, group in table.cells}))

    def marks(of: int | None, *, secret: bool) -> Iterator[bool]:
        for group in groups:
            cell = table.cells.get((of, group))
            yield cell is not None and (cell.secret if secret else cell.value is not None)

    return Table(
        table.wave,
        statistic,
        variable,
        column,
        groups,
        bases_of(data, table.wave, variable, column, groups),
        tuple(answers.values()),
        shown=tuple(tuple(marks(of, secret=False)) for of in answers),
        secret=tuple(tuple(marks(of, secret=True)) for of in answers),
    )

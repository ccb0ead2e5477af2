"""Columns that would tell of few people come in with a frame and its codebook; both go out without them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.recode import rule_columns
from instruments import Codebook, Variable, Withheld, columns_reading


def withhold(frame: pd.DataFrame, codebook: Codebook) -> tuple[pd.DataFrame, Codebook]:
    """Both without each column that the codebook withholds and that is `told`, and what is computed from it.

    The frame holds its computed columns already (`derive`). What is left out is left out whole: a hidden cell
    beside shown ones would follow from the total.
    """
    gone: set[str] = set()
    for variable in codebook.variables:
        if variable.withhold and told(frame, codebook, variable.name, variable.withhold):
            gone |= columns_reading(codebook.variables, variable.name)
    if not gone:
        return frame, codebook
    variables = tuple(variable for variable in codebook.variables if variable.name not in gone)
    groups = (
        replace(group, variables=tuple(name for name in group.variables if name not in gone))
        for group in codebook.groups
    )
    without = replace(
        codebook,
        variables=variables,
        groups=tuple(group for group in groups if group.variables),
        indicators=tuple(each for each in codebook.indicators if each.variable not in gone),
    )
    return frame.drop(columns=sorted(gone)), without


@dataclass(frozen=True)
class Crossed:
    """Two columns whose cells of fewer than `under` people may not be told."""

    column: str
    groups: str
    under: int


def crossed(codebook: Codebook, names: Sequence[str]) -> Crossed | None:
    """Which of the columns, crossed, give cells that may not be told: a withheld one and its groups.

    What is computed from either counts as it. None: whatever is shown of the columns together is a cell of
    no such table.
    """
    variables = codebook.variables
    for variable in variables:
        if variable.withhold:
            columns = sorted(columns_reading(variables, variable.name).intersection(names), key=names.index)
            within = columns_reading(variables, variable.withhold.within)
            groups = sorted(within.intersection(names), key=names.index)
            if columns and groups:
                return Crossed(columns[0], groups[0], variable.withhold.under)
    return None


def told(frame: pd.DataFrame, codebook: Codebook, name: str, each: Withheld) -> bool:
    """Whether counts of each column alone tell of 1 to `under` - 1 people of one group and one answer.

    Of n people with an answer g are of the group and p gave the answer: both are g + p - n people at least,
    and at most n - max(g, p) more. It is told where both are less than `under`: few others hide nobody.
    Groups are the answers of `within` and of each column computed from it alone; answers likewise.
    """
    answered = frame[name].isin(list(codebook.variable(name).codes))
    rows = frame[answered.to_numpy()]
    n = len(rows)
    return any(
        n - max(group, answer) < each.under and group + answer - n < each.under
        for group in _sizes(rows, codebook, each.within)
        for answer in _sizes(rows, codebook, name)
    )


def _sizes(rows: pd.DataFrame, codebook: Codebook, name: str) -> list[int]:
    """How many gave each answer that anybody gave, to the variable or what is computed from it alone."""
    counts = (
        int(np.count_nonzero(rows[variable.name].to_numpy() == code))
        for variable in _computed_from(codebook, name)
        for code in variable.codes
    )
    return [count for count in counts if count]


def _computed_from(codebook: Codebook, name: str) -> Iterator[Variable]:
    """The variable, and what is computed from it alone."""
    known = {name}
    yield codebook.variable(name)
    for variable in codebook.variables:
        if variable.rule is not None and known.issuperset(rule_columns(variable.rule)):
            known.add(variable.name)
            yield variable

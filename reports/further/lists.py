"""Questions with several answers, or one, in; the share of every answer by wave out."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import SurveyData, proportion
from instruments import Text, Variable
from reports import rows
from reports.evidence import records, waves_asking, with_id
from reports.rows import Reading

CHOSEN = 1


@dataclass(frozen=True)
class Line:
    """One answer that could be given, and who gave it, wave by wave."""

    name: str
    label: Text
    readings: tuple[Reading, ...]

    def reading(self, wave: str) -> Reading | None:
        return next((each for each in self.readings if each.wave == wave), None)


@dataclass(frozen=True)
class Listing:
    """One question and its answers; `several`: more than one could be given."""

    name: str
    label: Text
    question: Text
    lines: tuple[Line, ...]
    several: bool
    universe: Text


def listings(data: SurveyData, names: Sequence[str]) -> tuple[tuple[Listing, ...], list[pd.DataFrame]]:
    """A listing for each group or variable named, in order, and rows of the table."""
    made = [_listing(data, name) for name in names]
    return tuple(found for found, _ in made), [frame for _, frames in made for frame in frames]


def _listing(data: SurveyData, name: str) -> tuple[Listing, list[pd.DataFrame]]:
    groups = {group.name: group for group in data.codebook.groups}
    if name in groups:
        group = groups[name]
        parts = [_option(data, data.variable(option)) for option in group.variables]
        lines, frames = tuple(line for line, _ in parts), [frame for _, frame in parts]
        universe = data.variable(group.variables[0]).universe
        return Listing(name, group.label, group.question, lines, group.kind == "multi", universe), frames
    variable = data.variable(name)
    table = with_id(_shares(data, variable, None), name)
    readings = [rows.reading(row) for row in records(table)]
    lines = tuple(
        Line(f"{name}.{code}", label, tuple(each for each in readings if each.code == code))
        for code, label in variable.codes.items()
    )
    listing = Listing(
        name, variable.label, variable.question, lines, several=False, universe=variable.universe
    )
    return listing, [table]


def _option(data: SurveyData, variable: Variable) -> tuple[Line, pd.DataFrame]:
    table = with_id(_shares(data, variable, CHOSEN), variable.name)
    readings = tuple(rows.reading(row) for row in records(table))
    return Line(variable.name, variable.label, readings), table


def _shares(data: SurveyData, variable: Variable, code: int | None) -> pd.DataFrame:
    where = {"wave": list(waves_asking(data, variable.name))}
    return proportion(data, variable.name, code=code, by="wave", where=where)

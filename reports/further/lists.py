"""Questions with several answers, or one, in; the share of every answer by wave out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis import SurveyData, change, proportion
from instruments import Text, Variable
from reports import rows
from reports.declared import Declarations
from reports.evidence import IndicatorEvidence, records, waves_asking, with_id
from reports.further.items import equal_readings
from reports.rows import Change, Reading

CHOSEN = 1


@dataclass(frozen=True)
class Line:
    """One answer that could be given, and who gave it, wave by wave."""

    name: str
    variable: str
    label: Text
    readings: tuple[Reading, ...]
    change: Change | None = None
    """From the first wave that asked to the latest; None where one wave did."""

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


def listings(
    data: SurveyData,
    names: Sequence[str],
    headlines: Sequence[IndicatorEvidence] = (),
    plan: Declarations | None = None,
) -> tuple[dict[str, Listing], int, list[pd.DataFrame]]:
    """A listing for each group or variable named, how many changes share their family, rows of the table.

    The changes of all lines are one family, which are said or not: which answer is named is seen in the data.
    A share that is a headline indicator has that one's change, one that the plan names the plan's.
    """
    made = {name: _listing(data, name) for name in dict.fromkeys(names)}
    frames = [frame for _, parts in made.values() for frame in parts]
    compared = [line for listing, _ in made.values() for line in listing.lines if len(line.readings) > 1]
    found, rows_ = {}, list[pd.DataFrame]()
    for name, (listing, _) in made.items():
        lines = []
        for line in listing.lines:
            change_, table = _changed(data, line, len(compared), headlines, plan)
            lines.append(replace(line, change=change_))
            rows_ += table
        found[name] = replace(listing, lines=tuple(lines))
    return found, len(compared), [*frames, *rows_]


def _changed(
    data: SurveyData,
    line: Line,
    family: int,
    headlines: Sequence[IndicatorEvidence],
    plan: Declarations | None,
) -> tuple[Change | None, list[pd.DataFrame]]:
    """The line's change over all its waves, and its row where it is not a headline's."""
    if len(line.readings) < 2:
        return None, []
    pair = (line.readings[0].wave, line.readings[-1].wave)
    for each in headlines:
        known = each.change(*pair)
        if known is not None and equal_readings(each.readings, line.readings):
            return known, []
    code = line.readings[0].code
    table = change(
        data,
        line.variable,
        wave_from=pair[0],
        wave_to=pair[1],
        code=code,
        statistic="proportion",
        family=family,
    )
    judged = plan.judged(table, (line.variable, code, "proportion")) if plan else table
    kept = with_id(judged, line.variable)
    return rows.change(next(records(kept))), [kept]


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
        Line(f"{name}.{code}", name, label, tuple(each for each in readings if each.code == code))
        for code, label in variable.codes.items()
    )
    listing = Listing(
        name, variable.label, variable.question, lines, several=False, universe=variable.universe
    )
    return listing, [table]


def _option(data: SurveyData, variable: Variable) -> tuple[Line, pd.DataFrame]:
    table = with_id(_shares(data, variable, CHOSEN), variable.name)
    readings = tuple(rows.reading(row) for row in records(table))
    return Line(variable.name, variable.name, variable.label, readings), table


def _shares(data: SurveyData, variable: Variable, code: int | None) -> pd.DataFrame:
    where = {"wave": list(waves_asking(data, variable.name))}
    return proportion(data, variable.name, code=code, by="wave", where=where)

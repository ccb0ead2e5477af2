"""Pooled data and batteries estimated already in; the answers to every question, wave by wave, out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import SurveyData, mean
from instruments import Group, Level, Role, Variable
from reports import rows
from reports.evidence import BatteryEvidence, Desk, published, records, waves_asking
from reports.rows import Reading

SINGLE = "single"
"""Kind of the group that a question without rows or options makes alone."""


@dataclass(frozen=True)
class Score:
    """A question answered with a number: its mean by wave."""

    variable: Variable
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Toplines:
    """Every question in the questionnaire's order. `table`: rows that the evidence does not hold yet."""

    questions: tuple[BatteryEvidence | Score, ...] = ()
    table: pd.DataFrame | None = None


def gather_toplines(data: SurveyData, known: Sequence[BatteryEvidence]) -> Toplines:
    """Estimate what the report has not estimated yet; `known`: its batteries."""
    ready = {each.group.name: each for each in known}
    desk = Desk(data, (), 1)
    found: list[BatteryEvidence | Score] = []
    for group, variable in _questions(data):
        if group is not None:
            found.append(ready.get(group.name) or desk.battery(group))
        else:
            found.append(_score(variable, desk))
    table = published(pd.concat(desk.frames, ignore_index=True)) if desk.frames else None
    return Toplines(tuple(found), table)


def _questions(data: SurveyData) -> Iterator[tuple[Group | None, Variable]]:
    """Each question once: the group of its rows or options, a group of its own, or none for a number."""
    codebook = data.codebook
    groups = {name: group for group in codebook.groups for name in group.variables}
    done: set[str] = set()
    for variable in codebook.variables:
        if variable.name in done or not _shown(variable, data):
            continue
        group = groups.get(variable.name)
        if group is not None:
            members = tuple(n for n in group.variables if _shown(codebook.variable(n), data))
            done |= set(members)
            yield Group(group.name, group.label, group.question, members, group.kind), variable
        elif variable.codes:
            own = Group(variable.name, variable.label, variable.question, (variable.name,), SINGLE)
            yield own, variable
        elif variable.level is Level.INTERVAL:
            yield None, variable


def _shown(variable: Variable, data: SurveyData) -> bool:
    """Whether people gave an answer that can be counted. What only an experiment can read is left to it."""
    asked = variable.role is Role.ANSWER and not variable.design and variable.level is not Level.TEXT
    return asked and bool(waves_asking(data, variable.name))


def _score(variable: Variable, desk: Desk) -> Score:
    waves = list(waves_asking(desk.data, variable.name))
    table = mean(desk.data, variable.name, by="wave", where={"wave": waves})
    kept = desk.keep(table, variable.name)
    return Score(variable, tuple(rows.reading(row) for row in records(kept)))

"""Public rows in, what anybody counts in them out: every answer by every key, as tables of the register.

Rows are protected by their keys: five people at least share all that others may know of them. What they give
by counting is no secret any more, and cannot protect what still is one: groups finer than the keys.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from analysis import PublicFile, SurveyData, key_codes
from instruments import Level, Text, Variable
from reports.published.record import KEY, Given, Table
from reports.sections.wording import sources
from reports.unstated import membership


def given_by(public: PublicFile) -> Given:
    """What a public file gives."""
    chosen = zip(public.spec.keys, public.levels, strict=True)
    keys = tuple(key.steps[level] for key, level in chosen if level < len(key.steps))
    return Given(public.meta.wave, keys, tuple(variable.name for variable in public.codebook.variables))


def with_keys(data: SurveyData, given: Sequence[Given]) -> SurveyData:
    """The data with a column for each key of the rows."""
    steps = {KEY + step.name: step for each in given for step in each.keys}
    columns, variables = {}, []
    for name, step in steps.items():
        if name not in data.codebook and step.column in data.frame:
            codes = key_codes(step, data)
            columns[name] = np.where(codes < 0, -1, codes)
            told: dict[int, Text] = {int(code): {} for code in np.unique(codes[codes >= 0])}
            variables.append(Variable(name, {}, Level.NOMINAL, told))
    if not columns:
        return data
    codebook = replace(data.codebook, variables=(*data.codebook.variables, *variables))
    return data.with_columns(codebook, **columns)


def tables_given(given: Given, variable: str, asked: np.ndarray, data: SurveyData) -> Iterator[Table]:
    """Everything the rows tell of a variable: a table a key; `data`: with the keys' columns."""
    known = set(given.variables)
    if variable not in known and not set(sources(variable, data.codebook)) <= known:
        return
    codes = np.unique(data.frame[variable].to_numpy()[asked])
    answers = tuple((int(code),) for code in codes if float(code).is_integer())
    for step in given.keys:
        column = KEY + step.name
        if column in data.codebook:
            at = membership(data, column)[asked]
            groups, bases = np.unique(at, return_counts=True)
            every = tuple((True,) * len(groups) for _ in answers)
            none = tuple((False,) * len(groups) for _ in answers)
            places = tuple(int(group) for group in groups), tuple(int(base) for base in bases)
            yield Table(given.wave, "proportion", variable, column, *places, answers, every, none)

"""Estimates as printed and the pooled waves in; tables for the register, with whole bases, out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import SurveyData
from reports.further.groups import with_language
from reports.grouping import protected
from reports.published.record import EVERYBODY, Answer, Table, joined
from reports.rows import SUPPRESS
from reports.sections.wording import sources
from reports.unstated import group_code, membership, people_of

_LEVELS = ("proportion", "mean")


def tables_of(estimates: pd.DataFrame, data: SurveyData) -> tuple[Table, ...]:
    """The levels of an estimate table (columns id statistic variable code group wave publish reason).

    Changes are left out: they say nothing of anybody beyond the levels they are made of. `data`: the pooled
    waves the estimates come from, of which bases are counted.
    """
    data = with_language(data)
    levels = estimates[estimates["statistic"].isin(_LEVELS)].reset_index(drop=True)
    reasons = ["" if pd.isna(reason) else str(reason) for reason in levels["reason"]]
    levels = levels.assign(secret=protected(levels.assign(reason=reasons)))
    found: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in levels.to_dict("records"):
        variable = str(row["variable"])
        wave, column, group = _place(row)
        if wave in data.waves and variable in data.codebook and (not column or column in data.codebook):
            line = {str(name): value for name, value in row.items()}
            found[wave, str(row["statistic"]), variable, column].append({**line, "at": group})
    return joined(_table(key, lines, data) for key, lines in found.items())


def _place(row: Mapping[Any, Any]) -> tuple[str, str, int]:
    """Wave, grouping and group: of `COLUMN=CODE` or `COLUMN=CODE+not_stated`, or of everybody."""
    wave = "" if pd.isna(row["wave"]) else str(row["wave"])
    group = "" if pd.isna(row["group"]) else str(row["group"])
    name, _, code = group.rpartition("=")
    if not name or name == "wave":
        return wave, EVERYBODY, 0
    return wave, name, group_code(code)


def _table(key: tuple[str, str, str, str], lines: list[Mapping[str, Any]], data: SurveyData) -> Table:
    wave, statistic, variable, column = key
    groups = tuple(dict.fromkeys(int(row["at"]) for row in lines))
    cells = {(_answer(row, data), int(row["at"])): row for row in lines}
    answers = tuple(dict.fromkeys(answer for answer, _ in cells))
    return Table(
        wave,
        statistic,
        variable,
        column,
        groups,
        bases_of(data, wave, variable, column, groups),
        answers,
        shown=_marks(cells, answers, groups, lambda row: row["publish"] != SUPPRESS),
        secret=_marks(cells, answers, groups, lambda row: bool(row["secret"])),
    )


def _marks(cells: Any, answers: Any, groups: Any, test: Any) -> tuple[tuple[bool, ...], ...]:
    return tuple(
        tuple((answer, group) in cells and test(cells[answer, group]) for group in groups)
        for answer in answers
    )


def _answer(row: Mapping[str, Any], data: SurveyData) -> Answer:
    """A code; the codes of a net, whose name ends the id before the wave; none of a mean."""
    if not pd.isna(row["code"]):
        return (int(row["code"]),)
    nets = data.variable(str(row["variable"])).nets
    name = str(row.get("id", "")).partition("@")[0].rpartition(".")[2]
    return tuple(sorted(nets[name].codes)) if name in nets else ()


def bases_of(
    data: SurveyData, wave: str, variable: str, column: str, groups: tuple[int, ...]
) -> tuple[int, ...]:
    """How many gave a valid answer, of each group."""
    asked = asked_of(data, wave, variable)
    if column == EVERYBODY:
        return (int(asked.sum()),)
    codes = membership(data, column)[asked]
    return tuple(int(np.isin(codes, people_of(group)).sum()) for group in groups)


def asked_of(data: SurveyData, wave: str, variable: str) -> np.ndarray:
    """n booleans: who of a wave gave a valid answer; of no variable, everybody in it."""
    within = (data.frame["wave"].astype(str) == wave).to_numpy()
    return within & data.valid(variable) if variable else within


def with_sources(tables: tuple[Table, ...], data: SurveyData) -> Iterator[Table]:
    """The tables, and each of a share computed from one question as a table of that question too."""
    for table in tables:
        yield table
        if table.statistic == "proportion" and table.variable in data.codebook:
            yield from _of_source(table, data)


def _of_source(table: Table, data: SurveyData) -> Iterator[Table]:
    """Which answers of its one question each code of a computed column adds up; none where it is no sum."""
    asked = sources(table.variable, data.codebook)
    if len(asked) != 1 or asked[0] == table.variable or asked[0] not in data.frame:
        return
    valid = data.valid(table.variable)
    if (valid != data.valid(asked[0])).any():
        return
    pairs = data.frame.loc[valid, [asked[0], table.variable]].drop_duplicates().astype(int)
    if pairs[asked[0]].duplicated().any():
        return
    answers = tuple(
        tuple(sorted(pairs.loc[pairs[table.variable].isin(answer), asked[0]].tolist()))
        for answer in table.answers
    )
    yield replace(table, variable=asked[0], answers=answers)

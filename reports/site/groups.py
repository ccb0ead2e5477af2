"""Pooled waves and names of groups in, figures by group out that cannot be computed back to a hidden one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis import Rules, SurveyData, crosstab, mean, read_rules
from instruments import Indicator, Role, Text, Variable
from reports.errors import ReportError
from reports.rows import LEAST_BASE, SMALL_BASE, SUPPRESS

NOT_STATED = 9999
"""Code of those who did not say: their column is protected like any other, or totals would give it away."""
MOST_CODES, MOST_GROUPS = 8, 6
ROUNDING = 5
"""Bases of groups are rounded to it."""
_SUFFIX = "__all"


@dataclass(frozen=True)
class GroupCell:
    """One share (0..1) or mean of one group in one wave; None where it may not be printed."""

    value: float | None
    low: float | None
    high: float | None
    small: bool = False


Place = tuple[int | None, int]
"""An answer's code (None: the one figure of an indicator) and a group's."""


@dataclass(frozen=True)
class GroupTable:
    """One variable by one grouping in one wave: cells by (answer code or None, group code), rounded bases."""

    wave: str
    cells: Mapping[Place, GroupCell]
    bases: Mapping[int, int | None]

    @property
    def empty(self) -> bool:
        """Whether nothing of it may be printed."""
        return all(cell.value is None for cell in self.cells.values())


Tie = tuple[frozenset[int], GroupTable]
"""Answers that an indicator adds up, and the indicator by the same groups."""


def chosen_groups(data: SurveyData, names: Sequence[str] | None) -> tuple[Variable, ...]:
    """The grouping variables: those named, else what the questionnaire itself derives by cutting or recoding.

    Groups of which sums would be known twice are refused (named) or left out: a region's figures minus those
    of its districts would be the figures of the one district that is hidden.
    """
    found = _named(data, names) if names is not None else _derived(data)
    kept: list[Variable] = []
    for variable in found:
        if _independent(data, [*kept, variable], None):
            kept.append(variable)
        elif names is not None:
            tied = ", ".join(each.name for each in kept)
            raise ReportError(
                f"group {variable.name} adds up to the same people as a part of {tied}: whoever subtracts "
                f"one from the other reads what is hidden. Name only one of them with --by"
            )
    return tuple(kept[:MOST_GROUPS])


def _named(data: SurveyData, names: Sequence[str]) -> list[Variable]:
    coded = {v.name: v for v in data.codebook.variables if 2 <= len(v.codes) <= MOST_CODES}
    unknown = [name for name in names if name not in coded]
    if unknown:
        raise ReportError(
            f"--by names {', '.join(unknown)}, no column of 2 to {MOST_CODES} answers; "
            f"there are {', '.join(coded) or 'none'}"
        )
    return [coded[name] for name in dict.fromkeys(names)]


def _derived(data: SurveyData) -> list[Variable]:
    return [
        v
        for v in data.codebook.variables
        if v.role is Role.DERIVED
        and 2 <= len(v.codes) <= MOST_CODES
        and {"cut", "recode"} & set(v.rule or {})
        and data.valid(v.name).any()
    ]


@dataclass(frozen=True)
class Grouped:
    """The pooled data with a column per grouping in which everybody stands, those who did not say apart."""

    data: SurveyData
    groups: tuple[Variable, ...]

    @cached_property
    def ready(self) -> SurveyData:
        frame, codebook = self.data.frame, self.data.codebook
        columns, variables = {}, []
        for group in self.groups:
            name = group.name + _SUFFIX
            valid = self.data.valid(group.name)
            columns[name] = np.where(valid, frame[group.name].to_numpy(), NOT_STATED)
            codes: dict[int, Text] = {**group.codes, NOT_STATED: {}}
            variables.append(Variable(name, group.label, group.level, codes))
        widened = replace(codebook, variables=(*codebook.variables, *variables))
        return self.data.with_frame(frame.assign(**columns), codebook=widened)

    @cached_property
    def _rules(self) -> Rules:
        """The rules for tables; nothing they hide, be it for its error alone, may follow from the rest."""
        rules = read_rules("tables")
        hiding = (replace(rule, complement=rule.action == SUPPRESS) for rule in rules.rules)
        return replace(rules, rules=tuple(hiding))

    def open_to(self, variable: str, wave: str) -> tuple[Variable, ...]:
        """The groupings by which a variable may be shown in a wave: none adds up to parts of another."""
        kept: list[Variable] = []
        for group in self.groups:
            if _independent(self.data, [*kept, group], self._asked(variable, wave)):
                kept.append(group)
        return tuple(kept)

    def _asked(self, variable: str, wave: str) -> np.ndarray:
        asked = self.data.valid(variable) & (self.data.frame["wave"].astype(str) == wave).to_numpy()
        return np.asarray(asked)

    def answers(
        self, variable: str, group: Variable, wave: str, ties: Sequence[Tie] = ()
    ) -> GroupTable | None:
        """Answers by group; nothing of them where an indicator by these groups would tell a hidden cell."""
        if not self._asked(variable, wave).any():
            return None
        by = group.name + _SUFFIX
        table = crosstab(self.ready, variable, by, where={"wave": [wave]}, rules=self._rules)
        table = table[table["column_code"].notna()]
        hidden = (table["publish"] == SUPPRESS).to_numpy(copy=True)
        if ties and hidden.any() and _follows(table, hidden, ties):
            hidden[:] = True
        cells: dict[Place, GroupCell] = {
            (int(row["row_code"]), int(row["column_code"])): _cell(row, hide)
            for row, hide in zip(table.to_dict("records"), hidden, strict=True)
        }
        bases = table.drop_duplicates("column_code").set_index("column_code")["base"]
        return GroupTable(wave, cells, self._bases(bases))

    def summed(self, indicator: Indicator, variable: str) -> frozenset[int]:
        """The answers to a question that an indicator of it alone adds up; empty where it adds up none."""
        both = self.data.valid(variable) & self.data.valid(indicator.variable)
        values = self.data.frame.loc[both, [variable, indicator.variable]].drop_duplicates()
        holds = values[indicator.variable] == indicator.code
        return frozenset(int(code) for code in values.loc[holds, variable])

    def level(self, indicator: Indicator, group: Variable, wave: str) -> GroupTable | None:
        """An indicator's share or mean by group."""
        if indicator.statistic == "proportion" and indicator.code is not None:
            table = self.answers(indicator.variable, group, wave)
            if table is None:
                return None
            kept: dict[Place, GroupCell] = {
                (None, at): cell for (code, at), cell in table.cells.items() if code == indicator.code
            }
            return GroupTable(wave, kept, table.bases) if kept else None
        return self._means(indicator.variable, group, wave)

    def _means(self, variable: str, group: Variable, wave: str) -> GroupTable | None:
        if not self._asked(variable, wave).any():
            return None
        by = group.name + _SUFFIX
        table = pd.DataFrame(mean(self.ready, variable, by=by, where={"wave": [wave]}))
        codes = [int(str(name).rsplit("=", 1)[1]) for name in table["group"]]
        order = table["base"].to_numpy()
        hidden = (table["publish"] == SUPPRESS).to_numpy(copy=True)
        if hidden.sum() == 1 and len(hidden) > 1:
            # One hidden mean follows from the whole and the others: the next smallest group hides with it.
            hidden[min((i for i in range(len(hidden)) if not hidden[i]), key=lambda i: order[i])] = True
        cells: dict[Place, GroupCell] = {
            (None, code): _cell(row, hide)
            for row, code, hide in zip(table.to_dict("records"), codes, hidden, strict=True)
        }
        return GroupTable(wave, cells, self._bases(pd.Series(order, index=codes)))

    def _bases(self, bases: Any) -> dict[int, int | None]:
        """Rounded; of a group too small to print only that it is (None)."""
        return {
            int(code): None if base < LEAST_BASE else int(ROUNDING * round(base / ROUNDING))
            for code, base in bases.items()
        }


def _cell(row: Mapping[Any, Any], hidden: Any) -> GroupCell:
    if hidden or pd.isna(row["estimate"]):
        return GroupCell(None, None, None)
    low, high = (None if pd.isna(row[name]) else float(row[name]) for name in ("low", "high"))
    return GroupCell(float(row["estimate"]), low, high, float(row["base"]) < SMALL_BASE)


def _follows(table: pd.DataFrame, hidden: np.ndarray, ties: Sequence[Tie]) -> bool:
    """Whether a hidden cell can be computed from margins, shown cells and the indicators that add some up.

    Cells are unknowns, whatever is known is an equation between them: a cell follows if its own column of the
    identity lies in the space that the equations span.
    """
    n = len(table)
    rows, columns = table["row_code"].to_numpy(), table["column_code"].to_numpy()
    known = [rows == row for row in set(rows)] + [columns == column for column in set(columns)]
    for codes, indicator in ties:
        shown = (at for (_, at), cell in indicator.cells.items() if cell.value is not None)
        known += [(columns == at) & np.isin(rows.astype(int), list(codes)) for at in shown]
    # What is shown is known: only the hidden part of each equation is left to solve.
    equations = np.array(known, float)[:, hidden]
    rank = np.linalg.matrix_rank(equations)
    unit = np.eye(int(hidden.sum()))
    return n > 0 and any(np.linalg.matrix_rank(np.vstack([equations, one])) == rank for one in unit)


def _independent(data: SurveyData, groups: Sequence[Variable], among: np.ndarray | None) -> bool:
    """Whether the groupings share no sum but the total, in every wave (or `among` these rows).

    Each grouping's membership columns add up to one. Any further linear relation between the columns (a rank
    below that) is a sum of groups of one grouping that equals a sum of groups of others.
    """
    waves = data.frame["wave"].astype(str).to_numpy()
    parts = [among] if among is not None else [waves == wave for wave in data.waves]
    for part in parts:
        members = [_members(data, group)[part] for group in groups]
        columns = [each[:, each.any(axis=0)] for each in members]
        matrix = np.hstack(columns)
        if len(matrix) == 0:
            continue
        expected = matrix.shape[1] - (len(groups) - 1)
        gram = matrix.T @ matrix
        if np.linalg.matrix_rank(gram, tol=1e-9 * max(1.0, np.trace(gram)), hermitian=True) < expected:
            return False
    return True


def _members(data: SurveyData, group: Variable) -> np.ndarray:
    """n x (codes + 1) zeros and ones; the last column is who did not say."""
    valid = data.valid(group.name)
    values = np.where(valid, data.frame[group.name].to_numpy(), NOT_STATED)
    return np.column_stack([values == code for code in (*sorted(group.codes), NOT_STATED)]).astype(float)

"""Pooled waves and a grouping in, figures by group out that cannot be computed back to a hidden one.

What the report and the results site print of groups comes from here, so that both hide the same cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis import SurveyData, crosstab, mean, read_rules
from instruments import Indicator, Text, Variable
from reports.rows import COMPLEMENTARY, LEAST_BASE, SMALL_BASE, SUPPRESS
from reports.unstated import (
    NOT_STATED,
    are_apart,
    host,
    joined,
    joint_label,
    largest,
    membership,
    own_code,
    people_of,
    with_unstated,
)

ROUNDING = 5
"""Bases of groups are rounded to it."""
_APART, _JOINT = "__all", "__joint"
_EPSILON = 1e-9


@dataclass(frozen=True)
class GroupCell:
    """One share (0..1) or mean of one group in one wave; None where it may not be printed."""

    value: float | None
    low: float | None
    high: float | None
    small: bool = False
    secret: bool = False
    """Hidden for the sake of people, not because it is uncertain."""
    beside: bool = False
    """Hidden because other tables would tell a secret with it; no secret itself."""


Place = tuple[int | None, int]
"""An answer's code (None: the one figure of an indicator) and a group's."""


@dataclass(frozen=True)
class GroupTable:
    """One variable by one grouping in one wave: cells by (answer code or None, group code), rounded bases."""

    wave: str
    cells: Mapping[Place, GroupCell]
    bases: Mapping[int, int | None]

    def group(self, code: int) -> int:
        """The group that holds a code's people: alone, or with those who did not say."""
        return with_unstated(code) if with_unstated(code) in self.bases else code

    @property
    def empty(self) -> bool:
        """Whether nothing of it may be printed."""
        return all(cell.value is None for cell in self.cells.values())


Tie = tuple[frozenset[int], GroupTable]
"""Answers that an indicator adds up, and the indicator by the same groups."""


@dataclass(frozen=True)
class Grouped:
    """The pooled data with columns per grouping in which everybody stands: those who did not say apart, and
    with the largest group of their wave."""

    data: SurveyData
    groups: tuple[Variable, ...]

    @cached_property
    def ready(self) -> SurveyData:
        codebook = self.data.codebook
        columns, variables = {}, []
        for group in self.groups:
            apart = joint = self._codes(group)
            for wave in self.data.waves:
                within = self._within(wave)
                if (most := largest(apart[within])) is not None:
                    joint = np.where(within, joined(apart, most), joint)
            codes: dict[int, Text] = {**group.codes, NOT_STATED: {}}
            both = {with_unstated(code): joint_label(label) for code, label in group.codes.items()}
            for suffix, values in ((_APART, apart), (_JOINT, joint)):
                name = group.name + suffix
                columns[name] = values
                variables.append(Variable(name, group.label, group.level, {**codes, **both}))
        widened = replace(codebook, variables=(*codebook.variables, *variables))
        return self.data.with_columns(widened, **columns)

    def column(self, variable: str, group: Variable, wave: str) -> str:
        """The column of `ready` by which a variable is shown in a wave."""
        return group.name + (_APART if self.host(variable, group, wave) is None else _JOINT)

    def host(self, variable: str, group: Variable, wave: str) -> int | None:
        """The group with which those who did not say are counted there; None where they stand apart."""
        at = self._codes(group)
        return host(at[self._asked(variable, wave)], at[self._within(wave)])

    def open_to(self, variable: str, wave: str) -> tuple[Variable, ...]:
        """The groupings by which a variable may be shown in a wave: none adds up to parts of another."""
        kept: list[Variable] = []
        for group in self.groups:
            codes = [self._codes(each) for each in (*kept, group)]
            if are_apart(codes, self._asked(variable, wave), self._within(wave)):
                kept.append(group)
        return tuple(kept)

    @cached_property
    def _known(self) -> dict[str, np.ndarray]:
        return {}

    def _codes(self, group: Variable) -> np.ndarray:
        """n codes of where everybody stands, found once."""
        if group.name not in self._known:
            self._known[group.name] = membership(self.data, group.name)
        return self._known[group.name]

    @cached_property
    def _waves(self) -> np.ndarray:
        return self.data.frame["wave"].astype(str).to_numpy()

    def _within(self, wave: str) -> np.ndarray:
        return np.asarray(self._waves == wave)

    def _asked(self, variable: str, wave: str) -> np.ndarray:
        return np.asarray(self.data.valid(variable) & self._within(wave))

    def answers(
        self, variable: str, group: Variable, wave: str, ties: Sequence[Tie] = ()
    ) -> GroupTable | None:
        """Answers by group; `ties`: indicators by these groups, which may not tell a hidden cell."""
        if not self._asked(variable, wave).any():
            return None
        table = self.gated(variable, group, wave)
        secret = protected(table)
        hidden = (table["publish"] == SUPPRESS).to_numpy(copy=True)
        if ties:
            hidden = hidden_with(table, hidden, secret, ties)
        secret |= hidden & (table["publish"] != SUPPRESS).to_numpy()
        cells: dict[Place, GroupCell] = {
            (int(row["row_code"]), int(row["column_code"])): _cell(row, hide, kept)
            for row, hide, kept in zip(table.to_dict("records"), hidden, secret, strict=True)
        }
        bases = table.drop_duplicates("column_code").set_index("column_code")["base"]
        return GroupTable(wave, cells, self._bases(bases))

    def gated(self, variable: str, group: Variable, wave: str) -> pd.DataFrame:
        """A crosstab's rows, a cell each, with what may be printed; those who did not say in it too."""
        column = self.column(variable, group, wave)
        return crosstab(self.ready, variable, column, where={"wave": [wave]}, known_margins=True)

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
        table = self.means(variable, group, wave)
        hidden = table["publish"] == SUPPRESS
        cells: dict[Place, GroupCell] = {
            (None, int(row["of"])): _cell(row, hide, kept)
            for row, hide, kept in zip(table.to_dict("records"), hidden, protected(table), strict=True)
        }
        return GroupTable(wave, cells, self._bases(table.set_index("of")["base"]))

    def means(self, variable: str, group: Variable, wave: str) -> pd.DataFrame:
        """A row per group (its code in `of`), who did not say among them, with what may be printed."""
        by = self.column(variable, group, wave)
        table = pd.DataFrame(mean(self.ready, variable, by=by, where={"wave": [wave]}))
        return complemented(table.assign(of=table["group"].str.rpartition("=")[2].astype(int)))

    def _bases(self, bases: Any) -> dict[int, int | None]:
        """Rounded; of a group too small to print only that it is (None)."""
        return {
            int(code): None if base < LEAST_BASE else int(ROUNDING * round(base / ROUNDING))
            for code, base in bases.items()
        }


def protected(table: pd.DataFrame) -> np.ndarray:
    """n booleans: rows hidden for the sake of people, or as a complement; not those too uncertain alone."""
    keys = read_rules("tables").complement | {COMPLEMENTARY}
    hits = np.array([bool(keys & set(str(reason).split(";"))) for reason in table["reason"]], bool)
    return hits & (table["publish"] == SUPPRESS).to_numpy()


def complemented(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of groups that make up a whole: where one is hidden for its size, the smallest shown one is too.

    The whole and all other groups would otherwise give it away by subtraction.
    """
    hidden = (table["publish"] == SUPPRESS).to_numpy()
    small = table["base"].to_numpy(float) < LEAST_BASE
    if hidden.sum() != 1 or not small[hidden].all() or hidden.all():
        return table
    smallest = int(np.where(hidden, np.inf, table["base"].to_numpy(float)).argmin())
    other = np.arange(len(table)) == smallest
    return table.assign(
        publish=table["publish"].mask(other, SUPPRESS), reason=table["reason"].mask(other, COMPLEMENTARY)
    )


def _cell(row: Mapping[Any, Any], hidden: Any, secret: Any) -> GroupCell:
    if hidden or pd.isna(row["estimate"]):
        return GroupCell(None, None, None, secret=bool(secret))
    low, high = (None if pd.isna(row[name]) else float(row[name]) for name in ("low", "high"))
    return GroupCell(float(row["estimate"]), low, high, float(row["base"]) < SMALL_BASE)


def hidden_with(
    table: pd.DataFrame, hidden: np.ndarray, secret: np.ndarray, ties: Sequence[Tie]
) -> np.ndarray:
    """n booleans: the hidden cells and those to hide besides, so that nothing secret can be computed.

    Cells are unknowns; margins, shown cells and the indicators that add some up are equations between them;
    secret cells and secret figures of the indicators may not follow. While one does, the shown cell is hidden
    that leaves fewest to follow; the smallest of those.
    """
    known, targets = _equations(table, secret, ties)
    count = table["count"].to_numpy(float)
    hidden = hidden.copy()
    while _following(known, hidden, targets):
        left = {}
        for place in np.flatnonzero(~hidden):
            hidden[place] = True
            left[int(place)] = _following(known, hidden, targets)
            hidden[place] = False
        if not left:
            break
        hidden[min(left, key=lambda i: (left[i], count[i] == 0, count[i]))] = True
    return hidden


def _equations(table: pd.DataFrame, secret: np.ndarray, ties: Sequence[Tie]) -> tuple[np.ndarray, np.ndarray]:
    """What readers know of sums of cells, and the sums they may not know: a line each, a place a cell."""
    rows, columns = table["row_code"].to_numpy().astype(int), table["column_code"].to_numpy().astype(int)
    known = [rows == row for row in set(rows)] + [columns == column for column in set(columns)]
    targets = list(np.eye(len(table))[secret])
    for codes, indicator in ties:
        for (_, at), cell in indicator.cells.items():
            alike = (at, *people_of(at), with_unstated(own_code(at)))
            added = np.isin(columns, alike) & np.isin(rows, list(codes))
            if cell.value is not None:
                known.append(added)
            elif cell.secret and added.any():
                targets.append(added)
    return np.array(known, float), np.array(targets, float).reshape(-1, len(table))


def _following(known: np.ndarray, hidden: np.ndarray, targets: np.ndarray) -> int:
    """How many targets follow: those that do not move in any direction which no equation notices."""
    # What is shown is known: only the hidden part of each equation is left to solve.
    _, values, axes = np.linalg.svd(known[:, hidden], full_matrices=True)
    free = axes[int((values > _EPSILON * max(1.0, values.max(initial=0.0))).sum()) :]
    moved = np.abs(targets[:, hidden] @ free.T) > _EPSILON
    return int((~moved.any(axis=1)).sum())

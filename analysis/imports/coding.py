"""The cells of a column in one wave come in; codes, and every value the map does not cover, go out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.imports.formats import Column
from analysis.imports.shape import near
from analysis.imports.spec import Cell, Coding, VariableSpec
from instruments import Level, Missing

MOST_SHOWN = 8
BLANK_HINT = (
    "say what a blank means: `blank: -5` no answer, `blank: -3` not applicable (routed past), "
    "`blank: -4` not asked of a part"
)


@dataclass(frozen=True)
class Fault:
    """A value that cannot be coded: what it is, how often and where it stands."""

    rule: str
    expected: str
    found: str
    rows: np.ndarray
    hint: str


@dataclass(frozen=True)
class Coded:
    """n numbers (a missing code where a cell is at fault) and the faults."""

    values: np.ndarray
    faults: tuple[Fault, ...] = ()
    unasked: bool = False
    """Nobody of the wave was asked."""


def not_asked(count: int) -> Coded:
    """A column the wave does not have."""
    return Coded(np.full(count, int(Missing.NOT_ASKED)), unasked=True)


def code_column(
    column: Column, index: np.ndarray, rows: np.ndarray, variable: VariableSpec, wave: str
) -> Coded:
    """Codes of the cells at `index`; `rows` are their places in the file.

    A cell is looked up in `missing`, then `recode`, then the codes. A column that is blank in the whole wave
    counts as not asked, unless the wave declares its own blank.
    """
    coding = variable.coding_of(wave)
    cells = column.cells[index]
    blank = np.array([value is None for value in cells], bool)
    if blank.all() and not (wave in variable.waves and coding.blank is not None):
        return not_asked(len(cells))
    places, distinct = pd.factorize(cells, use_na_sentinel=True)
    known = [_code(value, variable, coding) for value in distinct]
    faults = [
        _fault(column, value, variable, coding, rows[places == place])
        for place, (value, code) in enumerate(zip(distinct, known, strict=True))
        if code is None
    ]
    meaning = _blank_meaning(variable, coding)
    if meaning is None and blank.any():
        found = f"{blank.sum()} blank cells of {len(cells)}"
        faults.append(Fault("blank", "a declared meaning of blanks", found, rows[blank], BLANK_HINT))
    filled = [float(Missing.NO_ANSWER) if code is None else float(code) for code in known]
    values = np.array([*filled, float(Missing.NO_ANSWER if meaning is None else meaning)])[places]
    whole = variable.level is not Level.INTERVAL
    return Coded(values.astype(np.int64) if whole else values, tuple(_shortened(faults)))


def _blank_meaning(variable: VariableSpec, coding: Coding) -> int | None:
    if coding.blank is not None:
        return int(coding.blank)
    return 0 if variable.level is Level.TEXT else None


def _code(value: Cell, variable: VariableSpec, coding: Coding) -> float | None:
    """The code of a cell; None when the map does not cover it."""
    if value in coding.missing:
        return int(coding.missing[value])
    if value in coding.recode:
        return coding.recode[value]
    if variable.level is Level.TEXT:
        return 1
    if isinstance(value, str):
        return None
    if variable.level is Level.INTERVAL:
        return value if _plausible(value, variable) else None
    return value if value in (variable.codes or ()) else None


def _plausible(value: float, variable: VariableSpec) -> bool:
    low = variable.low if variable.low is not None else -np.inf
    high = variable.high if variable.high is not None else np.inf
    return bool(low <= value <= high) and value not in Missing._value2member_map_


def _fault(column: Column, value: Cell, variable: VariableSpec, coding: Coding, rows: np.ndarray) -> Fault:
    said = column.value_labels.get(value)
    found = f"{value!r}" + (f" ({said})" if said else "") + f" in {len(rows)} rows"
    place = f"variables.{variable.name}"
    if column.is_user_missing(value):
        hint = (
            f"the file marks it as missing: add `{value}: -1` (don't know) or another code to {place}.missing"
        )
        return Fault("user-missing", "a missing code for every user-missing value", found, rows, hint)
    if variable.level is Level.INTERVAL:
        return _interval_fault(value, variable, found, rows)
    known: Mapping[Cell, object] = {**dict.fromkeys(variable.codes or ()), **coding.recode, **coding.missing}
    hint = f"add {value} to {place}.codes, recode or missing"
    if isinstance(value, str):
        hint = f"{near(value, [str(key) for key in known])} or add `{value}: CODE` to {place}.recode"
    expected = f"one of {', '.join(str(key) for key in known)}"
    return Fault("unknown-code", expected, found, rows, hint)


def _interval_fault(value: Cell, variable: VariableSpec, found: str, rows: np.ndarray) -> Fault:
    place = f"variables.{variable.name}"
    if isinstance(value, str):
        hint = f"add it to {place}.missing or recode; another decimal mark needs `decimal` under `file`"
        return Fault("not-a-number", "a number", found, rows, hint)
    if value in Missing._value2member_map_:
        hint = (
            f"whole numbers from -6 to -1 stand for missing answers: add it to {place}.missing or recode it"
        )
        return Fault("reserved-number", "no number that is a missing code", found, rows, hint)
    expected = f"a number from {_end(variable.low)} to {_end(variable.high)}"
    return Fault("range", expected, found, rows, f"add it to {place}.missing, or widen min and max")


def _end(limit: float | None) -> str:
    return "any" if limit is None else f"{limit:g}"


def _shortened(faults: list[Fault]) -> list[Fault]:
    """The faults that stand first in the file, and one more that counts the rest."""
    ordered = sorted(faults, key=lambda fault: int(fault.rows[0]))
    if len(ordered) <= MOST_SHOWN:
        return ordered
    rest = ordered[MOST_SHOWN:]
    rows = np.concatenate([fault.rows for fault in rest])
    found = f"{len(rest)} more values in {len(rows)} rows"
    return [*ordered[:MOST_SHOWN], Fault(rest[0].rule, rest[0].expected, found, np.sort(rows), rest[0].hint)]

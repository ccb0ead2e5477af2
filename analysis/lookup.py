"""Codes looked up in one pass: a column and its codes come in, small whole numbers go out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.checking import in_words
from analysis.errors import MOST_LISTED
from instruments import Codebook, Level, Missing, Variable

UNKNOWN = -99
"""The place of a value that is neither a code nor a missing code."""
_WIDEST = 1 << 15


def surely_known(column: pd.Series, codes: Sequence[int]) -> bool:
    """Whether each value is a code or a missing code, where that is seen without looking each up.

    It is for integers whose codes, with the missing ones, leave out one number at most (0, where codes begin
    at 1). False says nothing.
    """
    known = {int(code) for code in codes} | {int(kind) for kind in Missing}
    low, high = min(known), max(known)
    values = column.to_numpy()
    if values.dtype.kind not in "iu" or len(values) == 0 or high - low > len(known):
        return False
    holes = set(range(low, high + 1)) - known
    return bool(values.min() >= low and values.max() <= high and all(not (values == h).any() for h in holes))


def places(column: pd.Series, codes: Sequence[int], *, known_already: bool = False) -> np.ndarray:
    """n int16 positions in `codes`; a missing code (-1 to -6) that is no code stays itself, else UNKNOWN.

    Whole numbers are looked up in a table, whatever else in a hash index. `known_already`: `surely_known`.
    """
    known = {int(code): place for place, code in enumerate(codes)}
    known |= {int(kind): int(kind) for kind in Missing if int(kind) not in known}
    low, high = min(known), max(known)
    values = _whole(column.to_numpy())
    if values is None or high - low >= _WIDEST:
        return _searched(column, known)
    if not known_already and len(values) and (values.min() < low or values.max() > high):
        return _searched(column, known)
    # a negative value counts from the table's end, as numpy's indices do
    table = np.full(high - low + 1, UNKNOWN, np.int16)
    table[np.array(list(known))] = list(known.values())
    return table.take(values, mode="wrap")


def _whole(values: np.ndarray) -> np.ndarray | None:
    """The values as integers; None where any is something else."""
    if values.dtype.kind in "iu":
        return values
    if values.dtype.kind not in "bf":
        return None
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    return whole if values.dtype.kind == "b" or bool((whole == values).all()) else None


def _searched(column: pd.Series, known: dict[int, int]) -> np.ndarray:
    listed = np.array(list(known.values()), np.int16)
    found = pd.Index(list(known)).get_indexer(pd.Index(column))
    return np.where(found >= 0, listed[found], np.int16(UNKNOWN)).astype(np.int16)


def distinct(column: pd.Series | np.ndarray) -> tuple[np.ndarray, int]:
    """n codes from 0 up, one per different value, and how many there are; an empty cell gets -1.

    Whole numbers of a narrow range keep their order, other values that in which they come.
    """
    values = _whole(column.to_numpy() if isinstance(column, pd.Series) else column)
    if values is not None and len(values):
        low, high = int(values.min()), int(values.max())
        if high - low <= 4 * len(values) + 1000:
            shifted = values - low if low else values
            seen = np.zeros(high - low + 1, bool)
            seen[shifted] = True
            found = np.flatnonzero(seen)
            number = np.empty(len(seen), np.int64)
            number[found] = np.arange(len(found))
            return number[shifted], len(found)
    codes, others = pd.factorize(column)
    return codes, len(others)


def value_problems(column: pd.Series, variable: Variable) -> tuple[str, ...]:
    """Values of a column that its codebook does not know."""
    if variable.level is Level.INTERVAL:
        return _number_problems(column, variable.name)
    known = set(variable.codes) | {int(code) for code in Missing}
    if variable.level is Level.TEXT and not variable.codes:
        known |= {0, 1}
    unknown = sorted({value for value in column.unique() if not _is_code(value, known)}, key=str)
    if not unknown:
        return ()
    listed = ", ".join(str(value) for value in unknown[:8])
    return (
        f"column {variable.name!r} holds {listed}, not in its codes {sorted(variable.codes)}: "
        "write a code of the codebook or a missing code from -1 to -6",
    )


def _is_code(value: Any, known: set[int]) -> bool:
    return isinstance(value, int | float | np.number) and value in known


def nobody_in(where: Any, frame: pd.DataFrame, codebook: Codebook) -> list[str]:
    """Why a domain holds nobody: a sentence for each column without such rows, with what it holds."""
    if not isinstance(where, Mapping):
        return [f"{in_words(where)} holds nobody: no row is True"]
    found: list[str] = []
    for name, wanted in where.items():
        several = isinstance(wanted, Sequence | set | frozenset) and not isinstance(wanted, str)
        codes = list(wanted) if several else [wanted]
        if not frame[name].isin(codes).any():
            typed = " or ".join(map(str, codes))
            found.append(
                f"the domain holds nobody: no row has {name}={typed}, {_held(name, frame, codebook)}"
            )
    if found:
        return found
    both = " and ".join(map(str, where))
    return [f"the domain holds nobody: some rows have what is asked of {both}, but none has all of it"]


def _held(name: str, frame: pd.DataFrame, codebook: Codebook) -> str:
    """The codes of the codebook with their words, or the values of another column."""
    codes = codebook.variable(name).codes if name in codebook else {}
    if codes:
        language = codebook.source_language
        listed = [f"{code} {words.get(language, '')}".strip() for code, words in sorted(codes.items())]
        return f"type one of {', '.join(listed)}"
    values = sorted(map(str, frame[name].dropna().unique()))
    if len(values) <= MOST_LISTED:
        return f"type one of {', '.join(values)}"
    return f"whose values go from {frame[name].min()} to {frame[name].max()}"


def _number_problems(column: pd.Series, name: str) -> tuple[str, ...]:
    if not pd.api.types.is_numeric_dtype(column):
        return (f"column {name!r} must hold numbers",)
    endless = np.isinf(column.to_numpy(float, na_value=np.nan))
    if not endless.any():
        return ()
    return (
        f"column {name!r} is infinite in {int(endless.sum())} rows, first row {int(np.argmax(endless))}: "
        "write the number, or leave the cell empty",
    )

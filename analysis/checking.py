"""What someone gave: columns come in, what no codebook knows goes out; domains come in, words go out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from instruments import Level, Missing, Variable


def in_words(where: Any) -> str:
    """A domain as a message names it; a function or booleans have no words of their own."""
    if where is None:
        return "the whole of the data"
    if isinstance(where, Mapping):
        return f"the domain {dict(where)!r}"
    if callable(where):
        name = getattr(where, "__name__", "")
        return f"the domain of {name}(...)" if name.isidentifier() else "the domain of the function given"
    return "the domain of the True and False given"


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


def _is_code(value: Any, known: set[int]) -> bool:
    return isinstance(value, int | float | np.number) and value in known

"""A table of keys in; the same with single values withheld, so that every row equals k - 1 others, out.

Rows of one class (all keys equal, withheld ones too) cannot be told apart. The method is local suppression
(Templ, Kowarik & Meindl 2015; Samarati 2001), under the strict reading of a withheld value: it is a category
of its own and equals no other, so that a class counts k rows whichever way it is counted.

1. Rows in classes of k or more stay. The others try each set of keys, the cheapest first: those that make a
   class of k or more with these keys withheld, together with rows that stand so already, take it.
2. Fewer than k rows may be left: rows of large classes join them, in the cheapest set that finds enough, or
   else a whole class does.
3. Back: each withheld value returns wherever no class falls below k.
Nothing is drawn at random: the same table gives the same result.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.public.spec import WITHHELD


def classes(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """n class numbers of equal rows of an n x m table, and n sizes of each row's class."""
    number = np.zeros(len(table), np.int64)
    for column in table.T:
        own = pd.factorize(column, sort=True)[0]
        number = pd.factorize(number * (own.max(initial=0) + 1) + own, sort=True)[0]
    return number, np.bincount(number, minlength=1)[number]


def suppress(table: np.ndarray, k: int, importance: Sequence[float]) -> np.ndarray | None:
    """The n x m codes with values replaced by WITHHELD; None for fewer than k rows."""
    if len(table) < k:
        return None
    out = table.copy()
    waiting = classes(out)[1] < k
    sets = list(_sets(table.shape[1], importance))
    for withheld in sets:
        if not waiting.any():
            break
        masked = _masked(out, waiting, withheld)
        taken = waiting & (classes(masked)[1] >= k)
        out[taken] = masked[taken]
        waiting &= ~taken
    _join(out, waiting, sets, k)
    _returned(out, table, k, importance)
    return out


def _sets(keys: int, importance: Sequence[float]) -> Iterator[tuple[int, ...]]:
    """Every set of keys but the empty one, by what withholding it costs, then by fewest, then by place."""
    every = [chosen for size in range(1, keys + 1) for chosen in combinations(range(keys), size)]
    yield from sorted(every, key=lambda chosen: (sum(importance[at] for at in chosen), len(chosen), chosen))


def _masked(table: np.ndarray, rows: np.ndarray, withheld: tuple[int, ...]) -> np.ndarray:
    masked = table.copy()
    masked[np.ix_(np.flatnonzero(rows), np.array(withheld))] = WITHHELD
    return masked


def _join(out: np.ndarray, waiting: np.ndarray, sets: Sequence[tuple[int, ...]], k: int) -> None:
    """Bring the rows that wait into classes of k: with rows others can spare, else with a whole class."""
    ways = [(withheld, give) for give in (_spare, _whole) for withheld in sets]
    while waiting.any():
        row = int(np.flatnonzero(waiting)[0])
        next(None for withheld, give in ways if _joined(out, waiting, (row, k), withheld, give))


Give = Callable[[np.ndarray, np.ndarray, int, int], np.ndarray]


def _joined(
    out: np.ndarray, waiting: np.ndarray, wanted: tuple[int, int], withheld: tuple[int, ...], give: Give
) -> bool:
    """Whether the row found a class of k with these keys withheld. `wanted`: the row and k."""
    row, k = wanted
    every = _masked(out, np.ones(len(out), bool), withheld)
    alike = (every == every[row]).all(axis=1)
    here = (out == every[row]).all(axis=1) & ~waiting
    company = alike & waiting
    lacking = max(k - int(here.sum()) - int(company.sum()), 0)
    donors = give(out, alike & ~waiting & ~here, k, lacking)
    if len(donors) < lacking:
        return False
    out[company] = every[row]
    out[donors] = every[row]
    waiting &= ~company
    return True


def _spare(out: np.ndarray, candidates: np.ndarray, k: int, lacking: int) -> np.ndarray:
    """Up to `lacking` rows whose classes keep k rows without them, from the largest classes first."""
    number, size = classes(out)
    chosen: list[int] = []
    left = {int(number[row]): int(size[row]) for row in np.flatnonzero(candidates)}
    for row in sorted(np.flatnonzero(candidates), key=lambda at: (-size[at], at)):
        if len(chosen) == lacking:
            break
        if left[int(number[row])] > k:
            left[int(number[row])] -= 1
            chosen.append(int(row))
    return np.array(chosen, int)


def _whole(out: np.ndarray, candidates: np.ndarray, _k: int, _lacking: int) -> np.ndarray:
    """All rows of the smallest class."""
    number, size = classes(out)
    if not candidates.any():
        return np.array([], int)
    first = min(np.flatnonzero(candidates), key=lambda at: (size[at], at))
    return np.flatnonzero(candidates & (number == number[first]))


def _returned(out: np.ndarray, table: np.ndarray, k: int, importance: Sequence[float]) -> None:
    """Give values back, the most important key first, until no class can spare or take a row more."""
    order = sorted(range(table.shape[1]), key=lambda at: (-importance[at], at))
    changed = True
    while changed:
        changed = sum(_returned_one(out, table, key, k) for key in order) > 0


def _returned_one(out: np.ndarray, table: np.ndarray, key: int, k: int) -> bool:
    gone = (out[:, key] == WITHHELD) & (table[:, key] != WITHHELD)
    moved = 0
    for form in np.unique(out[gone], axis=0):
        for value in np.unique(table[gone & (out == form).all(axis=1), key]):
            here = (out == form).all(axis=1)
            rows = _movable(here, here & (table[:, key] == value), k)
            target = form.copy()
            target[key] = value
            if len(rows) and int((out == target).all(axis=1).sum()) + len(rows) >= k:
                out[rows, key] = value
                moved += len(rows)
    return moved > 0


def _movable(here: np.ndarray, wanted: np.ndarray, k: int) -> np.ndarray:
    """The rows of `wanted` that can leave the class `here`: all of it, or as many as it can spare."""
    rows = np.flatnonzero(wanted)
    spare = int(here.sum()) - k
    return rows if len(rows) == here.sum() else rows[: max(spare, 0)]

"""Complementary suppression: a table's hidden cells come in, those to hide with them go out.

Rows and columns of the table, with their totals, are equations between its cells. Take them as the two kinds
of nodes of a graph and the hidden cells as its edges: the equations give a hidden cell exactly if and only if
its edge lies on no circle of hidden cells (Gusfield 1988, "A graph theoretic approach to statistical data
security"). So each such edge gets the cheapest way back from its column to its row.
"""

import heapq
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimates import COMPLEMENTARY, Rules

_EMPTY = 1e9
"""Cost of hiding an empty cell: that nobody is in it is often known from elsewhere."""


def suppress_together(
    tables: Sequence[pd.DataFrame], rules: Rules
) -> tuple[list[pd.DataFrame], frozenset[Any]]:
    """Tables of one item that share their margin, with complements; and the rows whose margin is hidden.

    A margin that one table must hide is hidden, and protected, in all of them.
    """
    hidden: frozenset[Any] = frozenset()
    while True:
        made = [suppress_complements(table, rules, hidden) for table in tables]
        found = frozenset(code for table in made for code in _hidden_margins(table, rules))
        if found <= hidden:
            return made, hidden
        hidden |= found


def suppress_complements(
    table: pd.DataFrame, rules: Rules, margins: frozenset[Any] = frozenset()
) -> pd.DataFrame:
    """A crosstab (columns row_code column_code count publish reason) with complements hidden too.

    Rows without a row_code or column_code are the table's margins; `margins`: rows whose margin is hidden
    elsewhere and must stay so. Else only cells hidden by a rule with `complement` are protected. A margin the
    table does not list counts as known.
    """
    table = hide(table, table["column_code"].isna() & table["row_code"].isin(margins))
    keys = [_places(table[name]) for name in ("row_code", "column_code")]
    shape = (keys[0].max() + 1, keys[1].max() + 1)
    grid = np.full(shape, -1)
    grid[keys[0], keys[1]] = np.arange(len(table))
    count = np.zeros(shape)
    count[keys[0], keys[1]] = table["count"]
    listed = grid >= 0
    guarded = np.zeros(shape, bool)
    guarded[keys[0], keys[1]] = _secret(table, rules)
    hidden = np.zeros(shape, bool)
    hidden[keys[0], keys[1]] = table["publish"] == "suppress"
    extra = complements(guarded, hidden, count, listed) & ~hidden
    mask = np.zeros(len(table), bool)
    mask[grid[extra]] = True
    return hide(table, mask)


def hide(table: pd.DataFrame, rows: np.ndarray | pd.Series) -> pd.DataFrame:
    """The table with these rows (booleans) suppressed as complements, unless they are suppressed already."""
    extra = np.asarray(rows) & (table["publish"] != "suppress").to_numpy()
    reasons = [
        f"{reason};{COMPLEMENTARY}".lstrip(";") if hit else reason
        for reason, hit in zip(table["reason"], extra, strict=True)
    ]
    return table.assign(publish=np.where(extra, "suppress", table["publish"]), reason=reasons)


def _secret(table: pd.DataFrame, rules: Rules) -> np.ndarray:
    """n booleans: rows hidden by a rule that protects them, or as a complement."""
    keys = rules.complement | {COMPLEMENTARY}
    hits = np.array([bool(keys & set(reason.split(";"))) for reason in table["reason"]], bool)
    return hits & (table["publish"] == "suppress").to_numpy()


def _hidden_margins(table: pd.DataFrame, rules: Rules) -> list[Any]:
    return list(table.loc[table["column_code"].isna() & _secret(table, rules), "row_code"])


def complements(
    guarded: np.ndarray, hidden: np.ndarray, count: np.ndarray, open_to_hiding: np.ndarray
) -> np.ndarray:
    """R x C booleans: cells that must be hidden, `hidden` among them, so that no guarded one can be computed.

    All arrays include the margins as last row and column. `count`: respondents, the cost of hiding a cell;
    `open_to_hiding`: cells that may be hidden. A guarded cell without any way back stays hidden as it is.
    """
    result = hidden.copy()
    cost = np.where(count > 0, count, _EMPTY)
    order = np.argwhere(guarded)
    for row, column in order[np.argsort(count[tuple(order.T)], kind="stable")]:
        price = np.where(result, 0.0, np.where(open_to_hiding, cost, np.inf))
        price[row, column] = np.inf
        for cell in _way_back(price, row, column):
            result[cell] = True
    return _pruned(result, hidden, guarded, count)


def _pruned(result: np.ndarray, hidden: np.ndarray, guarded: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The same without complements that later ones made needless, the costliest looked at first."""
    result = result.copy()
    lost = computable(result) & guarded
    extra = np.argwhere(result & ~hidden)
    for row, column in extra[np.argsort(-count[tuple(extra.T)], kind="stable")]:
        result[row, column] = False
        if (computable(result) & guarded & ~lost).any():
            result[row, column] = True
    return result


def computable(hidden: np.ndarray) -> np.ndarray:
    """R x C booleans: hidden cells whose value follows from the published ones (margins last)."""
    found = np.zeros_like(hidden)
    for row, column in np.argwhere(hidden):
        price = np.where(hidden, 0.0, np.inf)
        price[row, column] = np.inf
        found[row, column] = not _way_back(price, row, column)
    return found


def _way_back(price: np.ndarray, row: int, column: int) -> list[tuple[int, int]]:
    """Cells of the cheapest path from a column to a row past their own cell; none: no path (Dijkstra)."""
    R, C = price.shape
    both = np.full((R + C, R + C), np.inf)
    both[:R, R:], both[R:, :R] = price, price.T
    best = np.full(R + C, np.inf)
    before = np.full(R + C, -1)
    best[R + column] = 0.0
    queue = [(0.0, R + int(column))]
    while queue:
        cost, node = heapq.heappop(queue)
        if cost > best[node]:
            continue
        for other in np.flatnonzero(np.isfinite(both[node])):
            further = cost + both[node, other] + 1e-6
            if further < best[other]:
                best[other], before[other] = further, node
                heapq.heappush(queue, (further, int(other)))
    cells: list[tuple[int, int]] = []
    node = int(row)
    while before[node] >= 0:
        step = int(before[node])
        cells.append((min(node, step), max(node, step) - R))
        node = step
    return cells


def _places(codes: pd.Series) -> np.ndarray:
    """n positions of the codes; the margin, which has none, comes last."""
    places, found = pd.factorize(codes, use_na_sentinel=True)
    return np.where(places < 0, len(found), places)

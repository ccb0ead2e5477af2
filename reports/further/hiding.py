"""Figures of groups that make up a whole in; the same with a second one hidden where one alone was, out."""

import pandas as pd

from reports.rows import LEAST_BASE, SUPPRESS


def complemented(table: pd.DataFrame) -> pd.DataFrame:
    """Where a single group is hidden for its size, the smallest shown one is hidden too.

    The whole and all other groups would otherwise give it away by subtraction.
    """
    hidden = table["publish"] == SUPPRESS
    if hidden.sum() != 1 or (table.loc[hidden, "base"] >= LEAST_BASE).any() or hidden.all():
        return table
    smallest = table.loc[~hidden, "base"].astype(int).idxmin()
    other = table.index == smallest
    return table.assign(
        publish=table["publish"].mask(other, SUPPRESS), reason=table["reason"].mask(other, "complementary")
    )

"""Shares estimated indirectly: a table comes in, the same with the possible share and a note goes out."""

import numpy as np
import pandas as pd

OUTSIDE = "estimate outside 0 to 1"
REACHES = "interval reaches outside 0 to 1"


def with_limits(table: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """Columns `admissible` (the estimate cut to low..high) and `note`; the estimate itself stays as it is.

    An estimate outside is no error of arithmetic: it is sampling error, or answers that do not follow the
    design. Cutting it in silence would make the mean over many samples too large near 0.
    """
    estimate = table["estimate"].to_numpy(float)
    notes = []
    for value, ends in zip(estimate, table[["low", "high"]].to_numpy(float), strict=True):
        side = "below 0" if value < low else "above 1" if value > high else ""
        if np.isnan(value):
            notes.append("not estimable: nobody in one of the groups")
        elif side:
            notes.append(f"{OUTSIDE} ({side}): sampling error, or answers that do not follow the design")
        elif ends[0] < low or ends[1] > high:
            notes.append(REACHES)
        else:
            notes.append("")
    return table.assign(admissible=np.clip(estimate, low, high), note=notes)

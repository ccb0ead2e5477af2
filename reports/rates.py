"""Counts of a wave's fieldwork and how its sample was made in; the outcome rates that are printed, out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis import AnalysisError, Meta, outcome_rates

PRINTED = ("RR1", "RR2", "RR3", "participation_rate", "completion_rate")


@dataclass(frozen=True)
class Rate:
    """One rate by its name in AAPOR's Standard Definitions; `share` in 0..1."""

    name: str
    share: float
    formula: str


def printed_rates(fieldwork: Mapping[str, Any], meta: Meta) -> tuple[Rate, ...]:
    """The rates that the counts give; none where nothing was counted or nobody was invited."""
    if not fieldwork.get("dispositions"):
        return ()
    try:
        table = outcome_rates(fieldwork, meta=meta)
    except AnalysisError:
        return ()
    return tuple(
        Rate(str(row["rate"]), float(row["estimate"]), str(row["formula"]))
        for row in table[table["rate"].isin(PRINTED)].to_dict("records")
        if math.isfinite(float(row["estimate"]))
    )

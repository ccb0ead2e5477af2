"""Rounded counts of a wave in the field in, outcome rates of AAPOR in whole per cent out."""

from collections.abc import Mapping
from math import isnan
from typing import Any

from analysis import Meta, dispositions_of, outcome_rates
from survey.monitor.rules import SMALLEST_BASE

SHOWN = ("RR1", "RR2", "RR3", "COOP1", "REF1", "CON1", "participation_rate", "completion_rate")


def rates(meta: Meta, counts: Mapping[str, int], invited: int | None, access: str) -> list[dict[str, Any]]:
    """A row a rate of SHOWN: `rate`, `percent`, `formula`; () while fewer than SMALLEST_BASE cases are known.

    `counts`: dispositions rounded down. Interviews under way count as broken off: the rates are lower bounds.
    """
    known = {name: n for name, n in counts.items() if n}
    fieldwork: dict[str, Any] = {"dispositions": known, "access": access, "invitations": invited or None}
    if sum(known.values()) < SMALLEST_BASE:
        return []
    table = outcome_rates(dispositions_of(fieldwork), meta=meta)
    return [
        {"rate": row["rate"], "percent": round(100 * row["estimate"]), "formula": row["formula"]}
        for row in table.to_dict("records")
        if row["rate"] in SHOWN and not isnan(row["estimate"])
    ]

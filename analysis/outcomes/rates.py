"""Outcome rates of AAPOR's Standard Definitions (10th edition, 2023): dispositions in, a row per rate out."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.data import Meta
from analysis.errors import EstimationError, Said, setting
from analysis.outcomes.codes import Dispositions, dispositions_of

RATE_COLUMNS = ("rate", "kind", "estimate", "numerator", "denominator", "formula")


def eligibility(found: Dispositions) -> float:
    """CASRO's e: the share eligible among the cases whose eligibility is known.

    EstimationError where none is known.
    """
    known = found.eligible + found.NE
    if not known:
        raise EstimationError(
            Said("no case of known eligibility: e cannot be estimated, type ", setting("e"))
        )
    return found.eligible / known


def outcome_rates(
    found: Dispositions | Mapping[str, Any], *, e: float | None = None, meta: Meta | None = None
) -> pd.DataFrame:
    """RR1-6, COOP1-4, REF1-3, CON1-3 with numerator, denominator and formula.

    `found`: dispositions, or what dispositions_of reads. `e`: the share eligible among cases of unknown
    eligibility, by default that among the known (`eligibility`); RR3, RR4, REF2 and CON2 need it. `meta`: of
    the wave; a non-probability sample has no such rates, and gets participation_rate alone. None of them has
    a margin of error: they describe this sample. A rate without cases to divide by is NaN.
    EstimationError for an e outside 0..1 and for no cases.
    """
    found = found if isinstance(found, Dispositions) else dispositions_of(found)
    if meta is not None and meta.sample_type != "probability":
        return participation_rate(found)
    if found.eligible + found.unknown == 0:
        raise EstimationError("no case that is, or may be, eligible: there is no rate to give")
    share = e if e is not None else (eligibility(found) if found.unknown else 1.0)
    if not 0 <= share <= 1:
        raise EstimationError(
            Said(setting("e", float(share)), " is the share eligible among the unknown: type one from 0 to 1")
        )
    return pd.DataFrame(_rows(found, share), columns=list(RATE_COLUMNS))


def participation_rate(found: Dispositions) -> pd.DataFrame:
    """The share of those invited who gave a complete or partial interview (AAPOR 2023, opt-in samples).

    Through an open link nobody is invited: the rate is NaN, and completion_rate, the share of those who
    began, stands beside it. No margin of error belongs to either, nor to the estimates: nobody's chance of
    being invited is known. EstimationError for no cases.
    """
    cases = found.eligible + found.unknown + found.NE
    if not cases:
        raise EstimationError("nobody was invited: there is no rate to give")
    answered = found.I + found.P
    invited = 0 if found.open_link else cases
    words = "(I + P) / invited" if invited else "nobody was invited: an open link"
    began = answered + found.R
    rows = [
        ("participation_rate", "participation", *_share(answered, invited), words),
        ("completion_rate", "completion", *_share(answered, began), "(I + P) / (I + P + R)"),
    ]
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS))


def _rows(f: Dispositions, e: float) -> list[tuple[Any, ...]]:
    whole = f.eligible + f.unknown
    likely = f.eligible + e * f.unknown
    interviews = f.I + f.P
    contacted = interviews + f.R + f.O
    parts = {"response": interviews, "refusal": f.R, "contact": contacted}
    bases = (
        (whole, "I + P + R + NC + O + UH + UO"),
        (likely, "I + P + R + NC + O + e (UH + UO)"),
        (f.eligible, "I + P + R + NC + O"),
    )
    rows: list[tuple[Any, ...]] = []
    for number, (base, words) in enumerate(bases):
        rows.append(_rate(f"RR{2 * number + 1}", "response", (f.I, "I"), (base, words)))
        rows.append(_rate(f"RR{2 * number + 2}", "response", (interviews, "I + P"), (base, words)))
    cooperating = ((contacted, "I + P + R + O"), (interviews + f.R, "I + P + R"))
    for number, (base, words) in enumerate(cooperating):
        rows.append(_rate(f"COOP{2 * number + 1}", "cooperation", (f.I, "I"), (base, words)))
        rows.append(_rate(f"COOP{2 * number + 2}", "cooperation", (interviews, "I + P"), (base, words)))
    for kind, name, said in (("refusal", "REF", "R"), ("contact", "CON", "I + P + R + O")):
        rows += [
            _rate(f"{name}{number}", kind, (parts[kind], said), (base, words))
            for number, (base, words) in enumerate(bases, start=1)
        ]
    if f.unknown:
        rows.append(("e", "eligibility", e, float("nan"), float("nan"), "share eligible among the unknown"))
    return rows


def _rate(name: str, kind: str, above: tuple[float, str], below: tuple[float, str]) -> tuple[Any, ...]:
    top = f"({above[1]})" if "+" in above[1] else above[1]
    return (name, kind, *_share(above[0], below[0]), f"{top} / ({below[1]})")


def _share(above: float, below: float) -> tuple[float, float, float]:
    return (above / below if below else float("nan"), above, below)

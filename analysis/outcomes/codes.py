"""Final disposition codes of AAPOR's Standard Definitions: counts by code in, the seven categories out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.errors import DataError

CATEGORIES: Mapping[str, str] = {
    "I": "complete interview",
    "P": "partial interview",
    "R": "refusal and break-off",
    "NC": "non-contact",
    "O": "other, eligible",
    "UH": "unknown whether a household",
    "UO": "unknown, other",
    "NE": "not eligible",
}
"""Names of AAPOR (2023), 10th edition, section on calculating outcome rates."""
_BY_CODE = (
    ("1.1", "I"),
    ("1.2", "P"),
    ("2.1", "R"),
    ("2.2", "NC"),
    ("2.3", "O"),
    ("3.1", "UH"),
    ("3.2", "UO"),
    ("3.3", "UO"),
    ("3.9", "UO"),
    ("4", "NE"),
)
_BY_WORD = {
    "complete": "I",
    "partial": "P",
    "breakoff": "R",
    "withdrawn": "R",
    "refusal": "R",
    "refused": "R",
    "noncontact": "NC",
    "other": "O",
    "unknown_household": "UH",
    "unknown_other": "UO",
    "screenout": "NE",
    "quota": "NE",
    "minor": "NE",
    "ineligible": "NE",
}
NOT_FINAL = ("appointment",)
"""Counted in the field and in no rate: what became of them is another disposition."""


@dataclass(frozen=True)
class Dispositions:
    """Numbers of cases by category; `notes` say what was assumed about them.

    `open_link`: whoever had the address could answer, so that nobody was invited.
    """

    I: int = 0  # noqa: E741  AAPOR's own letter
    P: int = 0
    R: int = 0
    NC: int = 0
    O: int = 0  # noqa: E741  AAPOR's own letter
    UH: int = 0
    UO: int = 0
    NE: int = 0
    notes: tuple[str, ...] = ()
    open_link: bool = False

    def __post_init__(self) -> None:
        bad = [name for name in CATEGORIES if not _count(getattr(self, name))]
        if bad:
            raise DataError(
                f"{name} = {getattr(self, name)!r} is no number of cases: write 0 or more" for name in bad
            )

    @property
    def eligible(self) -> int:
        """Cases known to be eligible."""
        return self.I + self.P + self.R + self.NC + self.O

    @property
    def unknown(self) -> int:
        """Cases of which nobody knows whether they are eligible."""
        return self.UH + self.UO


def dispositions_of(
    counts: Mapping[str, Any], *, also: Mapping[str, str] | None = None, drawn: int | None = None
) -> Dispositions:
    """The categories of counts by AAPOR code (`2.112`), category (`UH`) or the words of a release's record.

    `counts`: a mapping, or a release's whole `fieldwork.json`, whose `dispositions` and `invitations` are
    read. `also`: the category of further words. `drawn`: cases in the sample; those without a disposition are
    then of unknown eligibility (UO), for an invitation by letter or link that nobody used.
    DataError for words without a category, and for more dispositions than cases.
    """
    found, drawn = _record(counts, drawn)
    words = {**_BY_WORD, **(also or {})}
    totals = dict.fromkeys(CATEGORIES, 0)
    notes, unknown = [], []
    for word, count in found.items():
        if word in NOT_FINAL:
            notes.append(f"{count} {word}: no final disposition, in no rate")
            continue
        category = word if word in CATEGORIES else words.get(word) or _category(word)
        if category not in totals:
            unknown.append(word)
        elif not _count(count):
            raise DataError(f"{word!r} counts {count!r}: write a whole number of 0 or more")
        else:
            totals[category] += int(count)
    if unknown:
        raise DataError(
            f"{word!r} is no disposition: write a code of AAPOR's Standard Definitions (2.112), a category "
            f"({', '.join(CATEGORIES)}), or name its category in also="
            for word in unknown
        )
    if drawn is not None:
        rest = drawn - sum(totals.values())
        if rest < 0:
            raise DataError(
                f"{sum(totals.values())} dispositions of {drawn} cases drawn: correct one of them"
            )
        totals["UO"] += rest
        if rest:
            notes.append(f"{rest} of {drawn} drawn have no disposition: counted as of unknown eligibility")
    return Dispositions(**totals, notes=tuple(notes), open_link=counts.get("access") == "open")


def _record(counts: Mapping[str, Any], drawn: int | None) -> tuple[Mapping[str, Any], int | None]:
    """The counts of a release's record, with its invitations and printed forms as the cases drawn.

    Where interviewers knocked, cases are more than invitations, and nobody wrote down how many.
    """
    if not isinstance(counts.get("dispositions"), Mapping):
        return counts, drawn
    found = counts["dispositions"]
    if drawn is None and counts.get("access") == "invited" and not any(map(_numeric, found)):
        drawn = (counts.get("invitations") or 0) + (counts.get("paper") or {}).get("printed", 0) or None
    return found, drawn


def _category(code: str) -> str:
    """The category of a numeric code: 2.112 begins as 2.1 does."""
    return next((name for prefix, name in _BY_CODE if _begins(code, prefix)), "")


def _begins(code: str, prefix: str) -> bool:
    return code.startswith(prefix) and _numeric(code)


def _numeric(code: str) -> bool:
    return code.replace(".", "").isdigit()


def _count(value: Any) -> bool:
    return isinstance(value, int | float) and value >= 0 and value == int(value)

"""A wave's disclosure record in; what it says of the protection of data, or what in it cannot be read, out.

The file of `--disclosure` may say `privacy: {purpose: .., place: .., law: .., authority: .., texts_days: 90}`
(words as one text or by language). What is not said has words of the program's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from survey.refusal import Reason, Refused, Said

KEY: Final = "privacy"
VERIFIED: Final = "help_lines_verified"
"""The day on which somebody called every number for this wave."""
WORDS: Final = ("purpose", "place", "law", "authority")
TEXTS_DAYS: Final = 180
LONGEST_DAYS: Final = 3650


@dataclass(frozen=True)
class Protection:
    """What the wave's people said, by language; empty where they said nothing."""

    purpose: Mapping[str, str]
    place: Mapping[str, str]
    """Where the machine stands, and whose it is."""
    law: Mapping[str, str]
    authority: Mapping[str, str]
    """To whom a respondent may complain."""
    texts_days: int = TEXTS_DAYS
    """Days after the last day of fieldwork on which respondents' own words are deleted."""

    def texts_until(self, closes: date) -> date:
        """The last day on which sealed words are kept."""
        return closes + timedelta(days=self.texts_days)


def protection_of(disclosure: Mapping[str, Any], languages: tuple[str, ...]) -> Protection:
    """Raises Refused with everything that cannot be read."""
    given = disclosure.get(KEY) or {}
    where = f"disclosure.{KEY}"
    if not isinstance(given, Mapping):
        raise Refused(
            Reason(f"{KEY}: {{purpose: .., place: ..}}", repr(given), path=where, rule="disclosure")
        )
    reasons = [
        Reason(f"one of {', '.join((*WORDS, 'texts_days'))}", str(name), path=where, rule="disclosure")
        for name in given
        if name not in (*WORDS, "texts_days")
    ]
    days = given.get("texts_days", TEXTS_DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= LONGEST_DAYS:
        expected = f"a whole number of days from 0 to {LONGEST_DAYS}"
        reasons.append(
            Reason(expected, repr(days), f"texts_days: {TEXTS_DAYS}", f"{where}.texts_days", "disclosure")
        )
    for name in WORDS:
        if not isinstance(given.get(name, ""), (str, Mapping)):
            expected = "a text, or a text by language"
            reasons.append(Reason(expected, repr(given[name]), path=f"{where}.{name}", rule="disclosure"))
    if reasons:
        raise Refused(*reasons)
    words = {name: _by_language(given.get(name, ""), languages) for name in WORDS}
    return Protection(**words, texts_days=days)


def record_reasons(disclosure: Mapping[str, Any], languages: tuple[str, ...]) -> list[Reason]:
    """What stands in a disclosure record and cannot be read; what it does not say is no reason."""
    reasons: list[Reason] = []
    try:
        protection_of(disclosure, languages)
    except Refused as refused:
        reasons += refused.reasons
    written = disclosure.get(VERIFIED) or ""
    if written and day_of(written) is None:
        where = f"disclosure.{VERIFIED}"
        hint = f"{VERIFIED}: 2027-05-03"
        reasons.append(Reason(Said("a day as YYYY-MM-DD"), repr(written), hint, where, "disclosure"))
    return reasons


def day_of(written: object) -> date | None:
    """The day that was written, None for anything else."""
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None


def _by_language(words: str | Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    found = dict.fromkeys(languages, words) if isinstance(words, str) else dict(words)
    return {language: text for language, text in found.items() if text}

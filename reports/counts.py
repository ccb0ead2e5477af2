"""Counts of people in; the words that may be printed of them out, so that nobody can tell fewer than ten."""

from collections.abc import Mapping

from reports.i18n import Words

FEWEST = 10
"""Figures of fewer people than this are kept back; so are differences between two groups or releases."""
_ROUNDING = 10


def counted(count: int, words: Words) -> str:
    """A count that is no part of a known whole: exact, or that it is of fewer than ten."""
    return words.number(count) if count == 0 or count >= FEWEST else _fewer(words)


def parts_counted(parts: Mapping[str, int], words: Words) -> dict[str, str]:
    """Parts of a whole that readers know: small ones are fewer than ten, and the largest is said roughly.

    What is said of the largest follows from what it makes together with the small ones, which whoever
    subtracts the other parts has anyway: of a small part nobody learns more than that it is of 1 to 9.
    """
    few = {name: count for name, count in parts.items() if 0 < count < FEWEST}
    said = {name: _fewer(words) if name in few else words.number(count) for name, count in parts.items()}
    largest = max(parts, key=lambda name: parts[name], default="")
    if few and largest not in few:
        together = parts[largest] + sum(few.values())
        middle = together - len(few) * FEWEST / 2
        rough = max(FEWEST, round(middle / _ROUNDING) * _ROUNDING)
        said[largest] = words.say("about {n}", n=words.number(rough))
    return said


def _fewer(words: Words) -> str:
    return words.say("fewer than {n}", n=words.number(FEWEST))
